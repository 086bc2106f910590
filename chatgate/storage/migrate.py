"""Brings a database to the newest schema, whole or not at all; one SELECT asks whether there is anything to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from chatgate.errors import OperatorError
from chatgate.storage.opening import MARK, refuse_foreign, told_plainly
from chatgate.storage.triggers import reinstall

SCRIPTS: Final = Path(__file__).parent / "migrations"
LOCK: Final = 0x63686174
"""The advisory lock of PostgreSQL that two starting processes agree on."""
BUSY_MS: Final = 60_000


def revisions() -> list[str]:
    """Return every revision in order: the file names of the versions folder, up to their first underscore."""
    return [path.name.split("_")[0] for path in sorted((SCRIPTS / "versions").glob("[0-9]*.py"))]


def newest_revision() -> str:
    """Return the newest revision."""
    return revisions()[-1]


def upgrade(url: str, before: Callable[[str, str], None] | None = None, target: str | None = None) -> None:
    """Migrate the database in one transaction, from whatever revision it has, and put the triggers back.

    A migration that fails leaves the database as it was.

    Args:
        url: the database.
        before: called with the found and the newest revision before a database that holds something is changed.
        target: another revision than the newest one.

    Raises:
        OperatorError: the database is newer than this program, another one's or not reached, or a migration failed.
    """
    with _opened(url) as engine:
        found = _checked_revision(engine)
        goal = target or newest_revision()
        if found == goal:
            return
        if before is not None and found is not None:
            before(found, goal)
        try:
            with engine.connect() as db:
                run(db, goal)
                db.commit()
        except Exception as error:
            cause = getattr(error, "orig", None) or error
            raise OperatorError(
                f"the schema could not be changed from {found or 'nothing'} to {goal} ({type(cause).__name__}); "
                "the database is as it was: start the version of chatgate that you had, and report this",
                1,
            ) from error


def run(db: Connection, goal: str) -> None:
    """Migrate inside the caller's transaction: everything happens when it commits, or nothing."""
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    _run_alembic(db, goal)
    if goal == newest_revision():
        reinstall(db)
    if db.dialect.name == "sqlite" and (broken := db.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise ValueError(f"a row of {broken[0]} refers to nothing")


def revision_of(url: str) -> str | None:
    """Return the revision of a database, or None for an empty one.

    Raises:
        OperatorError: it cannot be reached, is another program's, or is newer than this one.
    """
    with _opened(url) as engine:
        return _checked_revision(engine)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        _begin_for_real(engine)
    try:
        with told_plainly(engine, "database_url"):
            yield engine
    finally:
        engine.dispose()


def _begin_for_real(engine: Engine) -> None:
    """Let SQLite's transactions hold schema changes too: its Python driver would commit before each."""

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _checked_revision(engine: Engine) -> str | None:
    found, newest = current_revision(engine), newest_revision()
    if found is None:
        refuse_foreign(engine, "database_url", "alembic_version")
    elif found not in revisions():
        refuse_foreign(engine, "database_url", MARK)  # other programs keep a revision in a table of that name, too
        raise OperatorError(
            f"the database has schema {found}, this program knows up to {newest}; "
            "upgrade chatgate, or restore a backup that was made before the upgrade"
        )
    return found


def current_revision(engine: Engine) -> str | None:
    """Return the schema's revision, or None for an empty database."""
    try:
        # Outside of a transaction: a database that is in use by a writer is read all the same.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            return db.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except (OperationalError, ProgrammingError) as error:
        missing = "no such table" in str(error.orig) or "does not exist" in str(error.orig)
        if missing and "alembic_version" in str(error.orig):
            return None
        raise


def _run_alembic(db: Connection, goal: str) -> None:
    # Imported on use: a start with nothing to migrate does not pay for it.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(config, script, fn=lambda rev, _context: script._upgrade_revs(goal, rev)) as context:
        context.configure(connection=db, transactional_ddl=True)
        context.run_migrations()
