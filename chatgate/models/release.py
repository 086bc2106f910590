"""Releases of the training store: what was handed out, to whom, and what was revoked since."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from chatgate.models.types import at, key, text_id, words


class DatasetRelease(SQLModel, table=True):
    """One release: reproducible to the byte from its items and its key."""

    __tablename__ = "dataset_release"

    id: str = key()
    name: str = Field(max_length=64, index=True)
    version: int
    purpose: str = Field(max_length=32)
    recipient: str = words()
    commitment_key: str = Field(max_length=64)
    """Secret: makes this release's commitments; they cannot be linked to those of another release."""
    override_reason: str | None = words(nullable=True)
    """Why conditional records are in it, when they are."""
    data_sha256: str = Field(max_length=64)
    created_at: datetime = at()
    expires_at: datetime = at()


class ReleaseItem(SQLModel, table=True):
    """Which item stands at which line of a release."""

    __tablename__ = "release_item"
    __table_args__ = (UniqueConstraint("release_id", "line"),)

    release_id: str = Field(primary_key=True, foreign_key="dataset_release.id", max_length=64)
    item_id: str = Field(primary_key=True, max_length=64, index=True)
    line: int
    """Counts from 1."""
    commitment: str = Field(max_length=64)


class RevocationEntry(SQLModel, table=True):
    """A line of a release that may not be used any more; the feed is made of these."""

    __tablename__ = "revocation_entry"

    release_id: str = text_id("dataset_release.id", index=True)
    commitment: str = Field(primary_key=True, max_length=64)
    revoked_at: datetime = at()
