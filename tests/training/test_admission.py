"""Into the training store and out of it: only with a consent of now, and never silently lost or left behind."""

import contextlib
import json

import pytest

from chatgate import Manifest, Purpose, Refusal, hookimpl
from chatgate.app import create_core
from chatgate.services import consents, conversations, sessions
from chatgate.services.consents import ChangeRequest
from chatgate.services.learning import training
from chatgate.storage.queries import work
from chatgate.worker import Worker
from tests.cast import decision, open_shop, request_of, shown, welcome
from tests.fingerprint import holding
from tests.services.test_consent_change import agreeing

TRAINING = Manifest(purposes=[Purpose.TRAINING])
BOTH = Manifest(purposes=[Purpose.SUPPORT, Purpose.TRAINING])


class Sink:
    """A sink in memory that fails as often as it is told to."""

    name = "database"

    def __init__(self, failures=0, during=lambda: None):
        self.failures = failures
        self.during = during
        self.items = {}

    def write(self, grant, item_id, messages, metadata):
        self.items[item_id] = messages
        self.during()
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")

    def retract(self, item_id):
        self.items.pop(item_id, None)


def chat(core, training=True, closed=True, said="Does the cup survive a dishwasher?"):
    """Let a visitor chat and leave."""
    vera = welcome(core, training)
    if said:
        vera.writes(said)
    if closed:
        conversations.close_conversation(core, vera.conversation_id, "visitor")
    return vera


def drain(core):
    """Let the worker do what is due now."""
    worker = Worker(core)
    worker.drain()
    worker.sweep()
    worker.drain()


def items(core):
    """Return the ids of what may be read, as every reader of the store asks."""
    with core.storage.read() as db:
        return work.readable_items(db)


def lineages(core, vera=None):
    """Return states and reasons of every lineage."""
    with core.storage.read() as db:
        rows = db.exec_driver_sql("SELECT conversation_id, state, reason FROM training_lineage ORDER BY item_id").all()
    return [(row.state, row.reason) for row in rows if vera is None or row.conversation_id == vera.conversation_id]


def withdraw(core, vera, *purposes):
    """Withdraw."""
    consents.change_consent(core, vera.conversation_id, ChangeRequest(dict.fromkeys(purposes or ["training"], False)))


def agree(core, vera):
    """Agree to training later."""
    consents.change_consent(core, vera.conversation_id, agreeing(shown(core), training=True))


ADMISSION = {
    "closed and given": ({}, lambda core, vera: None, [("admitted", None)]),
    "not given": ({"training": False}, lambda core, vera: None, [("skipped", "not_given")]),
    "open": ({"closed": False}, lambda core, vera: None, []),
    "withdrawn before the end": ({"closed": False}, withdraw, []),
    "withdrawn at the end": ({}, withdraw, [("skipped", "not_given")]),
    "support withdrawn, training given": (
        {"closed": False},
        lambda core, vera: withdraw(core, vera, "support"),
        [("admitted", None)],
    ),
    "given later": ({"training": False, "closed": False}, agree, []),
    "given after the end": ({"training": False}, agree, [("admitted", None)]),
    "nothing was said": ({"said": ""}, lambda core, vera: None, [("skipped", "empty")]),
}


@pytest.mark.parametrize("case", ADMISSION)
def test_what_enters_the_store_is_what_the_consent_of_now_allows(any_core, case):
    how, then, expected = ADMISSION[case]
    vera = chat(any_core, **how)
    then(any_core, vera)
    drain(any_core)
    assert lineages(any_core) == expected
    assert len(items(any_core)) == expected.count(("admitted", None))
    assert len(any_core.sinks["database"].item_ids()) == len(items(any_core))


def test_a_consent_that_expired_admits_nothing(core, clock):
    vera = chat(core)
    clock.advance(days=731)
    training.export_transcript(core, vera.conversation_id)
    assert lineages(core) == [("skipped", "expired")]


def test_a_transcript_waits_for_its_cooling_off_period_and_is_admitted_after_it(make_core, clock):
    core = make_core(training={"cooling_off_days": 14})
    vera = chat(core)
    drain(core)
    assert lineages(core) == [("waiting", "cooling_off")]
    clock.advance(days=13.9)
    drain(core)
    assert lineages(core) == [("waiting", "cooling_off")]
    clock.advance(days=0.1)
    drain(core)
    assert lineages(core, vera) == [("admitted", None)]


def test_a_withdrawal_within_the_cooling_off_period_admits_nothing_ever(make_core, clock):
    core = make_core(training={"cooling_off_days": 14})
    vera = chat(core)
    drain(core)
    withdraw(core, vera)
    clock.advance(days=20)
    drain(core)
    assert items(core) == set()
    assert core.sinks["database"].item_ids() == []


def test_a_withdrawal_blocks_reading_at_once_with_the_worker_down(any_core):
    vera = chat(any_core)
    drain(any_core)
    assert len(items(any_core)) == 1
    withdraw(any_core, vera)
    assert items(any_core) == set()
    assert lineages(any_core) == [("quarantined", "consent_withdrawn")]
    drain(any_core)
    assert lineages(any_core) == [("retracted", "consent_withdrawn")]
    assert any_core.sinks["database"].item_ids() == []


def test_a_new_agreement_after_a_withdrawal_is_a_new_item(core):
    vera = chat(core)
    drain(core)
    first = items(core)
    withdraw(core, vera)
    drain(core)
    agree(core, vera)
    drain(core)
    assert lineages(core) == [("retracted", "consent_withdrawn"), ("admitted", None)]
    assert items(core).isdisjoint(first)


def test_a_withdrawal_while_the_sink_writes_admits_nothing(any_core):
    vera = chat(any_core)
    sink = any_core.sinks["database"]
    try:
        any_core.sinks["database"] = slow = Sink(during=lambda: withdraw(any_core, vera))
        drain(any_core)
        assert items(any_core) == set()
        assert slow.items == {}
        assert lineages(any_core)[-1][0] == "retracted"
    finally:
        any_core.sinks["database"] = sink


def test_a_sink_that_fails_is_tried_again(core, clock):
    chat(core)
    core.sinks["database"].close()
    core.sinks["database"] = Sink(failures=2)
    for _ in range(4):
        drain(core)
        clock.advance(seconds=120)
    assert lineages(core) == [("admitted", None)]
    assert len(core.sinks["database"].items) == 1


def test_a_sink_that_fails_after_the_cooling_off_period_is_tried_again_and_holds_nobody_up(make_core, clock):
    core = make_core(training={"cooling_off_days": 1})
    core.sinks["database"].close()
    core.sinks["database"] = sink = Sink(failures=1)
    for _ in range(3):
        chat(core)
    drain(core)
    clock.advance(days=1)
    drain(core)
    assert sorted(state for state, _reason in lineages(core)) == ["admitted", "admitted", "pending"]
    clock.advance(hours=1)
    drain(core)
    assert [state for state, _reason in lineages(core)] == ["admitted"] * 3
    assert len(sink.items) == 3


def test_a_copy_that_a_failed_try_left_behind_is_taken_back_by_a_withdrawal(core, clock):
    vera = chat(core)
    core.sinks["database"].close()
    core.sinks["database"] = sink = Sink(failures=1)
    drain(core)
    assert len(sink.items) == 1
    assert items(core) == set()
    withdraw(core, vera)
    clock.advance(hours=1)
    drain(core)
    assert sink.items == {}


def test_the_admitted_text_is_redacted_and_the_file_shows_nothing(core):
    canary = "canary-tea-cosy"
    chat(core, said=f"{canary}: write to vera@example.com or +48 601 202 303")
    drain(core)
    sink = core.sinks["database"]
    (item_id,) = sink.item_ids()
    item = sink.read(item_id)
    text = json.dumps(item)
    assert canary in text
    assert "vera@example.com" not in text
    assert "601 202 303" not in text
    assert [message["role"] for message in item["messages"]] == ["user"]
    assert [name for name in holding(core.settings.data_dir, canary) if "training" in name] == []


def test_without_any_middleware_the_promise_holds(settings, clock):
    core = create_core(settings(middleware=[]), clock)
    try:
        open_shop(core)
        refused, given, withdrawn = chat(core, training=False), chat(core), chat(core)
        withdraw(core, withdrawn)
        with pytest.raises(Refusal, match="consent_required"):
            sessions.open_session(core, request_of(decision(shown(core), choices=None)))
        drain(core)
        assert core.chain.describe() == []
        assert lineages(core, given) == [("admitted", None)]
        assert lineages(core, refused) == [("skipped", "not_given")]
        assert lineages(core, withdrawn) == [("skipped", "not_given")]
    finally:
        core.storage.close()
        core.sinks["database"].close()


class Hostile:
    """Tries everything that a hook might try."""

    manifest = BOTH

    def __init__(self):
        self.seen = []

    @hookimpl
    def check_training_export(self, context, transcript):
        self.seen.append(transcript)
        with contextlib.suppress(AttributeError):
            context.preset = "split"

    @hookimpl
    def transform_transcript(self, context, transcript):
        self.seen.append(transcript)

    @hookimpl
    def on_training_exported(self, event):
        self.seen.append(event.transcript)


def test_a_middleware_never_sees_a_transcript_without_consent(make_core):
    hostile = Hostile()
    core = make_core(middleware={"hostile": hostile})
    chat(core, training=False)
    vera = chat(core)
    withdraw(core, vera)
    drain(core)
    assert hostile.seen == []
    chat(core, said="said with consent")
    drain(core)
    assert {line.body for seen in hostile.seen for line in seen.lines} == {"said with consent"}


class Refusing:
    """Refuses or breaks as it is told to."""

    manifest = BOTH

    def __init__(self):
        self.error = None

    @hookimpl
    def check_training_export(self, context, transcript):
        if self.error:
            raise self.error


@pytest.mark.parametrize("days", [0, 1])
def test_a_middleware_that_fails_admits_nothing_and_is_asked_again(make_core, clock, days):
    refusing = Refusing()
    refusing.error = RuntimeError("boom")
    core = make_core(middleware={"refusing": refusing}, training={"cooling_off_days": days})
    chat(core)
    drain(core)
    clock.advance(days=1)
    drain(core)
    assert items(core) == set()
    refusing.error = None
    clock.advance(hours=2)
    drain(core)
    assert lineages(core) == [("admitted", None)]


def test_a_middleware_that_refuses_is_the_reason_of_the_skip(make_core):
    refusing = Refusing()
    refusing.error = Refusal("too_short")
    core = make_core(middleware={"refusing": refusing})
    chat(core)
    drain(core)
    assert lineages(core) == [("skipped", "too_short")]


class Overtaken:
    """Lets another worker export the same chat while this one is still checking it."""

    manifest = BOTH

    def __init__(self):
        self.other_worker = None

    @hookimpl
    def check_training_export(self, context, transcript):
        if self.other_worker:
            other, self.other_worker = self.other_worker, None
            other()


@pytest.mark.parametrize("finished", [True, False], ids=["finished", "still writing"])
def test_two_workers_at_one_chat_make_one_item(make_core, database, finished):
    overtaken = Overtaken()
    core = make_core(middleware={"overtaken": overtaken}, database_url=database)
    vera = chat(core)
    sink = core.sinks["database"]

    def other_worker():
        with contextlib.suppress(OSError):
            training.export_transcript(core, vera.conversation_id)

    try:
        core.sinks["database"] = memory = Sink(failures=0 if finished else 1)
        overtaken.other_worker = other_worker
        assert training.export_transcript(core, vera.conversation_id) != "admitted"
        assert lineages(core, vera) == [("admitted" if finished else "pending", None)]
        assert len(memory.items) == 1
    finally:
        core.sinks["database"] = sink


def test_a_grant_is_the_only_key_of_the_store(core):
    with pytest.raises(TypeError):
        core.sinks["database"].write({"training": True}, "item", [], {})
    assert core.sinks["database"].item_ids() == []


def test_stats_count_what_is_in_each_state(core):
    chat(core)
    chat(core, training=False)
    drain(core)
    stats = training.training_stats(core)
    assert (stats["admitted"], stats["skipped"], stats["waiting"]) == (1, 1, 0)
