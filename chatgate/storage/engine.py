"""Database engines, set up so that a transaction is what it says."""

import sqlite3
import sys
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from chatgate.errors import OperatorError

BUSY_TIMEOUT_MS: Final = 10_000
CHECKPOINT_PAGES: Final = 16_000
"""How long SQLite's log grows (64 MB) before a commit writes it back itself: ``writing/upkeep.py`` is sooner."""


def database_url(configured: str, data_dir: Path, file_name: str) -> str:
    """Return the configured URL, or SQLite under the data directory."""
    if configured:
        return configured.replace("postgresql://", "postgresql+psycopg://", 1)
    return f"sqlite:///{data_dir.resolve() / file_name}"


def prepare_data_dir(data_dir: Path) -> None:
    """Make the data directory, for this user only.

    Raises:
        OperatorError: it cannot be written.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = data_dir / ".write-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise OperatorError(
            f"the data directory {data_dir} cannot be written ({error.strerror}); choose another with --data-dir"
        ) from None


def make_engine(url: str, *, writes: bool) -> Engine:
    """Return an engine whose ``begin()`` really begins.

    SQLite under its Python driver opens no transaction for a SELECT and forgets savepoints, so BEGIN is our own:
    IMMEDIATE for the writer, plain for readers, which are also forbidden to write.
    """
    if not url.startswith("sqlite"):
        return _postgresql_engine(url, writes)
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=1 if writes else 8,
        max_overflow=0 if writes else 16,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"wal_autocheckpoint={CHECKPOINT_PAGES}",
            "temp_store=MEMORY",
            f"query_only={'OFF' if writes else 'ON'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        driver = driver_connection(connection)
        if driver.in_transaction:
            return  # the writer's own, which SQLAlchemy joins
        try:
            driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        except sqlite3.Error as error:
            raise translated(connection, error) from None

    return engine


def _postgresql_engine(url: str, writes: bool) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=1 if writes else 8,
        max_overflow=1 if writes else 8,  # VACUUM, beside the writer, which keeps its connection
        pool_pre_ping=True,
    )
    gevent = sys.modules.get("gevent.monkey")
    if gevent is not None and gevent.is_module_patched("select"):

        @event.listens_for(engine, "do_connect")
        def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
            from chatgate.storage.greenlet_psycopg import GreenletConnection

            return GreenletConnection.connect(*arguments, **options)

    return engine


def driver_connection(db: Connection) -> Any:
    """Return the driver's connection of an open transaction, sqlite3's or psycopg's, for statements that are hot.

    Both have ``execute(sql, parameters)``; SQLAlchemy's way around it costs 17 us a statement.
    """
    connection = db.connection.dbapi_connection
    assert connection is not None
    return connection


def translated(db: Connection, error: Exception) -> Exception:
    """Return SQLAlchemy's exception for one of the driver's, as its own way around the driver would raise it."""
    raised: Exception = DBAPIError.instance(
        None, None, error, db.dialect.loaded_dbapi.Error, hide_parameters=True, dialect=db.dialect
    )
    return raised
