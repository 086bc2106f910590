"""How the writer waits for the disk: in its own thread, or beside gevent's loop so that the loop goes on."""

from collections.abc import Callable
from time import perf_counter
from typing import Any, Final, Protocol

HERE_SECONDS: Final = 0.001
"""How long the loop stands still for a commit: a fast disk is done before handing over would be."""


class Disk(Protocol):
    """Runs the commits of one writer, one at a time."""

    def commit(self, job: Callable[[], None], others_wait: bool) -> None:
        """Return once a commit is done, or raise what it raised.

        Args:
            job: the commit.
            others_wait: there is something else to be done in this process meanwhile.
        """

    def aside(self, job: Callable[[], None]) -> None:
        """Return once a job that must not raise is done, beside the commits."""

    def close(self) -> None:
        """End what was started."""


class OwnThread:
    """Commits in the thread of the writer itself, where threads are the system's."""

    def commit(self, job: Callable[[], None], others_wait: bool) -> None:
        """Commit; see :class:`Disk`."""
        job()

    def aside(self, job: Callable[[], None]) -> None:
        """Do the job; see :class:`Disk`."""
        job()

    def close(self) -> None:
        """Nothing was started."""


class BesideLoop:
    """Commits in a thread of the system, for a writer that is a greenlet of gevent's.

    Most commits take a fraction of a millisecond: less than to go back into the loop and to be woken by it. So the
    loop stands still for them, up to :data:`HERE_SECONDS`. A commit that takes longer is waited for in the loop; so
    is every one after a slow one, and when there is something else to do. However slow the disk is, the loop stands
    still no longer than that, and not twice in a row.

    Made and used in the thread of the loop.
    """

    def __init__(self) -> None:
        from gevent import get_hub
        from gevent.monkey import get_original

        allocate_lock, start_thread = get_original("_thread", ["allocate_lock", "start_new_thread"])
        self._asked: Any = allocate_lock()
        self._done: Any = allocate_lock()
        self._asked.acquire()
        self._done.acquire()
        self._job: Callable[[], None] | None = None
        self._error: BaseException | None = None
        self._seconds = 0.0
        self._hub = get_hub()
        self._bell: Any = self._hub.loop.async_()
        self._in_loop = False
        start_thread(self._work, ())

    def commit(self, job: Callable[[], None], others_wait: bool) -> None:
        """Commit in the thread; see :class:`Disk`."""
        self._job = job
        patience = 0.0 if others_wait or self._seconds > HERE_SECONDS else HERE_SECONDS
        self._asked.release()
        if not self._done.acquire(True, patience):
            self._wait_in_loop()
        error, self._error = self._error, None
        if error is not None:
            raise error

    def aside(self, job: Callable[[], None]) -> None:
        """Do the job in a thread of gevent's pool; see :class:`Disk`."""
        self._hub.threadpool.apply(job)

    def close(self) -> None:
        """End the thread."""
        self._job = None
        self._asked.release()

    def _wait_in_loop(self) -> None:
        from gevent import getcurrent

        # First the bell, then the look: whichever way the thread is just ending, one of them tells.
        self._bell.start(getcurrent().switch)
        self._in_loop = True
        try:
            while not self._done.acquire(False):
                self._hub.switch()
        finally:
            self._in_loop = False
            self._bell.stop()

    def _work(self) -> None:
        while True:
            self._asked.acquire()
            job = self._job
            if job is None:
                return
            began = perf_counter()
            try:
                job()
            except BaseException as error:
                self._error = error
            self._seconds = perf_counter() - began
            self._done.release()
            if self._in_loop:
                self._bell.send()
