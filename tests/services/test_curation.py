"""Curators read what goes into the training store, on record, and take out what does not belong there."""

from collections.abc import Callable

import pytest

from chatgate.errors import Refusal
from chatgate.ids import new_id
from chatgate.services import consents, conversations, outbox
from chatgate.services.accounts import audit
from chatgate.services.accounts.signed_in import SignedInAgent
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.learning import curation, releases, training
from chatgate.services.learning.releases import ReleaseRequest
from chatgate.storage.queries import work
from tests.cast import Vera, welcome
from tests.desks import hired

SPECIAL = "I am in a wheelchair and my mail is vera@example.org"


@pytest.fixture
def core(make_core: Callable[..., Core]) -> Core:
    return make_core(training={"cooling_off_days": 0})


@pytest.fixture
def pria(core: Core) -> SignedInAgent:
    return hired(core, "Pria", "privacy_officer")


def deliver(core: Core) -> None:
    while outbox.deliver_due(core):
        pass


def finished(core: Core, body: str) -> tuple[Vera, str]:
    """Return a visitor whose chat is over, and the id of its transcript."""
    vera = welcome(core, training=True)
    vera.writes(body)
    conversations.close_conversation(core, vera.conversation_id, "agent")
    deliver(core)
    with core.storage.read() as db:
        return vera, work.lineages_of(db, [vera.conversation_id])[vera.conversation_id].item_id


def state(core: Core, item_id: str) -> str:
    with core.storage.read() as db:
        row = work.lineage(db, item_id)
    assert row is not None
    return str(row.state)


def recorded(core: Core) -> list[tuple[str, str | None, str | None]]:
    events = audit.list_events(core, 20, None)["events"]
    return [(event["action"], event["subject_id"], event["reason"]) for event in events]


def test_a_curator_reads_the_text_without_personal_data_and_that_is_on_record(core: Core, pria: SignedInAgent) -> None:
    _vera, item = finished(core, "Write to vera@example.org about the blue cup")
    answer = curation.read_item(core, pria, item)
    assert answer["lines"] == [{"role": "user", "body": "Write to [EMAIL_1] about the blue cup", "hints": []}]
    assert answer["item"]["consent_event_id"]
    assert answer["item"]["notice_sha256"]
    assert recorded(core)[0] == ("training_read", item, None)
    assert "vera@" not in str(recorded(core))


def test_a_special_category_is_shown_with_its_words_and_let_in_by_a_person(core: Core, pria: SignedInAgent) -> None:
    _vera, item = finished(core, SPECIAL)
    assert state(core, item) == "held"
    lines = curation.read_item(core, pria, item)["lines"]
    assert lines == [{"role": "user", "body": "I am in a wheelchair and my mail is [EMAIL_1]", "hints": ["wheelchair"]}]
    decided = curation.decide(core, pria, item, "approve", "a product for wheelchairs")
    assert decided["item"]["state"] == "admitted"
    assert decided["item"]["reviewed_at"]
    assert ("training_approved", item, "a product for wheelchairs") in recorded(core)


def test_what_is_left_out_can_be_read_by_nobody_and_is_revoked_in_its_releases(core: Core, pria: SignedInAgent) -> None:
    _vera, item = finished(core, "The blue cup")
    releases.build_release(core, ReleaseRequest("store-chats", "Model team", 30))
    assert curation.read_item(core, pria, item)["item"]["releases"] == ["store-chats 1"]
    assert curation.decide(core, pria, item, "quarantine", "rude")["item"]["state"] == "quarantined"
    assert curation.read_item(core, pria, item)["lines"] is None
    with core.storage.read() as db:
        assert work.readable_items(db) == set()
        assert len(db.exec_driver_sql("SELECT commitment FROM revocation_entry").all()) == 1
    deliver(core)
    assert state(core, item) == "retracted"
    assert core.sinks["database"].read(item) is None  # type: ignore[attr-defined]


def test_a_chat_that_a_person_left_out_comes_back_through_a_person_only(core: Core, pria: SignedInAgent) -> None:
    vera, item = finished(core, "The blue cup")
    curation.decide(core, pria, item, "quarantine", "rude")
    deliver(core)
    assert training.export_transcript(core, vera.conversation_id) == "held"


def test_a_sample_holds_stored_transcripts_that_nobody_has_read(core: Core, pria: SignedInAgent) -> None:
    items = {finished(core, f"Cup number {number}")[1] for number in range(3)}
    sample = curation.list_items(core, "sample", 50, None)
    assert {one["item_id"] for one in sample["items"]} == items
    kept = items.pop()
    curation.decide(core, pria, kept, "keep", "fine")
    sample = curation.list_items(core, "sample", 50, None)
    assert {one["item_id"] for one in sample["items"]} == items
    assert sample["unread"] == 2


def test_lists_come_in_pages_with_what_each_state_has(core: Core) -> None:
    items = [finished(core, f"Cup number {number}")[1] for number in range(3)]
    first = curation.list_items(core, "admitted", 2, None)
    rest = curation.list_items(core, "admitted", 2, first["next"])
    assert [one["item_id"] for one in (*first["items"], *rest["items"])] == items[::-1]
    assert first["counts"] == {"admitted": 3}
    assert rest["next"] is None


def test_after_a_withdrawal_nothing_is_shown_and_nothing_can_be_decided(core: Core, pria: SignedInAgent) -> None:
    vera, item = finished(core, SPECIAL)
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    assert curation.read_item(core, pria, item)["lines"] is None
    for decision in ("approve", "keep", "quarantine"):
        with pytest.raises(Refusal, match="payload_invalid"):
            curation.decide(core, pria, item, decision, "because")
    assert state(core, item) == "skipped"


def test_an_unknown_item_is_not_found_and_leaves_no_event(core: Core, pria: SignedInAgent) -> None:
    for ask in (
        lambda: curation.read_item(core, pria, new_id()),
        lambda: curation.decide(core, pria, new_id(), "quarantine", "because"),
    ):
        with pytest.raises(Refusal, match="not_found"):
            ask()
    assert recorded(core) == []


def test_a_curators_work_is_the_same_on_both_databases(any_core: Core) -> None:
    olga = hired(any_core, "Olga", "privacy_officer")
    _vera, item = finished(any_core, "The blue cup")
    assert [one["item_id"] for one in curation.list_items(any_core, "sample", 5, None)["items"]] == [item]
    assert curation.read_item(any_core, olga, item)["lines"] == [{"role": "user", "body": "The blue cup", "hints": []}]
    curation.decide(any_core, olga, item, "keep", "fine")
    curation.decide(any_core, olga, item, "quarantine", "not fine")
    deliver(any_core)
    assert state(any_core, item) == "retracted"
