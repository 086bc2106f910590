"""Profiles: what the shop's server vouches for is told from what a visitor wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. What was stored before counts as the visitor's own words."""
    op.add_column("visitor_profile", sa.Column("vouched", sa.Boolean(), nullable=False, server_default=sa.false()))
