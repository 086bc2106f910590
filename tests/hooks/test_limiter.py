"""The limiter in memory: a sliding window that forgets."""

import pytest

from chatgate.hooks import limiter
from chatgate.hooks.limiter import MemoryLimiter
from chatgate.testing import FixedClock


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def hits(clock):
    return MemoryLimiter(clock)


def test_the_window_slides(hits, clock):
    assert hits.hit("b", "k", 2, 10) is None
    clock.advance(seconds=6)
    assert hits.hit("b", "k", 2, 10) is None
    assert hits.hit("b", "k", 2, 10) == 4
    clock.advance(seconds=4)
    assert hits.hit("b", "k", 2, 10) is None
    assert hits.hit("b", "k", 2, 10) == 6


def test_a_refused_hit_is_not_counted(hits, clock):
    assert hits.hit("b", "k", 1, 10) is None
    for _ in range(9):
        clock.advance(seconds=1)
        assert hits.hit("b", "k", 1, 10) is not None
    clock.advance(seconds=1)
    assert hits.hit("b", "k", 1, 10) is None


def test_buckets_and_keys_are_apart(hits):
    assert hits.hit("a", "k", 1, 10) is None
    assert hits.hit("b", "k", 1, 10) is None
    assert hits.hit("a", "l", 1, 10) is None


def test_no_key_is_kept_for_longer_than_ten_minutes_of_silence(hits, clock):
    hits.hit("b", "k", 1, 600)
    clock.advance(seconds=601)
    hits.hit("b", "other", 1, 600)
    assert list(hits._hits) == [("b", "other")]


def test_many_addresses_cannot_fill_the_memory(hits, monkeypatch):
    monkeypatch.setattr(limiter, "MAX_KEYS", 100)
    for number in range(1000):
        hits.hit("b", str(number), 1, 600)
    assert len(hits._hits) <= 100
    assert hits.hit("b", "999", 1, 600) is not None


@pytest.mark.parametrize(("limit", "window"), [(0, 10), (1, 0), (1, 601)])
def test_limits_that_make_no_sense_are_refused(hits, limit, window):
    with pytest.raises(ValueError, match="limit is at least 1"):
        hits.hit("b", "k", limit, window)


def test_a_clock_that_went_back_refuses_nobody_for_what_was_counted_in_the_future(hits, clock):
    assert hits.hit("b", "k", 1, 10) is None
    clock.advance(hours=-1)
    assert hits.hit("b", "k", 1, 10) is None
    assert hits.hit("b", "k", 1, 10) == 10
