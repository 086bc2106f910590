"""Emits to open sockets, here and through Redis in other processes. Implements ``services.core.Broadcaster``."""

from typing import Any, Final

import orjson
import socketio

from chatgate.sharing import telling
from chatgate.sharing.telling import conversation_name, conversation_of, event_json, site_name
from chatgate.web.live.inbox_feed import InboxFeed
from chatgate.web.live.reach import Reach
from chatgate.web.wire import transport
from chatgate.web.wire.packets import event_packet

ENDS_FOR_GOOD: Final = frozenset({"consent_withdrawn", "erased"})
"""After these a visitor's sockets hear nothing of the conversation any more."""


class LocalBroadcaster:
    """Rooms of ``/visitor`` are conversations, rooms of ``/agent`` are sites."""

    def __init__(self, server: socketio.Server, feed: InboxFeed) -> None:
        self._server = server
        self._feed = feed

    def to_visitor(self, conversation_id: str, event: str, payload: dict[str, Any]) -> None:
        """Emit to the sockets of a conversation's visitor."""
        self.visitor_hears(conversation_id, event_json(event, payload))

    def to_agents(self, site_id: str, event: str, payload: dict[str, Any]) -> None:
        """Emit to the inboxes of a site."""
        self._feed.tell(site_id, conversation_of(payload), event, event_json(event, payload))

    def to_both(self, site_id: str, conversation_id: str, event: str, payload: dict[str, Any]) -> None:
        """Emit to both sides of a conversation what is the same for both; it is encoded once."""
        self._both_hear(site_id, conversation_id, event, payload)

    def _both_hear(self, site_id: str, conversation_id: str, event: str, payload: dict[str, Any]) -> bytes:
        """Tell both sides in this process and return the encoded event; the author of a message hears it last."""
        text = event_json(event, payload)
        if payload.get("message", {}).get("author_kind") != "visitor":
            self.visitor_hears(conversation_id, text)
            self._feed.tell(site_id, conversation_id, event, text)
        else:
            self._feed.tell(site_id, conversation_id, event, text)
            self.visitor_hears(conversation_id, text)
        return text

    def end_session(self, conversation_id: str, reason: str) -> None:
        """Tell the visitor's sockets that the session is over."""
        self._server.emit("session_closed", {"reason": reason}, room=conversation_id, namespace="/visitor")
        if reason in ENDS_FOR_GOOD:
            self._server.close_room(conversation_id, namespace="/visitor")

    def visitor_hears(self, conversation_id: str, text: bytes) -> None:
        """Emit an encoded event to the sockets of a conversation's visitor in this process."""
        sockets = transport.participants(self._server, "/visitor", conversation_id)
        if sockets:
            packets = [event_packet("/visitor", text)]
            for _sid, session in sockets:
                transport.send_packets(self._server, session, packets)


class SharedBroadcaster(LocalBroadcaster):
    """The broadcaster of one of several processes: tells its own sockets at once, and the others without waiting.

    Who has a conversation on the screen hears of it at once, wherever that is: those processes follow it. The inboxes
    of a site hear the rest in the bundle that this process makes for its own.
    """

    def __init__(self, server: socketio.Server, feed: InboxFeed, reach: Reach) -> None:
        super().__init__(server, feed)
        self._reach = reach
        feed.bundled = lambda site_id, events: reach.tell(site_name(site_id), lambda: telling.bundle(events))

    def to_visitor(self, conversation_id: str, event: str, payload: dict[str, Any]) -> None:
        """Emit to the sockets of a conversation's visitor, everywhere."""
        text = event_json(event, payload)
        self.visitor_hears(conversation_id, text)
        self._reach.tell(conversation_name(conversation_id), lambda: telling.VISITOR + text)

    def to_agents(self, site_id: str, event: str, payload: dict[str, Any]) -> None:
        """Emit to the inboxes of a site, everywhere."""
        text, conversation_id = event_json(event, payload), conversation_of(payload)
        self._feed.tell(site_id, conversation_id, event, text)
        if conversation_id is not None:
            self._reach.tell(conversation_name(conversation_id), lambda: telling.AGENTS + text)
        else:
            self._reach.tell(site_name(site_id), lambda: telling.bundle([("", text)]))

    def to_both(self, site_id: str, conversation_id: str, event: str, payload: dict[str, Any]) -> None:
        """Emit to both sides of a conversation, everywhere; it is encoded once."""
        text = self._both_hear(site_id, conversation_id, event, payload)
        self._reach.tell(conversation_name(conversation_id), lambda: telling.BOTH + text)

    def end_session(self, conversation_id: str, reason: str) -> None:
        """Tell the visitor's sockets everywhere that the session is over."""
        super().end_session(conversation_id, reason)
        self._reach.tell(conversation_name(conversation_id), lambda: telling.END + reason.encode())

    def hear(self, name: str, body: bytes) -> None:
        """Emit here what another process said; a text is passed on as it came."""
        kind, text, about = body[:1], body[1:], name[2:]
        if kind == telling.BUNDLE:
            self._feed.hear_bundle(about, [(known, one.encode()) for known, one in orjson.loads(text)])
        elif kind == telling.END:
            super().end_session(about, text.decode())
        else:
            if kind != telling.AGENTS:
                self.visitor_hears(about, text)
            if kind != telling.VISITOR:
                self._feed.opened_hear(about, text)
