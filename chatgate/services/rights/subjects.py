"""The rights of a visitor, by session, by receipt, by the privacy officer or by the command line: one way for all."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.ids import new_id
from chatgate.policy.evidence.iso27560 import export_record
from chatgate.policy.evidence.records import stored_event, stored_record
from chatgate.services.consents import ChangeRequest, change_consent, quarantine
from chatgate.services.core import AnyRow, Core, View, iso, iso_or_none
from chatgate.services.evidence.receipts import base_url
from chatgate.services.rights import erasure, outside
from chatgate.services.rights.attachment_data import AttachmentData, files_of
from chatgate.storage import subject_rows
from chatgate.storage.queries import consents, conversations, rights
from chatgate.storage.subject_rows import Subject

KINDS: Final = ("access", "portability", "erasure", "restriction", "objection")
FORMAT: Final = "chatgate/subject-export/v1"
ASKS_PER_WINDOW: Final = 20
ASK_WINDOW_SECONDS: Final = 600


def ask(
    core: Core,
    conversation_id: str,
    kind: str,
    *,
    actor: str = "visitor",
    reason: str | None = None,
    apart: bool = False,
) -> View:
    """Do what a data subject asked for, and keep track of it until it is done.

    Args:
        core: the installation.
        conversation_id: whose data.
        kind: ``access`` and ``portability`` answer with the export, ``erasure`` erases, ``restriction`` makes the data
            storage only, ``objection`` withdraws every optional purpose.
        actor: ``visitor``, ``agent:<id>`` or ``operator``.
        reason: why, when somebody of the shop asks in the visitor's place.
        apart: the export goes out by another way (``export_archive``), and not with the answer.

    Returns:
        ``{request_id, kind, state, received_at, due_at, done_at, export?}``.

    Raises:
        Refusal: ``not_found``; ``restricted`` with the reason: the shop holds the data for a legal claim;
            ``rate_limited`` for a visitor who asks more than 20 times in ten minutes.

    Stores: the request with its due date, and what it changes.

    Source: GDPR Art. 12(3), 15, 17, 18, 20, 21.
    """
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id, proof=True)
        held = _hold(db, conversation_id) if row is not None else None
    if row is None:
        raise Refusal("not_found")
    if kind == "erasure" and held is not None and actor != "operator":
        raise Refusal("restricted", reason=held)
    if actor == "visitor":
        _count(core, row.id)
    request_id = _note_request(core, row, kind, actor, reason)
    export = None
    if kind in ("access", "portability") and not apart:
        export = export_subject(core, row.id, portable=kind == "portability")
    _do(core, row, kind, request_id, actor, reason)
    with core.storage.read() as db:
        done = rights.request(db, request_id)
    assert done is not None
    return {**request_view(done), **({"export": export} if export is not None else {})}


def _count(core: Core, conversation_id: str) -> None:
    wait = core.limiter.hit("subject_request", conversation_id, ASKS_PER_WINDOW, ASK_WINDOW_SECONDS)
    if wait is not None:
        raise Refusal("rate_limited", retry_after_seconds=wait)


def _note_request(core: Core, row: AnyRow, kind: str, actor: str, reason: str | None) -> str:
    now = core.clock.now()
    values = {
        "id": new_id(),
        "site_id": row.site_id,
        "kind": kind,
        "state": "received",
        "conversation_id": row.id,
        "actor": actor,
        "reason": reason,
        "detail": {},
        "received_at": now,
        "due_at": month_later(now),
    }
    core.storage.write_now(lambda db: rights.add_request(db, values))
    return str(values["id"])


def _do(core: Core, row: AnyRow, kind: str, request_id: str, actor: str, reason: str | None) -> None:
    if kind == "erasure":
        erasure.erase_conversation(core, row.id, request_id)
        return
    if kind == "objection":
        _object(core, row, actor, reason)
    elif kind == "restriction":
        core.storage.write_now(lambda db: _restrict(core, db, row))
        outside.note_restriction(core, row.id, actor)
        # No list shows it any more, and neither do the inboxes that are open.
        core.broadcast.to_agents(row.site_id, "conversation_erased", {"conversation_id": row.id})
    finished = {"state": "done", "done_at": core.clock.now()}
    core.storage.write_now(lambda db: rights.change_request(db, request_id, finished))


def _restrict(core: Core, db: Connection, row: AnyRow) -> None:
    """Make a conversation storage only: nobody writes in it, and its training copies are out of every reach."""
    conversations.change(db, row.id, {"restricted": True})
    quarantine(db, row, "restricted", core.clock.now())


def _object(core: Core, row: AnyRow, actor: str, reason: str | None) -> None:
    with core.storage.read() as db:
        record = consents.record(db, row.consent_record_id)
    assert record is not None
    optional = {clause["purpose"]: False for clause in record.clauses if not clause["required"]}
    if optional:
        change_consent(core, row.id, ChangeRequest(optional, actor=actor, reason=reason))


def _hold(db: Connection, conversation_id: str) -> str | None:
    """Return why the shop holds the data (a restriction that somebody of the shop asked for), or None."""
    for request in rights.of_conversation(db, conversation_id):
        if request.kind == "restriction" and request.actor != "visitor":
            return str(request.reason or "")
    return None


def export_subject(core: Core, conversation_id: str, *, portable: bool = False, apart: bool = False) -> View:
    """Return everything that is stored about a visitor, machine-readable, without secrets and other people's data.

    Args:
        core: the installation.
        conversation_id: whose data.
        portable: only what the visitor gave (Art. 20), otherwise all of it (Art. 15).
        apart: without messages and files, which whoever asks for it adds.

    Raises:
        Refusal: ``not_found``.
    """
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id, proof=True)
        if row is None:
            raise Refusal("not_found")
        subject = Subject(row.id, row.visitor_id, row.consent_record_id)
        found = subject_rows.export(db, subject, ("message",) if apart else ())
        tables = {str(name): [plain(item) for item in rows] for name, rows in found if rows}
        record = consents.record(db, row.consent_record_id)
        assert record is not None
        notice = consents.notice(db, record.notice_sha256)
        assert notice is not None
        events = [stored_event(event._asdict()) for event in consents.events(db, record.id)]
    document = stored_record(record._asdict(), notice.content)
    head = {
        "format": FORMAT,
        "basis": "GDPR Art. 20" if portable else "GDPR Art. 15",
        "exported_at": iso(core.clock.now()),
        "controller": dict(record.controller),
    }
    if portable:
        own = {**head, "profile": tables.get("visitor_profile", [])}
        if apart:
            return own
        return {
            **own,
            "messages": [line for line in tables.get("message", []) if line["author_kind"] == "visitor"],
            "attachments": files_of(core, conversation_id, "visitor"),
        }
    authority = notice.content["complaint_authority"]
    return {
        **head,
        "recipients": notice.content.get("recipients", []),
        "consent": export_record(document, events, base_url=base_url(core), complaint_authority=authority),
        "tables": tables,
        "elsewhere": _elsewhere(core, conversation_id, apart),
    }


def _elsewhere(core: Core, conversation_id: str, apart: bool) -> dict[str, Any]:
    stores = [store for store in core.subject_data if not (apart and isinstance(store, AttachmentData))]
    return {store.name: dict(store.export(conversation_id)) for store in stores}


def list_requests(core: Core) -> list[View]:
    """Return what people asked for, what is due first on top."""
    with core.storage.read() as db:
        return [request_view(row) for row in rights.all_requests(db)]


def request_view(row: AnyRow) -> View:
    """Return a request as clients see it."""
    return {
        "request_id": row.id,
        "kind": row.kind,
        "state": row.state,
        "received_at": iso(row.received_at),
        "due_at": iso(row.due_at),
        "done_at": iso_or_none(row.done_at),
    }


def month_later(at: datetime) -> datetime:
    """Return the same day of the next month, or its last day. Source: GDPR Art. 12(3), Regulation 1182/71."""
    year, month = (at.year + 1, 1) if at.month == 12 else (at.year, at.month + 1)
    after = datetime(year + (month == 12), month % 12 + 1, 1, tzinfo=UTC)
    last_day = (after - timedelta(days=1)).day
    return at.replace(year=year, month=month, day=min(at.day, last_day))


def plain(row: Mapping[str, Any]) -> View:
    """Return a row as JSON values."""
    return {str(name): iso(value) if isinstance(value, datetime) else value for name, value in row.items()}
