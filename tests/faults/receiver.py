"""A receiver of webhooks, for real: notes every request, and can have its sender killed in the middle of one."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Listens on this machine; ``came`` has how often each event came, ``about`` what it was first."""

    def __init__(self) -> None:
        self.came: Counter[str] = Counter()
        self.about: dict[str, tuple[str, str]] = {}
        self.changed: list[str] = []
        """Events that were about something else when they came again."""
        self._lock = threading.Lock()
        self._kill: Callable[[], None] | None = None
        self._kill_at = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer._note(self.headers["webhook-id"], json.loads(body))
                try:
                    self.send_response(204)
                    self.end_headers()
                except OSError:
                    pass  # who asked is dead

            def log_message(self, *_arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def kill_after(self, requests: int, kill: Callable[[], None]) -> None:
        """Do this before the answer to a later request; once."""
        with self._lock:
            self._kill, self._kill_at = kill, sum(self.came.values()) + requests

    def _note(self, event_id: str, body: dict[str, Any]) -> None:
        with self._lock:
            self.came[event_id] += 1
            about = (body["type"], body["data"]["conversation_id"])
            if self.about.setdefault(event_id, about) != about:
                self.changed.append(event_id)
            kill = self._kill if sum(self.came.values()) >= self._kill_at else None
            if kill is not None:
                self._kill = None
        if kill is not None:
            kill()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
