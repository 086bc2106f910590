"""Plays recorded chats through real sockets, visitor and agent, and compares what both sides and the database saw."""

import json
import queue
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import socketio

from chatgate.errors import OperatorError
from chatgate.ids import new_id
from chatgate.policy.consent import rendered_sha256

ANSWER_SECONDS: Final = 30.0
SETTLE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded chat: turns of (author_kind, body) in file order."""

    id: str
    turns: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Played:
    """What came of one chat: the ids sent, and the messages that each side was shown, in order of arrival."""

    conversation_id: str
    training: bool
    sent: list[str] = field(default_factory=list)
    visitor_saw: list[dict[str, Any]] = field(default_factory=list)
    agent_saw: list[dict[str, Any]] = field(default_factory=list)


def read_chats(file: Path) -> list[Recorded]:
    """Return the chats of a JSON Lines file: ``{id, turns: [{author_kind, body}]}`` per line.

    Raises:
        OperatorError: names the line that is wrong.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise OperatorError(f"{file} cannot be read ({error.strerror}); name another file") from None
    except UnicodeDecodeError:
        raise OperatorError(f"{file} is no UTF-8 text; name another file") from None
    chats = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            turns = tuple((str(turn["author_kind"]), str(turn["body"])) for turn in data["turns"])
        except (ValueError, TypeError, KeyError):
            raise OperatorError(f"{file}, line {number}: not {{id, turns: [{{author_kind, body}}]}}") from None
        if any(kind not in ("visitor", "agent") for kind, _body in turns):
            raise OperatorError(f"{file}, line {number}: author_kind is visitor or agent")
        chats.append(Recorded(str(data.get("id", number)), turns))
    if not chats:
        raise OperatorError(f"{file} has no chats")
    return chats


def wants_training(index: int, share: float) -> bool:
    """Return whether the chat with this index consents, so that the given share of all does, evenly spread."""
    return int((index + 1) * share + 1e-9) > int(index * share + 1e-9)


def http_json(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[Any, Any]:
    """Send a JSON request; return the parsed answer and its headers.

    Raises:
        OperatorError: the server cannot be reached or refuses.
    """
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:  # noqa: S310
            return json.load(response), response.headers
    except urllib.error.HTTPError as error:
        code = json.loads(error.read() or b"{}").get("code", error.code)
        raise OperatorError(f"{url} answered {code}", 1) from None
    except urllib.error.URLError as error:
        raise OperatorError(f"{url} cannot be reached ({error.reason}); is `chatgate demo` running?", 1) from None


def call(client: socketio.Client, event: str, payload: dict[str, Any], namespace: str) -> dict[str, Any]:
    """Emit and return the ack, waiting out ``rate_limited``.

    Raises:
        OperatorError: any other refusal, or the server is gone.
    """
    deadline = time.monotonic() + 300
    while True:
        try:
            answer = client.call(event, payload, namespace=namespace, timeout=ANSWER_SECONDS)
        except socketio.exceptions.SocketIOError:
            gone = f"{event} found no answer: the server stopped, or the line was cut; play again"
            raise OperatorError(gone, 1) from None
        error: Any = answer.get("error") if isinstance(answer, dict) else {"code": "no answer", "detail": {}}
        if not error:
            return dict(answer)
        if error["code"] != "rate_limited" or time.monotonic() > deadline:
            raise OperatorError(f"{event} was refused: {error['code']}", 1)
        time.sleep(float(error["detail"].get("retry_after_seconds", 1)))


class AgentDesk:
    """One signed-in agent's socket, shared by all chats."""

    def __init__(self, url: str, email: str, password: str) -> None:
        _me, headers = http_json("POST", f"{url}/inbox/sign-in", {"email": email, "password": password})
        cookie = str(headers["Set-Cookie"]).split(";")[0]
        self._lock = threading.Lock()
        self._seen: dict[str, list[dict[str, Any]]] = {}
        self.client = socketio.Client(reconnection=False)
        self.client.on("message_stored", self._stored, namespace="/agent")
        self.client.connect(url, headers={"Cookie": cookie}, namespaces=["/agent"], transports=["websocket"])

    def _stored(self, event: dict[str, Any]) -> None:
        with self._lock:
            self._seen.setdefault(event["message"]["conversation_id"], []).append(event["message"])

    def seen(self, conversation_id: str) -> list[dict[str, Any]]:
        """Return the messages that arrived here for a conversation."""
        with self._lock:
            return list(self._seen.get(conversation_id, ()))

    def send(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Emit an event of ``/agent``."""
        return call(self.client, event, payload, "/agent")


class VisitorWindow:
    """One visitor: fetches the notice, answers it, and chats."""

    def __init__(self, url: str, site: str, training: bool) -> None:
        self.saw: list[dict[str, Any]] = []
        self._opened: queue.Queue[dict[str, Any]] = queue.Queue()
        self.client = socketio.Client(reconnection=False)
        self.client.on("session_opened", self._opened.put, namespace="/visitor")
        self.client.on("message_stored", lambda event: self.saw.append(event["message"]), namespace="/visitor")
        opened = self._open(url, site, training)
        self.conversation_id: str = opened["conversation"]["id"]

    def _open(self, url: str, site: str, training: bool) -> dict[str, Any]:
        deadline = time.monotonic() + 300
        while True:
            shown, _headers = http_json("GET", f"{url}/v1/sites/{site}/notice?locale=en")
            clauses = shown["notice"]["clauses"]
            auth = {
                "site": site,
                "client_id": new_id(),
                "display_token": shown["display_token"],
                "rendered_sha256": rendered_sha256([clause["text"] for clause in clauses]),
                "choices": {clause["purpose"]: clause["required"] or training for clause in clauses},
                "locale": shown["notice"]["locale"],
            }
            refused: list[Any] = []
            self.client.on("connect_error", refused.append, namespace="/visitor")
            try:
                self.client.connect(url, auth=auth, namespaces=["/visitor"], transports=["websocket"])
                return self._opened.get(timeout=ANSWER_SECONDS)
            except (socketio.exceptions.ConnectionError, queue.Empty):
                data = (refused[0] or {}).get("data", {}) if refused and isinstance(refused[0], dict) else {}
                if data.get("code") != "rate_limited" or time.monotonic() > deadline:
                    raise OperatorError(f"the session was refused: {data.get('code', 'no answer')}", 1) from None
                time.sleep(float(data["detail"].get("retry_after_seconds", 1)))


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast: ``speed`` 0 plays at once, 1 like a person who types, 10 ten times as fast."""

    speed: float

    def wait(self, body: str) -> None:
        """Wait as long as typing this would take."""
        if self.speed > 0:
            time.sleep(min(8.0, 0.6 + len(body) * 0.04) * random.uniform(0.7, 1.3) / self.speed)  # noqa: S311


def play(chat: Recorded, url: str, site: str, desk: AgentDesk, training: bool, pace: Pace) -> Played:
    """Play one chat: the visitor opens, the agent takes it, the turns run in file order, the agent closes."""
    window = VisitorWindow(url, site, training)
    played = Played(window.conversation_id, training)
    try:
        desk.send("conversation_assign", {"conversation_id": played.conversation_id, "agent_id": "me"})
        desk.send("conversation_open", {"conversation_id": played.conversation_id})
        for author_kind, body in chat.turns:
            pace.wait(body)
            payload = {"client_id": new_id(), "body": body}
            if author_kind == "visitor":
                answer = call(window.client, "message_send", payload, "/visitor")
            else:
                answer = desk.send("message_send", {**payload, "conversation_id": played.conversation_id})
            played.sent.append(answer["message"]["id"])
        _settle(lambda: min(len(window.saw), len(desk.seen(played.conversation_id))) >= len(played.sent))
        desk.send("conversation_close", {"conversation_id": played.conversation_id})
    finally:
        window.client.disconnect()
    played.visitor_saw = window.saw
    played.agent_saw = desk.seen(played.conversation_id)
    return played


def _settle(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while not done() and time.monotonic() < deadline:
        time.sleep(0.01)


def play_all(
    chats: Sequence[Recorded],
    *,
    url: str,
    site: str,
    agent: tuple[str, str],
    training_share: float,
    speed: float,
    concurrency: int,
    progress: Callable[[], None],
) -> list[Played]:
    """Play every chat, several at once; return what came of each."""
    desk = AgentDesk(url, *agent)

    def one(index: int) -> Played:
        result = play(chats[index], url, site, desk, wants_training(index, training_share), Pace(speed))
        progress()
        return result

    try:
        with ThreadPoolExecutor(max_workers=concurrency) as pool:
            return list(pool.map(one, range(len(chats))))
    finally:
        desk.client.disconnect()


def compare(played: Sequence[Played], stored: dict[str, list[str]]) -> dict[str, int]:
    """Compare what was acknowledged with what is stored and what each side was shown.

    Args:
        played: the chats.
        stored: the stored message ids of each conversation, by ``seq``.
    """
    lost = doubled = reordered = 0
    for chat in played:
        views = (
            stored.get(chat.conversation_id, []),
            [message["id"] for message in chat.visitor_saw],
            [message["id"] for message in chat.agent_saw],
        )
        for view in views:
            lost += len(set(chat.sent) - set(view))
            doubled += len(view) - len(set(view))
            known = [item for item in dict.fromkeys(view) if item in set(chat.sent)]
            reordered += sum(a != b for a, b in zip(known, [x for x in chat.sent if x in set(known)], strict=True))
    return {
        "conversations": len(played),
        "messages_sent": sum(len(chat.sent) for chat in played),
        "messages_stored": sum(len(stored.get(chat.conversation_id, ())) for chat in played),
        "lost": lost,
        "doubled": doubled,
        "reordered": reordered,
    }
