"""What the server really sends has the shape that the protocol declares, field by field."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from chatgate.services import consents, sessions
from chatgate.web import protocol
from tests.cast import shown, welcome


def check(model: type[Any], value: Any) -> None:
    """Assert that a value is one of a model, with no field more and none less."""
    parsed = TypeAdapter(model).validate_python(value, strict=True)
    assert parsed.model_dump(mode="json") == value


EVENTS = {
    "session_opened": protocol.SessionOpened,
    "session_resumed": protocol.SessionResumed,
    "message_stored": protocol.MessageStored,
    "consent_changed": protocol.ConsentChanged,
    "agent_presence": protocol.AgentPresence,
    "typing": protocol.TypingEvent,
    "session_closed": protocol.SessionClosed,
    "agent_ready": protocol.AgentView,
}
"""The shape of each event whose payload has one model for both sides."""


def test_what_a_visitor_gets(any_core):
    check(protocol.NoticeAnswer, shown(any_core))
    vera = welcome(any_core, training=True)
    check(protocol.SessionOpened, vera.opened)
    check(protocol.MessageView, vera.writes())
    vera.writes("Once more")
    resumed = sessions.resume_session(any_core, vera.session, 0)
    check(protocol.SessionResumed, resumed)
    assert len(resumed["messages"]) == 2
    check(protocol.ConsentAnswer, consents.current_consent(any_core, vera.conversation_id))


@pytest.mark.parametrize("training", [False, True])
def test_what_an_agent_gets(server, visitor, agent, training):
    vera, adam = visitor(server, training), agent(server)
    adam.told("agent_ready")
    vera.writes("hello")
    adam.call("conversation_open", {"conversation_id": vera.conversation_id})
    adam.writes(vera.conversation_id, "Hello Vera")
    of = {"conversation_id": vera.conversation_id}
    vera.call("typing", {"on": True})
    check(protocol.ConversationAnswer, adam.call("conversation_assign", {**of, "agent_id": "me"}))
    check(protocol.ConversationOpened, adam.call("conversation_open", of))
    vera.call("consent_change", {"choices": {"support": False}})
    for view in ("open", "mine", "unassigned", "closed"):
        answer = adam.call("conversation_list", {"view": view})
        check(protocol.ConversationListAnswer, answer)
        found = [row["id"] for row in answer["conversations"]]
        assert (vera.conversation_id in found) == (view == "closed")
    vera.told("session_closed")
    for name, data in [*vera.events, *adam.events]:
        if name in EVENTS:
            check(EVENTS[name], data)
    assert {"session_opened", "message_stored", "session_closed"} <= set(vera.names())


def test_pages_of_a_list_follow_each_other_without_loss(server, visitor, agent):
    for _ in range(5):
        visitor(server).told("session_opened")
    adam = agent(server)
    adam.told("agent_ready")
    everything = [row["id"] for row in adam.call("conversation_list", {"limit": 200})["conversations"]]
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        answer = adam.call("conversation_list", {"limit": 2, "before": cursor})
        seen += [row["id"] for row in answer["conversations"]]
        cursor = answer["next"]
    assert seen == everything
    assert len(seen) >= 5


@pytest.mark.parametrize("cursor", ["x", "|", "2026-01-01|x", "2026-01-01T00:00:00|x", "\x00|x"])
def test_a_cursor_that_is_none_is_refused(server, agent, cursor):
    adam = agent(server)
    adam.told("agent_ready")
    assert adam.call("conversation_list", {"before": cursor})["error"]["code"] == "payload_invalid"


def test_no_shape_of_the_server_can_tick_a_box():
    fields = set(protocol.ClauseView.model_fields) | set(protocol.NoticeView.model_fields)
    assert not {name for name in fields if "tick" in name or "check" in name or "default" in name or "accept" in name}


def test_clients_models_refuse_unknown_fields_and_wrong_types():
    for model in protocol.CLIENT_MODELS:
        assert model.model_config["extra"] == "forbid", model
        assert model.model_config["strict"] is True, model
        assert model.model_config["hide_input_in_errors"] is True, model
