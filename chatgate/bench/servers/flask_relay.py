"""A bare Flask-SocketIO relay under gevent with its defaults: `flask_relay.py PORT [DATABASE]`.

With a database, one SQLModel session and commit for each message, as the tutorials do it.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO, emit, join_room  # noqa: E402
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


def main() -> None:
    """Serve until killed."""
    app = Flask(__name__)
    sockets = SocketIO(app, async_mode="gevent")
    engine = durable_engine(sys.argv[2]) if len(sys.argv) > 2 else None

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
    sockets.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_output=False)


if __name__ == "__main__":
    main()
