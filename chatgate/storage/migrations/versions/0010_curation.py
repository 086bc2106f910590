"""Curation: when a person last looked at a transcript of the training store."""

import sqlalchemy as sa
from alembic import op

from chatgate.models.types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("training_lineage", sa.Column("reviewed_at", UtcDateTime(), nullable=True))
