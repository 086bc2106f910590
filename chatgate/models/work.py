"""What is still to do: the outbox, and where each transcript went."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from chatgate.models.types import at, document, key, personal, text_id, words


class OutboxEvent(SQLModel, table=True):
    """A fact that somebody must be told, stored with the change itself. Ids only, never text."""

    __tablename__ = "outbox_event"
    __table_args__ = (Index("outbox_due", "done_at", "next_at"),)

    id: str = key()
    kind: str = Field(max_length=64)
    site_id: str = Field(max_length=64)
    conversation_id: str = Field(
        max_length=64, index=True, sa_column_kwargs=personal("identifier", "support", "conversation")
    )
    subject: str | None = Field(default=None, max_length=64)
    """The id of the message, item or consent event that this is about."""
    detail: dict[str, str] = document()
    created_at: datetime = at()
    next_at: datetime = at()
    attempts: int = 0
    done_at: datetime | None = at(nullable=True)
    last_error_class: str | None = Field(default=None, max_length=128)


class OutboxDelivery(SQLModel, table=True):
    """The retries of one middleware for one event; made on its first failure."""

    __tablename__ = "outbox_delivery"
    __table_args__ = (UniqueConstraint("event_id", "middleware"),)

    id: str = key()
    event_id: str = text_id("outbox_event.id", index=True)
    middleware: str = Field(max_length=64)
    attempts: int = 0
    next_at: datetime = at(index=True)
    done_at: datetime | None = at(nullable=True)
    last_error_class: str | None = Field(default=None, max_length=128)


class TrainingLineage(SQLModel, table=True):
    """Where a transcript went and on what ground; the main database owns admission.

    States: ``pending`` (being written), ``waiting`` (cooling off until ``due_at``), ``admitted``, ``skipped``,
    ``held`` (a special category was recognised: a person decides), ``quarantined``
    (nobody may read it), ``retracted`` (gone from every sink).
    """

    __tablename__ = "training_lineage"
    __table_args__ = (Index("lineage_state", "state", "due_at"),)

    item_id: str = key()
    conversation_id: str = Field(
        max_length=64, index=True, sa_column_kwargs=personal("identifier", "training", "training")
    )
    state: str = Field(max_length=16)
    reason: str | None = Field(default=None, max_length=64)
    sink: str | None = Field(default=None, max_length=64)
    consent_event_id: str | None = text_id(nullable=True)
    notice_sha256: str | None = text_id(nullable=True)
    transcript_sha256: str | None = Field(default=None, max_length=64)
    redaction_profile: str | None = Field(default=None, max_length=64)
    due_at: datetime | None = at(nullable=True)
    created_at: datetime = at()
    changed_at: datetime = at()
    reviewed_at: datetime | None = at(nullable=True)
    """When a person last read it and let it stay."""


class MiddlewareRow(SQLModel, table=True):
    """What a middleware keeps through its kit: labelled with a purpose, erasable by subject."""

    __tablename__ = "middleware_row"
    __table_args__ = (UniqueConstraint("middleware", "name"),)

    id: str = key()
    middleware: str = Field(max_length=64)
    name: str = Field(max_length=200)
    purpose: str = Field(max_length=32)
    conversation_id: str | None = Field(
        default=None,
        max_length=64,
        index=True,
        sa_column_kwargs=personal("identifier", "support", "conversation"),
    )
    value: str = words(personal("content", "support", "conversation"))
    changed_at: datetime = at()


class ErasurePermit(SQLModel, table=True):
    """Ids whose evidence rows may be deleted; filled and emptied in one transaction by ``services.rights.erasure``."""

    __tablename__ = "erasure_permit"

    row_id: str = key()
