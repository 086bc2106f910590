"""Opening a database: what keeps it from being opened, in one line that names the mend."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError, OperationalError

from chatgate.errors import OperatorError
from chatgate.storage.writing.failures import trouble

DAMAGED: Final = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
MARK: Final = "consent_record"
"""A table that every ChatGate has had, and hardly any other program."""
OF_EXTENSIONS: Final = (
    "SELECT relname FROM pg_class JOIN pg_depend ON objid = pg_class.oid"
    " WHERE classid = 'pg_class'::regclass AND deptype = 'e' AND relnamespace = current_schema()::regnamespace"
)
LOCKED: Final = ("SQLITE_BUSY", "SQLITE_LOCKED")


@contextmanager
def told_plainly(engine: Engine, setting: str) -> Iterator[None]:
    """Turn what a database answers at its opening into one line.

    Args:
        engine: the database.
        setting: the key of the configuration that names a database on a server.

    Raises:
        OperatorError: it cannot be reached, is locked, is damaged, or is no database.
    """
    try:
        yield
    except DBAPIError as error:
        line = _line(error, engine, setting)
        if line is None:
            raise
        raise OperatorError(line) from None


def _line(error: DBAPIError, engine: Engine, setting: str) -> str | None:
    if engine.dialect.name != "sqlite":
        reason = type(error.orig).__name__
        unreachable = f"the database cannot be opened ({reason}); check {setting} and that it runs"
        return unreachable if isinstance(error, OperationalError) else None
    name, file = str(getattr(error.orig, "sqlite_errorname", "")), engine.url.database
    if name.startswith(DAMAGED):
        return f"{file} is no database, or is damaged; restore your backup"
    if name.startswith(LOCKED):
        return f"another process holds the database {file}; stop it, or try again"
    if isinstance(error, OperationalError):
        return f"the database {file} cannot be opened ({str(error.orig)[:60]}); check data_dir"
    return None


def refuse_foreign(engine: Engine, setting: str, own: str) -> None:
    """Refuse a database that holds tables and not the one that is ours: nothing is mixed into another program's data.

    What an extension of PostgreSQL brought along (PostGIS has a table of its own) belongs to no program.

    Args:
        engine: the database.
        setting: as for :func:`told_plainly`.
        own: the table that tells our database from others.

    Raises:
        OperatorError: names a table of the other program, or says that ours is damaged.
    """
    tables = own_tables(engine)
    if not tables or own in tables:
        return
    place = engine.url.database if engine.dialect.name == "sqlite" else f"the database of {setting}"
    if MARK in tables:
        raise OperatorError(f'{place} is damaged (the table "{own}" is gone); restore your backup')
    raise OperatorError(
        f'{place} belongs to another program (it has the table "{tables[0]}"); nothing was changed: '
        f"name another data_dir, or an empty database in {setting}"
    )


def own_tables(engine: Engine) -> list[str]:
    """Return the tables that a program made, in their order; not those of PostgreSQL's extensions."""
    tables = set(inspect(engine).get_table_names())
    if engine.dialect.name == "postgresql" and tables:
        with engine.connect() as db:
            tables -= set(db.exec_driver_sql(OF_EXTENSIONS).scalars())
    return sorted(tables)


def trouble_told(error: DBAPIError) -> str | None:
    """Return one line for a database that fails while it is used, or None when the error is a defect of ours."""
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    if name.startswith(DAMAGED):
        return f"the database is damaged ({name}); restore your backup"
    reason = trouble(error)
    return f"the database cannot be used now ({reason}); look at its disk or server, and try again" if reason else None
