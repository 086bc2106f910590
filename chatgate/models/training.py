"""The training store's own tables, in a database of their own."""

from datetime import datetime

from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from chatgate.models.types import at, key, personal


class TrainingTable(SQLModel, registry=registry()):
    """Base of the tables that are not in the main database."""


class TrainingItem(TrainingTable, table=True):
    """One redacted transcript, sealed by the application; no subject id, no rule."""

    __tablename__ = "training_item"

    item_id: str = key()
    nonce: bytes
    sealed: bytes = Field(sa_column_kwargs=personal("content", "training", "training"))
    written_at: datetime = at()
