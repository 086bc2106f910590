"""Opening a session, which nothing but an accepted consent can do, and resuming it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from chatgate import metrics
from chatgate.errors import Refusal
from chatgate.hooks.contexts import SessionOpenContext
from chatgate.ids import new_id, token_hash
from chatgate.policy import consent as consent_policy
from chatgate.policy import tokens
from chatgate.policy.consent import AcceptedConsent, Answer
from chatgate.policy.evidence.records import new_event, new_record, stored_record, without_query
from chatgate.policy.notices import Notice
from chatgate.services import views
from chatgate.services.core import AnyRow, Core, View
from chatgate.services.evidence import receipts
from chatgate.services.notices import age_limit, answer_with, nonce_hash, notice_to_show
from chatgate.services.sites import active_site
from chatgate.storage.queries import consents, conversations, ledger, messages, sites, work


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """The visitor's answer as it arrived; nothing in it is believed."""

    site: str
    client_id: str
    display_token: str | None
    rendered_sha256: str | None
    choices: dict[str, bool] | None
    locale: str
    page_path: str | None
    method: str
    widget_build: str | None
    limiter_key: str
    minor: bool | None = None
    written: bool = False


@dataclass(frozen=True, slots=True)
class VisitorSession:
    """The live right to talk in one conversation, read from a token and the database."""

    conversation_id: str
    site_id: str
    visitor_id: str
    locale: str


def open_session(core: Core, request: OpenRequest) -> View:
    """Open a session if and only if the required clause of the current notice was accepted.

    Returns:
        ``SessionOpened`` of the protocol. The same display token and client_id within the token's life reissue
        a session token for the same conversation.

    Raises:
        Refusal: ``site_unknown``, ``no_active_notice``, a gate's own code, ``consent_required`` and ``consent_stale``
            (both with the current notice in the detail), ``display_required``, ``display_token_invalid``,
            ``clause_mismatch``, ``purpose_choice_missing``, and where the shop offers to children ``age_required``
            (with the current notice) and ``minor_blocked``.

    Stores: visitor, consent record with its first event and ledger leaf, conversation and outbox event, in one
        transaction, for *support*. A refusal stores nothing anywhere.

    Source: GDPR Art. 6(1)(a), 7(1).
    """
    now = core.clock.now()
    site = active_site(core, request.site)
    notice = notice_to_show(core, site, request.locale)
    core.chain.check("check_session_open", None, context=_gate_context(request, now))
    if request.choices is None:
        raise Refusal("consent_required", notice=answer_with(core, site, notice))
    if request.display_token is None:
        raise _recoverable(core, site, notice, request)
    shown = tokens.read(core.session_key, "display", request.display_token, now, code="display_token_invalid")
    if shown["site"] != site.id:
        raise Refusal("display_token_invalid")
    earlier = _spent(core, shown["nonce"])
    if earlier is not None:
        return _reissue(core, earlier, request.client_id)
    notice = _shown_notice(core, site, notice, shown["sha256"])
    accepted = _accepted(core, site, notice, request, shown["served_at"], now)
    opened = _store(core, site, accepted, request.client_id, shown)
    metrics.SESSIONS.add()
    return opened


def _gate_context(request: OpenRequest, now: datetime) -> SessionOpenContext:
    return SessionOpenContext(
        site_id=request.site,
        locale=request.locale,
        page_path=without_query(request.page_path),
        limiter_key=request.limiter_key,
        choices=MappingProxyType(dict(request.choices or {})),
        now=now,
        written=request.written,
    )


def _recoverable(core: Core, site: AnyRow, notice: Notice, request: OpenRequest) -> Refusal:
    required = {clause.purpose.value for clause in notice.clauses if clause.required}
    if any(not (request.choices or {}).get(purpose) for purpose in required):
        return Refusal("consent_required", notice=answer_with(core, site, notice))
    return Refusal("display_required")


def _shown_notice(core: Core, site: AnyRow, current: Notice, sha256: str) -> Notice:
    """Return the notice that was shown if it is still one of the current ones, in whatever locale it was shown."""
    if current.sha256 == sha256:
        return current
    with core.storage.read() as db:
        row = next((row for row in consents.current_notices(db, site.id) if row.sha256 == sha256), None)
    if row is None or row.notice_id != current.notice_id:
        raise Refusal("consent_stale", notice=answer_with(core, site, current))
    return views.stored_notice(row)


def _accepted(
    core: Core, site: AnyRow, notice: Notice, request: OpenRequest, served_at: float, now: datetime
) -> AcceptedConsent:
    asks_age = age_limit(site, notice) is not None
    served = datetime.fromtimestamp(served_at, UTC)
    answer = Answer(
        choices=request.choices,
        rendered_sha256=request.rendered_sha256,
        locale=notice.locale,
        served_at=served,
        method=request.method,
        widget_build=request.widget_build,
        page_path=request.page_path,
        minor=request.minor if asks_age else None,
    )
    try:
        # A clock that jumped back since does not make anybody answer before they were asked.
        return consent_policy.accept(notice, answer, max(now, served), asks_age=asks_age)
    except Refusal as refusal:
        if refusal.code in ("consent_required", "age_required"):
            raise Refusal(refusal.code, notice=answer_with(core, site, notice)) from None
        raise


def _spent(core: Core, nonce: str) -> AnyRow | None:
    with core.storage.read() as db:
        return consents.spent_token(db, nonce_hash(nonce))


def _reissue(core: Core, spent: AnyRow, client_id: str) -> View:
    """Answer again to the client whose first answer was lost; refuse everybody else."""
    if spent.client_id_hash != token_hash(client_id):
        raise Refusal("display_token_invalid")
    with core.storage.read() as db:
        conversation = conversations.conversation(db, spent.conversation_id)
        if conversation is None:
            raise Refusal("display_token_invalid")
        if not conversation.may_talk:
            raise Refusal("consent_withdrawn")
        return _opened(core, db, conversation)


def _store(core: Core, site: AnyRow, accepted: AcceptedConsent, client_id: str, shown: dict[str, Any]) -> View:
    now = accepted.at
    visitor_id, conversation_id = new_id(), new_id()
    record, event = _evidence(core, accepted, visitor_id)
    conversation = _conversation(conversation_id, site.id, visitor_id, accepted, record["id"])
    spent: dict[str, Any] = {
        "nonce_hash": nonce_hash(shown["nonce"]),
        "client_id_hash": token_hash(client_id),
        "conversation_id": conversation_id,
        "expires_at": datetime.fromtimestamp(shown["expires_at"], UTC),
    }

    def job(db: Connection) -> AnyRow | None:
        # Another process may be storing the same answer: it is ordered before or after, and found.
        ledger.lock(db)
        raced = consents.spent_token(db, spent["nonce_hash"])
        if raced is not None:
            return raced
        conversations.add_visitor(db, {"id": visitor_id, "site_id": site.id, "created_at": now})
        consents.add_record(db, record)
        consents.add_event(db, event)
        conversations.add_conversation(db, conversation)
        consents.spend_token(db, spent)
        if core.chain.watchers("on_session_opened"):
            work.add_outbox(db, _outbox("session_opened", site.id, conversation_id, now))
        return None

    raced = core.storage.write_now(job)
    if raced is not None:
        return _reissue(core, raced, client_id)
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
        assert row is not None
        opened = _opened(core, db, row)
        for_agents = views.agent_conversation(core, db, row)
    core.broadcast.to_agents(site.id, "conversation_changed", {"conversation": for_agents})
    return opened


def _evidence(core: Core, accepted: AcceptedConsent, visitor_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the columns of a new record and of its first event."""
    record_id, salt = new_id(), secrets.token_hex(32)
    record = new_record(
        accepted,
        record_id=record_id,
        subject_id=visitor_id,
        salt=salt,
        receipt_token_hash=token_hash(receipts.receipt_token(core, record_id, salt)),
    )
    event = new_event(
        stored_record(record, accepted.notice.content),
        event_id=new_id(),
        number=1,
        kind="answered",
        choices={purpose.value: given for purpose, given in accepted.choices.items()},
        actor="visitor",
        notice_sha256=accepted.notice.sha256,
        at=accepted.at,
        salt=salt,
    )
    return record, event


def _conversation(
    conversation_id: str, site_id: str, visitor_id: str, accepted: AcceptedConsent, record_id: str
) -> dict[str, Any]:
    minor = bool(accepted.answer.minor)
    first = consent_policy.ConsentState(accepted.choices, {}, accepted.notice.preset, minor=minor)
    days = [clause.retention_days for clause in accepted.notice.clauses if accepted.choices[clause.purpose]]
    return {
        "id": conversation_id,
        "site_id": site_id,
        "visitor_id": visitor_id,
        "consent_record_id": record_id,
        "state": "open",
        "locale": accepted.notice.locale,
        "may_talk": first.may_talk,
        "may_train": first.may_train,
        "must_renew": False,
        "restricted": False,
        "consent_ends_at": accepted.at + timedelta(days=min(days)),
        "last_seq": 0,
        "rev": 1,
        "visitor_seen_seq": 0,
        "agent_seen_seq": 0,
        "opened_at": accepted.at,
        "last_activity_at": accepted.at,
    }


def _outbox(kind: str, site_id: str, conversation_id: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": kind,
        "site_id": site_id,
        "conversation_id": conversation_id,
        "created_at": now,
    }


def _opened(core: Core, db: Connection, conversation: AnyRow) -> View:
    now = core.clock.now()
    site = sites.site(db, conversation.site_id)
    assert site is not None
    _record, _state, consent = views.read_consent(db, conversation.consent_record_id, now)
    return {
        "session_token": session_token(core, conversation.id),
        "conversation": views.visitor_conversation(db, conversation),
        "receipt": receipts.receipt(core, db, conversation.consent_record_id),
        "messages": views.message_views(db, messages.after(db, conversation.id, 0)),
        "site": views.site_view(core, site),
        "consent": consent,
    }


def session_token(core: Core, conversation_id: str) -> str:
    """Return a signed session token for the conversation; nothing is stored."""
    now = core.clock.now()
    life = core.settings.session_days * 86_400
    payload = {"conversation": conversation_id, "expires_at": now.timestamp() + life}
    return tokens.sign(core.session_key, "session", payload)


def read_session(core: Core, token: str) -> VisitorSession:
    """Return the session of a token.

    Raises:
        Refusal: ``session_invalid``: forged, expired, or its conversation is gone.
    """
    payload = tokens.read(core.session_key, "session", token, core.clock.now(), code="session_invalid")
    with core.storage.read() as db:
        row = conversations.conversation(db, str(payload["conversation"]))
    if row is None:
        raise Refusal("session_invalid")
    return VisitorSession(row.id, row.site_id, row.visitor_id, row.locale)


def missed_since(core: Core, session: VisitorSession, known: Sequence[View]) -> list[View]:
    """Return the messages that were stored after the known ones."""
    last_seq = max((message["seq"] for message in known), default=0)
    with core.storage.read() as db:
        return views.message_views(db, messages.after(db, session.conversation_id, last_seq))


def resume_session(core: Core, session: VisitorSession, last_seq: int) -> View:
    """Return what was missed after ``last_seq``, and the consent of now (``SessionResumed`` of the protocol).

    Raises:
        Refusal: ``consent_withdrawn`` when the visitor withdrew the consent that carried the session.
    """
    with core.storage.read() as db:
        row = conversations.conversation(db, session.conversation_id)
        if row is None:
            raise Refusal("session_invalid")
        _record, state, consent = views.read_consent(db, row.consent_record_id, core.clock.now())
        if not state.may_talk:
            raise Refusal("consent_withdrawn")
        site = sites.site(db, row.site_id)
        assert site is not None
        return {
            "conversation": views.visitor_conversation(db, row),
            # A client may know more than a database that was put back from a backup: then it gets all there is.
            "messages": views.message_views(
                db, messages.after(db, row.id, last_seq if last_seq <= row.last_seq else 0)
            ),
            "consent": consent,
            "site": views.site_view(core, site),
        }
