"""Chats are deleted when the days that their notice names are over."""

from typing import Any

from chatgate.services import consents, conversations
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.evidence import ledger
from chatgate.services.rights import expiry, retention, subjects
from tests.cast import Vera, welcome
from tests.clocks import SettableClock
from tests.fingerprint import holding


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


def withdraw(core: Core, vera: Vera, *purposes: str) -> None:
    """Withdraw these purposes."""
    consents.change_consent(core, vera.conversation_id, ChangeRequest(dict.fromkeys(purposes, False)))


def test_what_nobody_agrees_to_any_more_is_gone_to_the_byte_after_its_days(
    any_core: Core, clock: SettableClock
) -> None:
    core, canary = any_core, "canary-7f3b12"
    vera = welcome(core, training=True)
    vera.writes(f"Please forget {canary}")
    withdraw(core, vera, "support", "training")
    clock.advance(days=29)
    assert retention.due(core) == []
    clock.advance(days=2)
    assert [item["retention_days"] for item in retention.due(core)] == [30]
    assert retention.sweep(core) == 1
    assert messages(core) == 0
    assert holding(core.settings.data_dir, canary) == []
    assert ledger.verify_ledger(core).holds
    assert retention.sweep(core) == 0


def test_a_consent_that_ran_out_counts_as_withdrawn(core: Core, vera: Vera, clock: SettableClock) -> None:
    vera.writes()
    clock.advance(days=366)
    assert expiry.expire_due(core) == 1
    assert retention.due(core) == []
    clock.advance(days=30)
    assert [item["conversation_id"] for item in retention.due(core)] == [vera.conversation_id]


def test_what_is_still_agreed_to_keeps_the_days_of_its_notice(core: Core, clock: SettableClock) -> None:
    trained = welcome(core, training=True)
    withdraw(core, trained, "support")
    open_still = welcome(core, training=True)
    withdraw(core, open_still, "training")
    clock.advance(days=31)
    assert retention.due(core) == []


def test_the_days_after_a_withdrawal_are_the_owners_choice(make_core: Any, clock: SettableClock) -> None:
    core = make_core(consent={"withdrawn_days": 0})
    withdraw(core, welcome(core), "support")
    assert retention.sweep(core) == 1
