"""A clock that jumps back, a withdrawal twice at once, a checkpoint file that was touched: named, nothing lost."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chatgate.policy.evidence.checkpoints import Checkpoint
from chatgate.services import consents, sessions
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.evidence import ledger
from chatgate.storage.queries import consents as stored
from tests.cast import decision, request_of, shown, welcome
from tests.clocks import SettableClock


def events_of(core: Core, record_id: str) -> list[Any]:
    """Return a record's events in order."""
    with core.storage.read() as db:
        return list(stored.events(db, record_id))


def test_a_clock_that_jumps_back_between_question_and_answer_turns_nothing_around(
    any_core: Core, clock: SettableClock
) -> None:
    answer = shown(any_core)
    asked_at = clock.now()
    clock.advance(hours=-1)
    opened = sessions.open_session(any_core, request_of(decision(answer)))
    with any_core.storage.read() as db:
        record = stored.record(db, opened["consent"]["record_id"])
    assert record is not None
    assert (record.served_at, record.given_at, record.shown_for_ms) == (asked_at, asked_at, 0)
    assert ledger.verify_ledger(any_core).holds


def test_a_clock_that_jumps_back_keeps_the_order_of_decisions_and_checkpoints(
    any_core: Core, clock: SettableClock
) -> None:
    vera = welcome(any_core, training=True)
    ledger.make_checkpoint(any_core)
    clock.advance(hours=-3)
    consents.change_consent(any_core, vera.conversation_id, ChangeRequest({"training": False}))
    ledger.make_checkpoint(any_core)
    times = [event.event_at for event in events_of(any_core, vera.opened["consent"]["record_id"])]
    assert times == sorted(times)
    assert not consents.covers_now(any_core, vera.conversation_id).may_train
    checked = ledger.verify_ledger(any_core)
    assert checked.holds
    assert [finding.code for finding in checked.audit.findings] == ["checkpoint_time_reversed"]


def test_a_question_of_an_hour_ago_is_not_made_young_by_the_clock(core: Core, clock: SettableClock) -> None:
    answer = shown(core)
    clock.advance(seconds=31 * 60)
    with pytest.raises(Exception, match="display_token_invalid"):
        sessions.open_session(core, request_of(decision(answer)))


def test_a_withdrawal_that_reaches_two_processes_at_once_is_one_event_with_one_receipt(
    make_core: Any, database: str
) -> None:
    processes = [make_core(database_url=database), make_core(database_url=database)]
    visitors = [welcome(processes[0], training=True) for _ in range(10)]

    def withdraw(number: int) -> Any:
        vera = visitors[number // 2]
        request = ChangeRequest({"training": False})
        return consents.change_consent(processes[number % 2], vera.conversation_id, request)["receipt"]

    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(withdraw, range(20)))
    assert receipts[::2] == receipts[1::2]
    for vera in visitors:
        events = events_of(processes[0], vera.opened["consent"]["record_id"])
        assert [event.kind for event in events] == ["answered", "withdrawn"]
    assert ledger.verify_ledger(processes[1]).holds


def kept(core: Core) -> dict[str, Any]:
    """Return a checkpoint as its owner keeps it elsewhere."""
    checkpoint: Checkpoint = ledger.make_checkpoint(core)
    document: dict[str, Any] = json.loads(json.dumps(checkpoint.as_dict()))
    return document


@pytest.mark.parametrize("member", ["origin", "tree_size", "root", "time", "key_id", "signature"])
def test_a_kept_checkpoint_that_was_touched_is_named_and_not_believed(core: Core, member: str) -> None:
    welcome(core)
    checkpoint = kept(core)
    assert ledger.verify_ledger(core, saved=[checkpoint]).holds
    old = checkpoint[member]
    # The last letter is another one: the first differing byte decides nothing about the rest.
    checkpoint[member] = old + 1 if isinstance(old, int) else old[:-1] + ("0" if old[-1] != "0" else "1")
    checked = ledger.verify_ledger(core, saved=[checkpoint])
    assert not checked.holds
    assert {finding.code.split(":")[0] for finding in checked.audit.findings} <= {
        "checkpoint_malformed",
        "checkpoint_signature_invalid",
        "checkpoint_origin_mismatch",
        "checkpoint_mismatch",
        "ledger_truncated",
        "key_unknown",
        "key_id_mismatch",
    }


def test_what_was_stored_is_still_there_after_everything_was_refused(core: Core, clock: SettableClock) -> None:
    vera = welcome(core)
    vera.writes()
    clock.advance(seconds=-timedelta(days=2).total_seconds())
    for bad in (None, {}, [], {"origin": "x"}, "text", {"tree_size": -1}):
        assert not ledger.verify_ledger(core, saved=[bad]).holds
    assert ledger.verify_ledger(core).holds
    assert core.storage.row_counts(["consent_event", "message"]) == {"consent_event": 1, "message": 1}
