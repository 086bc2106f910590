"""Queries of attachments."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from chatgate.models.tables import METADATA

ATTACHMENT = METADATA.tables["attachment"]
CONVERSATION = METADATA.tables["conversation"]
View = dict[str, Any]


def attachment(db: Connection, attachment_id: str) -> Row[Any] | None:
    """Return one attachment."""
    return db.execute(select(ATTACHMENT).where(ATTACHMENT.c.id == attachment_id)).one_or_none()


def by_client_id(db: Connection, conversation_id: str, client_id: str) -> Row[Any] | None:
    """Return what an earlier try of the same upload stored."""
    query = select(ATTACHMENT).where(
        ATTACHMENT.c.conversation_id == conversation_id, ATTACHMENT.c.client_id == client_id
    )
    return db.execute(query).one_or_none()


def usage(db: Connection, conversation_id: str) -> tuple[int, int]:
    """Return how many attachments a conversation has and how many bytes they are."""
    query = select(func.count(), func.coalesce(func.sum(ATTACHMENT.c.size_bytes), 0)).where(
        ATTACHMENT.c.conversation_id == conversation_id
    )
    count, size = db.execute(query).one()
    return int(count), int(size)


def add(db: Connection, values: dict[str, Any]) -> None:
    """Store one."""
    db.execute(insert(ATTACHMENT), values)


def of_conversation(db: Connection, conversation_id: str) -> Sequence[Row[Any]]:
    """Return the attachments of a conversation, oldest first."""
    query = select(ATTACHMENT).where(ATTACHMENT.c.conversation_id == conversation_id).order_by(ATTACHMENT.c.id)
    return db.execute(query).all()


def by_message(rows: Iterable[Row[Any]]) -> dict[str, list[View]]:
    """Return the views of sent attachments, by the message that carries them."""
    found: dict[str, list[View]] = {}
    for row in rows:
        if row.message_id is not None:
            found.setdefault(row.message_id, []).append(view(row))
    return found


def of_messages(db: Connection, message_ids: Sequence[str]) -> dict[str, list[View]]:
    """Return the views of the attachments of these messages."""
    if not message_ids:
        return {}
    query = select(ATTACHMENT).where(ATTACHMENT.c.message_id.in_(message_ids)).order_by(ATTACHMENT.c.id)
    return by_message(db.execute(query))


def unsent(
    db: Connection, ids: Sequence[str], conversation_id: str, author_kind: str, author_id: str | None
) -> list[View] | None:
    """Return the views of attachments that this author uploaded here and did not send yet; None if one is not."""
    query = (
        select(ATTACHMENT)
        .where(
            ATTACHMENT.c.id.in_(ids),
            ATTACHMENT.c.conversation_id == conversation_id,
            ATTACHMENT.c.author_kind == author_kind,
            ATTACHMENT.c.author_id == author_id,
            ATTACHMENT.c.message_id.is_(None),
        )
        .order_by(ATTACHMENT.c.id)
    )
    rows = db.execute(query).all()
    return [view(row) for row in rows] if len(rows) == len(set(ids)) else None


def send(db: Connection, ids: Sequence[str], message_id: str) -> None:
    """Note by which message attachments are sent."""
    db.execute(update(ATTACHMENT).where(ATTACHMENT.c.id.in_(ids)).values(message_id=message_id))


def stale(db: Connection, before: datetime, limit: int) -> list[str]:
    """Return uploads that were never sent: too old, or of a conversation in which nobody can send any more."""
    over = (CONVERSATION.c.state != "open") | CONVERSATION.c.may_talk.is_(False)
    query = (
        select(ATTACHMENT.c.id)
        .join(CONVERSATION, CONVERSATION.c.id == ATTACHMENT.c.conversation_id)
        .where(ATTACHMENT.c.message_id.is_(None), CONVERSATION.c.restricted.is_(False))
        .where(or_(ATTACHMENT.c.stored_at < before, over))
        .limit(limit)
    )
    return list(db.execute(query).scalars())


def remove_unsent(db: Connection, ids: Sequence[str]) -> list[str]:
    """Delete the rows, with their keys, of those that are still not sent; return their ids."""
    if not ids:
        return []
    query = delete(ATTACHMENT).where(ATTACHMENT.c.id.in_(ids), ATTACHMENT.c.message_id.is_(None))
    return list(db.execute(query.returning(ATTACHMENT.c.id)).scalars())


def known(db: Connection, ids: Sequence[str]) -> set[str]:
    """Return which of these ids have a row."""
    return set(db.execute(select(ATTACHMENT.c.id).where(ATTACHMENT.c.id.in_(ids))).scalars())


def view(row: Row[Any]) -> View:
    """Return an attachment as messages carry it."""
    return {
        "id": row.id,
        "name": row.name,
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "width": row.width,
        "height": row.height,
    }
