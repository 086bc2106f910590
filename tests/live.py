"""A server in another process, and clients of its sockets: what the cast has in its hands."""

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import socketio

from chatgate.app import create_core
from chatgate.config import Settings
from chatgate.ids import new_token
from chatgate.services.core import Core
from tests.cast import PASSWORD, SITE, decision
from tests.clocks import FileClock
from tests.fingerprint import fingerprint

ROOT = Path(__file__).parents[1]
SECONDS = 30
"""How long a test waits for something that must come."""


class Answer:
    """What a request got: status, headers and body."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


class Server:
    """A running server, its address and its data."""

    def __init__(self, base: Path, **options: Any) -> None:
        self.data_dir = base / "data"
        self.log_path = base / "server.log"
        self.clock = FileClock(base / "clock")
        self.log_path.touch()
        self._options = {
            "data_dir": str(self.data_dir),
            "clock": str(base / "clock"),
            "log": str(self.log_path),
            **options,
        }
        self._core: Core | None = None
        self.start()

    def start(self) -> None:
        """Start, or start again on the same data and the same port."""
        command = [sys.executable, "-m", "tests.serve", json.dumps(self._options)]
        self._errors = self.log_path.with_suffix(".stderr").open("ab")
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self._errors, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError(self.log_path.with_suffix(".stderr").read_text(encoding="utf-8"))
        self.told = json.loads(line)
        self.url: str = self.told["url"]
        self._options["port"] = int(self.url.rsplit(":", 1)[1])

    def stop(self) -> None:
        """Stop as an operator would."""
        self.process.terminate()
        self._reap()

    def kill(self) -> None:
        """Stop as a power cut would."""
        self.process.kill()
        self._reap()

    def _reap(self) -> None:
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()

    def close(self) -> None:
        """Stop, and close what the test opened beside it."""
        if self._core is not None:
            self._core.close()
            self._core.sinks["database"].close()  # type: ignore[attr-defined]
        if self.process.returncode is None:
            self.stop()

    @property
    def core(self) -> Core:
        """Return the services on the same data, without sockets: for looking, and for the operator's commands."""
        if self._core is None:
            given = {"demo": True, "training": {"cooling_off_days": 0}, **self._options.get("settings", {})}
            settings = Settings(data_dir=self.data_dir, **given)
            self._core = create_core(settings, self.clock)
        return self._core

    @property
    def log(self) -> str:
        """Return all that was logged or written to stderr."""
        errors = self.log_path.with_suffix(".stderr").read_text(encoding="utf-8")
        return self.log_path.read_text(encoding="utf-8") + errors

    def fingerprint(self) -> dict[str, Any]:
        """Return the fingerprint of the installation; outbound calls are in the log."""
        return fingerprint(self.core.storage, self.data_dir, self.log, [])

    def request(self, path: str, body: Any = None, *, method: str | None = None, **headers: str) -> Answer:
        """Send a request and return its answer, whatever its status. ``User_Agent`` becomes ``User-Agent``."""
        data = None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data, named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.headers, refused.read())

    def notice(self, locale: str = "en") -> Any:
        """Return what the widget fetches on the click."""
        return self.request(f"/v1/sites/{SITE}/notice?locale={locale}").json


class SocketClient:
    """A python-socketio client that keeps everything it was told, in order."""

    def __init__(self, server: Server, namespace: str, auth: Any = None, **headers: str) -> None:
        self.namespace = namespace
        self.events: list[tuple[str, Any]] = []
        self.refusal: dict[str, Any] | None = None
        self._news = threading.Condition()
        # The client's own default is the server's origin; as a header it would be sent beside that.
        origin = {"origin": headers.pop("Origin")} if "Origin" in headers else {}
        self._io = socketio.Client(reconnection=False, websocket_extra_options=origin)
        self._io.on("*", self._heard, namespace=namespace)
        self._io.on("connect_error", self._refused, namespace=namespace)
        try:
            self._io.connect(
                server.url,
                headers=headers,
                auth=auth,
                transports=["websocket"],
                namespaces=[namespace],
                wait_timeout=SECONDS,
            )
        except socketio.exceptions.ConnectionError:
            self.close()

    def _heard(self, event: str, *data: Any) -> None:
        with self._news:
            self.events.append((event, data[0] if data else None))
            self._news.notify_all()

    def _refused(self, data: Any = None) -> None:
        self.refusal = data

    @property
    def connected(self) -> bool:
        """Return whether the namespace let the client in."""
        return self.namespace in self._io.namespaces

    def call(self, event: str, payload: Any = None) -> Any:
        """Send an event and return its ack."""
        return self._io.call(event, payload, namespace=self.namespace, timeout=SECONDS)

    def told(self, event: str, matches: Callable[[Any], bool] = lambda _data: True) -> Any:
        """Wait for an event, also one that came before, and return its payload.

        Raises:
            TimeoutError: it did not come.
        """
        limit = time.monotonic() + SECONDS
        with self._news:
            while True:
                for name, data in self.events:
                    if name == event and matches(data):
                        return data
                if not self._news.wait(limit - time.monotonic()):
                    raise TimeoutError(f"no {event}; heard {[name for name, _ in self.events]}")

    def names(self) -> list[str]:
        """Return the names of the events that came, in order."""
        return [name for name, _data in self.events]

    def close(self) -> None:
        """Leave, also when the server is gone."""
        line = getattr(self._io.eio, "ws", None)
        self._io.disconnect()
        self._io.shutdown()
        if line is not None:
            line.shutdown()  # the library leaves a socket open that the server closed


class VisitorClient(SocketClient):
    """Vera, or Mallory, with a socket."""

    def __init__(self, server: Server, auth: Any, **headers: str) -> None:
        super().__init__(server, "/visitor", auth, **headers)

    @property
    def opened(self) -> Any:
        """Return the answer that opened the session."""
        return self.told("session_opened")

    @property
    def conversation_id(self) -> str:
        """Return the id of her conversation."""
        return str(self.opened["conversation"]["id"])

    def writes(self, body: str, client_id: str | None = None) -> Any:
        """Send a message and return the ack."""
        return self.call("message_send", {"client_id": client_id or new_token("m"), "body": body})


class AgentClient(SocketClient):
    """Adam, with a socket."""

    def __init__(self, server: Server, email: str, password: str = PASSWORD) -> None:
        answer = server.request("/inbox/sign-in", {"email": email, "password": password})
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        super().__init__(server, "/agent", Cookie=self.cookie)

    def writes(self, conversation_id: str, body: str, client_id: str | None = None) -> Any:
        """Answer in a conversation and return the ack."""
        payload = {"conversation_id": conversation_id, "client_id": client_id or new_token("m"), "body": body}
        return self.call("message_send", payload)


def handshake(server: Server, training: bool = False, **changes: Any) -> dict[str, Any]:
    """Return the handshake of a visitor who has just read the notice."""
    return decision(server.notice(), training, **changes)
