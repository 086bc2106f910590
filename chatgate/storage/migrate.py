"""Brings a database to the newest schema; asks with one SELECT whether there is anything to do."""

from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from chatgate.errors import OperatorError
from chatgate.storage.triggers import reinstall

SCRIPTS: Final = Path(__file__).parent / "migrations"


def newest_revision() -> str:
    """Return the newest revision: the last file name of the versions folder, up to its first underscore."""
    names = sorted(path.name for path in (SCRIPTS / "versions").glob("[0-9]*.py"))
    return names[-1].split("_")[0]


def upgrade(url: str) -> None:
    """Migrate the database to the newest revision, and put the triggers back.

    Raises:
        OperatorError: the database is newer than this program, or cannot be reached.
    """
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        found = current_revision(engine)
        newest = newest_revision()
        if found == newest:
            return
        if found is not None and found > newest:
            raise OperatorError(f"the database has schema {found}, this program knows up to {newest}; upgrade chatgate")
        _run_alembic(engine)
        with engine.begin() as db:
            reinstall(db)
    except OperationalError as error:
        raise OperatorError(
            f"the database cannot be opened ({type(error.orig).__name__}); check database_url and that it runs"
        ) from None
    finally:
        engine.dispose()


def current_revision(engine: Engine) -> str | None:
    """Return the schema's revision, or None for an empty database."""
    try:
        with engine.connect() as db:
            return db.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except (OperationalError, ProgrammingError) as error:
        missing = "no such table" in str(error.orig) or "does not exist" in str(error.orig)
        if missing and "alembic_version" in str(error.orig):
            return None
        raise


def _run_alembic(engine: Engine) -> None:
    # Imported on use: a start with nothing to migrate does not pay for it.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    with (
        EnvironmentContext(config, script, fn=lambda rev, _context: script._upgrade_revs("head", rev)) as context,
        engine.connect() as db,
    ):
        if engine.dialect.name == "sqlite":
            db.exec_driver_sql("PRAGMA journal_mode=WAL")
        context.configure(connection=db, transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()
        db.commit()
