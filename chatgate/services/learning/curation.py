"""What curators do: read what goes into the training store, redacted and on record, let it in, or leave it out."""

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection

from chatgate.errors import OperatorError, Refusal
from chatgate.models.purposes import Purpose
from chatgate.redaction import special_hints
from chatgate.services.accounts import audit
from chatgate.services.accounts.signed_in import SignedInAgent
from chatgate.services.consents import covers_now, take_out
from chatgate.services.core import AnyRow, Core, View, iso
from chatgate.services.learning import training
from chatgate.storage.queries import conversations, releases, work

SAMPLE: Final = 10
"""How many stored transcripts a sample has."""
VIEWS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "held": ("held",),
        "admitted": ("admitted",),
        "waiting": ("waiting", "pending"),
        "left_out": ("skipped", "quarantined", "retracted"),
    }
)
_LEAVABLE: Final = frozenset({"held", "waiting", "admitted", "pending"})
_DETAILS: Final = ("consent_event_id", "notice_sha256", "transcript_sha256", "redaction_profile", "sink")


def list_items(core: Core, view: str, limit: int, before: str | None) -> View:
    """Return transcripts for a curator (``TrainingListAnswer``); ``sample`` draws anew each time."""
    with core.storage.read() as db:
        unread = work.unreviewed_items(db)
        if view == "sample":
            drawn = secrets.SystemRandom().sample(unread, min(SAMPLE, len(unread)))
            rows = [row for row in (work.lineage(db, item) for item in sorted(drawn, reverse=True)) if row is not None]
        else:
            rows = list(work.lineage_page(db, VIEWS[view], limit, before))
        counts = work.lineage_counts(db)
        items = [_view(db, row) for row in rows]
    full = view != "sample" and len(rows) == limit
    return {"items": items, "counts": counts, "unread": len(unread), "next": rows[-1].item_id if full else None}


def read_item(core: Core, agent: SignedInAgent, item_id: str) -> View:
    """Return the redacted text of a transcript (``TrainingItemAnswer``), as stored or as it would be.

    What may not be read any more, or is gone, has no lines.

    Raises:
        Refusal: ``not_found``; ``redaction_failed`` or a middleware's code, when it cannot be shown safely.

    Stores: an audit event, before anything is shown.
    """
    row, item = _item(core, item_id)
    audit.record(core, agent, "training_read", item_id)
    lines = _lines(core, row)
    shown = None if lines is None else [{**line, "hints": list(special_hints(line["body"]))} for line in lines]
    return {"item": item, "lines": shown}


def decide(core: Core, agent: SignedInAgent, item_id: str, decision: str, reason: str) -> View:
    """Carry out a curator's decision (``TrainingDecided``).

    ``approve`` lets in what was held, ``keep`` notes that a stored one may stay, ``quarantine`` leaves it out: nobody
    can read it from now on, the worker deletes it, its releases and the assistant follow as after a withdrawal.

    Raises:
        Refusal: ``not_found``; ``payload_invalid`` for a decision that does not fit the state.

    Stores: an audit event with the reason, in the transaction of the change.
    """
    row, _item_view = _item(core, item_id)
    if decision == "approve":
        _approve(core, agent, item_id, reason)
    elif decision == "keep":
        _keep(core, agent, row, reason)
    else:
        _quarantine(core, agent, row, reason)
    return {"item": _item(core, item_id)[1]}


def _approve(core: Core, agent: SignedInAgent, item_id: str, reason: str) -> None:
    try:
        training.approve_item(core, item_id, f"agent:{agent.id}", reason)
    except OperatorError:
        raise _unfitting() from None


def _keep(core: Core, agent: SignedInAgent, row: AnyRow, reason: str) -> None:
    now = core.clock.now()

    def job(db: Connection) -> bool:
        if row.item_id not in work.readable_items(db, [row.item_id]):
            return False
        work.change_lineage(db, row.item_id, {"reviewed_at": now})
        audit.note(core, db, agent, "training_kept", row.item_id, reason)
        return True

    if not core.storage.write_now(job):
        raise _unfitting()


def _quarantine(core: Core, agent: SignedInAgent, row: AnyRow, reason: str) -> None:
    now = core.clock.now()

    def job(db: Connection) -> bool:
        thread = conversations.conversation(db, row.conversation_id, lock=True, proof=True)
        known = work.lineage(db, row.item_id)
        if thread is None or known is None or known.state not in _LEAVABLE:
            return False
        take_out(db, thread, known, training.CURATOR, now)
        audit.note(core, db, agent, "training_quarantined", row.item_id, reason)
        conversations.change(db, thread.id, {})
        return True

    if not core.storage.write_now(job):
        raise _unfitting()
    training.tell(core, row.conversation_id)
    core.wake_worker()


def _unfitting() -> Refusal:
    return Refusal("payload_invalid", field="decision")


def _item(core: Core, item_id: str) -> tuple[AnyRow, View]:
    with core.storage.read() as db:
        row = work.lineage(db, item_id)
        view = _view(db, row) if row is not None else {}
    if row is None:
        raise Refusal("not_found")
    return row, view


def _view(db: Connection, row: AnyRow) -> View:
    return {
        "item_id": row.item_id,
        "conversation_id": row.conversation_id,
        "state": row.state,
        "reason": row.reason,
        "due_at": iso(row.due_at) if row.due_at is not None and row.state == "waiting" else None,
        "created_at": iso(row.created_at),
        "changed_at": iso(row.changed_at),
        "reviewed_at": iso(row.reviewed_at) if row.reviewed_at is not None else None,
        **{name: getattr(row, name) for name in _DETAILS},
        "releases": releases.names_with(db, row.item_id),
    }


def _lines(core: Core, row: AnyRow) -> list[dict[str, str]] | None:
    if row.state == "admitted":
        found = _stored(core, row)
    elif row.state in ("held", "waiting"):
        found = _upcoming(core, row)
    else:
        found = None
    return None if found is None else [{"role": line["role"], "body": line["content"]} for line in found]


def _stored(core: Core, row: AnyRow) -> list[dict[str, str]] | None:
    """Return the messages of a stored item; the main database is asked whether it may still be read."""
    with core.storage.read() as db:
        readable = work.readable_items(db, [row.item_id])
    read = getattr(core.sinks.get(row.sink), "read", None)  # a sink of a middleware may not give back what it took
    content: dict[str, Any] | None = read(row.item_id) if readable and read is not None else None
    messages: list[dict[str, str]] | None = None if content is None else content["messages"]
    return messages


def _upcoming(core: Core, row: AnyRow) -> list[dict[str, str]] | None:
    """Return the messages of a transcript that waits, redacted as it would be stored; only while consent covers it."""
    with core.storage.read() as db:
        thread = conversations.conversation(db, row.conversation_id)
    if thread is None or thread.restricted or not covers_now(core, thread.id).covers(frozenset({Purpose.TRAINING})):
        return None
    return training.redacted(training.read_transcript(core, thread)).as_messages()
