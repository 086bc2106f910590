"""A WebSocket client of plain sockets, which can misbehave in every way a test needs."""

import base64
import json
import os
import socket
import struct
from typing import Any, ClassVar

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


def frame(payload: bytes, *, opcode: int = TEXT, fin: bool = True, mask: bool = True, rsv: int = 0) -> bytes:
    """Encode a frame as a client sends it, or as it must not."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    masked = 0x80 if mask else 0
    if len(payload) < 126:
        head = struct.pack("!BB", first, masked | len(payload))
    elif len(payload) < 65536:
        head = struct.pack("!BBH", first, masked | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, masked | 127, len(payload))
    if not mask:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))


class RawClient:
    """One connection. Reads only when it is told to."""

    opened: ClassVar[list["RawClient"]] = []

    def __init__(
        self,
        port: int,
        *,
        receive_buffer: int | None = None,
        early: bytes = b"",
        query: str = "",
        header: str = "",
    ) -> None:
        self.sock = socket.socket()
        self.opened.append(self)
        self.sock.settimeout(10)
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        head = [
            f"GET /socket.io/?EIO=4&transport=websocket{query} HTTP/1.1",
            "Host: x",
            "Connection: keep-alive, Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
        ]
        if header:
            name = header.partition(":")[0]
            head = [line for line in head if line.partition(":")[0] != name] + [header]
        self.sock.sendall("\r\n".join([*head, "", ""]).encode() + early)
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        self.head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        self._id = 0

    def _more(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        self.buffer += data

    def _take(self, size: int) -> bytes:
        while len(self.buffer) < size:
            self._more()
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def read_frame(self) -> tuple[int, bytes]:
        """Read one frame: its first byte and its payload.

        Raises:
            EOFError: the connection ended between two frames or within one.
        """
        first, size = self._take(2)
        if size == 126:
            (size,) = struct.unpack("!H", self._take(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._take(8))
        return first, self._take(size)

    def read_text(self) -> str:
        """Read the next text message, past pings, and fail on anything that no correct server sends."""
        while True:
            first, payload = self.read_frame()
            if first == 0x80 | CLOSE:
                raise ConnectionError(int.from_bytes(payload[:2], "big"))
            assert first == 0x80 | TEXT, f"a corrupted stream: {first:#x}"
            text = payload.decode()
            if text == "2":
                self.send("3")
            else:
                return text

    def send(self, text: str) -> None:
        """Send one text message."""
        self.sock.sendall(frame(text.encode()))

    def join(self, auth: dict[str, Any] | None = None) -> "RawClient":
        """Connect to the relay's namespace."""
        assert self.read_text().startswith("0{")
        self.send("40/relay," + json.dumps(auth or {}))
        assert self.read_text().startswith("40/relay,")
        return self

    def emit(self, *event: Any) -> int:
        """Send an event that wants an ack; returns its id."""
        self._id += 1
        self.send(f"42/relay,{self._id}" + json.dumps(event))
        return self._id

    def call(self, *event: Any) -> Any:
        """Send an event and return its ack, dropping other events."""
        ack = f"43/relay,{self.emit(*event)}["
        while not (text := self.read_text()).startswith(ack):
            pass
        answer = json.loads(text[len(ack) - 1 :])
        return answer[0] if answer else None

    def close_code(self) -> int:
        """Read until the close frame and return its code."""
        while True:
            first, payload = self.read_frame()
            if first == 0x80 | CLOSE:
                return int.from_bytes(payload[:2], "big")

    def close(self) -> None:
        """Drop the connection."""
        self.sock.close()

    @classmethod
    def close_all(cls) -> None:
        """Drop every connection that was opened."""
        while cls.opened:
            cls.opened.pop().close()
