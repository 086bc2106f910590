"""The writer's connection, kept open from one transaction to the next: a batch pays for what the database does."""

from typing import Any

from sqlalchemy import Connection, Engine

from chatgate.storage.engine import driver_connection, translated
from chatgate.storage.writing.disk import Disk


class WriteConnection:
    """One transaction after the other on one connection; a line that broke is replaced.

    Taking a connection from SQLAlchemy's pool, beginning, committing and giving it back cost 90 us a batch, a
    quarter of what one message alone costs. So the driver begins and commits. What a job does through SQLAlchemy
    joins the transaction that is open (``storage/engine.py`` begins none inside of one).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._begins = engine.dialect.name == "sqlite"  # the driver of PostgreSQL begins by itself
        self._db: Connection | None = None
        self._driver: Any = None

    def begin(self) -> Connection:
        """Begin a transaction and return the connection."""
        db = self._db
        if db is None:
            db = self._db = self._engine.connect()
            self._driver = driver_connection(db)
        if self._begins:
            try:
                self._driver.execute("BEGIN IMMEDIATE")
            except db.dialect.loaded_dbapi.Error as error:
                raise translated(db, error) from None
        return db

    def commit(self, disk: Disk, others_wait: bool) -> None:
        """Commit: SQLite by ``disk``; PostgreSQL here, since its driver lets the loop go on by itself."""
        db = self._db
        assert db is not None
        if self._begins:
            disk.commit(self._driver.commit, others_wait)
        else:
            self._driver.commit()
        if db.in_transaction():
            db.commit()

    def undo(self) -> None:
        """Roll back. A connection that cannot even do that is given up."""
        db = self._db
        if db is None:
            return
        try:
            self._driver.rollback()
            db.rollback()
        except Exception:
            db.invalidate()
            self.close()

    def close(self) -> None:
        """Give the connection up; the next transaction takes another."""
        db, self._db, self._driver = self._db, None, None
        if db is not None:
            db.close()
