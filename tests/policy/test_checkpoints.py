"""Checkpoints: a signed head of the ledger that betrays every rewriting of what came before it."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatgate.policy.evidence.checkpoints import (
    Checkpoint,
    checkpoint_follows,
    inclusion_document,
    parse_checkpoint,
    path_bytes,
    sign_checkpoint,
    verify_checkpoint,
    verify_inclusion_document,
)
from chatgate.policy.evidence.ledger import MemoryNodes, consistency_proof, extend, inclusion_proof, root
from chatgate.policy.signing import key_id, public_key

KEY = bytes(range(32))
PUBLIC = public_key(KEY)
AT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
ORIGIN = "kilnandcup.example/consent"


def tree(count: int, tag: bytes = b"") -> MemoryNodes:
    store = MemoryNodes()
    extend(store, 0, [hashlib.sha256(tag + bytes([number])).digest() for number in range(count)])
    return store


def checkpoint(store: MemoryNodes, size: int, at: datetime = AT) -> Checkpoint:
    return sign_checkpoint(KEY, origin=ORIGIN, tree_size=size, root=root(store, size), at=at)


def test_a_checkpoint_survives_the_round_trip() -> None:
    made = checkpoint(tree(5), 5)
    assert parse_checkpoint(made.as_dict()) == made
    assert verify_checkpoint(made.as_dict(), PUBLIC, ORIGIN) == made
    assert made.key_id == key_id(PUBLIC)
    assert made.time == "2026-11-23T22:00:00.000000Z"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"origin": "elsewhere.example"}, "checkpoint_signature_invalid"),
        ({"tree_size": 4}, "checkpoint_signature_invalid"),
        ({"root": "00" * 32}, "checkpoint_signature_invalid"),
        ({"time": "2026-11-23T22:00:00.000001Z"}, "checkpoint_signature_invalid"),
        ({"signature": "00" * 64}, "checkpoint_signature_invalid"),
        ({"key_id": "00" * 32}, "key_unknown"),
        ({"tree_size": True}, "checkpoint_malformed"),
        ({"tree_size": -1}, "checkpoint_malformed"),
        ({"tree_size": 2**53}, "checkpoint_malformed"),
        ({"tree_size": "5"}, "checkpoint_malformed"),
        ({"tree_size": 5.0}, "checkpoint_malformed"),
        ({"root": "AB" * 32}, "checkpoint_malformed"),
        ({"type": "chatgate/receipt/v1"}, "checkpoint_malformed"),
        ({"extra": 1}, "checkpoint_malformed"),
    ],
)
def test_every_altered_member_is_named(change: dict[str, object], code: str) -> None:
    assert verify_checkpoint({**checkpoint(tree(5), 5).as_dict(), **change}, PUBLIC) == code


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_changed_character_anywhere_is_noticed(data: st.DataObject) -> None:
    document = checkpoint(tree(5), 5).as_dict()
    name = data.draw(st.sampled_from(sorted(set(document) - {"tree_size"})))
    place = data.draw(st.integers(0, len(document[name]) - 1))
    letter = data.draw(st.characters(exclude_categories=["Cs"]))
    text = document[name][:place] + letter + document[name][place + 1 :]
    same = text == document[name]
    assert isinstance(verify_checkpoint({**document, name: text}, PUBLIC), Checkpoint) == same


def test_a_missing_member_or_another_kind_of_document_is_malformed() -> None:
    document = checkpoint(tree(5), 5).as_dict()
    for name in document:
        assert verify_checkpoint({key: document[key] for key in document if key != name}, PUBLIC) == (
            "checkpoint_malformed"
        )
    for other in (None, [], "text", 5):
        assert verify_checkpoint(other, PUBLIC) == "checkpoint_malformed"


def test_another_ledgers_checkpoint_is_named() -> None:
    document = checkpoint(tree(5), 5).as_dict()
    assert verify_checkpoint(document, PUBLIC, "other.example") == "checkpoint_origin_mismatch"
    assert verify_checkpoint(document, public_key(bytes(32))) == "key_unknown"


def test_a_longer_ledger_follows_a_shorter_one() -> None:
    store = tree(9)
    older, newer = checkpoint(store, 5), checkpoint(store, 9, AT + timedelta(hours=1))
    assert checkpoint_follows(older, newer, consistency_proof(store, 5, 9)) is None
    assert checkpoint_follows(newer, newer, []) is None


def test_an_older_copy_of_the_database_is_a_rollback() -> None:
    store = tree(9)
    assert checkpoint_follows(checkpoint(store, 9), checkpoint(store, 5), []) == "ledger_rolled_back"


def test_a_rewritten_prefix_is_named() -> None:
    store, other = tree(9), tree(9, b"rewritten")
    older, newer = checkpoint(store, 5), checkpoint(other, 9)
    assert checkpoint_follows(older, newer, consistency_proof(other, 5, 9)) == "ledger_rewritten"
    assert checkpoint_follows(older, checkpoint(store, 9), []) == "ledger_rewritten"
    assert checkpoint_follows(older, checkpoint(other, 5), []) == "ledger_rewritten"


def test_a_clock_that_jumped_back_is_named_apart_from_a_rewritten_ledger() -> None:
    store = tree(9)
    older, newer = checkpoint(store, 5), checkpoint(store, 9, AT - timedelta(seconds=1))
    assert checkpoint_follows(older, newer, consistency_proof(store, 5, 9)) == "checkpoint_time_reversed"


def test_checkpoints_of_two_ledgers_do_not_follow_each_other() -> None:
    store = tree(5)
    other = sign_checkpoint(KEY, origin="other", tree_size=5, root=root(store, 5), at=AT)
    assert checkpoint_follows(checkpoint(store, 5), other, []) == "checkpoint_origin_mismatch"


def test_an_inclusion_proof_holds_for_its_leaf_only() -> None:
    store = tree(7)
    for index in range(7):
        document = inclusion_document(index, inclusion_proof(store, index, 7), checkpoint(store, 7))
        leaf = store.get(0, index).hex()
        other = store.get(0, (index + 1) % 7).hex()
        assert verify_inclusion_document(document, leaf, PUBLIC, ORIGIN) is None
        assert verify_inclusion_document(document, other, PUBLIC) == "proof_invalid"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"index": 3}, "proof_invalid"),
        ({"index": 7}, "proof_invalid"),
        ({"path": []}, "proof_invalid"),
        ({"index": True}, "proof_malformed"),
        ({"index": "2"}, "proof_malformed"),
        ({"path": "00"}, "proof_malformed"),
        ({"path": ["00"]}, "proof_malformed"),
        ({"path": [7]}, "proof_malformed"),
        ({"path": ["00" * 32] * 65}, "proof_malformed"),
        ({"extra": 1}, "proof_malformed"),
        ({"checkpoint": None}, "checkpoint_malformed"),
    ],
)
def test_every_altered_member_of_a_proof_is_named(change: dict[str, object], code: str) -> None:
    store = tree(7)
    document = inclusion_document(2, inclusion_proof(store, 2, 7), checkpoint(store, 7))
    assert verify_inclusion_document({**document, **change}, store.get(0, 2).hex(), PUBLIC) == code


def test_a_proof_with_an_altered_checkpoint_or_leaf_is_named() -> None:
    store = tree(7)
    document = inclusion_document(2, inclusion_proof(store, 2, 7), checkpoint(store, 7))
    bent = {**document, "checkpoint": {**document["checkpoint"], "root": root(tree(7, b"x"), 7).hex()}}
    leaf = store.get(0, 2).hex()
    assert verify_inclusion_document(bent, leaf, PUBLIC) == "checkpoint_signature_invalid"
    assert verify_inclusion_document(document, leaf.upper(), PUBLIC) == "proof_malformed"
    assert path_bytes(None) is None


@pytest.mark.parametrize(("size", "digest"), [(-1, bytes(32)), (2**53, bytes(32)), (1, b"short")])
def test_nonsense_is_not_signed(size: int, digest: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sign_checkpoint(KEY, origin=ORIGIN, tree_size=size, root=digest, at=AT)
