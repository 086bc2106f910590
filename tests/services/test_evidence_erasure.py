"""Erasure to the byte, the tombstone that stays, and the ledger that says erased and not lost."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from chatgate.errors import Refusal
from chatgate.ids import new_token, token_hash
from chatgate.models.purposes import Purpose
from chatgate.models.tables import METADATA
from chatgate.services import attachments, consents, conversations, messages, sessions
from chatgate.services.attachments import Author, Upload
from chatgate.services.core import Core
from chatgate.services.evidence import ledger
from chatgate.services.kit import RowStore
from chatgate.services.rights import erasure, outside, subjects
from chatgate.storage.subject_rows import BLANKED, subject_tables
from chatgate.storage.writing import upkeep
from chatgate.worker import Worker
from tests.cast import Vera, decision, hire_adam, request_of, shown, signed_in, welcome
from tests.sample_files import pdf

CANARY = "kanarek7f3a9c"


def told_everything(core: Core) -> Vera:
    """A visitor whose canary stands in every place that holds words, and whose transcript was exported."""
    hire_adam(core)
    vera = welcome(core, training=True, page_path=f"/{CANARY}/")
    vera.writes(f"Hello, {CANARY} here")
    conversations.set_profile(core, vera.conversation_id, {"name": CANARY, "note": CANARY * 30})
    messages.post_agent_message(core, signed_in(core), vera.conversation_id, new_token("m"), f"Dear {CANARY}")
    vera.writes(f"{CANARY} " * 280)
    document = pdf(CANARY.encode())
    upload = Upload(new_token("file"), f"{CANARY}.pdf", len(document), io.BytesIO(document).read)
    author = Author("visitor", vera.session.visitor_id, "key")
    attachments.store_attachment(core, vera.conversation_id, author, upload)
    row = RowStore(core.storage, core.clock, "somebody")
    row.put("key", {"text": CANARY}, purpose=Purpose.SUPPORT, conversation_id=vera.conversation_id)
    conversations.close_conversation(core, vera.conversation_id, "agent")
    Worker(core).drain()
    return vera


def places_of(core: Core, needle: str) -> list[str]:
    """The files under the data directory in which the bytes stand."""
    return [
        path.name
        for path in core.settings.data_dir.rglob("*")
        if path.is_file() and needle.encode() in path.read_bytes()
    ]


def erased(core: Core, vera: Vera) -> dict[str, Any]:
    return subjects.ask(core, vera.conversation_id, "erasure")


@pytest.mark.parametrize("indexed", [True, False])
def test_no_byte_of_a_visitor_is_left_in_any_file(core: Core, monkeypatch: pytest.MonkeyPatch, indexed: bool) -> None:
    monkeypatch.setattr(upkeep, "PAUSE_SECONDS", 3600)
    vera = told_everything(core)
    if indexed:
        core.storage.catch_up()
    stays = welcome(core, limiter_key="other")
    stays.writes("This one stays")
    assert "chatgate.db-wal" in places_of(core, CANARY)
    request = erased(core, vera)
    assert request["state"] == "done"
    for needle in (CANARY, vera.conversation_id, vera.session.visitor_id, vera.opened["receipt"]["content"]["salt"]):
        assert places_of(core, needle) == []
    assert core.storage.row_counts(["message", "conversation"]) == {"message": 1, "conversation": 1}
    stays.writes("And goes on")


def test_the_ledger_holds_and_says_that_it_was_erased(any_core: Core) -> None:
    core = any_core
    vera = told_everything(core)
    welcome(core, limiter_key="other")
    ledger.make_checkpoint(core)
    erased(core, vera)
    for incremental in (False, True):
        result = ledger.verify_ledger(core, incremental=incremental)
        assert result.holds, result.audit.findings
        assert result.audit.tombstones == 1
    assert ledger.verify_ledger(core).audit.erased == 1


def test_the_tombstone_leads_to_nobody(core: Core) -> None:
    vera = told_everything(core)
    erased(core, vera)
    with core.storage.read() as db:
        (stone,) = db.exec_driver_sql("SELECT * FROM tombstone").all()
        requests = db.exec_driver_sql("SELECT conversation_id, reason, state FROM subject_request").all()
    text = repr(tuple(stone))
    known = (vera.conversation_id, vera.session.visitor_id, vera.opened["consent"]["record_id"])
    assert not any(name in text for name in known)
    assert [tuple(row) for row in requests] == [(None, None, "done")]
    assert outside.tombstone_path(core.settings).read_text().split() == [stone.mac]


def test_session_and_receipt_open_nothing_afterwards(core: Core) -> None:
    payload = decision(shown(core))
    opened = sessions.open_session(core, request_of(payload))
    vera = Vera(core, opened, sessions.read_session(core, opened["session_token"]))
    erased(core, vera)
    with pytest.raises(Refusal, match="session_invalid"):
        sessions.read_session(core, opened["session_token"])
    with pytest.raises(Refusal, match="session_invalid"):
        consents.conversation_of_receipt(core, token_hash(opened["receipt"]["token"]))
    with pytest.raises(Refusal, match="display_token_invalid"):
        sessions.open_session(core, request_of(payload))
    with pytest.raises(Refusal):
        vera.writes()


def test_a_reader_in_the_way_delays_the_scrubbing_and_is_not_called_done(core: Core) -> None:
    vera = told_everything(core)
    with core.storage.read() as db:
        db.exec_driver_sql("SELECT count(*) FROM message").one()
        assert erased(core, vera)["state"] == "deleted"
    assert erasure.go_on(core) == 0
    assert places_of(core, CANARY) == []
    assert [request["state"] for request in subjects.list_requests(core)] == ["done"]


class Elsewhere:
    """A middleware that keeps data of its own, and fails the first time."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.down = True

    @property
    def name(self) -> str:
        return "elsewhere"

    def export(self, conversation_id: str) -> Mapping[str, Any]:
        return {"kept": self.kept.get(conversation_id)}

    def erase(self, conversation_id: str) -> None:
        if self.down:
            raise ConnectionError
        self.kept.pop(conversation_id, None)

    def scrub(self) -> bool:
        return True


def test_a_copy_elsewhere_that_cannot_be_erased_yet_is_tried_again_and_read_by_nobody(
    make_core: Callable[..., Core],
) -> None:
    core = make_core()
    store = Elsewhere()
    core.subject_data.append(store)
    vera = told_everything(core)
    store.kept[vera.conversation_id] = CANARY
    assert erased(core, vera)["state"] == "received"
    with pytest.raises(Refusal, match="consent_withdrawn"):
        vera.writes()
    with core.storage.read() as db:
        assert set(db.exec_driver_sql("SELECT state FROM training_lineage").scalars()) <= {"quarantined", "retracted"}
    store.down = False
    assert erasure.go_on(core) == 0
    assert store.kept == {}
    assert places_of(core, CANARY) == []


def test_every_table_with_personal_data_of_a_visitor_is_in_the_registry() -> None:
    known = {table.name for table in subject_tables()} | {"audit_event"}
    agents_own = {"agent", "agent_session", "agent_factor", "recovery_code"}
    for table in METADATA.sorted_tables:
        personal = [column.name for column in table.columns if column.info.get("retention") not in (None, "agent")]
        assert not personal or table.name in known | agents_own, (table.name, personal)
    assert set(BLANKED) <= known


def test_evidence_is_deleted_with_a_permit_only_and_no_permit_stays(core: Core) -> None:
    vera = told_everything(core)
    with pytest.raises(Exception, match="append-only"):
        core.storage.write_now(lambda db: db.exec_driver_sql("DELETE FROM consent_event"))
    erased(core, vera)
    assert core.storage.row_counts(["erasure_permit", "consent_event"]) == {"erasure_permit": 0, "consent_event": 0}


def test_an_older_copy_that_is_put_back_is_erased_again(
    core: Core, make_core: Callable[..., Core], tmp_path: Path
) -> None:
    vera = told_everything(core)
    core.storage.close()
    path = core.settings.data_dir / "chatgate.db"
    copy = path.read_bytes()
    again = make_core()
    erased(again, vera)
    assert erasure.conversations_to_erase(again) == []
    again.storage.close()
    path.write_bytes(copy)
    for name in ("chatgate.db-wal", "chatgate.db-shm"):
        (path.parent / name).unlink(missing_ok=True)
    restored = make_core()
    assert erasure.conversations_to_erase(restored) == [vera.conversation_id]
    assert erasure.reapply(restored) == 1
    assert erasure.reapply(restored) == 0
    assert places_of(restored, CANARY) == []
    assert ledger.verify_ledger(restored).holds


def test_the_access_export_has_everything_and_nobody_elses_data(core: Core) -> None:
    vera = told_everything(core)
    answer = subjects.ask(core, vera.conversation_id, "access")
    export = answer["export"]
    assert answer["state"] == "done"
    assert [line["author_kind"] for line in export["tables"]["message"]] == ["visitor", "agent", "visitor"]
    assert export["tables"]["middleware_row"][0]["value"] == f'{{"text": "{CANARY}"}}'
    assert export["consent"]["@type"] == "dpv:ConsentRecord"
    text = repr(export)
    for hidden in ("Adam", "adam@", "receipt_token_hash", vera.opened["receipt"]["content"]["salt"]):
        assert hidden not in text
    portable = subjects.ask(core, vera.conversation_id, "portability")["export"]
    assert [line["author_kind"] for line in portable["messages"]] == ["visitor", "visitor"]


def test_a_restriction_stores_and_nothing_else_and_a_hold_names_its_reason(core: Core, vera: Vera) -> None:
    vera.writes()
    subjects.ask(core, vera.conversation_id, "restriction", actor="operator", reason="claim 7")
    with pytest.raises(Refusal, match="restricted"):
        vera.writes()
    with pytest.raises(Refusal) as refused:
        erased(core, vera)
    assert (refused.value.code, refused.value.detail) == ("restricted", {"reason": "claim 7"})
    assert core.storage.row_counts(["message"])["message"] == 1


def test_an_objection_withdraws_what_is_optional(core: Core) -> None:
    vera = welcome(core, training=True)
    subjects.ask(core, vera.conversation_id, "objection")
    state = consents.covers_now(core, vera.conversation_id)
    assert (state.may_talk, state.may_train) == (True, False)


def test_a_request_is_due_in_one_month() -> None:
    from datetime import UTC, datetime

    assert subjects.month_later(datetime(2026, 1, 31, 9, tzinfo=UTC)) == datetime(2026, 2, 28, 9, tzinfo=UTC)
    assert subjects.month_later(datetime(2026, 12, 5, tzinfo=UTC)) == datetime(2027, 1, 5, tzinfo=UTC)
    assert subjects.month_later(datetime(2026, 11, 30, tzinfo=UTC)) == datetime(2026, 12, 30, tzinfo=UTC)
