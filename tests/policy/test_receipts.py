"""Receipts: the visitor's copy of the record, which any change betrays, without a network or a database."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatgate.policy.canonical import canonical_bytes
from chatgate.policy.evidence.receipt_page import receipt_page
from chatgate.policy.evidence.receipts import (
    PROBLEMS,
    RIGHTS,
    build_receipt,
    receipt_fields,
    receipt_file,
    receipt_link,
    verify_receipt,
    verify_receipt_file,
)
from chatgate.policy.signing import key_id, public_key
from tests.policy.evidence import (
    KEY,
    PUBLIC,
    SALT,
    TOKEN,
    build_evidence,
    make_event,
    make_receipt,
    make_record,
)
from tests.receipt_pages import fields_of

TRUSTED = {key_id(PUBLIC): PUBLIC}


@pytest.fixture(scope="module")
def receipt() -> dict[str, Any]:
    """A receipt with its ledger proof."""
    evidence = build_evidence()
    return make_receipt(proof=evidence.proofs[evidence.seqs[0]])


def altered(document: Any, path: list[Any], value: Any) -> Any:
    copy = json.loads(json.dumps(document))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return copy


def test_a_receipt_holds_with_and_without_known_keys(receipt: dict[str, Any]) -> None:
    check = verify_receipt(receipt, TRUSTED)
    assert (check.holds, check.key_trusted, check.proof) == (True, True, "held")
    assert verify_receipt(receipt).key_trusted is None
    assert verify_receipt(make_receipt()).proof == "pending"


def test_a_receipt_tells_everything_that_the_record_tells_and_how_to_use_it(receipt: dict[str, Any]) -> None:
    content = receipt["content"]
    assert content["record"] == make_record()
    assert content["contact"] == "privacy@kilnandcup.example"
    assert content["rights"] == list(RIGHTS)
    assert content["complaint_authority"].startswith("Prezes")
    assert content["how_to_withdraw"] == make_record()["withdrawal_method"]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (["content", "record", "locale"], "en", "receipt_record_altered"),
        (["content", "record", "controller", "name"], "Mallory", "receipt_record_altered"),
        (["content", "record", "clauses", 0, "text"], "Anything goes.", "receipt_record_altered"),
        (["content", "event", "record_sha256"], "0" * 64, "receipt_record_altered"),
        (["content", "event", "record_id"], "another", "receipt_event_altered"),
        (["content", "event", "choices", "training"], True, "receipt_signature_invalid"),
        (["content", "choices", "training"], True, "receipt_signature_invalid"),
        (["content", "contact"], "mallory@example.org", "receipt_signature_invalid"),
        (["content", "token_sha256"], "0" * 64, "receipt_signature_invalid"),
        (["content", "salt"], "0" * 64, "receipt_signature_invalid"),
        (["content", "seq"], 0, "receipt_signature_invalid"),
        (["signature"], "0" * 128, "receipt_signature_invalid"),
        (["signature"], None, "receipt_signature_invalid"),
        (["token"], "cgr_another", "receipt_token_altered"),
        (["key_id"], "0" * 64, "key_id_mismatch"),
        (["public_key"], public_key(bytes(32)).hex(), "key_id_mismatch"),
        (["public_key"], "zz", "receipt_malformed"),
        (["content", "salt"], "00", "receipt_malformed"),
        (["content", "seq"], "5", "receipt_malformed"),
        (["content", "seq"], True, "receipt_malformed"),
        (["content", "type"], "chatgate/checkpoint/v1", "receipt_malformed"),
        (["content", "record"], [], "receipt_malformed"),
        (["content", "extra"], 1, "receipt_malformed"),
        (["extra"], 1, "receipt_malformed"),
        (["token"], 7, "receipt_malformed"),
        (["proof", "index"], 3, "proof_invalid"),
        (["proof", "path", 0], "0" * 64, "proof_invalid"),
        (["proof", "path"], None, "proof_malformed"),
        (["proof", "checkpoint", "root"], "0" * 64, "checkpoint_signature_invalid"),
        (["proof", "checkpoint", "tree_size"], 6, "checkpoint_signature_invalid"),
        (["proof", "checkpoint", "time"], "2027-01-01T00:00:00.000000Z", "checkpoint_signature_invalid"),
        (["proof", "checkpoint"], {}, "checkpoint_malformed"),
    ],
)
def test_every_alteration_is_named(receipt: dict[str, Any], path: list[Any], value: object, problem: str) -> None:
    check = verify_receipt(altered(receipt, path, value), TRUSTED)
    assert problem in check.problems
    assert set(check.problems) <= set(PROBLEMS)


def test_a_receipt_signed_by_somebody_else_is_named() -> None:
    forged = make_receipt(private_key=bytes(32))
    assert verify_receipt(forged).holds
    assert verify_receipt(forged, TRUSTED).problems == ("key_unknown",)


def test_the_proof_of_another_event_does_not_fit() -> None:
    evidence = build_evidence()
    other = make_receipt(proof=evidence.proofs[evidence.seqs[1]])
    assert verify_receipt(other).problems == ("proof_invalid",)
    assert verify_receipt(other).proof == "invalid"


@pytest.mark.parametrize("document", [None, [], "receipt", 7, {}, {"content": {}}])
def test_another_document_is_malformed(document: object) -> None:
    assert verify_receipt(document).problems == ("receipt_malformed",)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_flipped_byte_anywhere_in_the_file_is_noticed(data: st.DataObject) -> None:
    evidence = build_evidence()
    receipt = make_receipt(proof=evidence.proofs[evidence.seqs[0]])
    original = data.draw(st.sampled_from([receipt_file(receipt), canonical_bytes(receipt)]))
    place = data.draw(st.integers(0, len(original) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = original[:place] + bytes([original[place] ^ flip]) + original[place + 1 :]
    assert verify_receipt_file(original, TRUSTED).holds
    assert not verify_receipt_file(changed, TRUSTED).holds


def test_every_flipped_case_bit_of_the_file_is_noticed() -> None:
    original = receipt_file(make_receipt())
    for place in range(len(original)):
        changed = original[:place] + bytes([original[place] ^ 0x20]) + original[place + 1 :]
        assert not verify_receipt_file(changed).holds, place


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_removed_or_inserted_byte_is_noticed(data: st.DataObject) -> None:
    original = receipt_file(make_receipt())[:-1]
    place = data.draw(st.integers(0, len(original) - 1))
    assert not verify_receipt_file(original[:place] + original[place + 1 :]).holds
    assert not verify_receipt_file(original[:place] + b" " + original[place:]).holds


def test_a_reformatted_file_is_told_from_an_altered_one(receipt: dict[str, Any]) -> None:
    spread = json.dumps(receipt, indent=7).encode()
    assert verify_receipt_file(spread).problems == ("receipt_reformatted",)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'{"content":1,"content":2}', b"[" * 10_000])
def test_a_file_that_is_no_json_is_named(data: bytes) -> None:
    assert verify_receipt_file(data).problems == ("receipt_not_json",)


def test_a_huge_file_is_not_read() -> None:
    assert verify_receipt_file(b" " * (1 << 21)).problems == ("receipt_too_large",)


def test_the_same_fields_give_the_same_receipt_byte_for_byte() -> None:
    assert receipt_file(make_receipt()) == receipt_file(make_receipt())


def test_a_withdrawal_has_a_receipt_of_its_own_and_a_second_call_gives_the_same() -> None:
    event = make_event(number=2, kind="withdrawn", choices={"support": False})
    first, second = (make_receipt(event=event, choices={"support": False, "training": False}) for _ in range(2))
    assert receipt_file(first) == receipt_file(second)
    assert first["content"]["kind"] == "withdrawn"
    assert first["content"]["receipt_id"] != make_receipt()["content"]["receipt_id"]
    assert verify_receipt(first, TRUSTED).holds


def test_a_later_proof_changes_neither_content_nor_signature() -> None:
    evidence = build_evidence()
    early = make_receipt()
    late = {**early, "proof": evidence.proofs[evidence.seqs[0]]}
    assert {**late, "proof": None} == early
    assert verify_receipt(late, TRUSTED).proof == "held"


def test_an_event_about_another_record_gets_no_receipt() -> None:
    with pytest.raises(ValueError, match="not about this record"):
        make_receipt(record={**make_record(), "locale": "en"})


def test_the_token_travels_in_the_fragment_only(receipt: dict[str, Any]) -> None:
    assert receipt_link(receipt) == f"https://chat.kilnandcup.example/receipt#{TOKEN}"
    assert receipt_link({**receipt, "token": None}) is None
    assert TOKEN not in json.dumps(receipt["content"])


def test_a_receipt_without_its_token_still_holds(receipt: dict[str, Any]) -> None:
    assert verify_receipt({**receipt, "token": None}, TRUSTED).holds


def upside_down(text: str) -> str:
    return text[::-1]


def test_page_and_file_parse_to_the_same_fields(receipt: dict[str, Any]) -> None:
    page = receipt_page(receipt, upside_down, locale="pl")
    assert fields_of(page) == receipt_fields(json.loads(receipt_file(receipt)))


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\r\n\t<>&\"'"), max_size=30))
def test_any_text_of_the_notice_survives_the_page(text: str) -> None:
    record = make_record(withdrawal_method=f"x{text}x")
    receipt = make_receipt(record=record, event=make_event(record))
    page = receipt_page(receipt, str, locale="en")
    assert fields_of(page) == receipt_fields(receipt)


def test_the_page_is_safe_complete_and_loads_nothing(receipt: dict[str, Any]) -> None:
    page = receipt_page(receipt, str, locale='pl"><script>')
    assert "<script" not in page
    assert "src=" not in page
    assert "url(" not in page
    for clause in receipt["content"]["record"]["clauses"]:
        assert escape(clause["text"]) in page
    assert 'name="referrer" content="no-referrer"' in page


def test_fields_name_every_value_once(receipt: dict[str, Any]) -> None:
    paths = [path for path, _ in receipt_fields(receipt)]
    assert len(paths) == len(set(paths))
    assert ("content.record.clauses.1.choice", "false") in receipt_fields(receipt)


def test_a_builder_needs_documents_and_no_secrets_besides_the_key() -> None:
    record: Mapping[str, Any] = make_record()
    made = build_receipt(
        KEY,
        record=record,
        event=make_event(),
        salt=SALT,
        seq=5,
        choices={"support": True, "training": False},
        complaint_authority="UODO",
        receipt_url="https://chat.kilnandcup.example/receipt",
        token_sha256="0" * 64,
    )
    assert KEY.hex() not in json.dumps(made)
