"""What agents' sockets are told: at once about the conversations they have open, in bundles about all others.

With a hundred agents, a message that is sent to every inbox costs a hundred sends. An inbox needs the messages of
its open conversation at once; of the others it shows the last message, which may be half a second old.
"""

import time
from collections.abc import Mapping
from typing import Any, Final

import gevent
import socketio

from chatgate.web import transport
from chatgate.web.packets import Encoded, encode_event

BUNDLE_SECONDS: Final = 0.5
OPEN_CONVERSATIONS: Final = 20
NAMESPACE: Final = "/agent"


class InboxFeed:
    """Sends events to the inboxes of a site; rooms of ``/agent`` are sites.

    The first event after a quiet half second goes to every inbox at once. What follows within half a second goes at
    once to those who have the conversation open, and to the others in one bundle, the latest of each kind for each
    conversation. Clients take a gap in ``seq`` for what it is and ask when they must.
    """

    def __init__(self, server: socketio.Server) -> None:
        self._server = server
        self._opened: dict[str, dict[str, None]] = {}
        self._waiting: dict[str, dict[tuple[str, str], Encoded]] = {}
        self._told_at: dict[str, float] = {}

    def opened(self, sid: str, conversation_id: str) -> None:
        """Note that a socket shows a conversation; of many, the ones opened last count."""
        opened = self._opened.setdefault(sid, {})
        opened.pop(conversation_id, None)
        opened[conversation_id] = None
        self._server.enter_room(sid, _room(conversation_id), namespace=NAMESPACE)
        while len(opened) > OPEN_CONVERSATIONS:
            oldest = next(iter(opened))
            del opened[oldest]
            self._server.leave_room(sid, _room(oldest), namespace=NAMESPACE)

    def left(self, sid: str) -> None:
        """Forget a socket."""
        self._opened.pop(sid, None)

    def tell(self, site_id: str, event: str, payload: Mapping[str, Any]) -> None:
        """Send one event to the inboxes of a site."""
        conversation_id = _conversation_id(payload)
        if conversation_id is None or not transport.is_local(self._server):
            self._server.emit(event, payload, room=site_id, namespace=NAMESPACE)
            return
        packet = encode_event(NAMESPACE, event, payload)
        for _sid, session in transport.participants(self._server, NAMESPACE, _room(conversation_id)):
            transport.send_packets(self._server, session, [packet])
        self._bundle(site_id, (conversation_id, event), packet)

    def _bundle(self, site_id: str, key: tuple[str, str], packet: Encoded) -> None:
        waiting = self._waiting.get(site_id)
        if waiting is not None:
            waiting.pop(key, None)
            waiting[key] = packet
            return
        self._waiting[site_id] = {key: packet}
        quiet_for = time.monotonic() - self._told_at.get(site_id, float("-inf"))
        if quiet_for >= BUNDLE_SECONDS:
            self._send_bundle(site_id)
        else:
            gevent.spawn_later(BUNDLE_SECONDS - quiet_for, self._send_bundle, site_id)

    def _send_bundle(self, site_id: str) -> None:
        bundle = self._waiting.pop(site_id)
        self._told_at[site_id] = time.monotonic()
        everything = list(bundle.values())
        for sid, session in transport.participants(self._server, NAMESPACE, site_id):
            opened = self._opened.get(sid)
            packets = everything if not opened else [bundle[key] for key in bundle if key[0] not in opened]
            if packets:
                transport.send_packets(self._server, session, packets)


def _room(conversation_id: str) -> str:
    return f"open:{conversation_id}"


def _conversation_id(payload: Mapping[str, Any]) -> str | None:
    if "message" in payload:
        return str(payload["message"]["conversation_id"])
    if "conversation" in payload:
        return str(payload["conversation"]["id"])
    known: str | None = payload.get("conversation_id")
    return known
