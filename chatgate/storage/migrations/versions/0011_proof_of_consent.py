"""The proof of consent outlives its chat: when the transcript went."""

import sqlalchemy as sa
from alembic import op

from chatgate.models.types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("conversation", sa.Column("transcript_erased_at", UtcDateTime(), nullable=True))
    op.create_index(
        "conversation_proof",
        "conversation",
        ["transcript_erased_at", "id"],
        unique=False,
        sqlite_where=sa.text("transcript_erased_at IS NOT NULL"),
        postgresql_where=sa.text("transcript_erased_at IS NOT NULL"),
    )
