"""A connection of psycopg's that waits in gevent's loop at little cost. Imported only where gevent runs the process."""

from collections.abc import Generator
from select import POLLIN, POLLOUT
from typing import Any, Final, TypeVar

import psycopg
from gevent import get_hub
from gevent.monkey import get_original

RV = TypeVar("RV")
READ: Final = 1
WRITE: Final = 2
_poll_object: Final = get_original("select", "poll")


class GreenletConnection(psycopg.Connection[Any]):
    """One watcher for the life of the connection.

    psycopg knows gevent, but waits by a new poll object and a new watcher for every step; with many rows that cost more
    than everything else a batch does.
    """

    _watcher: Any = None
    _waiting: tuple[Any, Any] | None = None
    """The hub and the watcher of who waits just now."""

    def close(self) -> None:
        """Close, and have who waits told of it: a loop hears nothing more of a descriptor that is closed."""
        if self._waiting is not None:
            hub, watcher = self._waiting
            hub.cancel_wait(watcher, psycopg.OperationalError("connection closed while it was waited for"))
        super().close()

    def wait(self, gen: Generator[Any, Any, RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Run what psycopg does on the connection to its end, and let the loop go on while it waits."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            wanted = int(next(gen))
            while True:
                wanted = int(gen.send(self._ready(wanted)))
        except StopIteration as ended:
            result: RV = ended.value
            return result

    def _ready(self, wanted: int) -> int:
        """Wait until the socket can be read or written, as is wanted, and return what it can."""
        descriptor = self.pgconn.socket
        if wanted == READ:
            hub, watcher = get_hub(), self._watcher
            if watcher is None or watcher.fd != descriptor or watcher.loop is not hub.loop:
                watcher = self._watcher = hub.loop.io(descriptor, READ)
            self._until(hub, watcher)
            return READ
        poll = _poll_object()
        poll.register(descriptor, (POLLIN if wanted & READ else 0) | (POLLOUT if wanted & WRITE else 0))
        for _, found in poll.poll(0):
            ready = (READ if found & POLLIN else 0) | (WRITE if found & POLLOUT else 0)
            if ready:
                return ready
        hub = get_hub()
        self._until(hub, hub.loop.io(descriptor, wanted))
        return wanted

    def _until(self, hub: Any, watcher: Any) -> None:
        self._waiting = (hub, watcher)
        try:
            hub.wait(watcher)
        finally:
            self._waiting = None
