"""Limits of several processes: counted together over Redis, alone while it is away, and together again."""

import time
from collections.abc import Iterator

import pytest

from chatgate.sharing import limiter as module
from chatgate.sharing.limiter import SharedLimiter
from chatgate.testing import FixedClock
from tests.redis_server import RedisServer

KEY = b"k" * 32
SECONDS = 30


@pytest.fixture
def two(server: RedisServer) -> Iterator[tuple[SharedLimiter, SharedLimiter]]:
    """Return the limiters of two processes."""
    clock = FixedClock()
    limiters = SharedLimiter(server.url, KEY, clock), SharedLimiter(server.url, KEY, clock)
    yield limiters
    for limiter in limiters:
        limiter.close()


def allowed(limiters: tuple[SharedLimiter, SharedLimiter], tries: int, limit: int, bucket: str = "b") -> int:
    """Return how many of so many tries, in turn, were let through."""
    return sum(limiters[number % 2].hit(bucket, "k", limit, 60) is None for number in range(tries))


def shared_in_the_end(server: RedisServer, limiter: SharedLimiter) -> None:
    """Wait until nothing is left that only this process counted."""
    limit = time.monotonic() + SECONDS
    while limiter._uncounted or limiter._sharing is not None:
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_a_small_limit_is_exact_over_processes(two: tuple[SharedLimiter, SharedLimiter]) -> None:
    """The tries at both are counted together, and a refusal says how long to wait."""
    assert allowed(two, 12, limit=3) == 3
    wait = two[1].hit("b", "k", 3, 60)
    assert wait is not None
    assert 1 <= wait <= 60


def test_what_was_counted_here_is_counted_for_all_a_moment_later(
    server: RedisServer, two: tuple[SharedLimiter, SharedLimiter]
) -> None:
    """Far below a limit nothing is asked; the count reaches the others all the same."""
    assert [two[0].hit("b", "k", 40, 60) for _ in range(10)] == [None] * 10
    shared_in_the_end(server, two[0])
    assert sum(two[1].hit("b", "k", 40, 60) is None for _ in range(40)) == 30


def test_buckets_and_keys_are_apart(two: tuple[SharedLimiter, SharedLimiter]) -> None:
    """One caller's tries are not another's."""
    assert allowed(two, 4, limit=2) == 2
    assert two[0].hit("b", "another", 2, 60) is None
    assert two[0].hit("another", "k", 2, 60) is None


def test_redis_learns_neither_whom_nor_what_and_forgets(
    server: RedisServer, two: tuple[SharedLimiter, SharedLimiter]
) -> None:
    """Names of counters are HMACs, and each ends with its window."""
    import redis

    two[0].hit("rate_limit.sessions", "203.0.113.7", 1, 60)
    with redis.Redis.from_url(server.url) as db:
        names = db.keys("*")
        assert len(names) == 1
        assert b"203.0.113.7" not in names[0]
        assert b"sessions" not in names[0]
        assert 0 < db.pttl(names[0]) <= 60_000


def test_alone_while_redis_is_away_and_together_when_it_is_back(
    server: RedisServer, two: tuple[SharedLimiter, SharedLimiter], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process has the whole limit to itself meanwhile; nobody is refused, or let through, by an error."""
    monkeypatch.setattr(module, "AWAY_SECONDS", 0.1)
    server.kill()
    assert allowed(two, 12, limit=3) == 6
    server.start()
    time.sleep(0.2)
    assert allowed(two, 12, limit=3, bucket="after") == 3


def test_a_redis_that_hangs_stops_nobody_for_long(
    server: RedisServer, two: tuple[SharedLimiter, SharedLimiter]
) -> None:
    """It is asked once and then left alone for a while; the counts of this process hold."""
    import signal

    server.process.send_signal(signal.SIGSTOP)
    try:
        assert [two[0].hit("b", "k", 2, 60) is None for _ in range(20)].count(True) == 2
        assert two[0]._away_until > time.monotonic() - SECONDS
    finally:
        server.process.send_signal(signal.SIGCONT)
