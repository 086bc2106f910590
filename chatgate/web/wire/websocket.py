"""ChatGate's WebSocket: correct for slow readers, with a bounded queue, and with no greenlet of its own.

The hub reads when bytes arrive and writes when the kernel takes them; what the messages mean is handled in a
turn (`web/wire/turns.py`). A connection that does not read is closed when its queue is full: it can catch up by
sequence number, and nobody else waits for it.
"""

import _socket
import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from gevent import get_hub

from chatgate.web.wire import frames
from chatgate.web.wire.frames import Control, FrameError, FrameReader, encode_close, encode_frame
from chatgate.web.wire.turns import Flusher, Turns

_READ_BYTES = 65536
_FLUSH_BYTES = 65536
_WAITING_MESSAGES = 64
_CLOSE_SECONDS = 5.0
_READ, _WRITE = 1, 2
_KEY_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

turns = Turns()
flusher = Flusher()


class HandshakeError(Exception):
    """The request is no WebSocket handshake of version 13."""


class Receiver(Protocol):
    """What a WebSocket tells its messages to. Both may wait and must not raise."""

    def on_message(self, message: str | bytes) -> None:
        """Handle one message."""

    def on_closed(self) -> None:
        """Handle the end; called once, after the last message."""


def handshake_answer(environ: Mapping[str, Any]) -> bytes:
    """Answer an opening handshake; no subprotocol and no extension is ever agreed.

    Raises:
        HandshakeError: the request is not one.

    Source: RFC 6455 section 4.2
    """
    connection = [token.strip() for token in environ.get("HTTP_CONNECTION", "").lower().split(",")]
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    if (
        environ.get("REQUEST_METHOD") != "GET"
        or environ.get("SERVER_PROTOCOL") != "HTTP/1.1"
        or environ.get("HTTP_UPGRADE", "").lower() != "websocket"
        or "upgrade" not in connection
        or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13"
    ):
        raise HandshakeError
    try:
        decoded = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise HandshakeError from None
    if len(decoded) != 16:
        raise HandshakeError
    # The protocol fixes SHA-1 here; it protects nothing.
    accept = base64.b64encode(hashlib.sha1(key.encode() + _KEY_SUFFIX, usedforsecurity=False).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


class WebSocket:
    """One connection, from the answered handshake to the closed socket.

    Args:
        sock: a connected, non-blocking stream socket; it belongs to the WebSocket from now on.
        receiver: gets messages and the end, one at a time.
        max_message_bytes: a longer message closes with 1009.
        max_queued_bytes: a connection with more than that unsent is closed when more is to be sent.
    """

    __slots__ = (
        "_asked", "_closing", "_in_turn", "_inbox", "_max_queued_bytes", "_out", "_over", "_paused",
        "_queued_bytes", "_reader", "_reading", "_receiver", "_sock", "_timer", "_told", "_writing",
    )  # fmt: skip

    def __init__(
        self, sock: _socket.socket, receiver: Receiver, *, max_message_bytes: int, max_queued_bytes: int
    ) -> None:
        self._sock = sock
        self._receiver = receiver
        self._reader = FrameReader(max_message_bytes)
        self._max_queued_bytes = max_queued_bytes
        self._out: list[bytes] = []
        self._queued_bytes = 0
        self._inbox: list[str | bytes] = []
        self._in_turn = False
        self._asked = False
        self._paused = False
        self._closing = False
        self._over = False
        self._told = False
        self._timer: Any = None
        self._writing: Any = None
        self._reading: Any = get_hub().loop.io(sock.fileno(), _READ)

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._closing or self._over

    @property
    def queued_bytes(self) -> int:
        """How many bytes wait because the peer does not read them."""
        return self._queued_bytes

    def start(self, early: bytes = b"") -> None:
        """Begin to read. `early` is what the client sent together with its handshake."""
        self._reading.start(self._readable)
        if early:
            self._received(early)

    # -- sending ---------------------------------------------------------------------------------------------

    def send(self, message: str | bytes) -> None:
        """Send one message, or queue it.

        Raises:
            OSError: the connection is closed.
        """
        if isinstance(message, str):
            self.send_frame(encode_frame(frames.TEXT, message.encode()))
        else:
            self.send_frame(encode_frame(frames.BINARY, bytes(message)))

    def send_frame(self, frame: bytes) -> None:
        """Send one encoded frame; a broadcast encodes once and sends the same bytes to everybody.

        Raises:
            OSError: the connection is closed.
        """
        if self._closing or self._over:
            raise OSError("closed")
        self._queue(frame)

    def _queue(self, frame: bytes) -> None:
        queued = self._queued_bytes
        if queued > self._max_queued_bytes:
            self.abort()
            return
        self._out.append(frame)
        self._queued_bytes = queued = queued + len(frame)
        if self._writing is None and not (self._asked and queued <= _FLUSH_BYTES):
            if queued > _FLUSH_BYTES:
                self._flush()
            else:
                self._asked = True
                flusher.ask(self._flush)

    def _flush(self) -> None:
        """Give the kernel what it takes. The rest of a partly sent frame stays first in line."""
        self._asked = False
        if self._writing is not None or self._over:
            return
        try:
            while self._out:
                data = self._out[0] if len(self._out) == 1 else b"".join(self._out)
                self._out = [data]
                sent = self._sock.send(data)
                self._queued_bytes -= sent
                self._out = [data[sent:]] if sent < len(data) else []
        except (BlockingIOError, InterruptedError):
            self._writing = get_hub().loop.io(self._sock.fileno(), _WRITE)
            self._writing.start(self._writable)
        except OSError:
            self._finish()
        else:
            if self._closing:
                self._sent_all()

    def _writable(self) -> None:
        self._writing.stop()
        self._writing.close()
        self._writing = None
        self._flush()

    def _sent_all(self) -> None:
        try:
            self._sock.shutdown(_socket.SHUT_WR)
        except OSError:
            self._finish()

    # -- receiving -------------------------------------------------------------------------------------------

    def _readable(self) -> None:
        try:
            data = self._sock.recv(_READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._received(data)
        else:
            self._finish()

    def _received(self, data: bytes) -> None:
        if self._closing:
            return
        try:
            for message in self._reader.feed(data):
                if not isinstance(message, Control):
                    self._inbox.append(message)
                elif self._control(message):
                    break
        except FrameError as error:
            self.close(error.close_code)
        if self._inbox:
            self._want_turn()
            if len(self._inbox) > _WAITING_MESSAGES and not self._paused and not self._over:
                self._paused = True
                self._reading.stop()

    def _control(self, frame: Control) -> bool:
        """Handle a control frame; True when it was the last one."""
        if frame.opcode == frames.PING:
            self._queue(encode_frame(frames.PONG, frame.payload))
        elif frame.opcode == frames.CLOSE:
            self._say_close(frames.close_answer(frame.payload))
            return True
        return self._over

    def _want_turn(self) -> None:
        if not self._in_turn:
            self._in_turn = True
            turns.put(self)

    def take_turn(self) -> None:
        """Hand over everything that has arrived, in order (called by `web/wire/turns.py`)."""
        while self._inbox:
            messages, self._inbox = self._inbox, []
            for message in messages:
                self._receiver.on_message(message)
            if self._paused and not self._over:
                self._paused = False
                self._reading.start(self._readable)
        self._in_turn = False
        if self._over and not self._told:
            self._told = True
            self._receiver.on_closed()

    # -- closing ---------------------------------------------------------------------------------------------

    def close(self, code: int = frames.NORMAL_CLOSURE) -> None:
        """Say goodbye after all that is queued; the socket goes with the peer's answer, or after 5 s."""
        if not self.closed:
            self._say_close(encode_close(code))

    def _say_close(self, frame: bytes) -> None:
        self._queue(frame)
        if self._over:
            return
        self._closing = True
        self._timer = get_hub().loop.timer(_CLOSE_SECONDS)
        self._timer.start(self._finish)
        if self._paused:
            self._paused = False
            self._reading.start(self._readable)

    def abort(self) -> None:
        """Drop the connection and all that is queued, without a goodbye."""
        self._finish()

    def _finish(self) -> None:
        if self._over:
            return
        self._over = True
        for watcher in (self._reading, self._writing, self._timer):
            if watcher is not None:
                watcher.stop()
                watcher.close()
        self._reading = self._writing = self._timer = None
        self._out.clear()
        self._queued_bytes = 0
        self._sock.close()
        self._want_turn()
