"""Files that visitors and agents send: what is known about each, and the key that opens its sealed bytes."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from chatgate.models.types import at, key, personal, text_id, words

FILE = personal("content", "support", "conversation")


class Attachment(SQLModel, table=True):
    """One file. Its bytes lie sealed under the attachments directory; without this row nobody can open them."""

    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id"),
        Index("attachment_of_message", "message_id"),
        Index("attachment_stored", "stored_at"),
    )

    id: str = key()
    conversation_id: str = text_id("conversation.id")
    message_id: str | None = text_id(nullable=True)
    """The message that carries it; None until it is sent."""
    client_id: str = Field(max_length=64)
    author_kind: str = Field(max_length=16)
    author_id: str | None = Field(default=None, max_length=64, sa_column_kwargs=FILE)
    name: str = words(FILE)
    media_type: str = Field(max_length=64)
    size_bytes: int
    width: int | None = None
    height: int | None = None
    sealing_key: str = Field(max_length=64, sa_column_kwargs=personal("secret", "support", "conversation"))
    """32 random bytes in hex. To delete it is to delete the file, wherever a copy of it may lie."""
    stored_at: datetime = at()
