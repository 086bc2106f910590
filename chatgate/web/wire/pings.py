"""Pings for all Engine.IO sessions from one greenlet."""

import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import gevent


class Pings:
    """One greenlet that pings everybody, where python-engineio starts one for every ping of every connection.

    The interval is the same for all, so whoever was put in line first is due first.
    """

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._due: deque[tuple[float, str]] = deque()
        self._awaited: deque[tuple[float, str]] = deque()
        self._running = False

    def schedule(self, sid: str) -> None:
        """Ping this connection when the interval is over."""
        self._due.append((time.monotonic() + self._engine.ping_interval, sid))
        if not self._running:
            self._running = True
            gevent.spawn(self._run)

    def _run(self) -> None:
        while True:
            now = time.monotonic()
            for sock in self._ripe(self._due, now):
                sock.ping()
                self._awaited.append((now + self._engine.ping_timeout + 0.1, sock.sid))
            for sock in self._ripe(self._awaited, now):
                if sock.is_silent():
                    # Its disconnect handler may wait, and the others' pings must not.
                    gevent.spawn(sock.close, wait=False, reason=self._engine.reason.PING_TIMEOUT)
            gevent.sleep(min(1.0, self._engine.ping_interval / 4))

    def _ripe(self, line: deque[tuple[float, str]], now: float) -> Iterable[Any]:
        while line and line[0][0] <= now:
            sock = self._engine.sockets.get(line.popleft()[1])
            if sock is not None and not sock.closed:
                yield sock
