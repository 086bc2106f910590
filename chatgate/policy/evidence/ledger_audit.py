"""The audit of the consent ledger: what was edited, deleted, reordered, inserted or rolled back, and where.

The audit reads leaves once, in order, and keeps only the tree's right edge: a million leaves need no more memory
than ten. Erasing lawfully leaves a tombstone in the ledger itself; a leaf without its event and without a
tombstone is missing evidence.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chatgate.policy.canonical import leaf_hash
from chatgate.policy.evidence.checkpoints import Checkpoint, verify_checkpoint
from chatgate.policy.evidence.ledger import EMPTY_ROOT, frontier, node_hash, tombstone_leaf
from chatgate.policy.signing import hex_bytes

MAX_FINDINGS: Final = 1000
WARNINGS: Final = frozenset({"checkpoint_time_reversed"})
CODES: Final[Mapping[str, str]] = {
    "leaf_missing": "A leaf is missing in the middle of the ledger.",
    "leaf_out_of_order": "A leaf stands twice or in the wrong place.",
    "leaf_malformed": "A leaf is not a hash.",
    "event_altered": "The consent event is not the one that was recorded.",
    "record_altered": "The consent record is not the one that its event names.",
    "notice_altered": "The text of the notice is not the one that its name stands for.",
    "notice_missing": "A notice that a record or an event names is gone.",
    "record_without_event": "There is a consent record without any event: nobody appended it.",
    "tombstone_without_leaf": "There is a tombstone that the ledger does not know.",
    "checkpoint_missing": "A checkpoint between two others is gone.",
    "checkpoint_out_of_order": "A checkpoint covers fewer leaves than the one before it.",
    "tombstone_altered": "The tombstone is not the one that was recorded.",
    "EVIDENCE_MISSING": "The consent event is gone, and no tombstone says that it was erased lawfully.",
    "erased_evidence_present": "A tombstone says that this event was erased, and it is still there.",
    "event_without_leaf": "There is a consent event that the ledger does not know.",
    "node_altered": "A stored node of the tree does not fit its leaves.",
    "checkpoint_mismatch": "The leaves do not give the root that a checkpoint states: they were rewritten.",
    "ledger_truncated": "A checkpoint covers more leaves than the ledger has: an older copy, or cut off.",
    "checkpoint_time_reversed": "The clock jumped back between two checkpoints; the ledger itself is sound.",
    "checkpoint_malformed": "A checkpoint is damaged.",
    "checkpoint_signature_invalid": "A checkpoint's signature does not fit.",
    "checkpoint_origin_mismatch": "A checkpoint belongs to another ledger.",
    "key_unknown": "A checkpoint was signed with another key.",
}
"""Every finding in plain words."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One leaf with what the database has to open it.

    ``event`` is the document of ``stored_event`` as the event's own row spells it, ``record_sha256`` is computed
    from the record's row; both are None when the event is gone. ``tombstone`` is set on tombstone leaves.
    """

    seq: int
    leaf: str
    event: Mapping[str, Any] | None = None
    salt: bytes | None = None
    record_sha256: str | None = None
    tombstone: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: a code of ``CODES``, the ledger place where there is one, and what else identifies it."""

    code: str
    seq: int | None = None
    detail: str = ""

    @property
    def is_warning(self) -> bool:
        """Whether the evidence itself is sound."""
        return self.code in WARNINGS


@dataclass(slots=True)
class Audit:
    """What an audit found, the lowest place first."""

    size: int
    root: bytes
    opened: int = 0
    erased: int = 0
    tombstones: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether there is nothing but warnings."""
        return all(finding.is_warning for finding in self.findings)


class RollingTree:
    """The right edge of the tree: enough to append and to tell the root, in O(log n) memory."""

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        """Start at ``size`` leaves, with the hashes of ``frontier(size)`` from left to right."""
        if len(edge) != len(frontier(size)):
            raise ValueError("the edge does not fit the size")
        self.size = size
        self._edge = list(edge)

    def append(self, leaf: bytes) -> Iterable[tuple[int, int, bytes]]:
        """Add a leaf and return every node above it that became complete, as (level, index, hash)."""
        made: list[tuple[int, int, bytes]] = []
        level, index, node = 0, self.size, leaf
        while index & 1:
            node = node_hash(self._edge.pop(), node)
            level, index = level + 1, index >> 1
            made.append((level, index, node))
        self._edge.append(node)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Return the root of all leaves so far."""
        if not self._edge:
            return EMPTY_ROOT
        node = self._edge[-1]
        for left in self._edge[-2::-1]:
            node = node_hash(left, node)
        return node


def audit_ledger(
    rows: Iterable[LedgerRow],
    checkpoints: Sequence[object],
    public: bytes,
    *,
    origin: str | None = None,
    former: Mapping[str, bytes] = {},
    tree: RollingTree | None = None,
    erased: Iterable[int] = (),
    stored_node: Callable[[int, int], bytes | None] | None = None,
) -> Audit:
    """Check leaves, openings, tombstones, stored nodes and checkpoints against each other.

    Args:
        rows: the leaves in order; for an incremental audit only those after the trusted checkpoint.
        checkpoints: their documents in the order in which they were made, those of the database and any that
            was kept elsewhere (that one tells an older copy of the database from the current one).
        public: the key that signs checkpoints.
        origin: the name of the ledger under that key.
        former: keys by id that signed this ledger before they were lost and given up.
        tree: where an incremental audit starts; its root must already have been compared with a checkpoint.
        erased: places that tombstones before the start name (incremental audit).
        stored_node: reads a stored node above the leaves; None skips that comparison.
    """
    tree = tree or RollingTree()
    audit = Audit(tree.size, tree.root())
    heads = _heads(audit, checkpoints, public, origin, former)
    unopened, present, gone = list[int](), set[int](), set(erased)
    _compare(audit, heads, tree)
    for row in rows:
        if row.seq != tree.size:
            code = "leaf_missing" if row.seq > tree.size else "leaf_out_of_order"
            _note(audit, code, tree.size if code == "leaf_missing" else row.seq)
            # Past a gap every later root is wrong too: one finding tells more than a thousand.
            break
        leaf = hex_bytes(row.leaf, 32)
        if leaf is None:
            _note(audit, "leaf_malformed", row.seq)
            break
        _open(audit, row, unopened, present, gone)
        for level, index, node in tree.append(leaf):
            if stored_node is not None and stored_node(level, index) != node:
                _note(audit, "node_altered", row.seq, f"level {level}, index {index}")
        _compare(audit, heads, tree)
    else:
        for size in sorted(size for size in heads if size > tree.size):
            _note(audit, "ledger_truncated", tree.size, f"checkpoint of {size} leaves")
    audit.size, audit.root = tree.size, tree.root()
    _settle(audit, unopened, present, gone)
    return audit


def _heads(
    audit: Audit, documents: Sequence[object], public: bytes, origin: str | None, former: Mapping[str, bytes]
) -> dict[int, list[Checkpoint]]:
    heads: dict[int, list[Checkpoint]] = {}
    before: Checkpoint | None = None
    for number, document in enumerate(documents):
        name = document.get("key_id") if isinstance(document, Mapping) else None
        signer = former.get(name) if isinstance(name, str) else None
        checkpoint = verify_checkpoint(document, signer or public, None if signer else origin)
        if isinstance(checkpoint, str):
            _note(audit, checkpoint, None, f"checkpoint {number}")
            continue
        heads.setdefault(checkpoint.tree_size, []).append(checkpoint)
        if before is not None and checkpoint.time < before.time:
            _note(audit, "checkpoint_time_reversed", None, f"checkpoint {number}, {checkpoint.time}")
        before = checkpoint
    return heads


def _compare(audit: Audit, heads: Mapping[int, list[Checkpoint]], tree: RollingTree) -> None:
    for checkpoint in heads.get(tree.size, []):
        if checkpoint.root_bytes != tree.root():
            _note(audit, "checkpoint_mismatch", tree.size, f"checkpoint of {checkpoint.time}")


def _open(audit: Audit, row: LedgerRow, unopened: list[int], present: set[int], gone: set[int]) -> None:
    if row.tombstone is not None:
        audit.tombstones += 1
        if _matches(tombstone_leaf, row.leaf, row.tombstone):
            gone.update(row.tombstone["seqs"])
        else:
            _note(audit, "tombstone_altered", row.seq)
    elif row.event is None or row.salt is None:
        unopened.append(row.seq)
    else:
        audit.opened += 1
        present.add(row.seq)
        salt = row.salt
        if not _matches(lambda event: leaf_hash(salt, event), row.leaf, row.event):
            _note(audit, "event_altered", row.seq)
        elif row.event.get("record_sha256") != row.record_sha256:
            _note(audit, "record_altered", row.seq)


def _matches(digest: Callable[[Mapping[str, Any]], str], leaf: str, document: Mapping[str, Any]) -> bool:
    try:
        return digest(document) == leaf
    except ValueError:
        return False


def _settle(audit: Audit, unopened: Sequence[int], present: set[int], gone: set[int]) -> None:
    for seq in unopened:
        if seq in gone:
            audit.erased += 1
        else:
            _note(audit, "EVIDENCE_MISSING", seq)
    for seq in sorted(present & gone):
        _note(audit, "erased_evidence_present", seq)
    # Findings without a place (about a checkpoint itself) come last.
    audit.findings.sort(key=lambda finding: (finding.seq is None, finding.seq or 0))


def _note(audit: Audit, code: str, seq: int | None, detail: str = "") -> None:
    if len(audit.findings) < MAX_FINDINGS:
        audit.findings.append(Finding(code, seq, detail))
