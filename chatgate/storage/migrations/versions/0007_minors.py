"""Minors: whether the visitor said to be under the age of consent, where a shop asks."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("consent_record", sa.Column("minor", sa.Boolean(), nullable=True))
