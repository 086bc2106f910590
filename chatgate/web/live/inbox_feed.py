"""What agents' sockets are told: at once about the conversations they have open, in bundles about all others.

With a hundred agents, a message that is sent to every inbox costs a hundred sends. An inbox needs the messages of
its open conversation at once; of the others it shows the last message, which may be a moment old.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import gevent
import socketio

from chatgate.sharing.telling import conversation_name
from chatgate.web.wire import transport
from chatgate.web.wire.packets import Encoded, event_packet

BUNDLE_SECONDS: Final = 0.5
SOONEST_SECONDS: Final = 0.04
SECONDS_PER_INBOX: Final = 0.005
"""A bundle costs one send for each inbox: a few inboxes are told ten times as often as a hundred."""
OPEN_CONVERSATIONS: Final = 20
INBOXES_AT_ONCE: Final = 10
SECONDS_BETWEEN: Final = 0.001
NAMESPACE: Final = "/agent"


class InboxFeed:
    """Sends events to the inboxes of a site; rooms of ``/agent`` are sites.

    The first event after a quiet pause goes to every inbox at once. What follows within the pause goes at once to those
    who have the conversation open, and to the others in one bundle, the latest of each kind for each conversation. The
    pause is 40 ms for a few inboxes, and half a second for a hundred. Clients take a gap in ``seq`` for what it is and
    ask when they must.
    """

    def __init__(self, server: socketio.Server) -> None:
        self._server = server
        self._opened: dict[str, dict[str, None]] = {}
        self._waiting: dict[str, dict[tuple[str, str], tuple[bytes, Encoded]]] = {}
        self._told_at: dict[str, float] = {}
        self._inboxes: dict[str, int] = {}
        self._line: deque[tuple[Sequence[tuple[str, str]], Sequence[tuple[str, Encoded]]]] = deque()
        self.bundled: Callable[[str, Sequence[tuple[str, bytes]]], None] = lambda _site_id, _events: None
        """Told of every bundle, so that other processes' inboxes get it too."""
        self.follow: Callable[[Iterable[str]], None] = lambda _names: None
        self.unfollow: Callable[[Iterable[str]], None] = lambda _names: None

    def opened(self, sid: str, conversation_id: str) -> None:
        """Note that a socket shows a conversation; of many, the ones opened last count."""
        opened = self._opened.setdefault(sid, {})
        known = conversation_id in opened
        opened.pop(conversation_id, None)
        opened[conversation_id] = None
        self._server.enter_room(sid, _room(conversation_id), namespace=NAMESPACE)
        while len(opened) > OPEN_CONVERSATIONS:
            oldest = next(iter(opened))
            del opened[oldest]
            self._server.leave_room(sid, _room(oldest), namespace=NAMESPACE)
            self.unfollow([conversation_name(oldest)])
        if not known:
            self.follow([conversation_name(conversation_id)])

    def left(self, sid: str) -> None:
        """Forget a socket."""
        self.unfollow([conversation_name(known) for known in self._opened.pop(sid, {})])

    def opened_here(self) -> set[str]:
        """Return every conversation that an inbox of this process shows."""
        return {conversation_id for opened in self._opened.values() for conversation_id in opened}

    def tell(self, site_id: str, conversation_id: str | None, event: str, text: bytes) -> None:
        """Send one encoded event to the inboxes of a site in this process."""
        if conversation_id is None:
            self.hear_bundle(site_id, [("", text)])
            return
        packet = event_packet(NAMESPACE, text)
        self._opened_hear(conversation_id, packet)
        self._bundle(site_id, (conversation_id, event), (text, packet))

    def opened_hear(self, conversation_id: str, text: bytes) -> None:
        """Send one encoded event to the inboxes that show its conversation."""
        if transport.participants(self._server, NAMESPACE, _room(conversation_id)):
            self._opened_hear(conversation_id, event_packet(NAMESPACE, text))

    def _opened_hear(self, conversation_id: str, packet: Encoded) -> None:
        for _sid, session in transport.participants(self._server, NAMESPACE, _room(conversation_id)):
            transport.send_packets(self._server, session, [packet])

    def hear_bundle(self, site_id: str, events: Sequence[tuple[str, bytes]]) -> None:
        """Send events of many conversations to the inboxes of a site that do not show them."""
        packets = [(conversation_id, event_packet(NAMESPACE, text)) for conversation_id, text in events]
        self._send(site_id, packets)

    def _bundle(self, site_id: str, key: tuple[str, str], event: tuple[bytes, Encoded]) -> None:
        waiting = self._waiting.get(site_id)
        if waiting is not None:
            waiting.pop(key, None)
            waiting[key] = event
            return
        self._waiting[site_id] = {key: event}
        quiet_for = time.monotonic() - self._told_at.get(site_id, float("-inf"))
        pause = min(BUNDLE_SECONDS, max(SOONEST_SECONDS, self._inboxes.get(site_id, 0) * SECONDS_PER_INBOX))
        if quiet_for >= pause:
            self._send_bundle(site_id)
        else:
            gevent.spawn_later(pause - quiet_for, self._send_bundle, site_id)

    def _send_bundle(self, site_id: str) -> None:
        waiting = self._waiting.pop(site_id)
        self._told_at[site_id] = time.monotonic()
        self._send(site_id, [(key[0], packet) for key, (_text, packet) in waiting.items()])
        self.bundled(site_id, [(key[0], text) for key, (text, _packet) in waiting.items()])

    def _send(self, site_id: str, events: Sequence[tuple[str, Encoded]]) -> None:
        """Send to some inboxes at a time: bundles for a hundred at once would hold up the messages meanwhile."""
        sockets = transport.participants(self._server, NAMESPACE, site_id)
        self._inboxes[site_id] = len(sockets)
        if not self._line:  # else whoever still waits for an earlier one would get this one first
            self._send_some(sockets[:INBOXES_AT_ONCE], events)
            sockets = sockets[INBOXES_AT_ONCE:]
        if sockets:
            self._line.append((sockets, events))
            if len(self._line) == 1:
                gevent.spawn(self._send_rest)

    def _send_rest(self) -> None:
        try:
            while self._line:
                sockets, events = self._line[0]
                for start in range(0, len(sockets), INBOXES_AT_ONCE):
                    gevent.sleep(SECONDS_BETWEEN)
                    self._send_some(sockets[start : start + INBOXES_AT_ONCE], events)
                self._line.popleft()
        finally:
            self._line.clear()  # empty already, unless a defect ended this: then the next bundle begins anew

    def _send_some(self, sockets: Sequence[tuple[str, str]], events: Sequence[tuple[str, Encoded]]) -> None:
        everything = [packet for _conversation_id, packet in events]
        for sid, session in sockets:
            opened = self._opened.get(sid)
            packets = everything if not opened else [packet for known, packet in events if known not in opened]
            if packets:
                transport.send_packets(self._server, session, packets)


def _room(conversation_id: str) -> str:
    return f"open:{conversation_id}"
