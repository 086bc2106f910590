"""Fits ChatGate's WebSocket, codec and pings into python-socketio; no other file touches its private names.

`install` looks for every private name that it replaces and raises `TransportError` when one is gone, so
that a new release of python-engineio or python-socketio is noticed at start and not by a visitor.
"""

import _socket
import functools
import logging
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import engineio
import gevent
import socketio
from engineio import exceptions as engineio_exceptions
from engineio import packet as engineio_packet
from engineio.socket import Socket as EngineSocket

from chatgate.web.wire import frames
from chatgate.web.wire.acks import PendingAck
from chatgate.web.wire.packets import Codec, Encoded, TextPacket, encode_ack, read_event
from chatgate.web.wire.pings import Pings
from chatgate.web.wire.websocket import HandshakeError, WebSocket, handshake_answer

MAX_MESSAGE_BYTES = 262_144
MAX_QUEUED_BYTES = 1_048_576
MAX_QUEUED_PACKETS = 1_000

_log = logging.getLogger("chatgate.transport")
_ENGINE_NAMES = ("_handle_connect", "_trigger_event", "_get_socket", "_ok", "_bad_request", "_unauthorized")
_SERVER_NAMES = ("_handle_eio_message", "_trigger_event", "not_handled", "manager", "namespace_handlers")
_SOCKET_NAMES = ("_upgrade_websocket", "schedule_ping", "check_ping_timeout", "handle_get_request", "poll")
_KEPT_OF_A_REQUEST = frozenset({
    "REMOTE_ADDR", "REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "SERVER_NAME", "SERVER_PORT",
    "SERVER_PROTOCOL", "wsgi.url_scheme", "HTTP_HOST", "HTTP_ORIGIN", "HTTP_COOKIE", "HTTP_AUTHORIZATION",
    "HTTP_ACCEPT_LANGUAGE", "HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_FORWARDED_PROTO",
})  # fmt: skip


class TransportError(RuntimeError):
    """This release of python-socketio or python-engineio lacks a private name that the transport replaces."""


class ChatSocket(EngineSocket):  # type: ignore[misc]
    """An Engine.IO session that writes to its WebSocket at once; long polling keeps the stock queue."""

    connected: bool
    upgraded: bool

    def __init__(self, server: Any, sid: str) -> None:
        super().__init__(server, sid)
        self.last_ping: float | None = time.monotonic()
        self._websocket: WebSocket | None = None

    # -- sending ---------------------------------------------------------------------------------------------

    def send(self, pkt: Any) -> None:
        """Send or queue one packet of python-engineio."""
        if self.closed:
            raise engineio_exceptions.SocketIsClosedError
        if self._websocket is None or not self.upgraded:
            if self.queue.qsize() >= MAX_QUEUED_PACKETS:
                gevent.spawn(self.close, wait=False, abort=True, reason=self.server.reason.TRANSPORT_ERROR)
            else:
                self.queue.put(pkt)
            return
        self.send_frames(frames.encode_frame(frames.TEXT, pkt.encode().encode()))

    def send_frames(self, encoded: bytes) -> None:
        """Send encoded frames to the WebSocket, as one piece."""
        try:  # noqa: SIM105 -- entering a context manager costs more than the send
            self._websocket.send_frame(encoded)  # type: ignore[union-attr]
        except OSError:
            pass  # its end is on its way through the turns

    def schedule_ping(self) -> None:
        """Ask for the next ping, unless the last one has no answer yet."""
        if self.last_ping is not None:
            self.last_ping = None
            self.server.pings.schedule(self.sid)

    def ping(self) -> None:
        """Send a ping now."""
        if not self.closing and not self.closed:
            self.last_ping = time.monotonic()
            self.send(engineio_packet.Packet(engineio_packet.PING))

    def is_silent(self) -> bool:
        """Whether a ping has had no answer for too long. Monotonic: a clock that jumps disconnects nobody."""
        return self.last_ping is not None and time.monotonic() - self.last_ping > self.server.ping_timeout

    def check_ping_timeout(self) -> bool:
        """Answer python-engineio, which asks before it uses the socket."""
        if self.closed:
            raise engineio_exceptions.SocketIsClosedError
        return True

    def restart(self) -> None:
        """Say that the server restarts; long polling finds it gone."""
        if self._websocket is not None:
            self._websocket.close(frames.SERVICE_RESTART)
        else:
            self.close(wait=False, abort=True, reason=self.server.reason.SERVER_DISCONNECT)

    def is_open(self) -> bool:
        """Whether something may still be on its way to the client."""
        return self._websocket is not None and not self.closed

    # -- the WebSocket ---------------------------------------------------------------------------------------

    def _upgrade_websocket(self, environ: dict[str, Any], start_response: Any) -> Any:
        stream = _stream_of(environ)
        if stream is None:
            return super()._upgrade_websocket(environ, start_response)
        if self.upgraded or self._websocket is not None:
            return self.server._bad_request()
        try:
            answer = handshake_answer(environ)
        except HandshakeError:
            return self.server.upgrade_required()
        sock, early = _take_socket(stream)
        self._websocket = WebSocket(
            sock,
            self,
            max_message_bytes=self.server.max_http_buffer_size,
            max_queued_bytes=self.server.max_queued_bytes,
        )
        self._websocket.send_frame(answer)
        if self.connected:
            self.upgrading = True  # what is sent meanwhile stays in the queue of long polling
        else:
            self.connected = self.upgraded = True
            self._hand_over_queue()
        self._websocket.start(early)
        return ()

    def _hand_over_queue(self) -> None:
        while not self.queue.empty():
            pkt = self.queue.get(block=False)
            self.queue.task_done()
            if pkt is not None:
                self.send(pkt)

    def on_message(self, message: str | bytes) -> None:
        """Handle one Engine.IO packet from the WebSocket."""
        if self.closed or self._websocket is None:
            return
        if not isinstance(message, str):
            self._websocket.close(frames.UNSUPPORTED_DATA)
        elif message[:1] == "4" and self.upgraded:
            self.server.receive(self.sid, message[1:])
        elif message == "3":
            self.schedule_ping()
        elif message == "2probe" and self.upgrading:
            self._websocket.send("3probe")
            self.queue.put(engineio_packet.Packet(engineio_packet.NOOP))
        elif message == "5" and self.upgrading:
            self.upgraded, self.upgrading = True, False
            self._hand_over_queue()
        elif message == "1":
            self.close(wait=False, abort=True, reason=self.server.reason.CLIENT_DISCONNECT)
        else:
            self._websocket.close(frames.POLICY_VIOLATION)

    def on_closed(self) -> None:
        """End the session with its WebSocket; a failed upgrade leaves the session on long polling."""
        if self.upgrading and not self.upgraded:
            self._websocket, self.upgrading = None, False
            return
        self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
        self.server.sockets.pop(self.sid, None)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """End the session and tell the application, once."""
        super().close(wait=wait and self._websocket is None, abort=abort, reason=reason)
        if self._websocket is not None:
            self._websocket.close()


class ChatEngine(engineio.Server):  # type: ignore[misc]
    """An Engine.IO server that makes `ChatSocket` sessions."""

    pings: Pings
    receive: Callable[[str, str], None]
    """Gets what a session's WebSocket sends, as the handler of `message` does for long polling."""
    max_queued_bytes = MAX_QUEUED_BYTES

    def upgrade_required(self) -> dict[str, Any]:
        """Answer what should have been a WebSocket handshake of version 13 and is none."""
        answer: dict[str, Any] = self._bad_request("Upgrade Required")
        answer["status"] = "426 Upgrade Required"
        answer["headers"] = [*answer["headers"], ("Sec-WebSocket-Version", "13"), ("Upgrade", "websocket")]
        return answer

    def _handle_connect(
        self, environ: dict[str, Any], start_response: Any, transport: str, jsonp_index: int | None = None
    ) -> Any:
        if transport == "websocket" and _stream_of(environ) is not None:
            try:
                handshake_answer(environ)
            except HandshakeError:
                return self.upgrade_required()
        sid = self.generate_id()
        self.sockets[sid] = sock = ChatSocket(self, sid)
        sock.send(engineio_packet.Packet(engineio_packet.OPEN, self._greeting(sid, transport)))
        # The request's streams and buffers would be most of what an idle connection keeps in memory.
        kept = {sys.intern(name): environ[name] for name in environ if name in _KEPT_OF_A_REQUEST}
        refusal = self._trigger_event("connect", sid, kept, run_async=False)
        if refusal is not None and refusal is not True:
            del self.sockets[sid]
            return self._unauthorized(refusal or None)
        sock.schedule_ping()
        if transport == "websocket":
            answer = sock.handle_get_request(environ, start_response)
            if sock.closed:
                self.sockets.pop(sid, None)
            return answer
        sock.connected = True
        try:
            return self._ok(sock.poll(), jsonp_index=jsonp_index)
        except engineio_exceptions.QueueEmpty:
            return self._bad_request()

    def _greeting(self, sid: str, transport: str) -> dict[str, Any]:
        return {
            "sid": sid,
            "upgrades": self._upgrades(sid, transport),
            "pingTimeout": int(self.ping_timeout * 1000),
            "pingInterval": int(self.ping_interval * 1000),
            "maxPayload": self.max_http_buffer_size,
        }


class ChatServer(socketio.Server):  # type: ignore[misc]
    """A Socket.IO server whose handlers may return a `PendingAck`; it drops who sends unreadable packets."""

    def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        try:
            event = read_event(data) if isinstance(data, str) else None
            if event is None:
                super()._handle_eio_message(eio_sid, data)
            else:
                self._receive_event(eio_sid, *event)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            # The namespaces answer every exception of their own; what comes here is a packet that is none.
            _log.debug("A packet could not be read: %s", type(error).__name__)
            self.eio.disconnect(eio_sid)

    def _receive_event(self, eio_sid: str, space: str | None, number: int | None, data: list[Any]) -> None:
        namespace = space or "/"
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if sid is None or not self.manager.is_connected(sid, namespace):
            return
        handler = self.namespace_handlers.get(namespace)
        if handler is None:
            answer = self._trigger_event(data[0], namespace, sid, *data[1:])
        else:
            answer = handler.trigger_event(data[0], sid, *data[1:])
        if number is None or answer is self.not_handled:
            return
        if isinstance(answer, PendingAck):
            answer.bind(functools.partial(self._acknowledge, eio_sid, namespace, number))
        else:
            self._acknowledge(eio_sid, namespace, number, answer)

    def _acknowledge(self, eio_sid: str, namespace: str, number: int, answer: Any) -> None:
        send_packets(self, eio_sid, [encode_ack(namespace, number, answer)])


def socketio_options() -> dict[str, Any]:
    """Name the options with which `flask_socketio.SocketIO` (or `socketio.Server`) is to be made."""
    return {
        "async_mode": "gevent",
        "async_handlers": False,  # otherwise quick messages overtake each other
        "json": Codec,
        "serializer": TextPacket,
        "cors_allowed_origins": [],  # the built-in check is off: ChatGate has one guard for everything
        "monitor_clients": False,  # `Pings` does it
        "max_http_buffer_size": MAX_MESSAGE_BYTES,
        "logger": False,
        "engineio_logger": False,
    }


def install(server: socketio.Server, *, max_queued_bytes: int = MAX_QUEUED_BYTES) -> None:
    """Fit the transport into a server that was made with `socketio_options` and serves nobody yet.

    Args:
        server: for Flask-SocketIO, its attribute `server`.
        max_queued_bytes: a connection with more than that unsent is closed when more is to be sent.

    Raises:
        TransportError: a private name is gone, or the server is of an unknown class.
    """
    engine = server.eio
    if type(server) is not socketio.Server or type(engine) is not engineio.Server:
        raise TransportError("the server is not a plain socketio.Server")
    for thing, names in ((engine, _ENGINE_NAMES), (server, _SERVER_NAMES), (EngineSocket, _SOCKET_NAMES)):
        gone = [name for name in names if not hasattr(thing, name)]
        if gone:
            raise TransportError(f"{type(thing).__module__} has no {', '.join(gone)}")
    server.__class__ = ChatServer
    engine.__class__ = ChatEngine
    engine.pings = Pings(engine)
    engine.max_queued_bytes = max_queued_bytes
    # The handlers were bound when the server was made, with the methods of the class that it had then.
    engine.on("message", server._handle_eio_message)
    engine.receive = server._handle_eio_message


def hang_up(server: socketio.Server, seconds: float) -> None:
    """Close every connection so that its client comes back by itself; wait until what is queued has left.

    No Socket.IO packet says goodbye: a client that is told "disconnect" stays away.
    """
    sockets = list(server.eio.sockets.values())
    for sock in sockets:
        sock.restart()
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and any(sock.is_open() for sock in sockets):
        gevent.sleep(0.02)


def participants(server: socketio.Server, namespace: str, room: str) -> list[tuple[str, str]]:
    """Return the sockets of a room, as (sid, session) with the session that `send_packets` takes."""
    rooms: dict[str, Any] = server.manager.rooms.get(namespace, {})
    found = rooms.get(room)
    # The two-way dict's own items() costs more than the copy.
    return [] if found is None else list(found._fwdm.items())


def send_packets(server: socketio.Server, session: str, packets: Sequence[Encoded]) -> None:
    """Send encoded packets to one socket; one that is gone is passed over."""
    sock = server.eio.sockets.get(session)
    if sock is None or sock.closed:
        return
    if sock.upgraded:
        if len(packets) == 1:
            sock.send_frames(packets[0].frame)
        else:
            sock.send_frames(b"".join([one.frame for one in packets]))
        return
    for one in packets:
        sock.send(one.for_polling())


def _stream_of(environ: dict[str, Any]) -> Any:
    """Return the buffered reader of a plain socket under gevent's pywsgi, or None under any other server."""
    given = environ.get("wsgi.input")
    stream = getattr(given, "rfile", given)  # for an upgrade, newer pywsgi gives the reader itself
    sock = getattr(getattr(stream, "raw", None), "_sock", None)
    plain = type(sock).__module__.startswith("gevent._socket") and hasattr(sock, "detach")
    return stream if plain and hasattr(stream, "peek") else None


def _take_socket(stream: Any) -> tuple[_socket.socket, bytes]:
    """Take the connection away from pywsgi, with what its reader has read too early.

    pywsgi sees a closed stream, ends its greenlet and closes an object that holds no descriptor any more.
    """
    held = stream.raw._sock
    held.settimeout(0)
    early: bytes = stream.peek()
    family, kind, proto = held.family, held.type, held.proto
    descriptor = held.detach()
    stream.close()
    sock = _socket.socket(family, kind, proto, fileno=descriptor)
    sock.setblocking(False)
    if family != _socket.AF_UNIX:
        sock.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
    return sock, early
