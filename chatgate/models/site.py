"""Sites and the agents who answer for them."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from chatgate.models.types import at, document, key, personal, text_id, words

AGENT_DATA = personal("contact", "work", "agent")


class Site(SQLModel, table=True):
    """One shop that carries the widget. Its settings live here: ``chatgate site set SITE key=value``."""

    id: str = key()
    name: str = words()
    active: bool = True
    allowed_origins: list[str] = document()
    settings: dict[str, Any] = document()
    created_at: datetime = at()


class Agent(SQLModel, table=True):
    """A human who answers in the inbox. Roles: agent, privacy_officer, admin."""

    id: str = key()
    email: str = Field(max_length=320, unique=True, sa_column_kwargs=AGENT_DATA)
    name: str = words(AGENT_DATA)
    role: str = Field(max_length=32)
    password_hash: str = words(personal("secret", "security", "agent"))
    active: bool = True
    created_at: datetime = at()


class AgentSession(SQLModel, table=True):
    """A sign-in; only the hash of its cookie is stored."""

    __tablename__ = "agent_session"

    token_hash: str = Field(primary_key=True, max_length=64, sa_column_kwargs=personal("secret", "security", "agent"))
    agent_id: str = text_id("agent.id", index=True)
    created_at: datetime = at()
    expires_at: datetime = at(index=True)
    revoked_at: datetime | None = at(nullable=True)


class AuditEvent(SQLModel, table=True):
    """Who did what to whose data and why, without content."""

    __tablename__ = "audit_event"

    id: str = key()
    actor: str = words(personal("behaviour", "security", "agent"))
    action: str = Field(max_length=64)
    subject_id: str | None = text_id(nullable=True)
    reason: str | None = words(nullable=True)
    at: datetime = at()
