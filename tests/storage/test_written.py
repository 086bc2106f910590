"""What a queued write gives: a result to wait for, or to go on with in the order of the commits."""

import threading

import pytest

from chatgate.errors import Refusal
from chatgate.storage.writing.written import Relay, Written


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
    written.settle(Refusal("closed"))
    with pytest.raises(Refusal, match="closed"):
        written.result()


def test_a_callback_comes_once_whenever_it_was_left() -> None:
    written: Written[int] = Written()
    seen: list[int] = []
    written.then(lambda settled: seen.append(settled.result()))
    written.settle(7)
    written.then(lambda settled: seen.append(settled.result() + 1))
    assert seen == [7, 8]


def test_what_comes_after_the_commit_makes_the_result() -> None:
    written: Written[int] = Written(after=lambda value: value + 1)
    written.settle(7)
    assert written.result() == 8


def test_what_comes_after_may_fail_and_a_failure_may_be_mended() -> None:
    failing: Written[int] = Written(after=lambda value: value // 0)
    failing.settle(7)
    with pytest.raises(ZeroDivisionError):
        failing.result()
    mended: Written[int] = Written(after=lambda value: value, mend=lambda error: Refusal(f"not_{error}"))
    mended.settle(Refusal("closed"))
    assert str(mended.exception()) == "not_closed"


def test_an_end_of_the_process_is_passed_on_as_it_is() -> None:
    written: Written[int] = Written(mend=lambda error: Refusal("mended"))
    written.settle(KeyboardInterrupt())
    assert isinstance(written.exception(), KeyboardInterrupt)


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


def test_a_callback_that_fails_is_told_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    relay = Relay()
    first: Written[int] = Written()
    second: Written[int] = Written()
    first.then(lambda _: [].pop())
    relay.settle([(first, 1), (second, 2)])
    assert second.result(10) == 2
    relay.stop()
    assert "unhandled IndexError in written" in caplog.text


def test_the_writer_settles_by_itself_only_when_nothing_is_settled_before() -> None:
    relay, seen = Relay(), []
    go, busy = threading.Event(), threading.Event()
    slow: Written[int] = Written(after=lambda value: busy.set() or (go.wait(10) and value))
    here, there, last = Written[int](), Written[int](), Written[int]()
    for written in (slow, here, there, last):
        written.then(lambda settled: seen.append((settled.result(), threading.current_thread().name)))
    relay.settle([(here, 1)], here=True)
    relay.settle([(slow, 2)])
    busy.wait(10)
    assert relay.busy
    relay.settle([(there, 3)], here=True)
    go.set()
    assert there.result(10) == 3
    relay.stop()
    assert not relay.busy
    relay.settle([(last, 4)], here=True)
    own = threading.current_thread().name
    assert seen == [(1, own), (2, "chatgate-relay"), (3, "chatgate-relay"), (4, own)]
