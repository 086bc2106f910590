"""An audit names every edited, deleted, reordered or inserted row, and tells lawful erasure from a loss."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatgate.policy.canonical import leaf_hash
from chatgate.policy.evidence.checkpoints import Checkpoint, sign_checkpoint
from chatgate.policy.evidence.ledger import MemoryNodes, extend, frontier, root, tombstone_leaf
from chatgate.policy.evidence.ledger_audit import CODES, Audit, LedgerRow, RollingTree, audit_ledger
from tests.policy.evidence import AT, KEY, ORIGIN, PUBLIC

SALT = hashlib.sha256(b"salt").digest()


def opened(seq: int) -> LedgerRow:
    event = {"type": "chatgate/consent-event/v1", "number": seq, "record_sha256": f"{seq:064x}"}
    return LedgerRow(seq, leaf_hash(SALT, event), event, SALT, event["record_sha256"])


def buried(seq: int, seqs: list[int]) -> LedgerRow:
    tombstone = {"kind": "erasure", "seqs": seqs, "tombstone": "00" * 32}
    return LedgerRow(seq, tombstone_leaf(tombstone), tombstone=tombstone)


def nodes(rows: list[LedgerRow]) -> MemoryNodes:
    store = MemoryNodes()
    extend(store, 0, [bytes.fromhex(row.leaf) for row in rows])
    return store


def heads(rows: list[LedgerRow], sizes: tuple[int, ...]) -> list[Checkpoint]:
    store = nodes(rows)
    return [
        sign_checkpoint(KEY, origin=ORIGIN, tree_size=n, root=root(store, n), at=AT + timedelta(hours=n)) for n in sizes
    ]


ROWS = [opened(seq) for seq in range(9)] + [buried(9, [2, 3])] + [opened(seq) for seq in range(10, 13)]
ERASED = [replace(row, event=None, salt=None, record_sha256=None) if row.seq in (2, 3) else row for row in ROWS]
HEADS = [head.as_dict() for head in heads(ROWS, (4, 8, 13))]


def audited(rows: list[LedgerRow], checkpoints: list[Any] | None = None, **options: Any) -> Audit:
    return audit_ledger(rows, HEADS if checkpoints is None else checkpoints, PUBLIC, origin=ORIGIN, **options)


def first(audit: Audit) -> tuple[str, int | None]:
    assert all(finding.code in CODES for finding in audit.findings)
    return audit.findings[0].code, audit.findings[0].seq


def test_a_sound_ledger_holds_and_lawful_erasure_is_counted() -> None:
    audit = audited(ERASED)
    assert (audit.holds, audit.findings) == (True, [])
    assert (audit.size, audit.opened, audit.erased, audit.tombstones) == (13, 10, 2, 1)
    assert audit.root == root(nodes(ROWS), 13)


def test_an_empty_ledger_holds() -> None:
    assert audited([], []).holds


@pytest.mark.parametrize("seq", [row.seq for row in ERASED if row.event])
def test_an_edited_event_is_named_by_its_place(seq: int) -> None:
    rows = list(ERASED)
    rows[seq] = replace(rows[seq], event={**(rows[seq].event or {}), "number": 99})
    assert first(audited(rows)) == ("event_altered", seq)


@pytest.mark.parametrize("seq", [0, 7, 12])
def test_an_edited_record_is_told_from_an_edited_event(seq: int) -> None:
    rows = list(ERASED)
    rows[seq] = replace(rows[seq], record_sha256="ff" * 32)
    assert first(audited(rows)) == ("record_altered", seq)


@pytest.mark.parametrize("seq", [0, 7, 12])
def test_an_exchanged_salt_is_named(seq: int) -> None:
    rows = list(ERASED)
    rows[seq] = replace(rows[seq], salt=bytes(32))
    assert first(audited(rows)) == ("event_altered", seq)
    rows[seq] = replace(rows[seq], salt=b"short")
    assert first(audited(rows)) == ("event_altered", seq)


@pytest.mark.parametrize("seq", [0, 7, 12])
def test_a_removed_event_is_missing_evidence_and_no_erasure(seq: int) -> None:
    rows = list(ERASED)
    rows[seq] = replace(rows[seq], event=None, salt=None, record_sha256=None)
    audit = audited(rows)
    assert first(audit) == ("EVIDENCE_MISSING", seq)
    assert audit.erased == 2


def test_erased_evidence_that_is_back_is_named() -> None:
    assert first(audited(ROWS)) == ("erased_evidence_present", 2)


@pytest.mark.parametrize("edit", [{"seqs": [2, 3, 4]}, {"tombstone": "ff" * 32}, {"kind": "other"}])
def test_an_edited_tombstone_is_named_and_buries_nothing(edit: dict[str, Any]) -> None:
    rows = list(ERASED)
    rows[9] = replace(rows[9], tombstone={**(rows[9].tombstone or {}), **edit})
    codes = {(finding.code, finding.seq) for finding in audited(rows).findings}
    assert codes == {("tombstone_altered", 9), ("EVIDENCE_MISSING", 2), ("EVIDENCE_MISSING", 3)}


@pytest.mark.parametrize("seq", range(13))
def test_an_event_rewritten_together_with_its_leaf_breaks_the_next_checkpoint(seq: int) -> None:
    rows = list(ERASED)
    event = {"forged": True}
    rows[seq] = LedgerRow(seq, leaf_hash(SALT, event), event, SALT)
    found = {(finding.code, finding.seq) for finding in audited(rows).findings}
    assert ("checkpoint_mismatch", 4 if seq < 4 else 8 if seq < 8 else 13) in found


@pytest.mark.parametrize("seq", range(12))
def test_a_deleted_leaf_is_named(seq: int) -> None:
    assert ("leaf_missing", seq) in {
        (finding.code, finding.seq) for finding in audited(ERASED[:seq] + ERASED[seq + 1 :]).findings
    }


@pytest.mark.parametrize("seq", range(12))
def test_a_deleted_leaf_with_the_rest_moved_up_breaks_a_checkpoint(seq: int) -> None:
    rest = [replace(row, seq=number) for number, row in enumerate(ERASED[:seq] + ERASED[seq + 1 :])]
    codes = {finding.code for finding in audited(rest).findings}
    assert codes & {"checkpoint_mismatch", "ledger_truncated"}


@pytest.mark.parametrize("seq", range(12))
def test_two_leaves_that_changed_places_are_named(seq: int) -> None:
    rows = list(ERASED)
    rows[seq], rows[seq + 1] = replace(rows[seq + 1], seq=seq), replace(rows[seq], seq=seq + 1)
    assert not audited(rows).holds
    shuffled = list(ERASED)
    shuffled[seq], shuffled[seq + 1] = shuffled[seq + 1], shuffled[seq]
    assert not audited(shuffled).holds


@pytest.mark.parametrize("seq", range(14))
def test_an_inserted_leaf_is_named(seq: int) -> None:
    event = {"inserted": True}
    extra = LedgerRow(seq, leaf_hash(SALT, event), event, SALT)
    moved = [replace(row, seq=row.seq + 1) for row in ERASED[seq:]]
    codes = {finding.code for finding in audited([*ERASED[:seq], extra, *moved]).findings}
    # After the last checkpoint it is a new leaf like any other.
    assert codes == set() if seq == 13 else "checkpoint_mismatch" in codes


def test_a_leaf_that_stands_twice_is_named() -> None:
    codes = [(item.code, item.seq) for item in audited([*ERASED[:5], *ERASED[4:]]).findings]
    assert ("leaf_out_of_order", 4) in codes


@pytest.mark.parametrize("size", range(13))
def test_a_truncated_ledger_or_an_older_copy_is_named(size: int) -> None:
    codes = [finding.code for finding in audited(ERASED[:size]).findings]
    assert "ledger_truncated" in codes


def test_an_older_copy_with_its_own_older_checkpoints_is_named_by_a_saved_one() -> None:
    rows = [opened(seq) for seq in range(5)]
    assert audited(rows, HEADS[:1]).holds
    saved = heads(ROWS, (13,))[0].as_dict()
    assert [item.code for item in audited(rows, [HEADS[0], saved]).findings] == ["ledger_truncated"]


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda d: d.update(root="0" * 64), "checkpoint_signature_invalid"),
        (lambda d: d.update(tree_size=7), "checkpoint_signature_invalid"),
        (lambda d: d.update(key_id="0" * 64), "key_unknown"),
        (lambda d: d.pop("root"), "checkpoint_malformed"),
    ],
)
def test_an_altered_checkpoint_is_named(edit: Callable[[dict[str, Any]], object], code: str) -> None:
    damaged = dict(HEADS[1])
    edit(damaged)
    audit = audited(ERASED, [HEADS[0], damaged, HEADS[2]])
    assert [(item.code, item.detail) for item in audit.findings] == [(code, "checkpoint 1")]


def test_a_clock_that_jumped_back_is_a_warning_and_no_loss() -> None:
    late, early = heads(ROWS, (4, 8))
    early = sign_checkpoint(KEY, origin=ORIGIN, tree_size=8, root=early.root_bytes, at=AT)
    audit = audited(ERASED, [late.as_dict(), early.as_dict()])
    assert audit.holds
    assert [item.code for item in audit.findings] == ["checkpoint_time_reversed"]


def test_an_altered_node_is_named() -> None:
    store = nodes(ROWS)

    def stored(level: int, index: int) -> bytes | None:
        return store.nodes.get((level, index))

    assert audited(ERASED, stored_node=stored).holds
    store.nodes[2, 1] = bytes(32)
    audit = audited(ERASED, stored_node=stored)
    assert [(item.code, item.seq, item.detail) for item in audit.findings] == [("node_altered", 7, "level 2, index 1")]
    del store.nodes[3, 0]
    assert len(audited(ERASED, stored_node=stored).findings) == 2


@pytest.mark.parametrize("start", [4, 8, 13])
def test_an_incremental_audit_reads_only_what_is_new(start: int) -> None:
    store = nodes(ROWS)
    edge = [store.get(*place) for place in frontier(start)]
    audit = audited(ERASED[start:], tree=RollingTree(start, edge))
    assert audit.holds
    assert (audit.size, audit.root) == (13, root(store, 13))


def test_an_incremental_audit_notices_a_rewritten_past() -> None:
    store = nodes(ROWS)
    edge = [store.get(*place) for place in frontier(8)]
    edge[0] = bytes(32)
    assert first(audited(ERASED[8:], tree=RollingTree(8, edge))) == ("checkpoint_mismatch", 8)


def test_an_edge_that_does_not_fit_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        RollingTree(3, [bytes(32)])


@settings(max_examples=50)
@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_the_rolling_tree_is_the_tree(leaves: list[bytes]) -> None:
    tree, store = RollingTree(), MemoryNodes()
    for number, leaf in enumerate(leaves):
        made = {place[:2]: place[2] for place in tree.append(leaf)}
        extend(store, number, [leaf])
        assert all(store.nodes[place] == node for place, node in made.items())
        assert tree.root() == root(store, number + 1)
    assert len(store.nodes) == len(leaves) + sum(len(leaves) >> level for level in range(1, 7))


def test_a_malformed_leaf_is_named() -> None:
    rows = list(ERASED)
    rows[6] = replace(rows[6], leaf="zz")
    assert ("leaf_malformed", 6) in {(item.code, item.seq) for item in audited(rows).findings}
