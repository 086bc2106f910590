"""Socket.IO packets and their JSON, as ChatGate reads and writes them; tested against the stock ones."""

import re
from functools import cache
from typing import Any, Final

import orjson
from engineio import packet as engineio_packet
from socketio import packet

from chatgate.web.wire.frames import TEXT, encode_frame

_PARTS: Final = re.compile(r"([0-4])(?:(/[^,?]*)(?:\?[^,]*)?(?:,|$))?([0-9]{0,15})(|[^0-9].*)", re.DOTALL)
"""Type, namespace (its query is dropped), id and data; the types above 4 are those with attachments."""
RESERVED: Final = frozenset({"connect", "connect_error", "disconnect"})


class Codec:
    """orjson behind the two functions of the standard library's json that python-socketio calls."""

    JSONDecodeError = orjson.JSONDecodeError

    @staticmethod
    def dumps(value: object, **_options: object) -> str:
        """Encode without spaces, which is all that python-socketio ever asks for."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes) -> Any:
        """Decode; NaN, infinities and lone surrogates are refused with a ValueError."""
        return orjson.loads(text)


class TextPacket(packet.Packet):  # type: ignore[misc]
    """A Socket.IO packet without attachments: ChatGate sends none, and looking for them costs per value."""

    uses_binary_events = False
    json = Codec
    data: Any

    def decode(self, encoded_packet: str) -> int:
        """Read a packet.

        Raises:
            ValueError: it is none, it announces attachments, or it is an event without a name of its own.
        """
        kind, self.namespace, self.id, self.data = _read(encoded_packet)
        self.packet_type = int(kind)
        return 0


def read_event(text: str) -> tuple[str | None, int | None, list[Any]] | None:
    """Read an event as (namespace, id, [name, argument, ...]), without an object for it; None for another packet.

    Raises:
        ValueError: as :class:`TextPacket`.
    """
    return _read(text)[1:] if text[:1] == "2" else None


def _read(text: str) -> tuple[str, str | None, int | None, Any]:
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise ValueError("no packet, or one with attachments")
    kind, namespace, number, data = parts.groups()
    value = orjson.loads(data) if data else None
    if kind == "2":
        if not isinstance(value, list) or not value or not isinstance(value[0], str):
            raise ValueError("an event has a name")
        if value[0] in RESERVED:
            # Sent as an event, "connect" would reach the door with an environment of the client's own making.
            raise ValueError("an event with a reserved name")
    return kind, namespace, int(number) if number else None, value


class Encoded:
    """A Socket.IO packet to send to any number of sockets: encoded once, with its WebSocket frame."""

    __slots__ = ("_text", "frame")

    def __init__(self, text: bytes) -> None:
        self._text = text
        """The packet of Engine.IO, which begins with its kind."""
        self.frame = encode_frame(TEXT, text)

    def for_polling(self) -> engineio_packet.Packet:
        """Return it as python-engineio's queue of long polling takes it."""
        return engineio_packet.Packet(engineio_packet.MESSAGE, self._text[1:].decode())


def encode_event(namespace: str, name: str, payload: object) -> Encoded:
    """Encode an event with one argument."""
    return event_packet(namespace, orjson.dumps([name, payload]))


def event_packet(namespace: str, text: bytes) -> Encoded:
    """Make a packet of an event that is JSON already: ``[name, argument]``."""
    return Encoded(_event_start(namespace) + text)


def encode_ack(namespace: str, number: int, answer: object) -> Encoded:
    """Encode the answer to the event with this number: None is no argument, a tuple is several."""
    arguments = [] if answer is None else list(answer) if isinstance(answer, tuple) else [answer]
    return Encoded(b"43%b%d%b" % (_place(namespace), number, orjson.dumps(arguments)))


@cache
def _event_start(namespace: str) -> bytes:
    return b"42" + _place(namespace)


@cache
def _place(namespace: str) -> bytes:
    return b"" if namespace == "/" else namespace.encode() + b","
