"""What a queued write gives: a result to wait for, or to go on with in the order of the commits."""

import threading

import pytest

from chatgate.errors import Refusal
from chatgate.storage.written import Relay, Written


def test_a_result_may_be_there_already() -> None:
    written: Written[int] = Written()
    written.settle(7)
    assert written.done()
    assert written.result() == 7


def test_who_waits_is_woken() -> None:
    written: Written[int] = Written()
    threading.Timer(0.05, written.settle, [7]).start()
    assert not written.done()
    assert written.result(10) == 7


def test_waiting_too_long_says_so() -> None:
    with pytest.raises(TimeoutError):
        Written[int]().result(0)


def test_a_failure_is_raised() -> None:
    written: Written[int] = Written()
    written.fail(Refusal("closed"))
    with pytest.raises(Refusal, match="closed"):
        written.result()


def test_a_callback_comes_once_whenever_it_was_left() -> None:
    written: Written[int] = Written()
    seen: list[int] = []
    written.then(lambda settled: seen.append(settled.result()))
    written.settle(7)
    written.then(lambda settled: seen.append(settled.result() + 1))
    assert seen == [7, 8]


def test_what_a_map_raises_is_its_failure_alone() -> None:
    written: Written[int] = Written()
    fine, failing = written.map(lambda value: value + 1), written.map(lambda value: value // 0)
    written.settle(7)
    assert fine.result() == 8
    with pytest.raises(ZeroDivisionError):
        failing.result()


def test_the_relay_keeps_the_order_and_settles_what_is_left_when_it_stops() -> None:
    relay, seen = Relay(), []
    all_written: list[Written[int]] = [Written() for _ in range(100)]
    for written in all_written:
        written.then(lambda settled: seen.append(settled.exception() or settled.result()))
    for number, written in enumerate(all_written[:99]):
        relay.settle([(written, number)])
    error = Refusal("closed")
    relay.settle([(all_written[99], error)])
    relay.stop()
    assert seen == [*range(99), error]
