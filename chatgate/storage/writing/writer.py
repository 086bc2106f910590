"""The one writer: jobs are committed in groups, and a caller gets its result after the commit."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from queue import SimpleQueue
from time import monotonic, perf_counter, sleep
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

from chatgate import metrics
from chatgate.errors import Refusal
from chatgate.logs import log
from chatgate.storage.engine import driver_connection
from chatgate.storage.writing.disk import Disk
from chatgate.storage.writing.failures import BatchUndone, is_lock_conflict, is_unreachable, refused, trouble
from chatgate.storage.writing.transaction import WriteConnection
from chatgate.storage.writing.written import Relay, Written

T = TypeVar("T")
A = TypeVar("A")
R = TypeVar("R")
Job = Callable[[Connection], T]
GroupJob = Callable[[Connection, Sequence[A]], Sequence[R | Exception]]

MAX_QUEUED: Final = 10_000
MAX_BATCH: Final = 500
TELL_EVERY_SECONDS: Final = 10.0
"""A database that takes no writes is one line of the log in this time, not one for each message."""
RETRY_SECONDS: Final = (0.0, 0.1, 0.3)
"""Before each try; the last is that of all later ones. A line that was only cut is there again at once."""
AWAY_SECONDS: Final = 15.0
"""How long what is queued waits for a database that is away."""
MAX_TRIES: Final = 5
"""How often one job is tried when other processes stand in its way."""


class _Entry(Written[Any]):
    """One queued job: a plain one, or one argument of a group job; and its result."""

    __slots__ = ("argument", "group", "job")

    def __init__(
        self,
        job: Job[Any] | None,
        group: GroupJob[Any, Any] | None = None,
        argument: Any = None,
        after: Callable[[Any], Any] | None = None,
        mend: Callable[[Exception], Exception] | None = None,
    ) -> None:
        super().__init__(after, mend)
        self.job = job
        self.group = group
        self.argument = argument


class Writer:
    """Takes all that is queued, runs it in one transaction, commits once, then releases those who wait.

    A job is a plain function of the connection: no hook, no await, no network. One that raises is undone alone
    (its own savepoint) and the others commit. A job may run again (after a failed group, or when two processes
    waited for each other), so it changes nothing but the database. Under gevent's patching the thread is a greenlet.
    """

    def __init__(self, engine: Engine, disk: Disk) -> None:
        self._connection = WriteConnection(engine)
        self._disk = disk
        self._queue: deque[_Entry] = deque()
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._waiting = False
        self._stopping = False
        self._troubled_at = float("-inf")
        self._relay = Relay()
        self._thread = threading.Thread(target=self._loop, name="chatgate-writer", daemon=True)
        self._thread.start()

    def write(self, job: Job[T]) -> Written[T]:
        """Queue a job; settled with its result once the job is committed, or with its exception."""
        return self._put(_Entry(job))

    def write_grouped(
        self,
        group: "GroupJob[A, R]",
        argument: A,
        after: Callable[[R], Any] | None = None,
        mend: Callable[[Exception], Exception] | None = None,
    ) -> Written[Any]:
        """Queue one argument of a hot job; all that wait together are applied by one call of ``group``.

        ``after`` and ``mend`` are those of :class:`Written`.
        """
        return self._put(_Entry(None, group, argument, after, mend))

    def stop(self) -> None:
        """Commit what is queued, then end."""
        self._stopping = True
        self._bell.put(None)
        self._thread.join()
        self._relay.stop()
        self._disk.close()

    def _put(self, entry: _Entry) -> Written[Any]:
        if self._stopping or len(self._queue) >= MAX_QUEUED:
            raise Refusal("rate_limited", retry_after_seconds=1)
        self._queue.append(entry)
        # The writer says that it waits before it looks at the queue, so a busy one needs no waking.
        if self._waiting:
            self._waiting = False
            self._bell.put(None)
        return entry

    def _loop(self) -> None:
        queue = self._queue
        while True:
            self._waiting = True
            while not queue and not self._stopping:
                self._bell.get()
                self._waiting = not queue
            self._waiting = False
            if not queue:
                break
            self._run([queue.popleft() for _ in range(min(len(queue), MAX_BATCH))])
        self._connection.close()

    def _run(self, batch: list[_Entry]) -> None:
        try:
            outcomes = self._transact(batch)
        except BaseException as error:
            if is_lock_conflict(error):
                outcomes = [self._run_alone(entry) for entry in batch]
            elif is_unreachable(error):
                outcomes = self._run_later(batch)
            else:
                outcomes = [(entry, error) for entry in batch]
        settled = [(entry, self._told(outcome)) for entry, outcome in outcomes]
        self._relay.settle(settled, here=not self._queue)

    def _told(self, outcome: Any) -> Any:
        """Return a refusal in the place of an error that is about the disk or the server of the database."""
        name = trouble(outcome) if isinstance(outcome, BaseException) else None
        if name is None:
            return outcome
        if monotonic() - self._troubled_at >= TELL_EVERY_SECONDS:
            self._troubled_at = monotonic()
            log("storage", "storage_failed", failure=name)
        return refused()

    def _run_later(self, batch: list[_Entry]) -> list[tuple[_Entry, Any]]:
        """Run a batch when the database is back; when that takes too long, have the clients try again.

        Whether the lost transaction was committed is not known: every job finds out by itself what is done already.
        """
        limit = monotonic() + AWAY_SECONDS
        waits = chain(RETRY_SECONDS, repeat(RETRY_SECONDS[-1]))
        while monotonic() < limit and not self._stopping:
            sleep(next(waits))
            try:
                return self._transact(batch)
            except BaseException as error:
                if is_lock_conflict(error):
                    return [self._run_alone(entry) for entry in batch]
                if not is_unreachable(error):
                    return [(entry, error) for entry in batch]
        return [(entry, refused()) for entry in batch]

    def _transact(self, batch: list[_Entry]) -> list[tuple[_Entry, Any]]:
        """Run a batch in one transaction and commit it; whatever is raised here undid all of it."""
        began = perf_counter()
        try:
            outcomes = self._apply(batch)
            self._connection.commit(self._disk, others_wait=bool(self._queue) or self._relay.busy)
        except BaseException:
            self._connection.undo()
            raise
        metrics.COMMIT_JOBS.add(len(batch))
        metrics.COMMIT_SECONDS.add(perf_counter() - began)
        return outcomes

    def _apply(self, batch: list[_Entry]) -> list[tuple[_Entry, Any]]:
        db = self._connection.begin()
        runs = _runs(batch)
        group = batch[0].group
        if group is None or len(runs) > 1:
            return [outcome for run in runs for outcome in _apply(db, run)]
        # One group and nothing else, as nearly always: it needs no savepoint, since the transaction is all its own.
        try:
            return list(zip(batch, group(db, [entry.argument for entry in batch]), strict=True))
        except Exception as error:
            if is_lock_conflict(error) or is_unreachable(error):
                raise
        self._connection.undo()
        return _each_alone(self._connection.begin(), group, batch)

    def _run_alone(self, entry: _Entry) -> tuple[_Entry, Any]:
        """Run one job of a batch that stood in another process's way, in a transaction of its own.

        A batch takes its locks in the order of its jobs, another process in that of its own. One job alone takes
        them in the one order that all jobs keep: conversation first, ledger last.
        """
        for tries_left in range(MAX_TRIES - 1, -1, -1):
            try:
                return self._transact([entry])[0]
            except BaseException as error:
                if not is_lock_conflict(error) or not tries_left:
                    return entry, error
        raise AssertionError("unreachable")


@contextmanager
def _savepoint(db: Connection) -> Iterator[None]:
    """Undo what is done inside when it raises; SQLAlchemy's own savepoints cost half a millisecond each."""
    raw = driver_connection(db)
    raw.execute("SAVEPOINT job")
    try:
        yield
    except Exception as error:  # anything else ends the process: the whole batch is rolled back
        try:
            raw.execute("ROLLBACK TO SAVEPOINT job")
            raw.execute("RELEASE SAVEPOINT job")
        except Exception:
            # A full disk makes SQLite roll all of it back; going on would run what follows outside of a transaction.
            raise BatchUndone from error
        raise
    raw.execute("RELEASE SAVEPOINT job")


def _runs(batch: list[_Entry]) -> list[list[_Entry]]:
    """Split a batch into runs: neighbours of one group job together, every plain job alone; order is kept."""
    runs: list[list[_Entry]] = []
    for entry in batch:
        if runs and entry.group is not None and runs[-1][0].group is entry.group:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs


def _apply(db: Connection, run: list[_Entry]) -> list[tuple[_Entry, Any]]:
    group = run[0].group
    if group is None:
        return [(run[0], _one(db, run[0].job))]
    try:
        with _savepoint(db):
            results = group(db, [entry.argument for entry in run])
        return list(zip(run, results, strict=True))
    except Exception as error:
        if is_lock_conflict(error) or is_unreachable(error):
            raise
        return _each_alone(db, group, run)


def _each_alone(db: Connection, group: GroupJob[Any, Any], run: list[_Entry]) -> list[tuple[_Entry, Any]]:
    """Replay a group in which something fails, each alone, so that only the failing one is refused."""
    return [(entry, _one(db, _alone(group, entry.argument))) for entry in run]


def _alone(group: GroupJob[Any, Any], argument: Any) -> Job[Any]:
    """Return a plain job that applies a group job to one argument."""

    def job(db: Connection) -> Any:
        result = group(db, [argument])[0]
        if isinstance(result, Exception):
            raise result
        return result

    return job


def _one(db: Connection, job: Job[Any] | None) -> Any:
    assert job is not None
    try:
        with _savepoint(db):
            return job(db)
    except Exception as error:
        if is_lock_conflict(error) or is_unreachable(error):
            raise  # the whole batch is run again
        return error
