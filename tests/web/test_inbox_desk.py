"""The agents' socket: each event by role, what a colleague is told, and sign-ins that end while a socket is open."""

from collections.abc import Callable
from typing import Any

import pytest

from chatgate.services.accounts import roles
from chatgate.services.core import Core
from chatgate.web.agent_socket import AgentNamespace
from tests.live import Server

BEA = "bea@kilnandcup.example"
PRIA = "pria@kilnandcup.example"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def staff(server: Server) -> Server:
    """Return the server with an agent and a privacy officer beside the admin Adam."""
    from chatgate.services.accounts import agents

    core: Core = server.core
    agents.add_agent(core, BEA, "Bea", "agent", PASSWORD)
    agents.add_agent(core, PRIA, "Pria", "privacy_officer", PASSWORD)
    return server


@pytest.fixture(autouse=True)
def fresh_limits(server: Server) -> None:
    """Let the limit of sign-ins from one place pass."""
    server.clock.advance(seconds=301)


def test_every_event_of_the_socket_has_an_entry_in_the_role_matrix() -> None:
    assert set(AgentNamespace.events) <= set(roles.ACTIONS)


@pytest.mark.parametrize("role", ["", "owner", "Admin"])
def test_an_unknown_role_may_do_nothing(role: str) -> None:
    assert roles.allowed(role) == []


def test_a_privacy_officer_reads_but_does_not_answer(
    staff: Server, agent: Callable[..., Any], visitor: Callable[..., Any]
) -> None:
    vera = visitor(staff)
    pria = agent(staff, PRIA)
    assert pria.told("agent_ready")["actions"] == roles.allowed("privacy_officer")
    assert pria.writes(vera.conversation_id, "Hello")["error"]["code"] == "forbidden"
    opened = pria.call("conversation_open", {"conversation_id": vera.conversation_id})
    assert opened["messages"] == []
    log = pria.call("audit_list", {})
    assert log["events"][0]["action"] == "conversation_opened"
    assert log["events"][0]["subject_id"] == vera.conversation_id


def test_an_agent_may_not_read_the_audit_log_or_change_agents(staff: Server, agent: Callable[..., Any]) -> None:
    bea = agent(staff, BEA)
    assert bea.call("audit_list", {})["error"]["code"] == "forbidden"
    change = {"agent_id": bea.told("agent_ready")["id"], "role": "admin"}
    assert bea.call("agent_change", change)["error"] == {"code": "forbidden", "detail": {"action": "agent_change"}}


def test_a_colleague_is_told_who_reads_and_who_types(
    staff: Server, agent: Callable[..., Any], visitor: Callable[..., Any]
) -> None:
    vera = visitor(staff)
    adam, bea = agent(staff), agent(staff, BEA)
    where = {"conversation_id": vera.conversation_id}
    adam.call("viewing", {**where, "on": True})
    assert bea.told("colleague", lambda event: event["state"] == "viewing")["agent"]["name"] == "Adam"
    adam.call("typing", {**where, "on": True})
    bea.told("colleague", lambda event: event["state"] == "typing")
    assert bea.call("conversation_open", where)["colleagues"][0]["state"] == "typing"
    adam.close()
    bea.told("colleague", lambda event: event["state"] == "gone")
    bea.told("presence", lambda event: event["agent"]["name"] == "Adam" and event["state"] == "offline")


def test_a_note_reaches_the_colleague_and_not_the_visitor(
    staff: Server, agent: Callable[..., Any], visitor: Callable[..., Any]
) -> None:
    vera = visitor(staff)
    adam, bea = agent(staff), agent(staff, BEA)
    adam.call("note_add", {"conversation_id": vera.conversation_id, "client_id": "note-0001", "body": "be kind"})
    assert bea.told("note_stored")["note"]["body"] == "be kind"
    adam.writes(vera.conversation_id, "Hello")
    vera.told("message_stored")
    assert "note_stored" not in vera.names()


def test_withdrawing_on_request_needs_a_reason_and_only_withdraws(
    staff: Server, agent: Callable[..., Any], visitor: Callable[..., Any]
) -> None:
    vera = visitor(staff, training=True)
    adam = agent(staff)
    where = {"conversation_id": vera.conversation_id, "purposes": ["training"]}
    assert adam.call("consent_withdraw", where)["error"]["code"] == "payload_invalid"
    answer = adam.call("consent_withdraw", {**where, "reason": "asked by phone"})
    assert answer["consent"]["choices"]["training"] is False
    assert "receipt" not in answer
    assert vera.told("consent_changed")["consent"]["may_train"] is False


def test_a_role_taken_away_takes_effect_on_the_open_socket(
    staff: Server, agent: Callable[..., Any], visitor: Callable[..., Any]
) -> None:
    vera = visitor(staff)
    adam, bea = agent(staff), agent(staff, BEA)
    bea_id = bea.told("agent_ready")["id"]
    assert "message" in bea.writes(vera.conversation_id, "Hello")
    adam.call("agent_change", {"agent_id": bea_id, "role": "privacy_officer", "reason": "moved"})
    told = bea.told("agent_ready", lambda me: me["role"] == "privacy_officer")
    assert "message_send" not in told["actions"]
    assert bea.writes(vera.conversation_id, "Hello again")["error"]["code"] == "forbidden"
    assert bea.connected
    adam.call("agent_change", {"agent_id": bea_id, "active": False, "reason": "left"})
    wait_until(lambda: not bea.connected)
    assert (
        adam.call("conversation_assign", {"conversation_id": vera.conversation_id, "agent_id": bea_id})["error"]["code"]
        == "not_found"
    )
    adam.call("agent_change", {"agent_id": bea_id, "active": True, "role": "agent"})


def test_an_admin_adds_an_agent_who_signs_in_with_the_password_that_is_shown_once(
    staff: Server, agent: Callable[..., Any]
) -> None:
    adam, bea = agent(staff), agent(staff, BEA)
    before = staff.core.storage.row_counts(("agent", "audit_event"))
    asked = {"email": " Zoe@KilnAndCup.example ", "name": "Zoe", "role": "privacy_officer"}
    assert bea.call("agent_add", asked)["error"] == {"code": "forbidden", "detail": {"action": "agent_add"}}
    for email in ("zoe", "@shop.example", "zoe@", "z oe@shop.example", "zoe@a@b", "zoe@shop.example\nBcc: x", ""):
        error = adam.call("agent_add", {**asked, "email": email})["error"]
        assert (error["code"], error["detail"]["field"]) == ("payload_invalid", "email"), email
    assert staff.core.storage.row_counts(("agent", "audit_event")) == before

    added = adam.call("agent_add", asked)
    assert (added["agent"]["name"], added["role"]) == ("Zoe", "privacy_officer")
    told = bea.told("agent_changed", lambda data: data["agent"] == added["agent"])
    assert told == {"agent": added["agent"], "role": "privacy_officer", "active": True}
    event = adam.call("audit_list", {})["events"][0]
    assert (event["action"], event["actor_name"], event["subject_name"]) == ("agent_added", "Adam", "Zoe")
    again = adam.call("agent_add", {**asked, "email": "zoe@kilnandcup.example"})
    assert again["error"]["detail"]["problem"] == "address_taken"
    zoe = agent(staff, "zoe@kilnandcup.example", added["password"])
    assert zoe.told("agent_ready")["role"] == "privacy_officer"
    assert added["password"] not in staff.log_path.read_text()


def test_the_last_admin_stays(staff: Server, agent: Callable[..., Any]) -> None:
    adam = agent(staff)
    answer = adam.call("agent_change", {"agent_id": adam.told("agent_ready")["id"], "role": "agent"})
    assert answer["error"]["detail"]["problem"] == "last_admin"


def test_a_revoked_sign_in_loses_its_socket_and_keeps_the_draft(
    staff: Server, agent: Callable[..., Any], visitor: Callable[..., Any]
) -> None:
    vera = visitor(staff)
    tram, office = agent(staff), agent(staff)
    tram.call("draft_set", {"conversation_id": vera.conversation_id, "body": "Dear Ve"})
    before = office.call("sign_in_list", {})
    assert sum(entry["current"] for entry in before["sign_ins"]) == 1
    after = office.call("sign_in_revoke", {"id": None})
    assert [entry["current"] for entry in after["sign_ins"]] == [True]
    wait_until(lambda: not tram.connected)
    drafts = office.call("conversation_open", {"conversation_id": vera.conversation_id})["drafts"]
    assert [draft["body"] for draft in drafts] == ["Dear Ve"]


def test_an_agent_switched_off_elsewhere_loses_the_socket_within_seconds(
    staff: Server, agent: Callable[..., Any]
) -> None:
    from chatgate.storage.queries import sites

    pria = agent(staff, PRIA)
    agent_id = pria.told("agent_ready")["id"]
    staff.core.storage.write_now(lambda db: sites.change_agent(db, agent_id, {"active": False}))
    wait_until(lambda: not pria.connected)


def wait_until(holds: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until something holds, or fail."""
    import time

    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
