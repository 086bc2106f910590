"""Queries of messages; `message_group.py` stores them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from chatgate.models.tables import METADATA
from chatgate.storage.queries.message_group import NewMessage, StoredMessage, append_messages

MESSAGE = METADATA.tables["message"]
CONVERSATION = METADATA.tables["conversation"]
OUTBOX = METADATA.tables["outbox_event"]


__all__ = ["NewMessage", "StoredMessage", "after", "append_messages", "latest", "message"]


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
    ids = [row.id for row in conversations if row.last_seq]
    if not ids:
        return {}
    # A join and no list of pairs: SQLite would read the whole table to find pairs.
    last = (CONVERSATION.c.id == MESSAGE.c.conversation_id) & (CONVERSATION.c.last_seq == MESSAGE.c.seq)
    query = select(MESSAGE).join(CONVERSATION, last).where(CONVERSATION.c.id.in_(ids))
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
