"""The rules of consent: what opens a session, what state a record is in, and what may enter the training store."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol

from chatgate.errors import Refusal
from chatgate.models.purposes import Purpose
from chatgate.policy.notices import Notice

_PROOF: Final = object()
"""Only the functions of this module hold it, so that only they can make a proof."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the visitor's client says was shown and decided. ``served_at`` is the server's own, from the token."""

    choices: Mapping[str, bool] | None
    rendered_sha256: str | None
    locale: str
    served_at: datetime
    method: str
    widget_build: str | None = None
    page_path: str | None = None
    minor: bool | None = None
    """Whether the visitor says to be younger than the age that the notice's country sets; None: not asked."""


@dataclass(frozen=True, slots=True)
class AcceptedConsent:
    """The proof that the required clause was accepted; only :func:`accept` makes one, only it opens a conversation."""

    notice: Notice
    choices: Mapping[Purpose, bool]
    answer: Answer
    at: datetime
    _proof: object = field(repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self._proof is not _PROOF:
            raise TypeError("an AcceptedConsent is made by policy.consent.accept only")


@dataclass(frozen=True, slots=True)
class TrainingGrant:
    """The proof that a transcript may enter the training store now; only :func:`training_grant` makes one."""

    consent_event_id: str
    notice_sha256: str
    expires_at: datetime
    conditional: bool
    at: datetime
    _proof: object = field(repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self._proof is not _PROOF:
            raise TypeError("a TrainingGrant is made by policy.consent.training_grant only")


class Event(Protocol):
    """A stored consent event, as rows give it."""

    @property
    def id(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def choices(self) -> Mapping[str, bool]: ...
    @property
    def notice_sha256(self) -> str: ...
    @property
    def event_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The fold of a record's events at one moment: the one question is :meth:`covers`."""

    choices: Mapping[Purpose, bool]
    given_by: Mapping[Purpose, Event]
    preset: str
    open: bool = True
    """Whether the conversation is open: in the one-box form nothing else carries *support*."""
    minor: bool = False
    """Whether the visitor said to be under the age of consent: no *training* then, whatever the events say."""
    ends_at: datetime | None = None
    """When the first of the given purposes expires."""
    expired: frozenset[Purpose] = frozenset()
    """Given once, and not any more because its time is over; no event says so yet."""

    def covers(self, purposes: Iterable[Purpose]) -> bool:
        """Return whether every one of these purposes is consented to now (an empty set is covered)."""
        return all(self._covers(purpose) for purpose in purposes)

    def _covers(self, purpose: Purpose) -> bool:
        if self.preset == "single" and purpose is Purpose.SUPPORT:
            # The one-box form: support rests on the contract while the session is open.
            return self.open and self.may_talk
        if purpose is Purpose.TRAINING and self.minor:
            return False
        return self.choices.get(purpose, False)

    @property
    def may_talk(self) -> bool:
        """Return whether the consent that carries the session is given; a closed one may be opened again then."""
        return self.choices.get(Purpose.TRAINING if self.preset == "single" else Purpose.SUPPORT, False)

    @property
    def may_train(self) -> bool:
        """Return whether *training* is given."""
        return self.covers((Purpose.TRAINING,))


def rendered_sha256(texts: Sequence[str]) -> str:
    """Return SHA-256 (hex) of the clause texts in order: NFC, UTF-8, joined by U+000A."""
    return hashlib.sha256("\n".join(unicodedata.normalize("NFC", text) for text in texts).encode()).hexdigest()


def accept(notice: Notice, answer: Answer, at: datetime, *, asks_age: bool = False) -> AcceptedConsent:
    """Turn an answer into an accepted consent, or refuse.

    Args:
        notice: what was shown.
        answer: what the visitor's client says was decided.
        at: now.
        asks_age: whether the shop offers to children, so that an answer without an age band is incomplete.

    Raises:
        Refusal: ``consent_required`` (no answer, or the required clause is not accepted),
            ``purpose_choice_missing`` (a clause without its own decision), ``age_required``, ``minor_blocked``,
            ``display_required``, ``clause_mismatch`` (what was rendered is not what was served).

    Source: GDPR Art. 4(11), 7, 8; EDPB Guidelines 05/2020.
    """
    if not answer.choices:
        raise Refusal("consent_required")
    named = {clause.purpose.value for clause in notice.clauses}
    if set(answer.choices) - named:
        raise Refusal("purpose_choice_missing", unknown=sorted(set(answer.choices) - named))
    if any(not answer.choices.get(clause.purpose.value, False) for clause in notice.clauses if clause.required):
        raise Refusal("consent_required")
    if named - set(answer.choices):
        raise Refusal("purpose_choice_missing", missing=sorted(named - set(answer.choices)))
    if asks_age and answer.minor is None:
        raise Refusal("age_required")
    check_age(bool(answer.minor), answer.choices)
    check_rendered(notice, answer.rendered_sha256)
    choices = {clause.purpose: answer.choices[clause.purpose.value] for clause in notice.clauses}
    return AcceptedConsent(notice, MappingProxyType(choices), answer, at, _proof=_PROOF)


def check_age(minor: bool, choices: Mapping[str, bool]) -> None:
    """Refuse a yes that somebody under the age of consent cannot give alone. Source: GDPR Art. 8.

    Raises:
        Refusal: ``minor_blocked``.
    """
    if minor and choices.get(Purpose.TRAINING.value):
        raise Refusal("minor_blocked", purpose=Purpose.TRAINING.value)


def check_rendered(notice: Notice, rendered: str | None) -> None:
    """Refuse an acceptance that does not prove what was on the screen.

    Raises:
        Refusal: ``display_required`` or ``clause_mismatch``.
    """
    if rendered is None:
        raise Refusal("display_required")
    if rendered != rendered_sha256([clause.text for clause in notice.clauses]):
        raise Refusal("clause_mismatch")


def state(
    events: Iterable[Event],
    preset: str,
    at: datetime,
    *,
    open: bool = True,
    minor: bool = False,
    retention: Mapping[str, Mapping[str, int]] = {},
) -> ConsentState:
    """Fold a record's events, in the order of their numbers, into the state at ``at``.

    Unknown is no: a purpose that no event names is not consented to. Every event counts, also one whose time is later
    than ``at``: a clock that jumped back must not undo a withdrawal.

    Args:
        events: of one record.
        preset: under which the record was made.
        at: now.
        open: whether the conversation is open.
        minor: whether the visitor said to be under the age of consent.
        retention: by notice, how many days a yes under it lasts, purpose by purpose; what is not named does not expire.
    """
    choices: dict[Purpose, bool] = {}
    given_by: dict[Purpose, Event] = {}
    for event in sorted(events, key=lambda item: item.number):
        for name, given in event.choices.items():
            purpose = Purpose(name)
            choices[purpose] = given
            if given:
                given_by[purpose] = event
            else:
                given_by.pop(purpose, None)
    ends = {purpose: end for purpose, event in given_by.items() if (end := _ends_at(event, purpose, retention))}
    expired = frozenset(purpose for purpose, end in ends.items() if end <= at)
    for purpose in expired:
        choices[purpose] = False
        del given_by[purpose], ends[purpose]
    return ConsentState(
        MappingProxyType(choices),
        MappingProxyType(given_by),
        preset,
        open,
        minor,
        min(ends.values(), default=None),
        expired,
    )


def _ends_at(event: Event, purpose: Purpose, retention: Mapping[str, Mapping[str, int]]) -> datetime | None:
    """Return when a yes ends. Source: EDPB Guidelines 05/2020, paragraph 110."""
    days = retention.get(event.notice_sha256, {}).get(purpose.value)
    return None if days is None else event.event_at + timedelta(days=days)


def training_grant(current: ConsentState, *, closed: bool, retention_days: int, at: datetime) -> TrainingGrant | str:
    """Return the grant for a transcript to enter the training store now, or the reason why not.

    Args:
        current: the state of *now*, read again for every export.
        closed: whether the conversation is finished.
        retention_days: how long the notice lets the training copy be kept.
        at: now.

    Returns:
        A grant, or one of ``not_closed``, ``minor_blocked``, ``not_given``, ``expired``.
    """
    if not closed:
        return "not_closed"
    if current.minor:
        return "minor_blocked"
    if Purpose.TRAINING in current.expired:
        return "expired"
    event = current.given_by.get(Purpose.TRAINING)
    if event is None or not current.may_train:
        return "not_given"
    expires_at = event.event_at + timedelta(days=retention_days)
    if expires_at <= at:
        return "expired"
    return TrainingGrant(
        consent_event_id=event.id,
        notice_sha256=event.notice_sha256,
        expires_at=expires_at,
        conditional=current.preset == "single",
        at=at,
        _proof=_PROOF,
    )
