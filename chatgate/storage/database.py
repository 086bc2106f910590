"""The main database: one writer, many readers, and a schema made by migrations only."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, overload

from sqlalchemy import Connection

from chatgate.storage import fulltext, migrate
from chatgate.storage.alone import lock_of
from chatgate.storage.engine import make_engine
from chatgate.storage.scrubbing import scrub_files
from chatgate.storage.writing.disk import Disk, OwnThread
from chatgate.storage.writing.failures import is_unreachable, refused
from chatgate.storage.writing.upkeep import Upkeep
from chatgate.storage.writing.writer import GroupJob, Job, Writer
from chatgate.storage.writing.written import Written

T = TypeVar("T")
A = TypeVar("A")
R = TypeVar("R")


class Storage:
    """Reads through a pool, writes through the one :class:`Writer`.

    Args:
        url: an SQLAlchemy URL, ``sqlite:///...`` or ``postgresql+psycopg://...``.
        disk: how the writer waits for the disk; where gevent runs, beside its loop.
        before_upgrade: called with both revisions before the schema of a database that holds something is changed.
    """

    def __init__(
        self,
        url: str,
        disk: Disk | None = None,
        before_upgrade: Callable[[str, str], None] | None = None,
    ) -> None:
        self.url = url
        migrate.upgrade(url, before_upgrade)
        self._write_engine = make_engine(url, writes=True)
        self._read_engine = make_engine(url, writes=False)
        disk = disk or OwnThread()
        self._writer = Writer(self._write_engine, disk)
        path = self._write_engine.url.database
        self._upkeep = Upkeep(str(path), self._writer.write, disk) if self.dialect == "sqlite" else None

    @property
    def dialect(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return self._read_engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read transaction; take what is needed and leave, never wait for anything inside.

        Raises:
            Refusal: ``storage_unavailable``: the database is away, and whoever asks tries again in a moment.
        """
        try:
            with self._read_engine.connect() as db, db.begin():
                yield db
        except Exception as error:
            if is_unreachable(error):
                raise refused() from None
            raise

    def write(self, job: Job[T]) -> Written[T]:
        """Queue a job for the next commit; see :class:`Writer`."""
        return self._writer.write(job)

    @overload
    def write_grouped(self, group: "GroupJob[A, R]", argument: A) -> Written[R]: ...

    @overload
    def write_grouped(
        self,
        group: "GroupJob[A, R]",
        argument: A,
        after: Callable[[R], T],
        mend: Callable[[Exception], Exception] | None = None,
    ) -> Written[T]: ...

    def write_grouped(
        self,
        group: "GroupJob[A, R]",
        argument: A,
        after: Callable[[R], Any] | None = None,
        mend: Callable[[Exception], Exception] | None = None,
    ) -> Written[Any]:
        """Queue one argument of a hot job for the next commit; see :class:`Writer`."""
        queued = self._writer.write_grouped(group, argument, after, mend)
        if self._upkeep is not None:
            self._upkeep.expect()
        return queued

    def write_now(self, job: Job[T]) -> T:
        """Queue a job and wait for its commit."""
        return self.write(job).result()

    def settle(self, seconds: float) -> bool:
        """Wait until everything queued so far is committed and told; False when it takes too long."""
        try:
            self.write(lambda _db: None).result(seconds)
        except Exception:
            return False
        return True

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """Give True to one process at a time; for work that several would only do twice. Ends with its process."""
        with lock_of(self.url, name) as held:
            yield held

    def row_counts(self, tables: Sequence[str]) -> dict[str, int]:
        """Return the number of rows of each named table."""
        with self.read() as db:
            return {name: db.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in tables}

    def catch_up(self) -> None:
        """Have full-text search know every message. It finds the others too, but reads them for that."""
        if self._upkeep is not None:
            self._upkeep.catch_up()

    def scrub(self) -> bool:
        """Take the remains of deleted rows out of the full-text tables and the files; False: try again later."""
        done = self.write_now(lambda db: fulltext.scrub_step(db, first=True))
        while not done:
            done = self.write_now(lambda db: fulltext.scrub_step(db, first=False))
        return scrub_files(self._write_engine)

    def scrub_rows(self, table: str) -> bool:
        """Take the remains of an unsearched table's deleted rows out of the files; False: try again later."""
        return scrub_files(self._write_engine, (table,))

    def close(self) -> None:
        """Commit what is queued and close every connection."""
        if self._upkeep is not None:
            self._upkeep.stop()
        self._writer.stop()
        self._write_engine.dispose()
        self._read_engine.dispose()
