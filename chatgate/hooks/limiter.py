"""Counting hits in a sliding window, in the memory of one process."""

from collections import deque
from math import ceil
from threading import Lock
from typing import Final, Protocol

from chatgate.clock import Clock

LONGEST_WINDOW_SECONDS: Final = 600
"""A limiter's key stands for an address, so it is kept for ten minutes at most."""
MAX_KEYS: Final = 100_000
SWEEP_SECONDS: Final = 60
CLOCK_SLACK_SECONDS: Final = 1


class Limiter(Protocol):
    """Says whether one more is allowed. One limiter serves all; ``bucket`` keeps its users apart."""

    def hit(self, bucket: str, key: str, limit: int, window_seconds: int) -> int | None:
        """Count one hit.

        Args:
            bucket: what is counted, for example ``rate_limit.sessions``.
            key: who is counted: a context's ``limiter_key``, or an id.
            limit: how many hits the window allows.
            window_seconds: 1 to 600.

        Returns:
            None when the hit is allowed (and counted), else after how many seconds the next one is.
        """
        ...


class MemoryLimiter:
    """The limiter of a single process; a refused hit is not counted, so waiting always helps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hits: dict[tuple[str, str], deque[float]] = {}
        self._lock = Lock()
        self._swept_at = clock.now().timestamp()

    def hit(self, bucket: str, key: str, limit: int, window_seconds: int) -> int | None:
        """Count one hit; see :class:`Limiter`."""
        if not 1 <= window_seconds <= LONGEST_WINDOW_SECONDS or limit < 1:
            raise ValueError("a limit is at least 1, a window is 1 to 600 seconds")
        now = self._clock.now().timestamp()
        with self._lock:
            if abs(now - self._swept_at) >= SWEEP_SECONDS or len(self._hits) >= MAX_KEYS:
                self._sweep(now)
            hits = self._hits.get((bucket, key))
            if hits is None:
                hits = self._hits[bucket, key] = deque()
            while hits and hits[0] <= now - window_seconds:
                hits.popleft()
            while hits and hits[-1] > now + CLOCK_SLACK_SECONDS:
                hits.pop()  # the clock went back: what was counted in the future would refuse until then
            if len(hits) >= limit:
                return max(1, ceil(hits[len(hits) - limit] + window_seconds - now))
            hits.append(now)
            return None

    def count(self, bucket: str, key: str) -> int:
        """Return how many hits of the last window are known; at most as many as were counted."""
        return len(self._hits.get((bucket, key), ()))

    def take_back(self, bucket: str, key: str) -> None:
        """Forget the last hit: somebody else refused it."""
        hits = self._hits.get((bucket, key))
        if hits:
            hits.pop()

    def _sweep(self, now: float) -> None:
        """Forget keys that were silent for the longest window, once a minute; when full, the oldest ones."""
        if abs(now - self._swept_at) >= SWEEP_SECONDS:
            self._swept_at = now
            silent_since = now - LONGEST_WINDOW_SECONDS
            self._hits = {key: hits for key, hits in self._hits.items() if hits and hits[-1] > silent_since}
        while len(self._hits) >= MAX_KEYS:
            del self._hits[next(iter(self._hits))]
