"""Who is told what in which process: nobody where nobody looks, and nobody misses what was told while they came."""

import threading
import time
from collections.abc import Callable

import pytest

from chatgate.sharing import telling
from chatgate.web.live import reach as module
from chatgate.web.live.peers import Peers
from chatgate.web.live.presence import LivePresence
from chatgate.web.live.reach import Reach
from chatgate.web.live.seats import Nobody, Seats

NAME = telling.conversation_name("c1")


class Wire:
    """Hands on what one process publishes when the test says so: what lies between is where it can go wrong."""

    def __init__(self) -> None:
        self.ends: list[Process] = []
        self.waiting: list[tuple[Process, str, bytes]] = []

    def deliver(self) -> None:
        """Let everything arrive that is on its way, and what is said in answer."""
        while self.waiting:
            sender, channel, body = self.waiting.pop(0)
            for end in self.ends:
                if end is not sender and channel in end.channels:
                    end.hear(channel, body)


class Process:
    """One process: its reach and its peers, on the wire in place of Redis."""

    up = True

    def __init__(self, wire: Wire, name: str) -> None:
        self.name, self._wire = name, wire
        self.channels: set[str] = {"peers"}
        self.heard: list[tuple[str, bytes]] = []
        wire.ends.append(self)
        self.reach = Reach(self)  # type: ignore[arg-type]
        presence = LivePresence()
        self.looked: list[str] = []
        self.reach.look = self.looked.append
        self.peers = Peers(self, presence, Seats(presence, Nobody()), self.reach)  # type: ignore[arg-type]
        self.reach.start()

    def follow(self, channels: list[str]) -> None:
        """Be the line: hear channels."""
        self.channels.update(channels)

    def follows(self, *names: str) -> None:
        """Follow as a client's greenlet does, which waits while the line goes on."""
        waiting = threading.Thread(target=self.reach.follow, args=(names,))
        waiting.start()
        while waiting.is_alive():
            self._wire.deliver()
            waiting.join(0.01)
        self._wire.deliver()

    def publish(self, channel: str, body: bytes) -> None:
        """Be the line: say something."""
        self._wire.waiting.append((self, channel, body))

    def hear(self, channel: str, body: bytes) -> None:
        """Take what arrived."""
        if channel == "peers":
            self.peers.hear(body)
        elif (told := self.reach.heard(body)) is not None:
            self.heard.append(told)


@pytest.fixture
def wire() -> Wire:
    """Return the wire."""
    return Wire()


@pytest.fixture
def two(wire: Wire) -> tuple[Process, Process]:
    """Return two processes that know each other."""
    one, other = Process(wire, "1" * 16), Process(wire, "2" * 16)
    for process in (one, other):
        process.peers.came_back()
    wire.deliver()
    return one, other


def says(process: Process, body: bytes = b"2[]") -> None:
    """Tell something about the conversation."""
    process.reach.tell(NAME, lambda: body)


def test_nothing_leaves_where_nobody_elsewhere_follows(two: tuple[Process, Process], wire: Wire) -> None:
    """Nor is the body made."""
    one, _other = two
    one.follows(NAME)
    one.reach.tell(NAME, lambda: pytest.fail("made for nobody"))
    assert wire.waiting == []


def test_who_follows_is_told_once_and_as_long_as_somebody_there_follows(
    two: tuple[Process, Process], wire: Wire
) -> None:
    """Two sockets of one process are one follower."""
    one, other = two
    other.follows(NAME)
    other.follows(NAME)
    says(one, b"2first")
    other.reach.unfollow([NAME])
    wire.deliver()
    says(one, b"2second")
    wire.deliver()
    other.reach.unfollow([NAME])
    wire.deliver()
    says(one, b"2third")
    assert wire.waiting == []
    assert other.heard == [(NAME, b"2first"), (NAME, b"2second")]
    assert other.looked == []


def test_who_begins_to_follow_reads_only_when_the_others_know(two: tuple[Process, Process], wire: Wire) -> None:
    """What is told before they know is stored by then, and read; what is told after is sent."""
    one, other = two
    began = threading.Thread(target=other.reach.follow, args=([NAME],))
    began.start()
    until(lambda: wire.waiting)
    says(one, b"2before")
    assert began.is_alive(), "it reads only after it was confirmed"
    wire.deliver()
    began.join(30)
    assert not began.is_alive()
    says(one, b"2after")
    wire.deliver()
    assert other.heard == [(NAME, b"2after")]
    assert other.looked == []


def test_a_process_that_confirms_late_makes_the_follower_look_and_is_not_waited_for_meanwhile(
    two: tuple[Process, Process], wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have told something in between; a client waits for a process that hangs once, not each time."""
    _one, other = two
    monkeypatch.setattr(module, "CONFIRM_SECONDS", 0.05)
    other.reach.follow([NAME])
    monkeypatch.setattr(module, "CONFIRM_SECONDS", 3600.0)
    other.reach.follow([telling.conversation_name("c2")])  # returns at once
    wire.deliver()
    assert other.looked == [NAME]


def test_a_process_that_is_gone_is_not_waited_for(two: tuple[Process, Process], wire: Wire) -> None:
    """Whoever waits for it goes on."""
    one, other = two
    began = threading.Thread(target=other.reach.follow, args=([NAME],))
    began.start()
    until(lambda: wire.waiting)
    wire.waiting.clear()
    one.peers.stop()
    wire.deliver()
    began.join(30)
    assert not began.is_alive()


def test_a_process_that_missed_a_follower_asks_and_has_it_look(
    two: tuple[Process, Process], wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said is numbered; a gap is noticed at the next word or beat."""
    one, other = two
    monkeypatch.setattr(module, "CONFIRM_SECONDS", 0.05)
    other.reach.follow([NAME])
    wire.waiting.clear()  # Redis lost it
    says(one)
    other.reach.follow([telling.conversation_name("c2")])
    wire.deliver()
    assert other.looked == [NAME]
    says(one)
    wire.deliver()
    assert other.heard == [(NAME, b"2[]")]


def test_what_was_told_long_ago_makes_nobody_look(
    two: tuple[Process, Process], wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database had it when the follower read."""
    _one, other = two
    other.follows(NAME)
    third = Process(wire, "3" * 16)
    says(third)
    monkeypatch.setattr(module, "LATELY_SECONDS", 0.0)
    third.peers.came_back()
    wire.deliver()
    assert other.looked == []


def test_a_process_that_starts_learns_what_is_followed_and_has_it_look(
    two: tuple[Process, Process], wire: Wire
) -> None:
    """From the state that the others send it; and a process that is gone is told nothing more."""
    _one, other = two
    other.follows(NAME)
    third = Process(wire, "3" * 16)
    says(third)  # of a client that came before the others did
    third.peers.came_back()
    wire.deliver()
    assert other.looked == [NAME]
    says(third)
    wire.deliver()
    assert other.heard == [(NAME, b"2[]")]
    other.peers.stop()
    wire.deliver()
    says(third)
    assert wire.waiting == []


def test_a_process_whose_line_was_away_has_the_others_look(two: tuple[Process, Process], wire: Wire) -> None:
    """What it had to tell meanwhile was told to nobody."""
    one, other = two
    lost: list[float] = []
    other.peers.lost = lost.append
    one.peers.came_back()
    wire.deliver()
    assert len(lost) == 1


def test_who_is_told_with_everybody_else_takes_only_what_it_follows(two: tuple[Process, Process], wire: Wire) -> None:
    """A worker does not know who follows what."""
    one, other = two
    other.follows(NAME)
    for name in (NAME, telling.conversation_name("c2")):
        one.publish(telling.EVERYBODY, telling.about(name, b"2[]"))
    wire.deliver()
    assert other.heard == [(NAME, b"2[]")]


def until(true: Callable[[], object]) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + 30
    while not true():
        assert time.monotonic() < limit, "it never came"
        time.sleep(0.01)
