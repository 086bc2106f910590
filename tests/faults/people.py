"""A visitor and an agent whose clients do as the widget and the inbox do: resend by client_id, come back by number."""

import json
import random
import threading
import time
import urllib.request
from collections import deque
from http.client import HTTPException
from typing import Any

import websocket

from chatgate.ids import new_token
from tests.cast import decision
from tests.faults.checker import Side
from tests.faults.polling import Polling

ANSWER_SECONDS = 6.0
Socket = Any
"""A WebSocket, or long polling that looks like one."""
FOR_GOOD = frozenset({"closed", "consent_withdrawn", "session_invalid", "restricted"})


class Person(threading.Thread):
    """One client in a thread: keeps what is not acknowledged and sends it again, one at a time and in order."""

    namespace = ""

    def __init__(self, port: int, name: str, seed: int) -> None:
        super().__init__(name=name, daemon=True)
        self.side = Side(name, "")
        self._port = port
        self._random = random.Random(seed)
        self.polls_from = ""
        """The address from which this client polls; empty: it has a WebSocket."""
        self.stutters = 0.0
        """How often a packet leaves twice."""
        self.stuttered = 0
        self._waiting: deque[tuple[str, dict[str, Any]]] = deque()
        self._calls: dict[int, tuple[str, float]] = {}
        self._number = 0
        self._joined = False
        self._over = threading.Event()
        self.connections = 0
        self.refused_at_the_door: str | None = None

    # -- what the test does --------------------------------------------------------------------------------------

    def says(self, body: str) -> None:
        """Write a message; it is sent until it is answered."""
        client_id = new_token("m")
        self.side.sent[client_id] = body
        self._waiting.append((client_id, {"client_id": client_id, "body": body}))

    @property
    def is_idle(self) -> bool:
        """Whether everything that was said was answered."""
        return not self._waiting

    def leave(self) -> None:
        """Close for good."""
        self._over.set()
        self.join(10)

    # -- the connection ------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Stay connected until the test says otherwise."""
        while not self._over.is_set():
            line = None
            try:
                line = self._connect()
                self._talk(line)
            except (OSError, websocket.WebSocketException, HTTPException, ValueError):
                pass
            finally:
                if line is not None:
                    line.shutdown()
            self._calls.clear()
            self._joined = False
            self._over.wait(self._random.uniform(0.05, 0.4))

    def _connect(self) -> Socket:
        if self.polls_from:
            return Polling(self._port, self.headers(), self.polls_from, ANSWER_SECONDS)
        address = f"ws://127.0.0.1:{self._port}/socket.io/?EIO=4&transport=websocket"
        return websocket.create_connection(address, timeout=ANSWER_SECONDS, header=self.headers())

    def _talk(self, line: Socket) -> None:
        self.connections += 1
        began = time.monotonic()
        while not self._over.is_set():
            line.settimeout(0.1 if self._joined else ANSWER_SECONDS)
            try:
                text = line.recv()
            except websocket.WebSocketTimeoutException:
                text = None
            if text == "":
                return
            if text is not None and not self._hear(line, str(text)):
                return
            if self._joined:
                self._send_next(line)
            elif time.monotonic() - began > ANSWER_SECONDS:
                return
            if any(time.monotonic() - at > ANSWER_SECONDS for _name, at in self._calls.values()):
                return  # no answer: the line is dead, whatever it says

    def _hear(self, line: Socket, text: str) -> bool:
        kind, rest = text[:2], text[2:].removeprefix(self.namespace + ",")
        if text == "2":
            line.send("3")
        elif text[0] == "0":
            line.send(f"40{self.namespace}," + json.dumps(self.auth()))
        elif kind == "40":
            self._joined = True
            self.joined(line)
        elif kind == "44":
            self.refused_at_the_door = json.loads(rest).get("message")
            return False
        elif kind == "43":
            number, _, answer = rest.partition("[")
            name, _at = self._calls.pop(int(number), ("", 0.0))
            self._answered(line, name, json.loads("[" + answer)[0])
        elif kind == "42":
            event, payload = json.loads(rest)
            self.heard(line, event, payload)
        return True

    def call(self, line: Socket, name: str, event: str, payload: dict[str, Any]) -> None:
        """Send an event; its answer is given the name."""
        self._number += 1
        self._calls[self._number] = (name, time.monotonic())
        packet = f"42{self.namespace},{self._number}" + json.dumps([event, payload])
        line.send(packet)
        if self.stutters and self._random.random() < self.stutters:
            self.stuttered += 1
            line.send(packet)

    def _send_next(self, line: Socket) -> None:
        sending = any(name.startswith("m") for name, _at in self._calls.values())
        if self._waiting and not sending:
            client_id, payload = self._waiting[0]
            self.call(line, client_id, "message_send", {**payload, **self.extra()})

    def _answered(self, line: Socket, name: str, answer: dict[str, Any]) -> None:
        code = (answer or {}).get("error", {}).get("code")
        if not name:
            return  # the second answer to a packet that left twice
        if not name.startswith("m"):
            self.answered(line, name, answer)
        elif code in FOR_GOOD:
            self.side.refused[name] = code
            self._waiting.popleft()
        elif code is not None:
            time.sleep(0.2)  # it is sent again
        else:
            self.side.acked[name] = answer["message"]
            self.side.show(answer["message"])
            self._waiting.popleft()

    # -- what differs --------------------------------------------------------------------------------------------

    def headers(self) -> list[str]:
        """Return the request's headers."""
        return []

    def auth(self) -> dict[str, Any]:
        """Return the handshake."""
        return {}

    def extra(self) -> dict[str, Any]:
        """Return what a message carries beside its text."""
        return {}

    def joined(self, line: Socket) -> None:
        """Do what comes first on a new connection."""

    def heard(self, line: Socket, event: str, payload: Any) -> None:
        """Take an event."""

    def answered(self, line: Socket, name: str, answer: dict[str, Any]) -> None:
        """Take the answer to another event than a message."""


class Visitor(Person):
    """Opens a session with a decision, and resumes it by number."""

    namespace = "/visitor"

    def __init__(self, port: int, name: str, seed: int) -> None:
        super().__init__(port, name, seed)
        self._decision: dict[str, Any] | None = None
        self._token: str | None = None
        self.opened = threading.Event()
        self._withdrawing = False
        self.withdrawn = threading.Event()
        """Set when the server acknowledged the withdrawal, or said at the door that it stands."""

    def withdraws(self) -> None:
        """Take the consent back, beside whatever is being sent."""
        self._withdrawing = True

    def auth(self) -> dict[str, Any]:
        """Return the decision until it is answered, the session from then on."""
        if self._token is not None:
            return {"session_token": self._token, "last_seq": self.side.contiguous_seq}
        if self._decision is None:
            address = f"http://127.0.0.1:{self._port}/v1/sites/demo/notice?locale=en"
            with urllib.request.urlopen(address, timeout=ANSWER_SECONDS) as answer:
                self._decision = decision(json.loads(answer.read()))
        return self._decision

    def heard(self, line: Socket, event: str, payload: Any) -> None:
        """Take what the server tells."""
        if event == "session_opened":
            self._token = payload["session_token"]
            self.side.conversation_id = payload["conversation"]["id"]
            self.opened.set()
        for message in payload.get("messages", []) if isinstance(payload, dict) else []:
            self.side.show(message)
        if event == "message_stored":
            self.side.show(payload["message"])
            if self.side.hole():
                line.close()  # as the widget does after a moment: come back by number

    def _send_next(self, line: Socket) -> None:
        super()._send_next(line)
        if self._withdrawing and not any(name == "withdraw" for name, _at in self._calls.values()):
            self.call(line, "withdraw", "consent_change", {"choices": {"support": False}})

    def answered(self, line: Socket, name: str, answer: dict[str, Any]) -> None:
        """Note that the withdrawal stands."""
        if name == "withdraw" and not answer.get("consent", {"may_talk": True})["may_talk"]:
            self._withdrawing = False
            self.withdrawn.set()

    def run(self) -> None:
        """Talk; a door that says that the consent is withdrawn settles what is left."""
        threading.Thread(target=self._watch_the_door, daemon=True).start()
        super().run()

    def _watch_the_door(self) -> None:
        while not self._over.wait(0.2):
            if self.refused_at_the_door == "consent_withdrawn":
                self._withdrawing = False
                self.withdrawn.set()
                while self._waiting:
                    client_id, _payload = self._waiting.popleft()
                    self.side.refused[client_id] = "consent_withdrawn"
                return


class Agent(Person):
    """Has one conversation on the screen, and reads it again whenever something is missing."""

    namespace = "/agent"

    def __init__(self, port: int, name: str, seed: int, cookie: str, conversation_id: str) -> None:
        super().__init__(port, name, seed)
        self.side.conversation_id = conversation_id
        self._cookie = cookie

    def headers(self) -> list[str]:
        """Return the sign-in."""
        return [f"Cookie: chatgate_agent={self._cookie}"]

    def extra(self) -> dict[str, Any]:
        """Say which conversation."""
        return {"conversation_id": self.side.conversation_id}

    def joined(self, line: Socket) -> None:
        """Read what is there."""
        payload = {"conversation_id": self.side.conversation_id, "after_seq": self.side.contiguous_seq}
        self.call(line, "open", "conversation_open", payload)

    def heard(self, line: Socket, event: str, payload: Any) -> None:
        """Take what the server tells; a missing number is asked for."""
        if event == "message_stored":
            self.side.show(payload["message"])
            if self.side.hole():
                self.joined(line)

    def answered(self, line: Socket, name: str, answer: dict[str, Any]) -> None:
        """Take what was missing."""
        if "error" in answer:
            time.sleep(0.2)
            self.joined(line)
        for message in answer.get("messages", []):
            self.side.show(message)
