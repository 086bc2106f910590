"""Failures of a database: which pass by themselves and are tried again, and which refuse every write for now."""

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError

from chatgate.errors import Refusal

LOCK_CONFLICTS: Final = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock of PostgreSQL: nothing was done, and trying again is all there is to do."""
GOING_AWAY: Final = frozenset({"57P01", "57P02", "57P03", "57P05"})
"""PostgreSQL stops, crashed, starts, or ended an idle connection."""
CANNOT_WRITE: Final = ("08", "53", "57", "25006")
"""Classes of PostgreSQL: no connection, no resources, shut down, read-only."""
SQLITE_CANNOT_WRITE: Final = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_BUSY", "SQLITE_CANTOPEN")
RETRY_AFTER_SECONDS: Final = 5


class BatchUndone(BaseException):
    """The database undid the whole transaction by itself: none of its jobs may be taken for done."""


def is_lock_conflict(error: BaseException) -> bool:
    """Return whether a transaction failed only because it and another one waited for each other."""
    return getattr(_driver_error(error), "sqlstate", None) in LOCK_CONFLICTS


def is_unreachable(error: BaseException) -> bool:
    """Return whether the database server is away: it restarts, or the line to it broke."""
    driver = _driver_error(error)
    if driver is None or not type(driver).__module__.startswith("psycopg"):
        return False
    state = getattr(driver, "sqlstate", None)
    if state is not None:
        return state in GOING_AWAY or str(state).startswith("08")
    # Without a code the server said nothing: no connection, or one that ended in the middle.
    return any(one.__name__ in ("OperationalError", "InterfaceError") for one in type(driver).__mro__)


def trouble(error: BaseException) -> str | None:
    """Return a name for what keeps the database from writing, or None when an error is about something else."""
    if isinstance(error, BatchUndone):
        return "undone" if error.__cause__ is None else trouble(error.__cause__)
    driver = _driver_error(error)
    if isinstance(driver, sqlite3.Error):
        name = getattr(driver, "sqlite_errorname", "")
        return name if name.startswith(SQLITE_CANNOT_WRITE) else None
    state = getattr(driver, "sqlstate", None)
    if isinstance(state, str) and state.startswith(CANNOT_WRITE):
        return state
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return "connection_lost" if lost else None


def refused() -> Refusal:
    """Return what a caller gets: nothing was stored, and trying again later may help."""
    return Refusal("storage_unavailable", retry_after_seconds=RETRY_AFTER_SECONDS)


def _driver_error(error: BaseException) -> BaseException | None:
    """Return what the database's driver raised, under what SQLAlchemy and the writer put around it."""
    if isinstance(error, BatchUndone):
        return None if error.__cause__ is None else _driver_error(error.__cause__)
    return error.orig if isinstance(error, DBAPIError) else error
