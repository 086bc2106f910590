"""The keys that the data was made with, known by their fingerprints: so that a lost one is never made anew unseen."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from chatgate.models.types import at


class InstallationKey(SQLModel, table=True):
    """One key of the installation, now or formerly; the key itself is in a file beside the database only."""

    __tablename__ = "installation_key"

    fingerprint: str = Field(primary_key=True, max_length=32)
    """Tells the key from any other, and nothing of it."""
    kind: str = Field(max_length=16)
    public_key: str | None = Field(default=None, max_length=64)
    """Of a signing key: what it signed can still be verified when the key is lost."""
    since_at: datetime = at()
    given_up_at: datetime | None = at(nullable=True)
    """When its owner went on without it; None for the key of now."""
