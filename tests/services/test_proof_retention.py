"""The proof of consent outlives its chat for the days of the notice, and a training copy lives by its own clause."""

from pathlib import Path
from typing import Any

import pytest

from chatgate.cli.serve import shipped_notice
from chatgate.errors import Refusal
from chatgate.ids import token_hash
from chatgate.models.tables import METADATA
from chatgate.policy.evidence.proof_pack import verify_pack
from chatgate.services import consents, sessions
from chatgate.services.consents import ChangeRequest
from chatgate.services.conversations import close_conversation
from chatgate.services.core import Core
from chatgate.services.desk import inbox, search
from chatgate.services.evidence import ledger, proofs
from chatgate.services.learning import curation, releases, training
from chatgate.services.learning.releases import ReleaseRequest
from chatgate.services.rights import expiry, retention, subjects
from chatgate.storage.queries.inbox import Filters
from chatgate.worker import Worker
from tests.cast import SITE, Vera, open_shop, welcome
from tests.clocks import SettableClock
from tests.desks import hired
from tests.fingerprint import fingerprint, holding
from tests.services.test_evidence_erasure import CANARY, told_everything

HASHES = {"spent_display_token", "subject_request"}
"""What stays after an erasure, without what leads to a person."""
PROOF_ROWS = {"conversation", "visitor", "consent_record", "consent_event", *HASHES}
WITHOUT_PROOF = "\n".join(line for line in shipped_notice("split").splitlines() if "consent_proof_days" not in line)
WHY = "the visitor asks"


def finished(core: Core, training: bool = False, body: str = CANARY) -> Vera:
    """Let a visitor write, and close the chat."""
    vera = welcome(core, training=training)
    vera.writes(body)
    close_conversation(core, vera.conversation_id, "agent")
    Worker(core).drain()
    return vera


def swept(core: Core, clock: SettableClock, days: float = 366) -> int:
    """Let days pass, and sweep."""
    clock.advance(days=days)
    expiry.expire_due(core)
    done = retention.sweep(core)
    Worker(core).drain()
    return done


def rows_left(core: Core, *, besides: tuple[str, ...] = ()) -> set[str]:
    """Return the tables of subjects that have any row."""
    from chatgate.storage.subject_rows import subject_tables

    names = [table.name for table in subject_tables()]
    return {name for name, count in core.storage.row_counts(names).items() if count} - set(besides)


def state_of(core: Core) -> Any:
    """Return what is stored."""
    return fingerprint(core.storage, core.settings.data_dir, "", [])


def receipt_of(vera: Vera) -> str:
    """Return the hash under which her receipt's capability is known."""
    return token_hash(vera.opened["receipt"]["token"])


def test_after_the_chats_time_only_the_proof_is_left_and_no_byte_of_what_was_said(
    any_core: Core, clock: SettableClock
) -> None:
    core = any_core
    vera = told_everything(core)
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    Worker(core).drain()
    swept(core, clock)
    kept = {"training_lineage", "outbox_event"}  # of the withdrawal; ids only
    assert rows_left(core, besides=tuple(kept)) <= PROOF_ROWS
    texts = ["message", "note", "draft", "attachment", "visitor_profile", "middleware_row"]
    assert set(core.storage.row_counts(texts).values()) == {0}
    files = [name for name in holding(core.settings.data_dir, f"{CANARY} here") if not name.startswith("postgres")]
    assert files == []
    assert ledger.verify_ledger(core).holds
    assert ledger.verify_ledger(core).audit.tombstones == 0


def test_no_byte_of_the_chat_is_left_but_the_page_that_the_record_names(core: Core, clock: SettableClock) -> None:
    vera = told_everything(core)
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    swept(core, clock)
    with core.storage.read() as db:
        record = db.execute(METADATA.tables["consent_record"].select()).one()
    assert record.page_path == f"/{CANARY}/"
    data = core.settings.data_dir
    (database,) = holding(data, CANARY)
    assert database == "chatgate.db"
    assert (data / database).read_bytes().count(CANARY.encode()) == 1


def test_a_dry_run_says_what_goes_and_changes_nothing(core: Core, clock: SettableClock) -> None:
    vera = finished(core)
    clock.advance(days=366)
    before = state_of(core)
    expected = {"conversation_id": vera.conversation_id, "retention_days": 365, "erases": "chat"}
    (item,) = retention.due(core)
    assert {name: item[name] for name in expected} == expected
    assert state_of(core) == before
    assert retention.sweep(core) == 1
    after = state_of(core)
    assert retention.due(core) == []
    assert retention.sweep(core) == 0
    assert state_of(core) == after, "a second run does nothing"


def test_the_proof_goes_after_its_own_days_with_a_tombstone(any_core: Core, clock: SettableClock) -> None:
    core = any_core
    vera = finished(core)
    assert swept(core, clock) == 1
    assert swept(core, clock, days=1094) == 0
    assert proofs.evidence(core, vera.conversation_id).record["record_id"]
    clock.advance(days=2)
    assert [item["erases"] for item in retention.due(core)] == ["proof"]
    assert retention.sweep(core) == 1
    assert rows_left(core) <= HASHES
    assert holding(core.settings.data_dir, vera.conversation_id) == []
    audit = ledger.verify_ledger(core).audit
    assert (ledger.verify_ledger(core).holds, audit.tombstones) == (True, 1)
    with pytest.raises(Refusal, match="not_found"):
        proofs.evidence(core, vera.conversation_id)
    assert retention.sweep(core) == 0


def test_a_notice_without_days_for_the_proof_keeps_none_beyond_the_chat(make_core: Any, clock: SettableClock) -> None:
    core: Core = make_core(shop=False)
    open_shop(core, notice=WITHOUT_PROOF)
    finished(core)
    clock.advance(days=366)
    assert [item["erases"] for item in retention.due(core)] == ["all"]
    assert retention.sweep(core) == 1
    assert rows_left(core) <= HASHES


def test_agents_see_nothing_of_it_and_the_privacy_role_the_proof(core: Core, clock: SettableClock) -> None:
    vera = finished(core)
    swept(core, clock)
    officer = hired(core, "Olga", "privacy_officer")
    for agent in (hired(core), hired(core, "Ada", "admin"), officer):
        for view in ("open", "closed", "mine", "unassigned"):
            listed = inbox.list_conversations(core, agent, view=view, filters=Filters(), limit=50)
            assert listed["conversations"] == []
        assert search.search(core, agent, CANARY, Filters(), 10)["hits"] == []
        with pytest.raises(Refusal, match="not_found"):
            inbox.open_conversation(core, agent, vera.conversation_id)
    shown = proofs.show_proof(core, officer, vera.conversation_id, WHY)
    assert shown["verification"]["holds"]
    assert shown["transcript_erased_at"] is not None
    found = proofs.check_receipt(core, officer, vera.opened["receipt"], WHY)
    assert found["receipt"]["holds"]
    assert found["proof"]["conversation_id"] == vera.conversation_id
    assert verify_pack(proofs.export_pack(core, officer, vera.conversation_id, WHY)).holds


def test_a_session_opens_nothing_any_more_and_the_receipt_every_right(core: Core, clock: SettableClock) -> None:
    vera = finished(core)
    swept(core, clock, days=366)
    with pytest.raises(Refusal, match="session_invalid"):
        sessions.read_session(core, sessions.session_token(core, vera.conversation_id))
    name = consents.conversation_of_receipt(core, receipt_of(vera))
    assert consents.current_consent(core, name)["receipt"]["content"]["record"]["record_id"]
    copy = subjects.ask(core, name, "access")["export"]
    assert "message" not in copy["tables"]
    assert copy["tables"]["consent_record"][0]["subject_id"] == vera.session.visitor_id
    assert subjects.ask(core, name, "erasure")["state"] == "done"
    assert holding(core.settings.data_dir, vera.conversation_id) == []
    with pytest.raises(Refusal, match="session_invalid"):
        consents.conversation_of_receipt(core, receipt_of(vera))


def test_what_is_left_can_be_withdrawn_and_not_agreed_to_again(core: Core, clock: SettableClock) -> None:
    vera = finished(core, training=True)
    swept(core, clock)
    answer = consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    assert answer["consent"]["may_train"] is False
    again = welcome(core)
    shown = again.opened["receipt"]["content"]["record"]
    from tests.cast import shown as notice_of

    now = notice_of(core)
    request = ChangeRequest({"training": True}, now["display_token"], shown["rendered_sha256"])
    with pytest.raises(Refusal, match="closed"):
        consents.change_consent(core, vera.conversation_id, request)


@pytest.mark.parametrize("stage", ["chat", "proof"])
def test_a_legal_hold_keeps_the_chat_and_the_proof(core: Core, clock: SettableClock, stage: str) -> None:
    vera = finished(core)
    if stage == "proof":
        swept(core, clock)
    subjects.ask(core, vera.conversation_id, "restriction", actor="operator", reason="claim 7")
    assert swept(core, clock, days=5000) == 0
    assert core.storage.row_counts(["message"])["message"] == (1 if stage == "chat" else 0)
    with pytest.raises(Refusal, match="restricted"):
        subjects.ask(core, vera.conversation_id, "erasure")


def test_a_reader_in_the_way_delays_the_files_and_the_worker_goes_on(core: Core, clock: SettableClock) -> None:
    finished(core)
    clock.advance(days=366)
    with core.storage.read() as db:
        db.exec_driver_sql("SELECT count(*) FROM message").one()
        assert retention.sweep(core) == 1
    Worker(core).sweep()
    assert holding(core.settings.data_dir, CANARY) == []
    assert subjects.list_requests(core) == [], "nobody asked"


# -- the training copy -----------------------------------------------------------------------------------------


def item_of(core: Core) -> str:
    with core.storage.read() as db:
        item: str = db.exec_driver_sql("SELECT item_id FROM training_lineage").scalar_one()
    return item


def test_a_training_copy_outlives_its_chat_with_its_whole_lineage(
    any_core: Core, clock: SettableClock, tmp_path: Path
) -> None:
    core = any_core
    vera = finished(core, training=True, body="Does the cup survive a dishwasher?")
    assert swept(core, clock) == 1
    assert core.storage.row_counts(["message"])["message"] == 0
    lineage = training.item_lineage(core, item_of(core))
    assert lineage["state"] == "admitted"
    with core.storage.read() as db:
        assert consents.consents.event(db, lineage["consent_event_id"]) is not None
    made = releases.build_release(core, ReleaseRequest("store-chats", "Model team", 30), tmp_path / "one")
    assert made["items"] == 1
    # The withdrawal by receipt still reaches it, and the release that was handed out.
    name = consents.conversation_of_receipt(core, receipt_of(vera))
    consents.change_consent(core, name, ChangeRequest({"training": False}))
    assert training.item_lineage(core, item_of(core))["state"] == "quarantined"
    Worker(core).drain()
    assert training.item_lineage(core, item_of(core))["state"] == "retracted"
    assert core.sinks["database"].item_ids() == []  # type: ignore[attr-defined]
    folder = core.settings.data_dir / "copy"
    (tmp_path / "one").rename(folder)
    (folder / "feed.json").write_bytes(releases.write_feed(core, made["release"]))
    assert releases.verify_folder(folder, None, core.clock.now()).revoked_lines == (1,)


def test_a_training_copy_goes_when_its_own_clause_ends_and_its_proof_later(core: Core, clock: SettableClock) -> None:
    vera = finished(core, training=True)
    swept(core, clock)
    assert swept(core, clock, days=363) == 0
    assert training.item_lineage(core, item_of(core))["state"] == "admitted"
    swept(core, clock, days=2)  # 731 days after the yes
    assert training.item_lineage(core, item_of(core))["state"] == "retracted"
    assert proofs.evidence(core, vera.conversation_id).events[-1][1]["kind"] == "expired"
    assert swept(core, clock, days=1094) == 0
    assert swept(core, clock, days=2) == 1
    assert rows_left(core) <= HASHES


def test_a_proof_without_days_of_its_own_stays_as_long_as_the_training_copy(
    make_core: Any, clock: SettableClock
) -> None:
    core: Core = make_core(shop=False)
    open_shop(core, notice=WITHOUT_PROOF)
    finished(core, training=True)
    assert swept(core, clock) == 1
    assert swept(core, clock, days=363) == 0
    swept(core, clock, days=2)
    assert swept(core, clock, days=1) == 1
    assert rows_left(core) <= HASHES


def test_a_transcript_that_waits_for_a_person_goes_with_its_chat(core: Core, clock: SettableClock) -> None:
    finished(core, training=True, body="I take insulin for my diabetes, is the glaze safe?")
    assert training.item_lineage(core, item_of(core))["state"] == "held"
    swept(core, clock)
    lineage = training.item_lineage(core, item_of(core))
    assert (lineage["state"], lineage["reason"]) == ("skipped", "transcript_erased")


def test_a_curator_reads_and_leaves_out_a_copy_whose_chat_is_gone(core: Core, clock: SettableClock) -> None:
    finished(core, training=True, body="Does the cup survive a dishwasher?")
    swept(core, clock)
    curator = hired(core, "Cora", "admin")
    assert curation.read_item(core, curator, item_of(core))["lines"][0]["body"]
    curation.decide(core, curator, item_of(core), "quarantine", "a name is in it")
    Worker(core).drain()
    assert training.item_lineage(core, item_of(core))["state"] == "retracted"


def test_longer_days_for_the_proof_ask_again_and_shorter_ones_inform() -> None:
    from chatgate.policy.notice_file import read_notice_file
    from chatgate.policy.version_diff import required_level

    contents = {
        days: read_notice_file(shipped_notice("split").replace("1095", str(days)), SITE)[0].content
        for days in (30, 1095)
    }
    assert required_level(contents[30], contents[1095]).word == "major"
    assert required_level(contents[1095], contents[30]).word == "minor"
