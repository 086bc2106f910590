"""When the database itself cannot take a write: which errors mean it, and what callers are told instead."""

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError

from chatgate.errors import Refusal

RETRY_AFTER_SECONDS: Final = 5
SQLITE_NAMES: Final = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_BUSY", "SQLITE_CANTOPEN")
STATES: Final = ("08", "53", "57", "25006")
"""Classes of PostgreSQL: no connection, no resources, shut down, read-only."""


class BatchUndone(BaseException):
    """The database undid the whole transaction by itself: none of its jobs may be taken for done."""


def trouble(error: BaseException) -> str | None:
    """Return a name for what keeps the database from writing, or None when an error is about something else."""
    if isinstance(error, BatchUndone):
        return trouble(error.__cause__) if error.__cause__ is not None else "undone"
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        name = getattr(original, "sqlite_errorname", "")
        return name if name.startswith(SQLITE_NAMES) else None
    state = getattr(original, "sqlstate", None)
    if isinstance(state, str) and state.startswith(STATES):
        return state
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return "connection_lost" if lost else None


def refused() -> Refusal:
    """Return what a caller gets: nothing was stored, and trying again later may help."""
    return Refusal("storage_unavailable", retry_after_seconds=RETRY_AFTER_SECONDS)
