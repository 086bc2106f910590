"""What people asked for under their rights, and until when it must be done."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from chatgate.models.types import at, document, key, personal, words

IDENTIFIER = personal("identifier", "proof", "proof")


class SubjectRequest(SQLModel, table=True):
    """One request of a data subject. An erasure forgets whose it was as soon as it is done."""

    __tablename__ = "subject_request"

    id: str = key()
    site_id: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    """``access``, ``portability``, ``erasure``, ``restriction`` or ``objection``."""
    state: str = Field(max_length=16, index=True)
    """``received``, ``deleted`` (rows are gone, files not yet scrubbed), ``done`` or ``refused``."""
    conversation_id: str | None = Field(default=None, max_length=64, index=True, sa_column_kwargs=IDENTIFIER)
    actor: str = Field(max_length=64)
    """``visitor``, ``agent:<id>`` or ``operator``."""
    reason: str | None = words(personal("content", "proof", "proof"), nullable=True)
    detail: dict[str, Any] = document()
    received_at: datetime = at()
    due_at: datetime = at(index=True)
    """One month after it was received (Art. 12(3) GDPR)."""
    done_at: datetime | None = at(nullable=True)
