"""Triggers that keep evidence append-only; reinstalled after every migration, because a migration may drop them."""

from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from chatgate.storage import fulltext

KEYS: Final = MappingProxyType(
    {
        "consent_notice": None,
        "consent_record": "id",
        "consent_event": "id",
        "ledger_leaf": None,
        "ledger_node": None,
        "ledger_checkpoint": None,
        "tombstone": None,
    }
)
"""Tables in which no row is ever changed, each with its column for ``erasure_permit`` (None: never deleted)."""
APPEND_ONLY: Final = tuple(KEYS)


def reinstall(db: Connection) -> None:
    """Drop and create every trigger, on either database."""
    for table in APPEND_ONLY:
        for statement in statements(db.dialect.name, table):
            db.exec_driver_sql(statement)
    for statement in fulltext.triggers(db.dialect.name):
        db.exec_driver_sql(statement)


def statements(dialect: str, table: str) -> list[str]:
    """Return the SQL that makes one table append-only."""
    key = KEYS[table]
    permitted = f"EXISTS (SELECT 1 FROM erasure_permit WHERE row_id = OLD.{key})" if key else None
    if dialect == "sqlite":
        unless = f"WHEN NOT {permitted} " if permitted else ""
        return [
            f"DROP TRIGGER IF EXISTS {table}_no_update",
            f"DROP TRIGGER IF EXISTS {table}_no_delete",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {unless}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        ]
    permit = f"IF TG_OP = 'DELETE' AND {permitted} THEN RETURN OLD; END IF;" if permitted else ""
    return [
        f"""CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger AS $$ BEGIN
        {permit}
        RAISE EXCEPTION '{table} is append-only'; END $$ LANGUAGE plpgsql""",
        f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
    ]
