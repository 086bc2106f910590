"""What the server really sends has the shape that the protocol declares, field by field."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from chatgate.services import agents, consents, conversations, messages, sessions
from chatgate.web import protocol
from chatgate.worker import Worker
from tests.cast import hire_adam, shown, signed_in, welcome


def check(model: type[Any], value: Any) -> None:
    """Assert that a value is one of a model, with no field more and none less."""
    parsed = TypeAdapter(model).validate_python(value, strict=True)
    assert parsed.model_dump(mode="json") == value


@pytest.fixture
def adam(any_core):
    hire_adam(any_core)
    return signed_in(any_core)


def test_what_a_visitor_gets(any_core, adam):
    check(protocol.NoticeAnswer, shown(any_core))
    vera = welcome(any_core, training=True)
    check(protocol.SessionOpened, vera.opened)
    check(protocol.MessageView, vera.writes())
    messages.post_agent_message(any_core, adam, vera.conversation_id, "client-1234", "Yes")
    resumed = sessions.resume_session(any_core, vera.session, 0)
    check(protocol.SessionResumed, resumed)
    assert len(resumed["messages"]) == 2
    check(protocol.ConsentAnswer, consents.current_consent(any_core, vera.conversation_id))


@pytest.mark.parametrize("training", [False, True])
def test_what_an_agent_gets(any_core, adam, training):
    check(protocol.AgentView, agents.agent_view(any_core, adam))
    vera = welcome(any_core, training)
    vera.writes()
    check(protocol.ConversationAnswer, conversations.assign_conversation(any_core, adam, vera.conversation_id, "me"))
    conversations.close_conversation(any_core, vera.conversation_id, "agent")
    Worker(any_core).drain()
    check(protocol.ConversationOpened, conversations.open_conversation(any_core, vera.conversation_id, 0))
    for view in ("open", "mine", "unassigned", "closed"):
        answer = conversations.list_conversations(any_core, adam, view, 100, None, None)
        check(protocol.ConversationListAnswer, answer)
        assert len(answer["conversations"]) == (view == "closed")


def test_pages_of_a_list_follow_each_other_without_loss(any_core, adam, clock):
    for _ in range(7):
        clock.advance(seconds=1)
        welcome(any_core)
    seen: list[str] = []
    cursor = None
    while True:
        answer = conversations.list_conversations(any_core, adam, "open", 3, cursor, None)
        seen += [row["id"] for row in answer["conversations"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("cursor", ["x", "|", "2026-01-01|x", "2026-01-01T00:00:00|x", "\x00|x"])
def test_a_cursor_that_is_none_is_refused(core, cursor):
    hire_adam(core)
    with pytest.raises(Exception, match="payload_invalid"):
        conversations.list_conversations(core, signed_in(core), "open", 3, cursor, None)


def test_no_shape_of_the_server_can_tick_a_box():
    fields = set(protocol.ClauseView.model_fields) | set(protocol.NoticeView.model_fields)
    assert not {name for name in fields if "tick" in name or "check" in name or "default" in name or "accept" in name}


def test_clients_models_refuse_unknown_fields_and_wrong_types():
    for model in protocol.CLIENT_MODELS:
        assert model.model_config["extra"] == "forbid", model
        assert model.model_config["strict"] is True, model
        assert model.model_config["hide_input_in_errors"] is True, model
