"""The result of a queued write: there once it is committed, to wait for or to go on with."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from chatgate.logs import failure, log

T = TypeVar("T")


class Written(Generic[T]):
    """Like a future, at a fraction of its cost: there is one for every message.

    It is settled once, by the writer. Its fields are set in an order that makes a lock needless: whoever waits
    leaves a bell or a callback first and looks second, the writer settles first and looks second.

    Args:
        after: makes of what was committed what is given: right after the commit, in the order of the commits.
        mend: puts another exception in the place of one. It must not raise.
    """

    __slots__ = ("_after", "_bell", "_callbacks", "_error", "_mend", "_settled", "_value")

    def __init__(
        self,
        after: Callable[[Any], T] | None = None,
        mend: Callable[[Exception], Exception] | None = None,
    ) -> None:
        self._after = after
        self._mend = mend
        self._settled = False
        self._value: Any = None
        self._error: BaseException | None = None
        self._bell: threading.Event | None = None
        self._callbacks: list[Callable[[Written[T]], None]] | None = None  # a deque's block is ten times as large

    def result(self, timeout_seconds: float | None = None) -> T:
        """Wait for the commit; return the job's result or raise what it raised.

        Raises:
            TimeoutError: it is not settled yet.
        """
        error = self.exception(timeout_seconds)
        if error is not None:
            raise error
        value: T = self._value
        return value

    def exception(self, timeout_seconds: float | None = None) -> BaseException | None:
        """Wait for the commit; return what the job raised, or None.

        Raises:
            TimeoutError: it is not settled yet.
        """
        if not self._settled:
            if self._bell is None:
                self._bell = threading.Event()
            if not self._settled and not self._bell.wait(timeout_seconds):
                raise TimeoutError
        return self._error

    def done(self) -> bool:
        """Return whether it is settled."""
        return self._settled

    def then(self, callback: "Callable[[Written[T]], None]") -> None:
        """Have `callback` called with this once it is settled, by the relay. It must not raise."""
        if self._callbacks is None:
            self._callbacks = []
        self._callbacks.append(callback)
        if self._settled:
            self._call_back(self._callbacks)

    def settle(self, outcome: Any) -> None:
        """Give what was committed, or the exception in its place (the relay does)."""
        error = outcome if isinstance(outcome, BaseException) else None
        if error is None:
            try:
                self._value = outcome if self._after is None else self._after(outcome)
            except Exception as raised:
                error = raised
        if isinstance(error, Exception) and self._mend is not None:
            error = self._mend(error)
        self._error = error
        self._settled = True
        if self._bell is not None:
            self._bell.set()
        if self._callbacks:
            self._call_back(self._callbacks)

    def _call_back(self, callbacks: "list[Callable[[Written[T]], None]]") -> None:
        while callbacks:
            try:
                callback = callbacks.pop(0)
            except IndexError:
                return
            try:
                callback(self)
            except Exception as error:
                # A defect, but one that must not end the relay: every later ack would wait for ever.
                log("storage", "unhandled", error=error, where="written", failure=failure(error))


class Relay:
    """Settles what was committed, in the order of the commits, while the writer is at the next group already."""

    def __init__(self) -> None:
        self._committed: deque[Sequence[tuple[Written[Any], Any]] | None] = deque()
        self._given = 0
        self._settled = 0
        """As many as were given to the relay's own thread: then nothing is on its way there."""
        self._wake = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._loop, name="chatgate-relay", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether something that was committed is not settled yet."""
        return self._given != self._settled

    def settle(self, outcomes: Sequence[tuple[Written[Any], Any]], here: bool = False) -> None:
        """Settle each with its result, or with the exception that is in the result's place.

        ``here``: the writer has nothing else to do, and settles by itself unless something is settled before.
        """
        if here and not self.busy:
            _settle(outcomes)
            return
        self._given += 1
        self._committed.append(outcomes)
        self._wake.release()

    def stop(self) -> None:
        """Settle what is left, then end."""
        self._committed.append(None)
        self._wake.release()
        self._thread.join()

    def _loop(self) -> None:
        while True:
            self._wake.acquire()
            outcomes = self._committed.popleft()
            if outcomes is None:
                return
            _settle(outcomes)
            self._settled += 1


def _settle(outcomes: Sequence[tuple[Written[Any], Any]]) -> None:
    for written, outcome in outcomes:
        written.settle(outcome)
