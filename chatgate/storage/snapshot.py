"""Copies of a database as it is at one moment, made while others write to it; and such a copy loaded again."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from chatgate.errors import OperatorError
from chatgate.storage.engine import BUSY_TIMEOUT_MS
from chatgate.storage.files.archive import Progress, quiet

PAGES_AT_ONCE: Final = 2_000
ALEMBIC: Final = "alembic_version"


def is_sqlite(url: str) -> bool:
    """Whether an address names a SQLite file."""
    return url.startswith("sqlite")


def sqlite_path(url: str) -> Path:
    """Return the file of a SQLite address."""
    return Path(str(make_url(url).database))


def copy_sqlite(source: Path, target: Path, progress: Progress = quiet) -> None:
    """Copy a SQLite database as of now into one file.

    A read transaction is held from before the first page to after the last: writers go on beside it, and none of
    them makes the copy begin anew. Deleted rows are not in it (``secure_delete``).
    """
    reader = sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)
    writer = sqlite3.connect(target, isolation_level=None)
    done = 0

    def step(_status: int, remaining: int, total: int) -> None:
        nonlocal done
        progress((total - remaining - done) * page)
        done = total - remaining

    try:
        target.chmod(0o600)
        page = int(reader.execute("PRAGMA page_size").fetchone()[0])
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reader.backup(writer, pages=PAGES_AT_ONCE, progress=step, sleep=0)
        reader.execute("ROLLBACK")
        writer.execute("PRAGMA journal_mode=DELETE")
    finally:
        reader.close()
        writer.close()


def check_sqlite(path: Path) -> str | None:
    """Return what is wrong with the inside of a SQLite file, or None."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    try:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)[:80]
    finally:
        connection.close()
    return None if found == "ok" else found[:80]


def in_use(path: Path) -> bool:
    """Whether another process has a SQLite database open: leaving the write-ahead log needs to be alone."""
    if not path.exists():
        return False
    connection = sqlite3.connect(path, timeout=0.5, isolation_level=None)
    try:
        mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        return str(mode) != "delete"
    except sqlite3.OperationalError as error:
        return "locked" in str(error) or "busy" in str(error)
    except sqlite3.DatabaseError:
        return False  # it is damaged: that is what a restore is for
    finally:
        connection.close()


def keep_only(path: Path, item_ids: set[str]) -> int:
    """Delete every training item of a copied SQLite file but these, to the byte; return how many went."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete=ON")
        found = {str(row[0]) for row in connection.execute("SELECT item_id FROM training_item")}
        gone = [(name,) for name in found - item_ids]
        connection.execute("BEGIN")
        connection.executemany("DELETE FROM training_item WHERE item_id = ?", gone)
        connection.execute("COMMIT")
        return len(gone)
    finally:
        connection.close()


@contextmanager
def postgresql_moment(url: str) -> Iterator[Connection]:
    """Open a transaction that sees a PostgreSQL database as of one moment, whatever others write meanwhile."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, isolation_level="REPEATABLE READ")
    try:
        with engine.connect().execution_options(postgresql_readonly=True) as db:
            yield db
    finally:
        engine.dispose()


def tables_of(db: Connection) -> list[tuple[str, list[str]]]:
    """Return every table of a PostgreSQL database with its columns, parents before their children."""
    found = MetaData()
    found.reflect(db)
    return [
        (table.name, [column.name for column in table.columns])
        for table in found.sorted_tables
        if table.name != ALEMBIC
    ]


def dump_table(
    db: Connection, table: str, columns: Sequence[str], where: str = "", values: Any = None
) -> Iterator[bytes]:
    """Yield the rows of a PostgreSQL table in COPY's text form."""
    with (
        _cursor(db) as cursor,
        cursor.copy(f"COPY (SELECT {_names(columns)} FROM {_name(table)} {where}) TO STDOUT", values) as copy,
    ):
        for chunk in copy:
            yield bytes(chunk)


def load_table(db: Connection, table: str, columns: Sequence[str], chunks: Iterable[bytes]) -> None:
    """Load rows in COPY's text form into an empty PostgreSQL table, and set its counters."""
    with _cursor(db) as cursor:
        with cursor.copy(f"COPY {_name(table)} ({_names(columns)}) FROM STDIN") as copy:
            for chunk in chunks:
                copy.write(chunk)
        for column in columns:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (_name(table), column))
            sequence = cursor.fetchone()[0]
            if sequence:
                cursor.execute(
                    f"SELECT setval(%s, coalesce(max({_name(column)}), 0) + 1, false) FROM {_name(table)}", (sequence,)
                )


def drop_tables(db: Connection) -> None:
    """Drop every table of a PostgreSQL database."""
    found = MetaData()
    found.reflect(db)
    for table in found.tables:
        db.execute(text(f"DROP TABLE {_name(table)} CASCADE"))


def others_connected(db: Connection) -> int:
    """Return how many other clients are connected to a PostgreSQL database."""
    count: int = db.execute(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    ).scalar_one()
    return count


def _cursor(db: Connection) -> Any:
    raw = db.connection.dbapi_connection
    assert raw is not None
    return raw.cursor()


def _name(identifier: str) -> str:
    if not identifier.replace("_", "").isalnum():
        raise OperatorError(f"{identifier[:40]!r} is no name of a table or column of ChatGate", 1)
    return f'"{identifier}"'


def _names(identifiers: Sequence[str]) -> str:
    return ", ".join(map(_name, identifiers))
