"""Long polling that looks like a WebSocket: one request waits for packets, another carries those of the client."""

import contextlib
import json
import queue
import threading
from http.client import HTTPConnection, HTTPException

import websocket

SEPARATOR = "\x1e"


class Polling:
    """An Engine.IO session over HTTP.

    Args:
        port: the proxy's.
        headers: ``Name: value``, as websocket-client takes them.
        source: this client's address; a sticky proxy goes by it.
        seconds: how long an answer may take, beyond the server's own pause between pings.
    """

    def __init__(self, port: int, headers: list[str], source: str, seconds: float) -> None:
        self._headers = dict(line.split(": ", 1) for line in headers)
        self._packets: queue.Queue[str | None] = queue.Queue()
        self._seconds = seconds
        self._sid = ""
        self._over = False
        self._reading = HTTPConnection("127.0.0.1", port, timeout=seconds + 30, source_address=(source, 0))
        self._writing = HTTPConnection("127.0.0.1", port, timeout=seconds, source_address=(source, 0))
        first = self._ask(self._reading)
        self._sid = json.loads(first[1:])["sid"]
        self._packets.put(first)
        self._poller = threading.Thread(target=self._poll, name="polling", daemon=True)
        self._poller.start()

    def _ask(self, connection: HTTPConnection, body: str | None = None) -> str:
        path = "/socket.io/?EIO=4&transport=polling" + (f"&sid={self._sid}" if self._sid else "")
        connection.request("GET" if body is None else "POST", path, body and body.encode(), self._headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise ConnectionError(f"polling answered {answer.status}")
        return text

    def _poll(self) -> None:
        with contextlib.suppress(OSError, HTTPException, ValueError, AttributeError):
            while not self._over:
                for packet in self._ask(self._reading).split(SEPARATOR):
                    self._packets.put(packet)
        self._packets.put(None)

    def settimeout(self, seconds: float) -> None:
        """Set how long :meth:`recv` waits."""
        self._seconds = seconds

    def recv(self) -> str:
        """Return the next packet; empty when the session ended.

        Raises:
            WebSocketTimeoutException: none came.
        """
        try:
            return self._packets.get(timeout=self._seconds) or ""
        except queue.Empty:
            raise websocket.WebSocketTimeoutException from None

    def send(self, packet: str) -> None:
        """Send a packet."""
        self._ask(self._writing, packet)

    def close(self) -> None:
        """End the session; what is read then is its end."""
        self._over = True
        for connection in (self._reading, self._writing):
            sock = connection.sock
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.shutdown(2)

    def shutdown(self) -> None:
        """End the session and the thread that polls."""
        self.close()
        self._poller.join(10)
        self._reading.close()
        self._writing.close()
