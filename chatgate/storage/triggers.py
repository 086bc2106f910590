"""Triggers that keep evidence append-only; reinstalled after every migration, because a migration may drop them."""

from typing import Final

from sqlalchemy import Connection

APPEND_ONLY: Final = ("consent_notice", "consent_record", "consent_event", "ledger_leaf")
"""Tables in which no row is ever changed. Deleting needs the row's id in ``erasure_permit``."""
KEYS: Final = {
    "consent_notice": "sha256",
    "consent_record": "id",
    "consent_event": "id",
    "ledger_leaf": "leaf_hash",
}


def reinstall(db: Connection) -> None:
    """Drop and create every trigger, on either database."""
    for table in APPEND_ONLY:
        for statement in statements(db.dialect.name, table):
            db.exec_driver_sql(statement)


def statements(dialect: str, table: str) -> list[str]:
    """Return the SQL that makes one table append-only."""
    key = KEYS[table]
    if dialect == "sqlite":
        return [
            f"DROP TRIGGER IF EXISTS {table}_no_update",
            f"DROP TRIGGER IF EXISTS {table}_no_delete",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"WHEN NOT EXISTS (SELECT 1 FROM erasure_permit WHERE row_id = OLD.{key}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        ]
    return [
        f"""CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger AS $$ BEGIN
        IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM erasure_permit WHERE row_id = OLD.{key}) THEN RETURN OLD; END IF;
        RAISE EXCEPTION '{table} is append-only'; END $$ LANGUAGE plpgsql""",
        f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
    ]
