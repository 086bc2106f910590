"""Socket.IO packets and their JSON, as ChatGate reads and writes them; tested against the stock ones."""

import re
from typing import Any, Final

import orjson
from socketio import packet

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
        parts = _PARTS.fullmatch(encoded_packet)
        if parts is None:
            raise ValueError("no packet, or one with attachments")
        kind, self.namespace, number, data = parts.groups()
        self.packet_type = int(kind)
        self.id = int(number) if number else None
        self.data = orjson.loads(data) if data else None
        if self.packet_type == packet.EVENT:
            if not isinstance(self.data, list) or not self.data or not isinstance(self.data[0], str):
                raise ValueError("an event has a name")
            if self.data[0] in RESERVED:
                # Sent as an event, "connect" would reach the door with an environment of the client's own making.
                raise ValueError("an event with a reserved name")
        return 0
