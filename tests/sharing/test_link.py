"""The line between processes: who follows hears, and everybody knows when nobody can hear."""

import logging
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from chatgate.errors import OperatorError
from chatgate.sharing import link as module
from chatgate.sharing.link import Link, connect
from tests.redis_server import RedisServer

KEY = b"k" * 32
SECONDS = 45


class End:
    """A link, what it heard, and what it was told about the line."""

    def __init__(self, url: str, key: bytes = KEY) -> None:
        self.link = Link(url, key)
        self.heard: list[tuple[str, bytes]] = []
        self.told: list[bool] = []
        self.link.heard = lambda name, body: self.heard.append((name, body))
        self.link.changed = self.told.append


Join = Callable[..., End]


@pytest.fixture
def join(server: RedisServer) -> Iterator[Join]:
    """Return a function that connects a process."""
    ends: list[End] = []

    def make(key: bytes = KEY) -> End:
        end = End(server.url, key)
        ends.append(end)
        end.link.start()
        until(lambda: end.link.up)
        return end

    yield make
    for end in ends:
        end.link.stop()


def until(true: Callable[[], object]) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < limit, "it never came"
        time.sleep(0.02)


def test_who_follows_hears_others_in_order_and_not_itself(join: Join) -> None:
    """Everything that one publishes arrives at the other as it left."""
    one, other = join(), join()
    one.link.follow(["c:1"])
    other.link.follow(["c:1"])
    for number in range(500):
        one.link.publish("c:1", b"%d" % number)
    until(lambda: len(other.heard) == 500)
    assert other.heard == [("c:1", b"%d" % number) for number in range(500)]
    assert one.heard == []


def test_only_what_is_followed_is_heard_and_only_as_long(join: Join) -> None:
    """Two that follow the same channel here are counted; the last one ends it."""
    one, other = join(), join()
    other.link.follow(["c:1", "c:2"])
    other.link.follow(["c:1"])
    other.link.unfollow(["c:1", "c:2"])
    one.link.publish("c:2", b"nobody")
    one.link.publish("c:1", b"still")
    until(lambda: other.heard)
    other.link.unfollow(["c:1"])
    other.link.follow(["end"])
    one.link.publish("c:1", b"nobody")
    one.link.publish("end", b"")
    until(lambda: other.heard[-1][0] == "end")
    assert other.heard == [("c:1", b"still"), ("end", b"")]


def test_two_installations_on_one_redis_do_not_hear_each_other(join: Join) -> None:
    """Names of channels are made from the installation's key."""
    one, stranger, friend = join(), join(b"s" * 32), join()
    for end in (stranger, friend):
        end.link.follow(["c:1"])
    one.link.publish("c:1", b"ours")
    until(lambda: friend.heard)
    assert stranger.heard == []


def test_a_redis_that_dies_is_told_and_what_was_followed_is_followed_again(join: Join, server: RedisServer) -> None:
    """Away, back, and heard again without anybody asking."""
    one, other = join(), join()
    other.link.follow(["c:1"])
    server.kill()
    until(lambda: other.told == [True, False] and not one.link.up)
    one.link.publish("c:1", b"lost: the database has it")
    other.link.follow(["c:2"])
    server.start()
    until(lambda: one.link.up and other.link.up)
    assert other.told == [True, False, True]
    one.link.publish("c:1", b"here")
    one.link.publish("c:2", b"too")
    until(lambda: len(other.heard) == 2)
    assert other.heard == [("c:1", b"here"), ("c:2", b"too")]


def test_a_redis_that_hangs_counts_as_away_though_its_sockets_are_open(
    join: Join, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an echo the line is broken, and the process goes by the database."""
    monkeypatch.setattr(module, "SILENT_SECONDS", 1.5)
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.2)
    one = join()
    server.process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: one.told == [True, False])
    finally:
        server.process.send_signal(signal.SIGCONT)
    until(lambda: one.link.up)


def test_a_command_that_does_not_stay_publishes_too(join: Join, server: RedisServer) -> None:
    """A link that was not started connects for one message; with Redis away it goes on without a word to anybody."""
    other = join()
    other.link.follow(["c:1"])
    brief = Link(server.url, KEY)
    brief.publish("c:1", b"from a command")
    until(lambda: other.heard)
    assert other.heard == [("c:1", b"from a command")]
    server.kill()
    brief.publish("c:1", b"nobody")
    brief.stop()


def test_what_waits_leaves_before_the_end(join: Join, server: RedisServer) -> None:
    """A process that stops says what it had to say."""
    other = join()
    other.link.follow(["c:1"])
    one = End(server.url)
    one.link.start()
    until(lambda: one.link.up)
    for number in range(200):
        one.link.publish("c:1", b"%d" % number)
    one.link.stop()
    until(lambda: len(other.heard) == 200)


def test_a_listener_that_fails_stops_nothing(join: Join, caplog: pytest.LogCaptureFixture) -> None:
    """One body that nobody understands is one line of the log."""
    one, other = join(), join()

    def heard(name: str, body: bytes) -> None:
        if body == b"bad":
            raise ValueError(body)
        other.heard.append((name, body))

    other.link.heard = heard
    other.link.follow(["c:1"])
    with caplog.at_level(logging.DEBUG):
        one.link.publish("c:1", b"bad")
        one.link.publish("c:1", b"good")
        until(lambda: other.heard)
    assert other.heard == [("c:1", b"good")]
    assert "bad" not in caplog.text


def test_an_address_that_is_none_is_told_in_one_line() -> None:
    """Before anything is connected."""
    with pytest.raises(OperatorError, match="redis_url is no address"):
        connect("not an address")
