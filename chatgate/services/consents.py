"""Changing a consent: withdrawal and agreement after the first answer, and what follows from both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.hooks.chain import Covers
from chatgate.ids import new_id
from chatgate.models.purposes import Purpose
from chatgate.policy import consent as consent_policy
from chatgate.policy import tokens
from chatgate.policy.evidence.records import new_event, stored_record
from chatgate.policy.notices import Notice
from chatgate.services import views
from chatgate.services.core import AnyRow, Core, View
from chatgate.services.evidence import receipts
from chatgate.services.notices import answer_with, nonce_hash, notice_to_show
from chatgate.services.rights import outside
from chatgate.services.sites import active_site
from chatgate.storage.queries import consents, conversations, ledger, releases, work

RENEWS_AFTER: Final = timedelta(days=1)
"""A repeated yes within this time is the same yes; later it renews the consent."""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A wished change: partial choices, and what was shown when any of them is a yes."""

    choices: Mapping[str, bool]
    display_token: str | None = None
    rendered_sha256: str | None = None
    actor: str = "visitor"
    reason: str | None = None


def change_consent(core: Core, conversation_id: str, request: ChangeRequest) -> View:
    """Change some choices of a conversation's consent; a withdrawal is a choice set to false.

    A withdrawal is committed, with its items quarantined, before this returns. Repeating it changes nothing and
    gives the same receipt. A yes to what is given already renews it when the notice is another one, or the last yes
    older than a day. No choices at all, with a display token, say that the visitor was told of a minor version.

    Returns:
        ``ConsentAnswer`` of the protocol: the consent of now and its receipt.

    Raises:
        Refusal: ``purpose_choice_missing``, ``display_required``, ``display_token_invalid``, ``consent_stale``,
            ``clause_mismatch``, ``minor_blocked``, ``consent_withdrawn`` (the session already ended by a withdrawal),
            ``not_found``.

    Stores: a consent event with its ledger leaf, and in the same transaction what follows from it.

    Source: GDPR Art. 7(3).
    """
    with core.storage.read() as db:
        conversation = _conversation(db, conversation_id)
        record = consents.record(db, conversation.consent_record_id)
        assert record is not None
    shown = _shown(core, conversation, request) if any(request.choices.values()) or not request.choices else None
    notice = shown.notice if shown is not None else None
    _check_choices(record, notice, request.choices)
    consent_policy.check_age(bool(record.minor), request.choices)
    now = core.clock.now()
    changed = core.storage.write_now(lambda db: _change(core, db, conversation_id, request, shown, now))
    if changed and not all(request.choices.values()):
        outside.note_withdrawal(core, conversation_id, record.id)
    return tell(core, conversation_id, request) if changed else _answer(core, conversation_id, request)


def current_consent(core: Core, conversation_id: str) -> View:
    """Return the consent of now with its receipt (``ConsentAnswer``).

    Raises:
        Refusal: ``not_found``.
    """
    with core.storage.read() as db:
        conversation = _conversation(db, conversation_id)
        _record, _state, consent = views.read_consent(db, conversation.consent_record_id, core.clock.now())
        return {"consent": consent, "receipt": receipts.receipt(core, db, conversation.consent_record_id)}


def conversation_of_receipt(core: Core, hashed_token: str) -> str:
    """Return the conversation whose receipt carries the capability with this hash.

    Raises:
        Refusal: ``session_invalid``.
    """
    with core.storage.read() as db:
        record = consents.record_by_receipt(db, hashed_token)
        row = conversations.conversation_of_record(db, record.id) if record else None
    if row is None:
        raise Refusal("session_invalid")
    return str(row.id)


def covers_now(core: Core, conversation_id: str) -> consent_policy.ConsentState:
    """Return the consent state of now, read from the database."""
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id, proof=True)
        if row is None:
            return consent_policy.state((), "split", core.clock.now())
        return views.read_state(db, row.consent_record_id, core.clock.now(), open=row.state == "open")[2]


def covering(core: Core, conversation_id: str) -> Covers:
    """Return what says whether middlewares may be given a conversation for some purposes, read at each question.

    A restricted conversation is stored and nothing else, whatever was agreed to. Source: GDPR Art. 18.
    """

    def covers(purposes: frozenset[Purpose]) -> bool:
        with core.storage.read() as db:
            row = conversations.conversation(db, conversation_id, proof=True)
            if row is None or row.restricted:
                return False
            now, is_open = core.clock.now(), row.state == "open"
            return views.read_state(db, row.consent_record_id, now, open=is_open)[2].covers(purposes)

    return covers


def _conversation(db: Connection, conversation_id: str, *, lock: bool = False) -> AnyRow:
    row = conversations.conversation(db, conversation_id, lock=lock, proof=True)
    if row is None:
        raise Refusal("not_found")
    return row


def _check_choices(record: AnyRow, notice: Notice | None, choices: Mapping[str, bool]) -> None:
    known = {clause["purpose"] for clause in record.clauses}
    known |= {purpose.value for purpose in notice.purposes} if notice is not None else set()
    unknown = sorted(set(choices) - known)
    if unknown:
        raise Refusal("purpose_choice_missing", unknown=unknown)


@dataclass(frozen=True, slots=True)
class _Shown:
    """The notice under which a yes is given, and the row that says that its display is used up."""

    notice: Notice
    spent: Mapping[str, Any]


def _shown(core: Core, conversation: AnyRow, request: ChangeRequest) -> _Shown:
    """Return the notice under which a yes is given: it must have been shown, and be current."""
    if request.display_token is None:
        raise Refusal("display_required" if request.choices else "purpose_choice_missing")
    shown = tokens.read(
        core.session_key, "display", request.display_token, core.clock.now(), code="display_token_invalid"
    )
    if shown["site"] != conversation.site_id:
        raise Refusal("display_token_invalid")
    site = active_site(core, conversation.site_id)
    with core.storage.read() as db:
        row = next((row for row in consents.current_notices(db, site.id) if row.sha256 == shown["sha256"]), None)
    if row is None:
        current = notice_to_show(core, site, conversation.locale)
        raise Refusal("consent_stale", current=current.sha256, notice=answer_with(core, site, current))
    notice: Notice = views.stored_notice(row)
    if not {Purpose(name) for name, given in request.choices.items() if given} <= notice.purposes:
        raise Refusal("purpose_choice_missing")
    if request.choices:
        consent_policy.check_rendered(notice, request.rendered_sha256)
    spent = {
        "nonce_hash": nonce_hash(shown["nonce"]),
        "client_id_hash": "",  # the hash of no client: a token that changed a consent opens no session
        "conversation_id": conversation.id,
        "expires_at": datetime.fromtimestamp(shown["expires_at"], UTC),
    }
    return _Shown(notice, spent)


def _change(
    core: Core, db: Connection, conversation_id: str, request: ChangeRequest, shown: _Shown | None, now: datetime
) -> bool:
    notice = shown.notice if shown is not None else None
    conversation = _conversation(db, conversation_id, lock=True)
    record, events, before = views.read_state(db, conversation.consent_record_id, now)
    decided = _decided(before, request.choices, notice, now)
    told = not request.choices and notice is not None and events[-1].notice_sha256 != notice.sha256
    if not decided and not told:
        return False
    if conversation.state == conversations.PROOF and (any(decided.values()) or told):
        # Nothing is left that could be agreed to; what was agreed to can be withdrawn.
        raise Refusal("closed")
    if not before.may_talk and (any(decided.values()) or told):
        # A session that ended by a withdrawal is not revived: the visitor opens a new one with a new decision.
        raise Refusal("consent_withdrawn")
    if shown is not None and any(decided.values()):
        _spend(db, shown)
    sha256 = notice.sha256 if notice is not None else events[-1].notice_sha256
    kind = _kind(before, decided)
    after, event_id = add_event(
        db, record, events, kind=kind, choices=decided, notice_sha256=sha256, request=request, at=now
    )
    renewed = notice is not None and all(decided.get(clause.purpose) for clause in notice.clauses if clause.required)
    follow(db, conversation, after, event_id, now, must_renew=conversation.must_renew and not renewed)
    return True


def _spend(db: Connection, shown: _Shown) -> None:
    """Use a display up: one display proves one yes, and a script cannot give it again unseen."""
    ledger.lock(db)
    if consents.spent_token(db, shown.spent["nonce_hash"]) is not None:
        raise Refusal("display_token_invalid")
    consents.spend_token(db, shown.spent)


def _decided(
    before: consent_policy.ConsentState, choices: Mapping[str, bool], notice: Notice | None, now: datetime
) -> dict[str, bool]:
    """Return the choices that are news: a change, or a yes that renews an older yes."""
    decided: dict[str, bool] = {}
    for name, given in choices.items():
        purpose = Purpose(name)
        earlier = before.given_by.get(purpose)
        renews = earlier is not None and notice is not None and _renews(earlier, notice, now)
        if before.choices.get(purpose) is not given or (given and renews):
            decided[name] = given
    return decided


def _renews(earlier: consent_policy.Event, notice: Notice, now: datetime) -> bool:
    return earlier.notice_sha256 != notice.sha256 or now - earlier.event_at >= RENEWS_AFTER


def _kind(before: consent_policy.ConsentState, decided: Mapping[str, bool]) -> str:
    if not decided:
        return "informed"
    if not any(decided.values()):
        return "withdrawn"
    known = {purpose.value for purpose in before.given_by} | {purpose.value for purpose in before.expired}
    return "renewed" if all(given and name in known for name, given in decided.items()) else "changed"


def add_event(
    db: Connection,
    record: AnyRow,
    events: Sequence[AnyRow],
    *,
    kind: str,
    choices: Mapping[str, bool],
    notice_sha256: str,
    request: ChangeRequest,
    at: datetime,
) -> tuple[consent_policy.ConsentState, str]:
    """Insert a record's next event with its leaf; return the state after it, and its id."""
    notice = consents.notice(db, record.notice_sha256)
    assert notice is not None
    event = new_event(
        stored_record(record._asdict(), notice.content),
        event_id=new_id(),
        number=events[-1].number + 1,
        kind=kind,
        choices=choices,
        actor=request.actor,
        notice_sha256=notice_sha256,
        # A clock that jumped back does not turn the order of events around.
        at=max(at, events[-1].event_at),
        salt=record.salt,
        reason=request.reason,
    )
    consents.add_event(db, event)
    return views.fold(db, record, [*events, _AsRow(event)], event["event_at"]), event["id"]


class _AsRow:
    """A new event, read like a stored one."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self.id: str = event["id"]
        self.number: int = event["number"]
        self.choices: Mapping[str, bool] = event["choices"]
        self.notice_sha256: str = event["notice_sha256"]
        self.event_at: datetime = event["event_at"]


def follow(
    db: Connection,
    conversation: AnyRow,
    after: consent_policy.ConsentState,
    event_id: str,
    now: datetime,
    *,
    must_renew: bool,
    reason: str = "consent_withdrawn",
) -> None:
    """Write what follows from a changed consent, in the transaction of its event."""
    values: dict[str, Any] = {
        "may_talk": after.may_talk,
        "may_train": after.may_train,
        "must_renew": must_renew and after.may_talk,
        "consent_ends_at": after.ends_at,
    }
    base = {"site_id": conversation.site_id, "conversation_id": conversation.id, "created_at": now}
    if not after.may_talk and conversation.state == "open":
        values |= {
            "state": "closed",
            "closed_at": now,
            "closed_reason": reason,
            "waiting_since_at": None,
        }
        work.add_outbox(db, {**base, "id": new_id(), "kind": "conversation_closed"})
    conversations.change(db, conversation.id, values)
    if not after.may_train:
        quarantine(db, conversation, reason, now)
    elif conversation.state == "closed":
        work.add_outbox(db, {**base, "id": new_id(), "kind": "conversation_closed"})
    work.add_outbox(db, {**base, "id": new_id(), "kind": "consent_changed", "subject": event_id})


def quarantine(db: Connection, conversation: AnyRow, reason: str, now: datetime) -> None:
    """Make every training copy of a conversation unreadable now, and have it retracted by the worker."""
    for row in work.live_lineages(db, conversation.id):
        take_out(db, conversation, row, reason, now)


def take_out(db: Connection, conversation: AnyRow, lineage: AnyRow, reason: str, now: datetime) -> None:
    """Make one item unreadable now and have the worker retract it; what was never written is only left out."""
    if lineage.state in ("waiting", "held"):
        work.change_lineage(db, lineage.item_id, {"state": "skipped", "reason": reason, "changed_at": now})
        return
    work.change_lineage(db, lineage.item_id, {"state": "quarantined", "reason": reason, "changed_at": now})
    releases.revoke_item(db, lineage.item_id, now)
    work.add_outbox(
        db,
        {
            "id": new_id(),
            "kind": "training_retracted",
            "site_id": conversation.site_id,
            "conversation_id": conversation.id,
            "subject": lineage.item_id,
            "detail": {"reason": reason},
            "created_at": now,
        },
    )


def _answer(core: Core, conversation_id: str, request: ChangeRequest) -> View:
    with core.storage.read() as db:
        conversation = _conversation(db, conversation_id)
        record_id = conversation.consent_record_id
        _record, _state, consent = views.read_consent(db, record_id, core.clock.now())
        receipt = receipts.receipt(core, db, record_id, about=request.choices, with_token=request.actor == "visitor")
    return {"consent": consent, "receipt": receipt}


def tell(core: Core, conversation_id: str, request: ChangeRequest, reason: str = "consent_withdrawn") -> View:
    """Tell everybody who looks that a consent changed, end the session when it carried it, and return the answer."""
    answer = _answer(core, conversation_id, request)
    with core.storage.read() as db:
        conversation = _conversation(db, conversation_id)
        left = conversation.state != conversations.PROOF
        seen = left and not conversation.restricted
        for_agents = views.agent_conversation(core, db, conversation) if seen else None
    event = {"conversation_id": conversation_id, "consent": answer["consent"]}
    if left:
        core.broadcast.to_visitor(conversation_id, "consent_changed", event)
    if seen:
        core.broadcast.to_agents(conversation.site_id, "consent_changed", event)
        core.broadcast.to_agents(conversation.site_id, "conversation_changed", {"conversation": for_agents})
    if left and not answer["consent"]["may_talk"]:
        core.broadcast.end_session(conversation_id, reason)
    core.wake_worker()
    return answer
