"""A bare Flask-SocketIO relay under gevent: `flask_relay.py PORT [--delay] [DATABASE]`.

Its defaults, but for one thing: gevent leaves Nagle's algorithm on, so that the second of two small packets waits for
the other side's delayed acknowledgement (40 ms). That is the network stack and no work of the relay's, so it is
switched off here; `--delay` leaves it as it comes. With a database, one SQLModel session and commit for each message,
as the tutorials do it.
"""

from gevent import monkey

monkey.patch_all()

import socket  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO, emit, join_room  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402
from sqlalchemy import event  # noqa: E402
from sqlmodel import Field, Session, SQLModel, create_engine  # noqa: E402


class RelayedMessage(SQLModel, table=True):
    """A message as an ordinary application keeps it."""

    id: int | None = Field(default=None, primary_key=True)
    room: str = Field(index=True)
    client_id: str
    body: str


def durable_engine(path: str) -> Any:
    """Open SQLite as ChatGate does: WAL, and on the disk before it is acknowledged."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _set(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    SQLModel.metadata.create_all(engine)
    return engine


def without_delay(handle: Callable[..., None]) -> Callable[..., None]:
    """Return the server's handler of connections, with Nagle's algorithm switched off for each."""

    def handle_at_once(server: WSGIServer, sock: Any, address: Any) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        handle(server, sock, address)

    return handle_at_once


def main() -> None:
    """Serve until killed."""
    port, *options = sys.argv[1:]
    if "--no-delay" in options:
        options.remove("--no-delay")
        WSGIServer.handle = without_delay(WSGIServer.handle)
    app = Flask(__name__)
    sockets = SocketIO(app, async_mode="gevent")
    engine = durable_engine(options[0]) if options else None

    def _join(data: dict[str, Any]) -> dict[str, Any]:
        join_room(data["room"])
        return {"joined": data["room"]}

    def _message_send(data: dict[str, Any]) -> dict[str, Any]:
        if engine is not None:
            with Session(engine) as db:
                db.add(RelayedMessage(room=data["room"], client_id=data["client_id"], body=data["body"]))
                db.commit()
        emit("message_stored", {"message": data}, to=data["room"])
        return {"message": data}

    sockets.on_event("join", _join)
    sockets.on_event("message_send", _message_send)
    sockets.run(app, host="127.0.0.1", port=int(port), log_output=False)


if __name__ == "__main__":
    main()
