"""A shop that offers to children asks for an age band, keeps a yes or no, and trains on nothing that a minor wrote."""

import pytest

from chatgate.errors import OperatorError, Refusal
from chatgate.policy.evidence.records import record_sha256, stored_record
from chatgate.services import consents, conversations, sessions, sites
from chatgate.services.core import Core
from chatgate.services.evidence import ledger
from chatgate.storage.queries import consents as stored
from chatgate.worker import Worker
from tests.cast import SINGLE_NOTICE, SINGLE_SETTINGS, SITE, Vera, decision, open_shop, request_of, shown, welcome
from tests.services.test_consent_change import agreeing


@pytest.fixture
def toys(any_core: Core) -> Core:
    """Return a shop that offers to children."""
    sites.set_site(any_core, SITE, {"offered_to_children": True})
    return any_core


def record_of(vera: Vera):
    """Return the stored record."""
    with vera.core.storage.read() as db:
        return stored.record(db, vera.opened["consent"]["record_id"])


def lineage(core: Core):
    """Close nothing, let the worker look, and return each transcript's state and reason."""
    worker = Worker(core)
    worker.drain()
    worker.sweep()
    with core.storage.read() as db:
        rows = db.exec_driver_sql("SELECT state, reason FROM training_lineage").all()
    return [tuple(row) for row in rows]


def test_only_a_shop_that_says_so_asks(core):
    assert shown(core)["notice"]["age_limit"] is None
    sites.set_site(core, SITE, {"offered_to_children": True})
    assert shown(core)["notice"]["age_limit"] == 16
    with pytest.raises(OperatorError, match="offered_to_children"):
        sites.set_site(core, SITE, {"offered_to_children": "sometimes"})


def test_without_an_answer_nothing_opens_and_nothing_is_stored(toys, fingerprint):
    before = fingerprint(toys)
    with pytest.raises(Refusal) as refused:
        sessions.open_session(toys, request_of(decision(shown(toys))))
    assert refused.value.code == "age_required"
    assert refused.value.detail["notice"]["notice"]["age_limit"] == 16
    assert fingerprint(toys) == before


def test_a_minor_who_agrees_to_training_is_refused_and_nothing_is_stored(toys, fingerprint):
    payload = decision(shown(toys), training=True, minor=True)
    before = fingerprint(toys)
    with pytest.raises(Refusal, match="minor_blocked"):
        sessions.open_session(toys, request_of(payload))
    assert fingerprint(toys) == before
    # The refusal used nothing up: without the second box the same answer opens the chat.
    payload["choices"]["training"] = False
    assert sessions.open_session(toys, request_of(payload))["consent"]["minor"] is True


def test_a_minor_chats_and_leaves_nothing_for_training(toys):
    vera = welcome(toys, minor=True)
    vera.writes()
    with pytest.raises(Refusal, match="minor_blocked"):
        consents.change_consent(toys, vera.conversation_id, agreeing(shown(toys), training=True))
    conversations.close_conversation(toys, vera.conversation_id, "visitor")
    assert lineage(toys) == [("skipped", "minor_blocked")]
    assert toys.sinks["database"].item_ids() == []


def test_somebody_of_age_is_asked_and_trained_on_as_agreed(toys):
    vera = welcome(toys, training=True, minor=False)
    vera.writes()
    conversations.close_conversation(toys, vera.conversation_id, "visitor")
    assert lineage(toys) == [("admitted", None)]
    assert record_of(vera).minor is False


def test_a_shop_that_does_not_ask_keeps_no_answer(core):
    assert record_of(welcome(core, minor=False)).minor is None


def test_the_answer_is_in_the_proof_and_under_the_ledger(toys):
    vera = welcome(toys, minor=True)
    record = vera.opened["receipt"]["content"]["record"]
    assert record["minor"] is True
    assert ledger.verify_ledger(toys).holds
    with toys.storage.read() as db:
        row = stored.record(db, record["record_id"])
        notice = stored.notice(db, row.notice_sha256)
    altered = {**row._asdict(), "minor": False}
    assert record_sha256(stored_record(altered, notice.content)) != record_sha256(record)


def test_a_record_from_before_the_question_keeps_its_bytes(core):
    vera = welcome(core)
    row = record_of(vera)
    with core.storage.read() as db:
        notice = stored.notice(db, row.notice_sha256)
    without = {name: value for name, value in row._asdict().items() if name != "minor"}
    assert "minor" not in stored_record(row._asdict(), notice.content)
    assert stored_record(without, notice.content) == stored_record(row._asdict(), notice.content)


def test_the_one_box_form_stays_closed_to_a_minor(make_core):
    core = make_core(shop=False, consent=SINGLE_SETTINGS)
    open_shop(core, notice=SINGLE_NOTICE)
    sites.set_site(core, SITE, {"offered_to_children": True})
    payload = decision(shown(core), training=True, minor=True)
    with pytest.raises(Refusal, match="minor_blocked"):
        sessions.open_session(core, request_of(payload))
    assert core.storage.row_counts(["consent_record", "conversation"]) == {"consent_record": 0, "conversation": 0}
