"""Inbox: notes, tags, canned replies, drafts, read marks, second factors, full-text search."""

import sqlalchemy as sa
from alembic import op

from chatgate.models.types import UtcDateTime
from chatgate.storage import fulltext

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _shop_tables()
    _conversation_tables()
    _numbered_profiles()
    _list_indexes()
    fulltext.install(op.get_bind())


def _shop_tables() -> None:
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=35), nullable=False),
        sa.Column("shortcut", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("locale", "shortcut"),
    )
    op.create_table(
        "agent_factor",
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agent.id"],
        ),
        sa.PrimaryKeyConstraint("agent_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agent.id"],
        ),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_index("recovery_code_agent", "recovery_code", ["agent_id"], unique=False)
    op.create_table(
        "tag",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("folded", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"],
            ["site.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("site_id", "folded"),
    )


def _conversation_tables() -> None:
    _notes()
    op.create_table(
        "blocked_visitor",
        sa.Column("visitor_id", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blocked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visitor_id"],
            ["visitor.id"],
        ),
        sa.PrimaryKeyConstraint("visitor_id"),
    )
    op.create_table(
        "agent_read",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agent.id"],
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("conversation_id", "agent_id"),
    )
    op.create_table(
        "closing",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_table(
        "conversation_tag",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("tag_id", sa.String(length=64), nullable=False),
        sa.Column("tagged_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"],
            ["tag.id"],
        ),
        sa.PrimaryKeyConstraint("conversation_id", "tag_id"),
    )
    op.create_index(op.f("ix_conversation_tag_tag_id"), "conversation_tag", ["tag_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["agent.id"],
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("conversation_id", "agent_id", "kind"),
    )


def _notes() -> None:
    op.create_table(
        "note",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("conversation_id", "client_id"),
        sa.UniqueConstraint("id"),
    )


def _list_indexes() -> None:
    op.drop_index(op.f("conversation_list"), table_name="conversation")
    op.create_index("conversation_owned", "conversation", ["state", "assigned_agent_id", "last_activity_at", "id"])
    op.create_index(
        "conversation_withdrawn",
        "conversation",
        ["last_activity_at", "id"],
        sqlite_where=sa.text("may_talk IS 0"),
        postgresql_where=sa.text("may_talk IS false"),
    )
    op.create_index("conversation_recent", "conversation", ["state", "last_activity_at", "id"], unique=False)
    op.create_index(
        "conversation_waiting",
        "conversation",
        ["waiting_since_at", "id"],
        unique=False,
        sqlite_where=sa.text("waiting_since_at IS NOT NULL"),
        postgresql_where=sa.text("waiting_since_at IS NOT NULL"),
    )


def _numbered_profiles() -> None:
    """Give each field an integer key: a full-text table must not refer to implicit row ids."""
    op.create_table(
        "visitor_profile_numbered",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("visitor_id", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["visitor_id"], ["visitor.id"]),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("visitor_id", "field"),
    )
    op.execute(
        "INSERT INTO visitor_profile_numbered (visitor_id, field, value) "
        "SELECT visitor_id, field, value FROM visitor_profile"
    )
    op.drop_table("visitor_profile")
    op.rename_table("visitor_profile_numbered", "visitor_profile")
