"""Queries of messages, and the group in which they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, tuple_, update

from chatgate.errors import Refusal
from chatgate.models.tables import METADATA

MESSAGE = METADATA.tables["message"]
CONVERSATION = METADATA.tables["conversation"]
OUTBOX = METADATA.tables["outbox_event"]


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that passed the gate and the middleware, before it is stored."""

    id: str
    conversation_id: str
    client_id: str | None
    author_kind: str
    author_id: str | None
    author_name: str | None
    body: str
    at: datetime
    event_id: str | None
    """The id of the outbox event to store with it; None when no middleware watches messages."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """What was stored, and what of the conversation changed with it."""

    message: dict[str, Any]
    site_id: str
    rev: int
    fresh: bool
    """False when the same ``client_id`` had been stored before: nothing was written."""
    waiting_since_at: datetime | None = None


def append_messages(db: Connection, new: Sequence[NewMessage]) -> list[StoredMessage | Exception]:
    """Store a group of messages: the consent is read again, duplicates are found, numbers are given.

    The conversations' rows are locked first, so that a withdrawal comes before or after, never between.

    Returns:
        For each one its stored form, or the Refusal ``closed``, ``consent_withdrawn`` or ``not_found``.
    """
    threads = _locked(db, sorted({item.conversation_id for item in new}))
    known = _known(db, new)
    results: list[StoredMessage | Exception] = []
    rows: list[dict[str, Any]] = []
    outbox: list[dict[str, Any]] = []
    for item in new:
        thread = threads.get(item.conversation_id)
        earlier = known.get((item.conversation_id, item.client_id or ""))
        if thread is None:
            results.append(Refusal("not_found"))
        elif earlier is not None:
            results.append(StoredMessage(earlier, thread["site_id"], thread["rev"], False))
        elif not thread["may_talk"]:
            results.append(Refusal("consent_withdrawn"))
        elif thread["state"] != "open":
            results.append(Refusal("closed"))
        else:
            row = _advance(thread, item)
            rows.append(row)
            if item.client_id:
                known[item.conversation_id, item.client_id] = row
            if item.event_id:
                outbox.append(_event(item, thread["site_id"]))
            results.append(StoredMessage(row, thread["site_id"], thread["rev"], True, thread["waiting_since_at"]))
    _store(db, rows, outbox, threads)
    return results


def _locked(db: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    query = select(
        CONVERSATION.c.id,
        CONVERSATION.c.site_id,
        CONVERSATION.c.state,
        CONVERSATION.c.may_talk,
        CONVERSATION.c.last_seq,
        CONVERSATION.c.rev,
        CONVERSATION.c.waiting_since_at,
        CONVERSATION.c.agent_seen_seq,
        CONVERSATION.c.visitor_seen_seq,
        CONVERSATION.c.last_activity_at,
    ).where(CONVERSATION.c.id.in_(ids))
    if db.dialect.name == "postgresql":
        query = query.order_by(CONVERSATION.c.id).with_for_update()
    return {row.id: {**row._mapping, "changed": False} for row in db.execute(query)}


def _known(db: Connection, new: Sequence[NewMessage]) -> dict[tuple[str, str], dict[str, Any]]:
    pairs = [(item.conversation_id, item.client_id) for item in new if item.client_id]
    if not pairs:
        return {}
    query = select(MESSAGE).where(tuple_(MESSAGE.c.conversation_id, MESSAGE.c.client_id).in_(pairs))
    return {(row.conversation_id, row.client_id): dict(row._mapping) for row in db.execute(query)}


def _advance(thread: dict[str, Any], item: NewMessage) -> dict[str, Any]:
    thread["last_seq"] += 1
    thread["rev"] += 1
    thread["last_activity_at"] = item.at
    thread["changed"] = True
    if item.author_kind == "visitor":
        thread["waiting_since_at"] = thread["waiting_since_at"] or item.at
        thread["visitor_seen_seq"] = thread["last_seq"]
    elif item.author_kind in ("agent", "bot"):
        thread["waiting_since_at"] = None
        thread["agent_seen_seq"] = thread["last_seq"]
    return {
        "id": item.id,
        "conversation_id": item.conversation_id,
        "seq": thread["last_seq"],
        "client_id": item.client_id,
        "author_kind": item.author_kind,
        "author_id": item.author_id,
        "author_name": item.author_name,
        "body": item.body,
        "stored_at": item.at,
    }


def _event(item: NewMessage, site_id: str) -> dict[str, Any]:
    return {
        "id": item.event_id,
        "kind": "message_stored",
        "site_id": site_id,
        "conversation_id": item.conversation_id,
        "subject": item.id,
        "detail": {},
        "created_at": item.at,
        "next_at": item.at,
        "attempts": 0,
    }


UPDATED = ("last_seq", "rev", "last_activity_at", "waiting_since_at", "agent_seen_seq", "visitor_seen_seq")
_UPDATE = (
    update(CONVERSATION)
    .where(CONVERSATION.c.id == bindparam("which"))
    .values({name: bindparam(f"new_{name}", type_=CONVERSATION.c[name].type) for name in UPDATED})
)


def _store(
    db: Connection,
    rows: list[dict[str, Any]],
    outbox: list[dict[str, Any]],
    threads: dict[str, dict[str, Any]],
) -> None:
    if not rows:
        return
    changed = [
        {"which": thread["id"], **{f"new_{name}": thread[name] for name in UPDATED}}
        for thread in threads.values()
        if thread["changed"]
    ]
    db.execute(_UPDATE, changed)
    db.execute(insert(MESSAGE), rows)
    if outbox:
        db.execute(insert(OUTBOX), outbox)


def after(db: Connection, conversation_id: str, seq: int, limit: int = 5000) -> Sequence[Row[Any]]:
    """Return the messages of a conversation after ``seq``, in order."""
    return db.execute(
        select(MESSAGE)
        .where(MESSAGE.c.conversation_id == conversation_id, MESSAGE.c.seq > seq)
        .order_by(MESSAGE.c.seq)
        .limit(limit)
    ).all()


def message(db: Connection, message_id: str) -> Row[Any] | None:
    """Return one message."""
    return db.execute(select(MESSAGE).where(MESSAGE.c.id == message_id)).one_or_none()


def latest(db: Connection, conversations: Sequence[Row[Any]]) -> dict[str, Row[Any]]:
    """Return the last message of each of these conversations, by conversation id."""
    pairs = [(row.id, row.last_seq) for row in conversations if row.last_seq]
    if not pairs:
        return {}
    query = select(MESSAGE).where(tuple_(MESSAGE.c.conversation_id, MESSAGE.c.seq).in_(pairs))
    return {row.conversation_id: row for row in db.execute(query)}


def has_person(db: Connection, conversation_id: str, asked_for: str) -> bool:
    """Return whether an agent wrote in a conversation, or the visitor asked for one (a line with that client id)."""
    query = (
        select(MESSAGE.c.id)
        .where(MESSAGE.c.conversation_id == conversation_id)
        .where((MESSAGE.c.author_kind == "agent") | (MESSAGE.c.client_id == asked_for))
        .limit(1)
    )
    return db.execute(query).first() is not None
