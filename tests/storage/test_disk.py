"""Commits beside gevent's loop: done when it says so, errors passed on, and the loop held up by none that is slow."""

import threading
from time import sleep

import gevent
import pytest
from gevent.event import Event

from chatgate.storage.writing.disk import BesideLoop


@pytest.fixture
def disk():
    """Return what commits beside the loop of this thread."""
    beside = BesideLoop()
    yield beside
    beside.close()


def test_a_commit_is_done_in_a_thread_of_its_own_when_it_returns(disk):
    done = []
    for number in range(200):
        disk.commit(lambda: done.append(threading.get_ident()), others_wait=number % 2 == 0)
        assert len(done) == number + 1
    assert set(done) & {threading.get_ident()} == set()


@pytest.mark.parametrize("others_wait", [False, True])
def test_what_a_commit_raises_is_raised_and_the_next_one_goes_on(disk, others_wait):
    with pytest.raises(ZeroDivisionError):
        disk.commit(lambda: 1 // 0, others_wait)
    disk.commit(lambda: None, others_wait)


@pytest.mark.parametrize("others_wait", [False, True])
def test_while_a_commit_takes_long_the_loop_goes_on(disk, others_wait):
    slow, seen, ended = threading.Event(), [], Event()

    def others() -> None:
        seen.append("others")
        slow.set()  # only they let the commit end: a loop that stood still would stand for ever

    def write() -> None:
        disk.commit(lambda: slow.wait(30), others_wait)
        seen.append("committed")
        ended.set()

    gevent.spawn(write)
    gevent.spawn_later(0.05, others)
    assert ended.wait(30)
    assert seen == ["others", "committed"]


def test_after_a_slow_commit_the_loop_does_not_wait_for_the_next(disk):
    disk.commit(lambda: sleep(0.05), others_wait=False)
    go, ended = threading.Event(), Event()
    gevent.spawn(lambda: (disk.commit(lambda: go.wait(30), others_wait=False), ended.set()))
    gevent.spawn(go.set)
    assert ended.wait(30)
    disk.commit(lambda: None, others_wait=False)
