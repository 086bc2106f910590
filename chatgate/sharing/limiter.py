"""Counting hits for all processes together, in Redis; alone in memory while Redis is away."""

import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from chatgate.clock import Clock
from chatgate.hooks.limiter import MemoryLimiter
from chatgate.logs import failure, log
from chatgate.sharing.link import connect

SLOTS: Final = 20
"""A window is counted in so many slots; the oldest one counts whole, so a limit errs on the strict side by 5 %."""
SHARE_SECONDS: Final = 0.5
AWAY_SECONDS: Final = 5.0
ROOMY: Final = 4
"""Below limit / 4 in this process, a hit is counted here now and for all a moment later: exact up to four processes."""

COUNT: Final = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local width = tonumber(ARGV[1]) / tonumber(ARGV[2])
local slot = math.floor(now / width)
local fields = redis.call('HGETALL', KEYS[1])
local sum, oldest = 0, slot
for at = 1, #fields, 2 do
  local known = tonumber(fields[at])
  if known <= slot - tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[1], fields[at])
  else
    sum = sum + tonumber(fields[at + 1])
    if known < oldest then oldest = known end
  end
end
if ARGV[5] == '1' and sum + tonumber(ARGV[3]) > tonumber(ARGV[4]) then
  return math.max(1, math.ceil(((oldest + tonumber(ARGV[2])) * width - now) / 1000))
end
redis.call('HINCRBY', KEYS[1], slot, ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 0
"""
"""KEYS: the counter. ARGV: window in ms, slots, hits, limit, 1 to refuse beyond it. Returns 0, or seconds to wait."""


class SharedLimiter:
    """The limiter of several processes. Implements ``hooks.limiter.Limiter``.

    Redis sees neither whom nor what is counted: its keys are HMACs under a key that changes every day, and each lives
    as long as its window, ten minutes at most.
    """

    def __init__(self, url: str, key: bytes, clock: Clock) -> None:
        self._redis = connect(url, socket_timeout=0.5, socket_connect_timeout=0.5)
        self._count: Any = None
        self._key = key
        self._clock = clock
        self._alone = MemoryLimiter(clock)
        self._uncounted: dict[tuple[str, str, int], int] = {}
        self._sharing: threading.Thread | None = None
        self._lock = threading.Lock()
        self._away_until = 0.0

    def hit(self, bucket: str, key: str, limit: int, window_seconds: int) -> int | None:
        """Count one hit; see :class:`hooks.limiter.Limiter`."""
        wait = self._alone.hit(bucket, key, limit, window_seconds)
        if wait is not None:
            return wait
        if self._alone.count(bucket, key) * ROOMY <= limit:
            self._share_later((bucket, key, window_seconds))
            return None
        hits = 1 + self._uncounted.pop((bucket, key, window_seconds), 0)
        refused = self._ask(lambda: self._run(bucket, key, window_seconds, hits, limit, refuse=True))
        if not refused:
            return None
        self._alone.take_back(bucket, key)
        return refused

    def close(self) -> None:
        """Hang up."""
        self._redis.close()
        self._redis.connection_pool.disconnect()

    def _run(self, bucket: str, key: str, window_seconds: int, hits: int, limit: int, *, refuse: bool) -> int:
        if self._count is None:
            self._count = self._redis.register_script(COUNT)
        values = [window_seconds * 1000, SLOTS, hits, limit, int(refuse)]
        return int(self._count(keys=[self._name(bucket, key)], args=values))

    def _name(self, bucket: str, key: str) -> str:
        day = self._clock.now().date().isoformat()
        secret = hmac.digest(self._key, f"chatgate/limits/{day}".encode(), hashlib.sha256)
        return "chatgate:limit:" + hmac.digest(secret, f"{bucket}\0{key}".encode(), hashlib.sha256).hex()[:32]

    def _ask(self, question: Callable[[], int]) -> int:
        """Return the answer of Redis, or 0 while it is away: then the counts of this process are all there is."""
        import redis

        if time.monotonic() < self._away_until:
            return 0
        try:
            return question()
        except redis.RedisError as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            log("sharing", "redis_away", failure=failure(error))
            return 0

    def _share_later(self, counted: tuple[str, str, int]) -> None:
        self._uncounted[counted] = self._uncounted.get(counted, 0) + 1
        if self._sharing is None:
            with self._lock:
                if self._sharing is None:
                    self._sharing = threading.Thread(target=self._share, name="chatgate-limits", daemon=True)
                    self._sharing.start()

    def _share(self) -> None:
        """Count for all what was counted here; ends when nothing is left, so an idle process has no thread of it."""
        while True:
            time.sleep(SHARE_SECONDS)
            with self._lock:
                shared, self._uncounted = self._uncounted, {}
                if not shared:
                    self._sharing = None
                    return
            for (bucket, key, window_seconds), hits in shared.items():
                self._ask(
                    lambda b=bucket, k=key, w=window_seconds, h=hits: self._run(b, k, w, h, 0, refuse=False)  # type: ignore[misc]
                )
