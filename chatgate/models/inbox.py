"""What agents add to conversations in their inbox: notes, tags, drafts, read marks, and how they sign in safely."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from chatgate.models.types import at, key, personal, text_id, words

CHAT = personal("content", "support", "conversation")
CONVERSATION_ID = personal("identifier", "support", "conversation")
AGENT_SECRET = personal("secret", "security", "agent")
AGENT_WORK = personal("behaviour", "work", "agent")


class Note(SQLModel, table=True):
    """A private note on a conversation, for agents only; gone with the conversation."""

    __table_args__ = (UniqueConstraint("conversation_id", "client_id"),)

    # An integer key beside the UUID: full-text tables refer to rows by it.
    n: int | None = Field(default=None, primary_key=True)
    id: str = Field(max_length=64, unique=True)
    conversation_id: str = text_id("conversation.id")
    client_id: str = Field(max_length=64)
    author_id: str = Field(max_length=64, sa_column_kwargs=AGENT_WORK)
    author_name: str = words(AGENT_WORK)
    body: str = words(CHAT)
    after_seq: int
    stored_at: datetime = at()


class Tag(SQLModel, table=True):
    """A word by which a site sorts its conversations; ``folded`` is its spelling without case and accents."""

    __table_args__ = (UniqueConstraint("site_id", "folded"),)

    id: str = key()
    site_id: str = text_id("site.id")
    name: str = Field(max_length=40)
    folded: str = Field(max_length=80)
    created_at: datetime = at()


class ConversationTag(SQLModel, table=True):
    """That a conversation has a tag."""

    __tablename__ = "conversation_tag"

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", max_length=64)
    tag_id: str = Field(primary_key=True, foreign_key="tag.id", max_length=64, index=True, sa_column_kwargs=CHAT)
    tagged_at: datetime = at()


class CannedReply(SQLModel, table=True):
    """An answer written before, in one locale, found by its shortcut; written by the shop, about nobody."""

    __tablename__ = "canned_reply"
    __table_args__ = (UniqueConstraint("locale", "shortcut"),)

    id: str = key()
    locale: str = Field(max_length=35)
    shortcut: str = Field(max_length=40)
    title: str = Field(max_length=120)
    body: str = words()
    changed_at: datetime = at()


class Draft(SQLModel, table=True):
    """What an agent has begun to write; outlives their sign-in, gone when it is sent."""

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", max_length=64)
    agent_id: str = Field(primary_key=True, foreign_key="agent.id", max_length=64)
    kind: str = Field(primary_key=True, max_length=8)
    body: str = words(CHAT)
    saved_at: datetime = at()


class AgentRead(SQLModel, table=True):
    """How far one agent has read one conversation."""

    __tablename__ = "agent_read"

    conversation_id: str = Field(
        primary_key=True, foreign_key="conversation.id", max_length=64, sa_column_kwargs=CONVERSATION_ID
    )
    agent_id: str = Field(primary_key=True, foreign_key="agent.id", max_length=64, sa_column_kwargs=AGENT_WORK)
    seq: int


class Closing(SQLModel, table=True):
    """Why an agent closed a conversation, in the inbox's words; the visitor is not told."""

    conversation_id: str = Field(
        primary_key=True, foreign_key="conversation.id", max_length=64, sa_column_kwargs=CONVERSATION_ID
    )
    reason: str = words(CHAT)
    agent_id: str = Field(max_length=64, sa_column_kwargs=AGENT_WORK)


class BlockedVisitor(SQLModel, table=True):
    """A visitor whose messages are refused, by the pseudonymous id of their visit."""

    __tablename__ = "blocked_visitor"

    visitor_id: str = Field(primary_key=True, foreign_key="visitor.id", max_length=64, sa_column_kwargs=CONVERSATION_ID)
    agent_id: str = Field(max_length=64, sa_column_kwargs=AGENT_WORK)
    reason: str = words(CHAT)
    blocked_at: datetime = at()


class AgentFactor(SQLModel, table=True):
    """An agent's second factor; the secret is sealed with the installation's key."""

    __tablename__ = "agent_factor"

    agent_id: str = Field(primary_key=True, foreign_key="agent.id", max_length=64)
    sealed_secret: str = words(AGENT_SECRET)
    confirmed_at: datetime | None = at(nullable=True)
    last_step: int = 0
    """The newest time step whose code was used: no code works twice."""


class PushDevice(SQLModel, table=True):
    """A browser that an agent asked to be told in: the address at its push service and the keys to seal for it.

    It belongs to one sign-in and ends with it.
    """

    __tablename__ = "push_device"

    id: str = key()
    token_hash: str = text_id("agent_session.token_hash", index=True)
    endpoint: str = words(AGENT_SECRET)
    p256dh: str = words(AGENT_SECRET)
    auth: str = words(AGENT_SECRET)
    created_at: datetime = at()


class RecoveryCode(SQLModel, table=True):
    """One unused recovery code, as a hash."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("recovery_code_agent", "agent_id"),)

    code_hash: str = Field(primary_key=True, max_length=64, sa_column_kwargs=AGENT_SECRET)
    agent_id: str = text_id("agent.id")
