"""Chats are deleted when the days that their notice names are over."""

from typing import Any

from chatgate.services import conversations, retention, subjects
from chatgate.services.core import Core
from tests.cast import Vera
from tests.clocks import SettableClock


def messages(core: Core) -> int:
    """Return how many messages are stored."""
    return core.storage.row_counts(("message",))["message"]


def test_nothing_is_due_before_its_time(core: Core, vera: Vera, clock: SettableClock) -> None:
    vera.writes()
    conversations.close_conversation(core, vera.conversation_id, "agent")
    clock.advance(days=364)
    assert retention.due(core) == []
    assert retention.sweep(core) == 0
    assert messages(core) == 1


def test_a_closed_chat_goes_when_its_days_are_over_and_a_second_sweep_does_nothing(
    core: Core, vera: Vera, clock: SettableClock
) -> None:
    vera.writes()
    conversations.close_conversation(core, vera.conversation_id, "agent")
    clock.advance(days=366)
    assert [item["conversation_id"] for item in retention.due(core)] == [vera.conversation_id]
    assert messages(core) == 1, "a dry run deletes nothing"
    assert retention.sweep(core) == 1
    assert messages(core) == 0
    assert core.storage.row_counts(("conversation",)) == {"conversation": 0}
    assert retention.sweep(core) == 0


def test_an_open_chat_is_not_deleted(core: Core, vera: Vera, clock: SettableClock) -> None:
    vera.writes()
    clock.advance(days=366)
    assert retention.due(core) == []


def test_what_is_held_for_a_claim_stays(core: Core, vera: Vera, clock: SettableClock) -> None:
    vera.writes()
    conversations.close_conversation(core, vera.conversation_id, "agent")
    request: Any = subjects.ask(core, vera.conversation_id, "restriction", actor="operator", reason="a claim")
    assert request["state"] == "done"
    clock.advance(days=366)
    assert retention.sweep(core) == 0
    assert messages(core) == 1
