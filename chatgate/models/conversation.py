"""Visitors, their conversations and messages."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from chatgate.models.types import at, key, personal, text_id, words

CHAT = personal("content", "support", "conversation")


def _where(sqlite: str, postgresql: str | None = None) -> dict[str, Any]:
    """Return the options of an index that holds only some rows: the many others make it no larger."""
    return {"sqlite_where": text(sqlite), "postgresql_where": text(postgresql or sqlite)}


class Visitor(SQLModel, table=True):
    """The person chatting, as a random pseudonymous id: no address, no user agent."""

    id: str = key(sa_column_kwargs=personal("identifier", "support", "conversation"))
    site_id: str = text_id("site.id", index=True)
    created_at: datetime = at()


class VisitorProfile(SQLModel, table=True):
    """What a visitor chose to tell about themselves, one row a field."""

    __tablename__ = "visitor_profile"
    __table_args__ = (UniqueConstraint("visitor_id", "field"),)

    # An integer key: the full-text table refers to rows by it.
    n: int | None = Field(default=None, primary_key=True)
    visitor_id: str = text_id("visitor.id")
    field: str = Field(max_length=64)
    value: str = words(personal("contact", "support", "conversation"))
    vouched: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """The shop's server signed it; otherwise the visitor's client said so."""


class Conversation(SQLModel, table=True):
    """The stored thread. It cannot exist without the consent that opened it."""

    __table_args__ = (
        Index("conversation_recent", "state", "last_activity_at", "id"),
        Index("conversation_waiting", "waiting_since_at", "id", **_where("waiting_since_at IS NOT NULL")),
        Index("conversation_owned", "state", "assigned_agent_id", "last_activity_at", "id"),
        Index("conversation_proof", "transcript_erased_at", "id", **_where("transcript_erased_at IS NOT NULL")),
        Index("conversation_withdrawn", "last_activity_at", "id", **_where("may_talk IS 0", "may_talk IS false")),
    )

    id: str = key(sa_column_kwargs=personal("identifier", "support", "conversation"))
    site_id: str = text_id("site.id")
    visitor_id: str = text_id("visitor.id", index=True)
    consent_record_id: str = text_id("consent_record.id", unique=True)
    state: str = Field(max_length=16)
    """``open``, ``closed``, or ``proof``: what was said is erased, and only the proof of its consent is left."""
    locale: str = Field(max_length=35, sa_column_kwargs=CHAT)
    may_talk: bool
    """Materialised fold: the session may go on. Equals ``policy.consent.state``; a test proves it."""
    may_train: bool
    """Materialised fold: *training* is given."""
    must_renew: bool = False
    """A major version of the notice came out since: the visitor is asked again before the next message."""
    restricted: bool = False
    """Stored and nothing else (Art. 18 GDPR)."""
    consent_ends_at: datetime | None = at(nullable=True, index=True)
    """When the first of the given purposes expires; the worker looks for it."""
    last_seq: int
    rev: int
    assigned_agent_id: str | None = text_id("agent.id", nullable=True)
    visitor_seen_seq: int
    agent_seen_seq: int
    waiting_since_at: datetime | None = at(nullable=True)
    opened_at: datetime = at()
    last_activity_at: datetime = at()
    closed_at: datetime | None = at(nullable=True)
    closed_reason: str | None = words(nullable=True)
    transcript_erased_at: datetime | None = at(nullable=True)
    """When everything but the proof of consent went; the days of the proof begin then."""


class Message(SQLModel, table=True):
    """One utterance, stored exactly as sent."""

    __table_args__ = (
        # The client's id first: clients begin it with the time, so messages of one moment are neighbours in this index.
        UniqueConstraint("client_id", "conversation_id"),
        UniqueConstraint("conversation_id", "seq"),
    )

    # An integer key beside the UUID: full-text tables refer to rows by it.
    n: int | None = Field(default=None, primary_key=True)
    id: str = Field(max_length=64, unique=True)
    conversation_id: str = text_id("conversation.id")
    seq: int
    client_id: str | None = Field(default=None, max_length=64)
    author_kind: str = Field(max_length=16)
    author_id: str | None = Field(default=None, max_length=64, sa_column_kwargs=CHAT)
    author_name: str | None = words(CHAT, nullable=True)
    body: str = words(CHAT)
    stored_at: datetime = at()


class Rating(SQLModel, table=True):
    """What the visitor said about the chat afterwards: 1 (bad) to 5 (good), and perhaps why. The last word counts."""

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", max_length=64)
    score: int = Field(sa_column_kwargs=CHAT)
    comment: str | None = words(CHAT, nullable=True)
    rated_at: datetime = at()
