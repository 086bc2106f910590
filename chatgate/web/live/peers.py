"""The other processes: what each says about who is there, and how it is noticed that one is gone."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import orjson

from chatgate.logs import log
from chatgate.sharing.link import Link
from chatgate.web.live.presence import LivePresence
from chatgate.web.live.reach import Reach
from chatgate.web.live.seats import BETWEEN, Seats

CHANNEL: Final = "peers"
BEAT_SECONDS: Final = 3.0
GONE_SECONDS: Final = 12.0
Doing = Callable[..., None]


class Peers:
    """Keeps a copy of every other process's presence, by what they say; nothing of it is kept in Redis.

    Every process numbers what it says. Who misses a number, or comes anew, asks for the whole. A process that is silent
    is gone, with everybody it had.

    Args:
        link: the line; not started yet.
        presence: of this process; the others' is added to it.
        seats: the same for agents.
        reach: the same for what is followed.
    """

    def __init__(self, link: Link, presence: LivePresence, seats: Seats, reach: Reach) -> None:
        self._link = link
        self._presence = presence
        self._seats = seats
        self._reach = reach
        reach.say = self.say
        self._said = 0
        self._heard: dict[str, int] = {}
        self._seen_at: dict[str, float] = {}
        self._others: dict[str, Doing] = {}
        self.lost: Callable[[float], None] = lambda _seconds: None
        """Told when a process is gone without a word, or is back, with how long ago it was heard last."""
        self._stopped = threading.Event()

    def start(self) -> None:
        """Say hello, and keep saying that this process is there."""
        self._link.follow([CHANNEL])
        threading.Thread(target=self._beat, name="chatgate-peers", daemon=True).start()

    def stop(self) -> None:
        """Say goodbye, so that nobody waits for this process."""
        self._stopped.set()
        self._publish("bye")

    def doing(self, name: str, apply: Doing) -> None:
        """Name something that every process does when one says so."""
        self._others[name] = apply

    def say(self, name: str, *arguments: Any) -> None:
        """Have every other process do what has this name (:meth:`hear` has the list)."""
        self._said += 1
        self._publish("do", [name, *arguments])

    def came_back(self) -> None:
        """Exchange everything anew: the line was away."""
        self._publish("hello")
        self._publish("state", self._state())

    def _publish(self, kind: str, about: Any = None) -> None:
        self._link.publish(CHANNEL, orjson.dumps([self._link.name, self._said, kind, about]))

    def _state(self) -> dict[str, Any]:
        return {"visitors": self._presence.visitors_here(), **self._seats.snapshot(), **self._reach.state()}

    def _beat(self) -> None:
        while not self._stopped.wait(BEAT_SECONDS):
            self._publish("beat")
            self._reach.forget_old()
            if not self._link.up:
                continue  # who is silent then is not gone
            now = time.monotonic()
            for peer in [peer for peer, at in self._seen_at.items() if now - at > GONE_SECONDS]:
                silent_for = now - self._seen_at[peer]
                log("sharing", "peer_gone")
                self._forget(peer)
                self.lost(silent_for)

    # -- hearing ---------------------------------------------------------------------------------------------

    def hear(self, body: bytes) -> None:
        """Take what another process said."""
        peer, number, kind, about = orjson.loads(body)
        if kind == "bye":
            self._forget(peer)
            return
        now = time.monotonic()
        silent_for = now - self._seen_at.get(peer, now)
        self._seen_at[peer] = now
        known = self._heard.get(peer)
        if kind == "hello" and known is not None:
            self.lost(silent_for)  # its line was away: what it had to tell meanwhile was told to nobody
        if kind == "hello" or (kind == "ask" and about == self._link.name):
            self._publish("state", self._state())
        elif kind == "state":
            self._heard[peer] = number
            self._presence.visitors_of(peer, about["visitors"])
            self._seats.replace(peer, about["agents"], about["shown"])
            self._reach.replace(peer, about["follows"])
        elif kind == "do":
            self._apply(peer, *about)
            self._heard[peer] = number
        if kind in ("do", "beat") and known != (number - 1 if kind == "do" else number):
            self._publish("ask", peer)

    def _apply(self, peer: str, name: str, *arguments: Any) -> None:
        seats, prefix = self._seats, peer + BETWEEN
        if name == "visitor":
            self._presence.visitor_elsewhere(peer, *arguments)
        elif name == "follows":
            self._reach.follows(peer, *arguments)
        elif name == "follows_no_more":
            self._reach.follows_no_more(peer, *arguments)
        elif name == "came":
            seats.came(prefix + arguments[0], *arguments[1:])
        elif name == "went":
            seats.went(prefix + arguments[0])
        elif name == "turned":
            seats.turned(*arguments)
        elif name == "shows":
            seats.shows(prefix + arguments[0], *arguments[1:])
        elif name in self._others:
            self._others[name](*arguments)

    def _forget(self, peer: str) -> None:
        self._heard.pop(peer, None)
        self._seen_at.pop(peer, None)
        self._presence.forget_process(peer)
        self._reach.forget(peer)
        self._seats.replace(peer, [], [])
