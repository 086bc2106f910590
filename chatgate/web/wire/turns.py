"""Lets many connections take turns in few greenlets: one turn at a time for each, none waits for another."""

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import gevent
from gevent import get_hub, getcurrent
from gevent.greenlet import Greenlet

_IDLE_GREENLETS = 32


class TakesTurns(Protocol):
    """What can be put in line."""

    def take_turn(self) -> None:
        """Handle everything that has arrived; it may wait and must not raise."""


class Turns:
    """A line of connections with something to handle, and the greenlets that handle it.

    A greenlet for each connection costs its stack, also while the connection is idle. Here a greenlet handles
    everybody in line, and another one starts only when it has to wait in the middle of a turn.
    """

    def __init__(self) -> None:
        self._line: deque[TakesTurns] = deque()
        self._idle: list[Greenlet] = []
        self._waking = False
        self._watching = False

    def put(self, connection: TakesTurns) -> None:
        """Put a connection in line. The caller does so once until the turn is over."""
        self._line.append(connection)
        if not self._waking:
            self._wake()

    def _wake(self) -> None:
        self._waking = True
        if self._idle:
            get_hub().loop.run_callback(self._idle.pop().switch)
        else:
            gevent.spawn(self._work)

    def _work(self) -> None:
        line = self._line
        while True:
            self._waking = False
            while line:
                connection = line.popleft()
                if line and not self._watching:
                    self._watching = True
                    get_hub().loop.run_callback(self._take_over)
                connection.take_turn()
            if len(self._idle) >= _IDLE_GREENLETS:
                return
            self._idle.append(getcurrent())
            get_hub().switch()

    def _take_over(self) -> None:
        # The hub runs: whoever served the line has finished it, or waits in the middle of a turn.
        self._watching = False
        if self._line and not self._waking:
            self._wake()


class Flusher:
    """Calls back, once for each ask, when the greenlet that runs now lets go: many sends become one."""

    def __init__(self) -> None:
        self._asked: list[Callable[[], Any]] = []

    def ask(self, callback: Callable[[], Any]) -> None:
        """Have `callback` called by the hub. It must neither wait nor raise."""
        if not self._asked:
            get_hub().loop.run_callback(self._run)
        self._asked.append(callback)

    def _run(self) -> None:
        asked, self._asked = self._asked, []
        for callback in asked:
            callback()
