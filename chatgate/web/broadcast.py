"""Emits to open sockets. Implements ``services.core.Broadcaster``."""

from typing import Any, Final

import socketio

from chatgate.web import transport
from chatgate.web.inbox_feed import InboxFeed

ENDS_FOR_GOOD: Final = frozenset({"consent_withdrawn", "erased"})
"""After these a visitor's sockets hear nothing of the conversation any more."""


class SocketBroadcaster:
    """Rooms of ``/visitor`` are conversations, rooms of ``/agent`` are sites."""

    def __init__(self, server: socketio.Server, feed: InboxFeed) -> None:
        self._server = server
        self._feed = feed

    def to_visitor(self, conversation_id: str, event: str, payload: dict[str, Any]) -> None:
        """Emit to the sockets of a conversation's visitor."""
        transport.emit_here(self._server, "/visitor", conversation_id, event, payload)

    def to_agents(self, site_id: str, event: str, payload: dict[str, Any]) -> None:
        """Emit to the inboxes of a site."""
        self._feed.tell(site_id, event, payload)

    def end_session(self, conversation_id: str, reason: str) -> None:
        """Tell the visitor's sockets that the session is over."""
        self._server.emit("session_closed", {"reason": reason}, room=conversation_id, namespace="/visitor")
        if reason in ENDS_FOR_GOOD:
            self._server.close_room(conversation_id, namespace="/visitor")
