"""Queries of what people asked for under their rights."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from chatgate.models.tables import METADATA

REQUEST = METADATA.tables["subject_request"]


def add_request(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert a request."""
    db.execute(insert(REQUEST).values(values))


def request(db: Connection, request_id: str) -> Row[Any] | None:
    """Return a request."""
    return db.execute(select(REQUEST).where(REQUEST.c.id == request_id)).one_or_none()


def change_request(db: Connection, request_id: str, values: Mapping[str, Any]) -> None:
    """Change a request."""
    db.execute(update(REQUEST).where(REQUEST.c.id == request_id).values(values))


def in_state(db: Connection, kind: str, states: Sequence[str]) -> Sequence[Row[Any]]:
    """Return the requests of a kind in one of these states, the oldest first."""
    query = select(REQUEST).where(REQUEST.c.kind == kind, REQUEST.c.state.in_(states))
    return db.execute(query.order_by(REQUEST.c.received_at, REQUEST.c.id)).all()


def of_conversation(db: Connection, conversation_id: str) -> Sequence[Row[Any]]:
    """Return a conversation's requests, the oldest first."""
    query = select(REQUEST).where(REQUEST.c.conversation_id == conversation_id)
    return db.execute(query.order_by(REQUEST.c.received_at, REQUEST.c.id)).all()


def all_requests(db: Connection, limit: int = 500) -> Sequence[Row[Any]]:
    """Return what people asked for, what is due first on top; not what the end of a retention erased."""
    asked = select(REQUEST).where(REQUEST.c.actor != "retention")
    return db.execute(asked.order_by(REQUEST.c.done_at, REQUEST.c.due_at).limit(limit)).all()
