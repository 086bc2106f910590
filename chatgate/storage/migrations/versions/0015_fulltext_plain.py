"""Full-text search of PostgreSQL indexes text without accents by a shorter way; nothing changes on SQLite."""

from alembic import op

from chatgate.storage import fulltext

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "postgresql":
        fulltext.install(op.get_bind())
