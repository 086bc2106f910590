"""A relay to test the transport with: `python relay_server.py stock|own [bound]` prints its port."""

import gevent.monkey

gevent.monkey.patch_all()

import sys  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
import socketio  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402

from chatgate.web.wire import transport  # noqa: E402


class Relay(socketio.Namespace):
    """Answers every event, and sends what it is asked to send."""

    def trigger_event(self, event: str, sid: str, *args: Any) -> Any:
        if event == "connect":
            auth = args[1] or {}
            if auth.get("refused"):
                raise socketio.exceptions.ConnectionRefusedError("no", {"code": "no"})
            self.enter_room(sid, "all")
            return None
        return getattr(self, "on_" + event, lambda *_: None)(sid, *args)

    def on_echo(self, sid: str, value: Any) -> Any:
        return value

    def on_wait(self, sid: str, seconds: float) -> str:
        gevent.sleep(seconds)
        return "waited"

    def on_later(self, sid: str, value: Any) -> Any:
        pending = transport.PendingAck()
        gevent.spawn_later(0.02, pending.resolve, {"later": value})
        return pending

    def on_at_once(self, sid: str, value: Any) -> Any:
        pending = transport.PendingAck()
        pending.resolve({"at_once": value})
        return pending

    def on_all(self, sid: str, value: Any) -> None:
        self.emit("told", value, room="all")

    def on_flood(self, sid: str, count: int, size: int) -> None:
        for number in range(count):
            self.emit("flood", {"number": number, "filling": "x" * size}, room=sid)

    def on_queued(self, sid: str) -> int:
        sockets = self.server.eio.sockets.values()
        return sum(s._websocket.queued_bytes for s in sockets if getattr(s, "_websocket", None))

    def on_sockets(self, sid: str) -> int:
        return len(self.server.eio.sockets)


def main() -> None:
    if sys.argv[1] == "stock":
        server = socketio.Server(async_mode="gevent", cors_allowed_origins=[])
    else:
        server = socketio.Server(**transport.socketio_options(), ping_interval=0.4, ping_timeout=0.6)
        bound = int(sys.argv[2]) if len(sys.argv) > 2 else transport.MAX_QUEUED_BYTES
        transport.install(server, max_queued_bytes=bound)
    server.register_namespace(Relay("/relay"))
    listener = WSGIServer(("127.0.0.1", 0), socketio.WSGIApp(server), log=None, error_log=sys.stderr)
    listener.start()
    print(listener.server_port, flush=True)
    listener.serve_forever()


if __name__ == "__main__":
    main()
