"""Failures of a database that pass by themselves: told apart, so that what failed is tried again."""

from typing import Final

from sqlalchemy.exc import DBAPIError

from chatgate.storage.trouble import BatchUndone

LOCK_CONFLICTS: Final = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock of PostgreSQL: nothing was done, and trying again is all there is to do."""
GOING_AWAY: Final = frozenset({"57P01", "57P02", "57P03", "57P05"})
"""PostgreSQL stops, crashed, starts, or ended an idle connection."""


def _driver_error(error: BaseException) -> BaseException | None:
    if isinstance(error, BatchUndone):
        return None if error.__cause__ is None else _driver_error(error.__cause__)
    return error.orig if isinstance(error, DBAPIError) else error


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
