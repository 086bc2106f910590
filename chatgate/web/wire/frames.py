"""WebSocket frames (RFC 6455): bytes in and messages out, with no socket."""

import struct
from collections.abc import Iterable
from typing import NamedTuple

from websockets.speedups import apply_mask

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

NORMAL_CLOSURE = 1000
SERVICE_RESTART = 1012
GOING_AWAY = 1001
PROTOCOL_ERROR = 1002
UNSUPPORTED_DATA = 1003
INVALID_DATA = 1007
POLICY_VIOLATION = 1008
MESSAGE_TOO_BIG = 1009

_FIN = 0x80
_MASKED = 0x80
_SENDABLE_CLOSE_CODES = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})

_unpack_16 = struct.Struct("!H").unpack_from
_unpack_64 = struct.Struct("!Q").unpack_from
_pack_16 = struct.Struct("!BBH").pack
_pack_64 = struct.Struct("!BBQ").pack


class FrameError(Exception):
    """The peer broke the protocol: the connection ends with this close code."""

    def __init__(self, close_code: int) -> None:
        super().__init__(close_code)
        self.close_code = close_code


class Control(NamedTuple):
    """A control frame: ping, pong or close."""

    opcode: int
    payload: bytes


def encode_frame(opcode: int, payload: bytes) -> bytes:
    """Encode one whole, unmasked frame, as servers send them.

    Source: RFC 6455 section 5.2
    """
    size = len(payload)
    if size < 126:
        return bytes((_FIN | opcode, size)) + payload
    if size < 65536:
        return _pack_16(_FIN | opcode, 126, size) + payload
    return _pack_64(_FIN | opcode, 127, size) + payload


def encode_close(code: int) -> bytes:
    """Encode a close frame without a reason."""
    return encode_frame(CLOSE, code.to_bytes(2, "big"))


def close_answer(payload: bytes) -> bytes:
    """Answer a peer's close frame with its own code, as RFC 6455 section 5.5.1 wants it.

    Raises:
        FrameError: the payload is no valid close code and reason.
    """
    if not payload:
        return encode_frame(CLOSE, b"")
    if len(payload) == 1:
        raise FrameError(PROTOCOL_ERROR)
    code = int.from_bytes(payload[:2], "big")
    if code not in _SENDABLE_CLOSE_CODES and not 3000 <= code < 5000:
        raise FrameError(PROTOCOL_ERROR)
    _decode(payload[2:])
    return encode_frame(CLOSE, payload[:2])


def _decode(payload: bytes | bytearray) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise FrameError(INVALID_DATA) from None


class FrameReader:
    """Turns the bytes that a client sends into messages and control frames, in the order in which they came.

    Written by hand, because the sans-I/O server protocol of the `websockets` library takes twice as long for
    a small frame to come in, five times for one to go out, and some kilobytes for each connection. Its
    unmasking in C is used.
    """

    __slots__ = ("_buffer", "_fragments", "_fragments_opcode", "_max_bytes")

    def __init__(self, max_message_bytes: int) -> None:
        self._max_bytes = max_message_bytes
        self._buffer = b""
        self._fragments: bytearray | None = None
        self._fragments_opcode = TEXT

    def feed(self, received: bytes) -> Iterable[str | bytes | Control]:
        """Give each message (text as str, binary as bytes) and control frame that is complete now.

        Raises:
            FrameError: after everything that came before the fault was given.
        """
        # Nearly always it is one text frame, whole and alone; whatever else it is, the loop below judges.
        if not self._buffer and self._fragments is None and len(received) >= 8 and received[0] == _FIN | TEXT:
            size, body = received[1] - _MASKED, 6
            if size == 126:
                size, body = _unpack_16(received, 2)[0], 8
            if size != 127 and len(received) == body + size and size <= self._max_bytes:
                return (_decode(apply_mask(received[body:], received[body - 4 : body])),)
        return self._feed(received)

    def _feed(self, received: bytes) -> Iterable[str | bytes | Control]:
        data = self._buffer + received if self._buffer else received
        self._buffer = b""
        start, end = 0, len(data)
        while end - start >= 2:
            first, second = data[start], data[start + 1]
            if not second & _MASKED:
                raise FrameError(PROTOCOL_ERROR)
            size = second & 0x7F
            body = start + 6
            if size == 126:
                if end - start < 4:
                    break
                size = _unpack_16(data, start + 2)[0]
                body = start + 8
            elif size == 127:
                if end - start < 10:
                    break
                size = _unpack_64(data, start + 2)[0]
                body = start + 14
            self._refuse(first, size)
            if end < body + size:
                break
            start = body + size
            payload = apply_mask(data[body:start], data[body - 4 : body])
            if first == _FIN | TEXT and self._fragments is None:
                yield _decode(payload)
            elif first & 0x8:
                yield Control(first & 0xF, payload)
            else:
                message = self._assemble(first, payload)
                if message is not None:
                    yield message
        if start < end:
            self._buffer = data[start:]

    def _refuse(self, first: int, size: int) -> None:
        """Judge a header before its payload is waited for: what will be refused is not kept first."""
        opcode = first & 0xF
        if first & 0x70 or opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise FrameError(PROTOCOL_ERROR)
        if opcode & 0x8:
            if size > 125 or not first & _FIN:
                raise FrameError(PROTOCOL_ERROR)
            return
        if (opcode == CONTINUATION) != (self._fragments is not None):
            raise FrameError(PROTOCOL_ERROR)
        if size + len(self._fragments or b"") > self._max_bytes:
            raise FrameError(MESSAGE_TOO_BIG)

    def _assemble(self, first: int, payload: bytes) -> str | bytes | None:
        opcode = first & 0xF
        if opcode != CONTINUATION:
            if first & _FIN:
                return payload
            self._fragments, self._fragments_opcode = bytearray(payload), opcode
            return None
        assert self._fragments is not None
        self._fragments += payload
        if not first & _FIN:
            return None
        whole, self._fragments = self._fragments, None
        return _decode(whole) if self._fragments_opcode == TEXT else bytes(whole)
