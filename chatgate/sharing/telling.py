"""What one process says to the sockets of the others: by conversation and by site, bodies encoded once."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from chatgate.sharing.link import Link

VISITOR: Final = b"V"
AGENTS: Final = b"A"
BOTH: Final = b"2"
END: Final = b"E"
BUNDLE: Final = b"B"
LOOK: Final = b"L"
"""The first byte of a body: whom it is for. What follows is ``[event, payload]``; for END the reason, for BUNDLE
``[[conversation_id, "[event, payload]"], ...]``, and nothing for LOOK: something of it may have been missed."""
EVERYBODY: Final = "all"
"""The channel of what comes from a process that does not know who follows what: all hear it, most pass it over."""


def process_channel(process: str) -> str:
    """Return the channel of one process: what it follows is told there."""
    return f"to:{process}"


def conversation_name(conversation_id: str) -> str:
    """Return what those follow who have a socket of this conversation, or have it open in an inbox."""
    return f"c:{conversation_id}"


def site_name(site_id: str) -> str:
    """Return what those follow who have an inbox of this site."""
    return f"s:{site_id}"


def about(name: str, body: bytes) -> bytes:
    """Put what a body is about before it."""
    return b"%b\0%b" % (name.encode(), body)


def taken_apart(told: bytes) -> tuple[str, bytes]:
    """Return what was put together by :func:`about`."""
    name, _, body = told.partition(b"\0")
    return name.decode(), body


def event_json(event: str, payload: Mapping[str, Any]) -> bytes:
    """Encode an event as every packet and every channel carries it."""
    return orjson.dumps([event, payload])


def bundle(events: Iterable[tuple[str, bytes]]) -> bytes:
    """Encode events of several conversations for the inboxes of a site."""
    return BUNDLE + orjson.dumps([[conversation_id, text.decode()] for conversation_id, text in events])


def conversation_of(payload: Mapping[str, Any]) -> str | None:
    """Return which conversation an event is about."""
    if "message" in payload:
        return str(payload["message"]["conversation_id"])
    if "conversation" in payload:
        return str(payload["conversation"]["id"])
    known: str | None = payload.get("conversation_id")
    return known


class RemoteBroadcaster:
    """The broadcaster of a process without sockets (worker, commands). Implements ``services.core.Broadcaster``."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def to_visitor(self, conversation_id: str, event: str, payload: dict[str, Any]) -> None:
        """Have it emitted to the sockets of a conversation's visitor."""
        self._tell(conversation_name(conversation_id), VISITOR + event_json(event, payload))

    def to_agents(self, site_id: str, event: str, payload: dict[str, Any]) -> None:
        """Have it emitted to the inboxes of a site."""
        text, conversation_id = event_json(event, payload), conversation_of(payload)
        if conversation_id is not None:
            self._tell(conversation_name(conversation_id), AGENTS + text)
        self._tell(site_name(site_id), bundle([(conversation_id or "", text)]))

    def to_both(self, site_id: str, conversation_id: str, event: str, payload: dict[str, Any]) -> None:
        """Have it emitted to both sides."""
        text = event_json(event, payload)
        self._tell(conversation_name(conversation_id), BOTH + text)
        self._tell(site_name(site_id), bundle([(conversation_id, text)]))

    def end_session(self, conversation_id: str, reason: str) -> None:
        """Have the visitor's sockets told that the session is over."""
        self._tell(conversation_name(conversation_id), END + reason.encode())

    def _tell(self, name: str, body: bytes) -> None:
        self._link.publish(EVERYBODY, about(name, body))
