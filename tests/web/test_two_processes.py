"""Two servers on one PostgreSQL and one Redis: whoever is connected to which, they chat as with one server."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chatgate.cli.serve import shipped_notice
from chatgate.ids import new_token
from chatgate.services import notices
from tests.cast import SITE, hire_adam, next_version
from tests.conftest import fresh_database
from tests.live import AgentClient, Server, VisitorClient

Connect = Callable[..., Any]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, postgresql: Any, redis: str) -> Iterator[tuple[Server, Server]]:
    """Return two servers that share database, keys, clock and Redis."""
    base = tmp_path_factory.mktemp("two")
    databases = fresh_database(postgresql, "template_chatgate")
    settings = {"database_url": next(databases), "redis_url": redis}
    first, second = Server(base, settings=settings), Server(base, settings=settings)
    for number in range(3):
        hire_adam(first.core, f"eva{number}@kilnandcup.example", f"Eva {number}")
    yield first, second
    first.close()
    second.close()
    next(databases, None)


def test_a_message_reaches_the_agent_at_the_other_server_and_the_answer_comes_back(
    two: tuple[Server, Server], visitor: Connect, agent: Connect
) -> None:
    """Both ways at once, to those who have the conversation open."""
    vera: VisitorClient = visitor(two[0])
    adam: AgentClient = agent(two[1])
    opened = adam.call("conversation_open", {"conversation_id": vera.conversation_id})
    assert opened["conversation"]["visitor"]["present"] is True
    asked = vera.writes("Is it blue?")["message"]
    assert adam.told("message_stored", lambda told: told["message"]["id"] == asked["id"])
    answered = adam.writes(vera.conversation_id, "It is.")["message"]
    assert vera.told("message_stored", lambda told: told["message"]["id"] == answered["id"])


def test_an_inbox_hears_of_conversations_that_it_does_not_show(
    two: tuple[Server, Server], visitor: Connect, agent: Connect
) -> None:
    """A new chat at one server is in the list at the other."""
    adam: AgentClient = agent(two[1])
    vera: VisitorClient = visitor(two[0])
    assert adam.told("conversation_changed", lambda told: told["conversation"]["id"] == vera.conversation_id)
    asked = vera.writes("Hello?")["message"]
    assert adam.told("message_stored", lambda told: told["message"]["id"] == asked["id"])


def test_a_withdrawal_at_one_server_ends_the_session_at_the_other(two: tuple[Server, Server], visitor: Connect) -> None:
    """The other window is told, and nothing is stored from it any more."""
    vera: VisitorClient = visitor(two[0])
    other: VisitorClient = visitor(two[1], auth={"session_token": vera.opened["session_token"], "last_seq": 0})
    other.told("session_resumed")
    vera.call("consent_change", {"choices": {"support": False}})
    assert other.told("session_closed")["reason"] == "consent_withdrawn"
    assert other.writes("Still here")["error"]["code"] == "consent_withdrawn"
    with two[0].core.storage.read() as db:
        rows = db.exec_driver_sql("SELECT count(*) FROM message WHERE body = 'Still here'")
        assert rows.scalar_one() == 0


def test_visitors_see_whether_an_agent_is_online_anywhere(
    two: tuple[Server, Server], visitor: Connect, agent: Connect
) -> None:
    """Presence is the same everywhere: coming, away, and gone."""
    vera: VisitorClient = visitor(two[0])
    assert vera.opened["site"]["agents_online"] is False
    adam: AgentClient = agent(two[1])
    assert vera.told("agent_presence")["agents_online"] is True
    adam.call("presence", {"state": "away"})
    assert vera.told("agent_presence", lambda told: not told["agents_online"])


def test_agents_see_each_other_at_different_servers(
    two: tuple[Server, Server], visitor: Connect, agent: Connect
) -> None:
    """Who reads or writes in which conversation, across servers."""
    vera: VisitorClient = visitor(two[0])
    adam: AgentClient = agent(two[0])
    eva: AgentClient = agent(two[1], "eva1@kilnandcup.example")
    assert adam.told("presence", lambda told: told["agent"]["name"] == "Eva 1")["state"] == "online"
    eva.call("typing", {"conversation_id": vera.conversation_id, "on": True})
    assert adam.told("colleague", lambda told: told["state"] == "typing")["agent"]["name"] == "Eva 1"
    assert vera.told("typing")["author_name"] == "Eva 1"
    opened = adam.call("conversation_open", {"conversation_id": vera.conversation_id})
    assert [one["agent"]["name"] for one in opened["colleagues"]] == ["Eva 1"]
    eva.close()
    assert adam.told("colleague", lambda told: told["state"] == "gone")
    assert adam.told("presence", lambda told: told["state"] == "offline")


def test_an_agent_who_is_switched_off_leaves_every_server(two: tuple[Server, Server], agent: Connect) -> None:
    """The other server closes the socket, too."""
    adam: AgentClient = agent(two[0])
    eva: AgentClient = agent(two[1], "eva2@kilnandcup.example")
    eva_id = eva.told("agent_ready")["id"]
    adam.call("agent_change", {"agent_id": eva_id, "active": False, "reason": "left"})
    assert adam.told("presence", lambda told: told["agent"]["id"] == eva_id and told["state"] == "offline")


def test_gt12_messages_against_withdrawals_from_two_servers(two: tuple[Server, Server], visitor: Connect) -> None:
    """200 pairs in the same moment: a message is before its withdrawal, or refused, and never after."""
    pairs = []
    for _ in range(20):
        vera: VisitorClient = visitor(two[0])
        auth = {"session_token": vera.opened["session_token"], "last_seq": 0}
        pairs.append((vera, visitor(two[1], auth=auth)))
    late, refused = 0, 0
    for vera, other in pairs:
        with ThreadPoolExecutor(11) as pool:
            sent = [pool.submit(vera.writes, f"{number}") for number in range(10)]
            gone = pool.submit(other.call, "consent_change", {"choices": {"support": False}})
            assert gone.result()["consent"]["may_talk"] is False
            answers = [one.result() for one in sent]
        refused += sum("error" in answer for answer in answers)
        with two[0].core.storage.read() as db:
            stored = db.exec_driver_sql(
                "SELECT count(*), max(last_seq) FROM message JOIN conversation c ON c.id = conversation_id"
                f" WHERE c.id = '{vera.conversation_id}'"
            ).one()
        assert stored[0] == sum("message" in answer for answer in answers)
        late += vera.writes("after").get("error", {}).get("code") != "consent_withdrawn"
    assert late == 0
    print(f"200 messages beside 20 withdrawals: {refused} refused, none after")


def test_a_notice_that_another_process_publishes_reaches_the_sockets_of_both(
    two: tuple[Server, Server], visitor: Connect
) -> None:
    """The command line publishes; a worker of either server tells the visitors of both."""
    visitors = [visitor(server) for server in two]
    conversations = [vera.conversation_id for vera in visitors]
    minor = shipped_notice("split").replace('version = "1.0.0"', 'version = "1.1.0"').replace("privacy@", "data@")
    notices.publish_notice(two[0].core, SITE, minor)
    for vera in visitors:
        assert vera.told("consent_changed", lambda told: told["consent"]["inform"])["conversation_id"] in conversations
    notices.publish_notice(two[0].core, SITE, next_version("2.0.0"))
    for vera in visitors:
        assert vera.told("consent_changed", lambda told: told["consent"]["ask_again"])


def test_limits_count_for_both_servers_together(two: tuple[Server, Server]) -> None:
    """One account has one limit: the tries at both servers are counted together."""
    codes = []
    for number in range(14):
        answer = two[number % 2].request("/inbox/sign-in", {"email": "mallory@x.example", "password": "wrong password"})
        codes.append(answer.json["code"])
    tried = codes.index("rate_limited")
    assert tried <= 10  # the cast's own sign-ins from this address count too
    assert set(codes[tried:]) == {"rate_limited"}


def test_gt11_the_gate_survives_reconnects_second_tabs_restarts_and_several_servers(
    two: tuple[Server, Server], visitor: Connect
) -> None:
    """Withdrawn at one server: every other way in, at any server, is refused, and nothing is stored."""
    vera: VisitorClient = visitor(two[0])
    auth = {"session_token": vera.opened["session_token"], "last_seq": 0}
    tab: VisitorClient = visitor(two[1], auth=auth)
    tab.told("session_resumed")
    assert tab.writes("before")["message"]["seq"] == 1
    vera.call("consent_change", {"choices": {"support": False}})
    assert tab.writes("canary in the other tab")["error"]["code"] == "consent_withdrawn"
    two[1].stop()
    two[1].start()
    for server in two:
        back: VisitorClient = visitor(server, auth=auth)
        assert not back.connected
        assert back.refusal is not None
        assert back.refusal["message"] == "consent_withdrawn"
        path = f"/v1/conversations/{vera.conversation_id}/messages"
        bearer = {"Authorization": f"Bearer {auth['session_token']}", "Content_Type": "application/json"}
        posted = server.request(path, {"client_id": new_token("m"), "body": "canary over HTTP"}, **bearer)
        assert posted.json["code"] == "consent_withdrawn"
    with two[0].core.storage.read() as db:
        stored = f"SELECT count(*), max(seq) FROM message WHERE conversation_id = '{vera.conversation_id}'"
        assert tuple(db.exec_driver_sql(stored).one()) == (1, 1)
        assert db.exec_driver_sql("SELECT count(*) FROM message WHERE body LIKE 'canary%%'").scalar_one() == 0


def test_whoever_was_at_a_server_that_was_killed_is_not_there_any_more(
    two: tuple[Server, Server], visitor: Connect, agent: Connect
) -> None:
    """It says no goodbye: the other server notices its silence."""
    vera: VisitorClient = visitor(two[0])
    agent(two[1])
    assert vera.told("agent_presence", lambda told: told["agents_online"])
    told = len(vera.events)
    two[1].kill()
    limit = time.monotonic() + 45
    while not any(name == "agent_presence" and not data["agents_online"] for name, data in vera.events[told:]):
        assert time.monotonic() < limit, "the dead server's agents stay online"
        time.sleep(0.1)
    two[1].start()
