"""Queries of what agents add to conversations: notes, tags, canned replies, drafts, read marks, blocks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from chatgate.models.tables import METADATA

NOTE = METADATA.tables["note"]
TAG = METADATA.tables["tag"]
TAGGED = METADATA.tables["conversation_tag"]
CANNED = METADATA.tables["canned_reply"]
DRAFT = METADATA.tables["draft"]
READ = METADATA.tables["agent_read"]
CLOSING = METADATA.tables["closing"]
BLOCKED = METADATA.tables["blocked_visitor"]
PROFILE = METADATA.tables["visitor_profile"]
CONVERSATION = METADATA.tables["conversation"]
MESSAGE = METADATA.tables["message"]


def notes(db: Connection, conversation_id: str) -> Sequence[Row[Any]]:
    """Return the notes of a conversation in order."""
    return db.execute(select(NOTE).where(NOTE.c.conversation_id == conversation_id).order_by(NOTE.c.n)).all()


def note_by_client_id(db: Connection, conversation_id: str, client_id: str) -> Row[Any] | None:
    """Return the note that was stored for a client's id before."""
    return db.execute(
        select(NOTE).where(NOTE.c.conversation_id == conversation_id, NOTE.c.client_id == client_id)
    ).one_or_none()


def add_note(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert a note."""
    db.execute(insert(NOTE).values(values))


def tag(db: Connection, site_id: str, folded: str) -> Row[Any] | None:
    """Return a site's tag by its folded name."""
    return db.execute(select(TAG).where(TAG.c.site_id == site_id, TAG.c.folded == folded)).one_or_none()


def add_tag(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert a tag."""
    db.execute(insert(TAG).values(values))


def tags(db: Connection, sites: Sequence[str]) -> Sequence[Row[Any]]:
    """Return the tags of these sites with their number of conversations, most used first."""
    count = func.count(TAGGED.c.conversation_id).label("used")
    return db.execute(
        select(TAG.c.id, TAG.c.name, TAG.c.folded, count)
        .outerjoin(TAGGED, TAGGED.c.tag_id == TAG.c.id)
        .where(TAG.c.site_id.in_(sites))
        .group_by(TAG.c.id, TAG.c.name, TAG.c.folded)
        .order_by(count.desc(), TAG.c.name)
    ).all()


def tag_count(db: Connection, conversation_id: str) -> int:
    """Return how many tags a conversation has."""
    query = select(func.count()).select_from(TAGGED).where(TAGGED.c.conversation_id == conversation_id)
    return db.execute(query).scalar_one()


def put_tag(db: Connection, conversation_id: str, tag_id: str, at: datetime) -> bool:
    """Put a tag on a conversation; return whether it was not there."""
    where = (TAGGED.c.conversation_id == conversation_id) & (TAGGED.c.tag_id == tag_id)
    if db.execute(select(TAGGED.c.tag_id).where(where)).first() is not None:
        return False
    db.execute(insert(TAGGED).values(conversation_id=conversation_id, tag_id=tag_id, tagged_at=at))
    return True


def take_tag(db: Connection, conversation_id: str, tag_id: str) -> bool:
    """Take a tag off a conversation, and forget a tag that nothing has; return whether it was there."""
    where = (TAGGED.c.conversation_id == conversation_id) & (TAGGED.c.tag_id == tag_id)
    taken = db.execute(delete(TAGGED).where(where)).rowcount > 0
    if db.execute(select(TAGGED.c.tag_id).where(TAGGED.c.tag_id == tag_id).limit(1)).first() is None:
        db.execute(delete(TAG).where(TAG.c.id == tag_id))
    return taken


def forget_unused_tags(db: Connection) -> None:
    """Delete tags that nothing has any more: their words may name somebody who was erased."""
    db.execute(delete(TAG).where(TAG.c.id.not_in(select(TAGGED.c.tag_id))))


def canned(db: Connection, locale: str | None) -> Sequence[Row[Any]]:
    """Return the canned replies, of one locale or all, by shortcut."""
    query = select(CANNED).order_by(CANNED.c.shortcut, CANNED.c.locale)
    return db.execute(query if locale is None else query.where(CANNED.c.locale == locale)).all()


def canned_reply(db: Connection, reply_id: str) -> Row[Any] | None:
    """Return one canned reply."""
    return db.execute(select(CANNED).where(CANNED.c.id == reply_id)).one_or_none()


def canned_by_shortcut(db: Connection, locale: str, shortcut: str) -> Row[Any] | None:
    """Return the canned reply with this shortcut."""
    return db.execute(select(CANNED).where(CANNED.c.locale == locale, CANNED.c.shortcut == shortcut)).one_or_none()


def put_canned(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert or replace a canned reply by its id."""
    if not db.execute(update(CANNED).where(CANNED.c.id == values["id"]).values(values)).rowcount:
        db.execute(insert(CANNED).values(values))


def drop_canned(db: Connection, reply_id: str) -> bool:
    """Delete a canned reply; return whether it was there."""
    return db.execute(delete(CANNED).where(CANNED.c.id == reply_id)).rowcount > 0


def drafts(db: Connection, conversation_id: str, agent_id: str) -> Sequence[Row[Any]]:
    """Return what an agent has begun to write in a conversation."""
    return db.execute(
        select(DRAFT).where(DRAFT.c.conversation_id == conversation_id, DRAFT.c.agent_id == agent_id)
    ).all()


def put_draft(db: Connection, values: Mapping[str, Any]) -> None:
    """Replace a draft; an empty body only removes it."""
    db.execute(
        delete(DRAFT).where(
            DRAFT.c.conversation_id == values["conversation_id"],
            DRAFT.c.agent_id == values["agent_id"],
            DRAFT.c.kind == values["kind"],
        )
    )
    if values["body"]:
        db.execute(insert(DRAFT).values(values))


def mark_read(db: Connection, conversation_id: str, agent_id: str, seq: int) -> bool:
    """Note how far an agent has read; going back changes nothing. Return whether it moved."""
    where = (READ.c.conversation_id == conversation_id) & (READ.c.agent_id == agent_id)
    known = db.execute(select(READ.c.seq).where(where)).scalar_one_or_none()
    if known is None:
        db.execute(insert(READ).values(conversation_id=conversation_id, agent_id=agent_id, seq=seq))
        return True
    if known >= seq:
        return False
    db.execute(update(READ).where(where).values(seq=seq))
    return True


def put_closing(db: Connection, values: Mapping[str, Any]) -> None:
    """Replace the reason for which a conversation was closed."""
    drop_closing(db, values["conversation_id"])
    db.execute(insert(CLOSING).values(values))


def drop_closing(db: Connection, conversation_id: str) -> None:
    """Forget the reason of a conversation that is open again."""
    db.execute(delete(CLOSING).where(CLOSING.c.conversation_id == conversation_id))


def blocked(db: Connection, visitor_id: str) -> bool:
    """Return whether a visitor is blocked."""
    return db.execute(select(BLOCKED.c.visitor_id).where(BLOCKED.c.visitor_id == visitor_id)).first() is not None


def block(db: Connection, values: Mapping[str, Any]) -> None:
    """Block a visitor, once."""
    if not blocked(db, values["visitor_id"]):
        db.execute(insert(BLOCKED).values(values))


def unblock(db: Connection, visitor_id: str) -> None:
    """Let a visitor write again."""
    db.execute(delete(BLOCKED).where(BLOCKED.c.visitor_id == visitor_id))


def messages_by_n(db: Connection, keys: Sequence[int]) -> Sequence[Row[Any]]:
    """Return messages by their integer keys, newest first."""
    return db.execute(select(MESSAGE).where(MESSAGE.c.n.in_(keys)).order_by(MESSAGE.c.n.desc())).all()


def notes_by_n(db: Connection, keys: Sequence[int]) -> Sequence[Row[Any]]:
    """Return notes by their integer keys, newest first."""
    return db.execute(select(NOTE).where(NOTE.c.n.in_(keys)).order_by(NOTE.c.n.desc())).all()


def named_conversations(db: Connection, keys: Sequence[int]) -> Sequence[Any]:
    """Return conversation ids and the visitors' own words behind these keys of profile fields, newest first."""
    return db.execute(
        select(CONVERSATION.c.id, PROFILE.c.value)
        .join(PROFILE, PROFILE.c.visitor_id == CONVERSATION.c.visitor_id)
        .where(PROFILE.c.n.in_(keys))
        .order_by(PROFILE.c.n.desc())
    ).all()


def tagged_conversations(db: Connection, tag_ids: Sequence[str], limit: int) -> Sequence[Any]:
    """Return ids of conversations with any of these tags, and the tag's name, latest tagged first."""
    return db.execute(
        select(TAGGED.c.conversation_id.label("id"), TAG.c.name)
        .join(TAG, TAG.c.id == TAGGED.c.tag_id)
        .where(TAGGED.c.tag_id.in_(tag_ids))
        .order_by(TAGGED.c.tagged_at.desc(), TAGGED.c.conversation_id)
        .limit(limit)
    ).all()
