"""Receipts of every decision: signed, the same on every call, with a capability that only the visitor gets."""

import json
from collections.abc import Callable

from chatgate.ids import token_hash
from chatgate.policy.evidence.receipts import receipt_file, verify_receipt, verify_receipt_file
from chatgate.services import consents, sessions
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.evidence import ledger
from chatgate.services.evidence.receipts import receipt
from tests.cast import Vera, decision, request_of, shown, welcome


def test_an_opened_session_carries_a_receipt_that_verifies_offline(vera: Vera) -> None:
    check = verify_receipt(vera.opened["receipt"])
    assert check.holds
    assert check.proof == "pending"
    assert check.content is not None
    assert check.content["choices"] == {"support": True, "training": False}


def test_the_receipt_as_the_widget_saves_it_is_the_file_that_verifies(vera: Vera) -> None:
    # The widget writes JSON.stringify(receipt, null, 2) and a line feed: the members must arrive sorted.
    saved = json.dumps(json.loads(json.dumps(vera.opened["receipt"])), indent=2, ensure_ascii=False).encode() + b"\n"
    assert saved == receipt_file(vera.opened["receipt"])
    assert verify_receipt_file(saved).holds


def test_the_token_is_stored_as_a_hash_only(core: Core, vera: Vera) -> None:
    token = vera.opened["receipt"]["token"]
    with core.storage.read() as db:
        row = db.exec_driver_sql("SELECT receipt_token_hash FROM consent_record").one()
    assert row[0] == token_hash(token)
    core.storage.close()
    for path in core.settings.data_dir.rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes()


def test_a_lost_answer_brings_the_same_receipt_again(core: Core) -> None:
    payload = decision(shown(core))
    first, second = (sessions.open_session(core, request_of(payload)) for _ in range(2))
    assert first["receipt"] == second["receipt"]


def test_withdrawing_twice_gives_the_same_signed_receipt(core: Core) -> None:
    vera = welcome(core, training=True)
    first = consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    second = consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    assert first == second
    assert first["receipt"]["content"]["kind"] == "withdrawn"
    assert first["receipt"]["content"]["choices"] == {"support": True, "training": False}
    assert verify_receipt(first["receipt"]).holds
    assert core.storage.row_counts(["consent_event"])["consent_event"] == 2


def test_a_checkpoint_gives_every_receipt_its_proof_and_leaves_the_signed_part_alone(core: Core) -> None:
    vera = welcome(core, training=True)
    before = vera.opened["receipt"]
    for _ in range(5):
        welcome(core, limiter_key=str(_))
    ledger.make_checkpoint(core)
    welcome(core, limiter_key="later")
    ledger.make_checkpoint(core)
    with core.storage.read() as db:
        after = receipt(core, db, before["content"]["record"]["record_id"])
    assert after["content"] == before["content"]
    assert verify_receipt(after).proof == "held"
    assert after["proof"]["checkpoint"]["tree_size"] == 6, "the first checkpoint that covers it, on every call"


def test_an_agent_never_gets_the_capability(core: Core) -> None:
    vera = welcome(core, training=True)
    request = ChangeRequest({"training": False}, actor="agent:1", reason="asked by phone")
    answer = consents.change_consent(core, vera.conversation_id, request)
    assert answer["receipt"]["token"] is None
    assert vera.opened["receipt"]["token"] not in json.dumps(answer)


def test_the_receipt_holds_on_both_databases(any_core: Core) -> None:
    vera = welcome(any_core)
    ledger.make_checkpoint(any_core)
    answer = consents.current_consent(any_core, vera.conversation_id)
    assert verify_receipt(answer["receipt"]).proof == "held"


def test_a_rotated_session_key_takes_the_token_out_of_new_copies_only(
    make_core: Callable[..., Core],
) -> None:
    core = make_core()
    vera = welcome(core)
    token = vera.opened["receipt"]["token"]
    core.session_key = b"\1" * 32
    assert consents.current_consent(core, vera.conversation_id)["receipt"]["token"] is None
    assert consents.conversation_of_receipt(core, token_hash(token)) == vera.conversation_id
