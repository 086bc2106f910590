"""New messages enter full-text search a moment after they are stored: how far it has come (SQLite)."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: everything stored so far is in the full-text table."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TABLE fts_upto (n INTEGER NOT NULL)")
        op.execute("INSERT INTO fts_upto (n) SELECT coalesce(max(n), 0) FROM message")
