"""Answers that are given later than their handler returns."""

from collections.abc import Callable
from typing import Any


class PendingAck:
    """The answer to an event that is given later: return it from a handler, and call `resolve` once.

    A message is acknowledged after its group of messages was committed; until then no greenlet has to wait.
    """

    __slots__ = ("_answer", "_resolved", "_send")

    def __init__(self) -> None:
        self._send: Callable[[Any], None] | None = None
        self._answer: Any = None
        self._resolved = False

    def resolve(self, answer: Any) -> None:
        """Give the answer. A second call, or one after the socket went, does nothing."""
        if self._resolved:
            return
        self._resolved, self._answer = True, answer
        if self._send is not None:
            self._send(answer)

    def bind(self, send: Callable[[Any], None]) -> None:
        """Say where the answer goes (called by the transport)."""
        self._send = send
        if self._resolved:
            send(self._answer)
