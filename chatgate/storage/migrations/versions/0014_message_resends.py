"""Resends are found by an index that begins with the client's id, so that messages of one moment share its pages.

SQLite cannot change the order of a constraint, so the table is made anew; the rows keep their integer keys, to which
the full-text table refers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TEXT_VIEW = "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = 'message_text'"
_OLD, _NEW = "UNIQUE (conversation_id, client_id)", "UNIQUE (client_id, conversation_id)"


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("message_conversation_id_client_id_key", "message", type_="unique")
        op.create_unique_constraint(
            "message_client_id_conversation_id_key", "message", ["client_id", "conversation_id"]
        )
    else:
        _make_anew(op.get_bind())


def _make_anew(db: sa.Connection) -> None:
    table = str(
        db.execute(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'message'")).scalar_one()
    )
    if _OLD not in table:
        raise ValueError("the table of messages is not as it was made")
    view = db.execute(sa.text(_TEXT_VIEW)).scalar()  # a view of a table that is gone would stand in the way
    # What is left of the old table must not outlive the erasure of a chat.
    db.exec_driver_sql("PRAGMA secure_delete = ON")
    db.exec_driver_sql("DROP VIEW IF EXISTS message_text")
    db.exec_driver_sql(table.replace(_OLD, _NEW).replace("CREATE TABLE message", "CREATE TABLE message_anew", 1))
    db.exec_driver_sql("INSERT INTO message_anew SELECT * FROM message")
    db.exec_driver_sql("DROP TABLE message")
    db.exec_driver_sql("ALTER TABLE message_anew RENAME TO message")
    if view is not None:
        db.exec_driver_sql(view)
