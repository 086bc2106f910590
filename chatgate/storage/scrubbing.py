"""Takes the remains of deleted rows out of the database's files, in bounded steps that wait for nobody long."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Engine

BUSY_SECONDS: Final = 0.2
VACUUMED: Final = (
    "message",
    "attachment",
    "note",
    "draft",
    "visitor_profile",
    "visitor",
    "conversation",
    "consent_record",
    "consent_event",
    "middleware_row",
    "outbox_event",
)


def scrub_files(engine: Engine, tables: Sequence[str] = VACUUMED) -> bool:
    """Leave nothing of deleted rows in the files; return False when a reader was in the way, to be tried again.

    SQLite overwrites deleted cells itself (``secure_delete``); older pages wait in the write-ahead log until it is
    written back and cut. PostgreSQL keeps them until VACUUM, and bytes that no statement finds until they are
    written over: docs/deploy.md says so.
    """
    if engine.dialect.name == "sqlite":
        return truncate_log(str(engine.url.database))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql(f"VACUUM {', '.join(tables)}")
    return True


def truncate_log(path: str) -> bool:
    """Write a SQLite database's log back and cut it to nothing; return False when it is in use."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        busy, _pages, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return not busy
