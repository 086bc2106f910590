"""The consent ledger: the key that signs it, its checkpoints, and the verification of everything it vouches for."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from chatgate.policy.evidence.checkpoints import Checkpoint, sign_checkpoint
from chatgate.policy.evidence.ledger import EMPTY_ROOT, frontier, root, tombstone_leaf
from chatgate.policy.evidence.ledger_audit import Audit, Finding, LedgerRow, RollingTree, audit_ledger
from chatgate.policy.evidence.records import record_sha256, stored_event, stored_record
from chatgate.policy.notices import content_sha256
from chatgate.policy.signing import key_id, public_key
from chatgate.services.core import AnyRow, Core
from chatgate.storage.queries import consents, installation, ledger

CHECKPOINT_EVERY: Final = timedelta(days=1)
CHECKPOINT_LEAVES: Final = 1000
"""The worker makes a checkpoint when either is reached and there is anything new."""


def begin(db: Connection, key: bytes, at: datetime) -> None:
    """Begin the ledger of a new installation.

    Stores: a checkpoint over no leaves, which names the ledger after the key.
    """
    first = sign_checkpoint(key, origin=ledger_origin(key), tree_size=0, root=EMPTY_ROOT, at=at)
    ledger.add_checkpoint(db, _columns(first))


def ledger_origin(key: bytes) -> str:
    """Return the name of the ledger that a key signs: only who has the key can make it, and it tells nothing of it."""
    return "chatgate:" + hmac.digest(key, b"chatgate/ledger-origin/v1", hashlib.sha256).hex()[:32]


def make_checkpoint(core: Core) -> Checkpoint:
    """Sign the ledger's root of now.

    Stores: a checkpoint; nothing personal.
    """
    now = core.clock.now()

    def job(db: Connection) -> Checkpoint:
        return add_signed_head(core, db, now)

    return core.storage.write_now(job)


def checkpoint_if_due(core: Core) -> Checkpoint | None:
    """Make a checkpoint when there are new leaves and the last one is old enough, or they are many."""
    now = core.clock.now()
    with core.storage.read() as db:
        count, last = ledger.size(db), ledger.last_checkpoint(db)
    covered = 0 if last is None else last.tree_size
    age = CHECKPOINT_EVERY if last is None else now - datetime.fromisoformat(last.time)
    if count == covered or (age < CHECKPOINT_EVERY and count - covered < CHECKPOINT_LEAVES):
        return None
    return make_checkpoint(core)


def former_keys(db: Connection) -> dict[str, bytes]:
    """Return the public keys, by their ids, that signed before a lost key was given up: what they signed holds."""
    return {key_id(public): public for public in map(bytes.fromhex, installation.former_signing_keys(db))}


def known_keys(core: Core) -> dict[str, bytes]:
    """Return every public key of this installation by its id, those that were given up as well."""
    public = public_key(core.signing_key)
    with core.storage.read() as db:
        return {key_id(public): public, **former_keys(db)}


def add_signed_head(core: Core, db: Connection, now: datetime) -> Checkpoint:
    """Sign the ledger's root inside of a writing job."""
    # Two processes could give the same number, or put a smaller tree behind a larger one.
    ledger.lock(db)
    count = ledger.size(db)
    head = ledger.computed(db, lambda nodes: root(nodes, count))
    origin = ledger_origin(core.signing_key)
    checkpoint = sign_checkpoint(core.signing_key, origin=origin, tree_size=count, root=head, at=now)
    ledger.add_checkpoint(db, _columns(checkpoint))
    return checkpoint


def _columns(checkpoint: Checkpoint) -> dict[str, Any]:
    names = ("origin", "tree_size", "root", "time", "key_id", "signature")
    return {name: getattr(checkpoint, name) for name in names}


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found, and from which leaf on it looked."""

    audit: Audit
    start: int
    checkpoints: int

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return self.audit.holds


def verify_ledger(core: Core, *, incremental: bool = False, saved: Sequence[object] = ()) -> Verification:
    """Verify leaves, events, records, notices, tombstones, nodes and checkpoints against each other.

    Args:
        core: the installation.
        incremental: look only at what is new since the last checkpoint, whose root must hold.
        saved: checkpoints that were kept elsewhere; they tell an older copy of the database from the true one.
    """
    with core.storage.read() as db:
        rows = ledger.checkpoints(db)
        found = _checkpoint_findings(rows)
        last = rows[-1] if incremental and rows else None
        tree = _edge(db, last) if last is not None else RollingTree()
        start = tree.size
        documents = [ledger.checkpoint_of(row).as_dict() for row in rows if row.tree_size >= start]
        tombstones = {row.ledger_seq: ledger.tombstone_document(row) for row in ledger.tombstones(db)}
        known = _Openings(db, found)
        audit = audit_ledger(
            known.rows(start, tombstones),
            [*documents, *saved],
            public_key(core.signing_key),
            origin=ledger_origin(core.signing_key),
            former=former_keys(db),
            tree=tree,
            erased=_erased_before(db, start, tombstones),
            stored_node=known.node,
        )
        found += _strays(db, audit.size, tombstones)
        if not incremental:
            found += _notice_findings(consents.all_notices(db))
            found += [Finding("record_without_event", None, name) for name in ledger.records_without_event(db)]
    late = {f"checkpoint {number}" for number in range(len(documents), len(documents) + len(saved))}
    audit.findings = [item for item in audit.findings if not (item.is_warning and item.detail.split(",")[0] in late)]
    audit.findings += [item for item in found if item not in audit.findings]
    audit.findings.sort(key=lambda item: (item.seq is None, item.seq or 0))
    return Verification(audit, start, len(rows))


def _edge(db: Connection, last: AnyRow) -> RollingTree:
    """Return the tree at the last checkpoint from its stored nodes; the audit compares its root with the checkpoint."""
    places = frontier(last.tree_size)
    stored = ledger.nodes(db, places)
    return RollingTree(last.tree_size, [stored.get(place, b"\0" * 32) for place in places])


def _checkpoint_findings(rows: Sequence[AnyRow]) -> list[Finding]:
    found = []
    for number, row in enumerate(rows):
        if row.number != number:
            found.append(Finding("checkpoint_missing", None, f"checkpoint {number}"))
            break
        if number and row.tree_size < rows[number - 1].tree_size:
            found.append(Finding("checkpoint_out_of_order", None, f"checkpoint {number}"))
    return found


def _erased_before(db: Connection, start: int, tombstones: Mapping[int, Mapping[str, Any]]) -> list[int]:
    """Return the places that genuine tombstones before the start of an incremental audit name."""
    early = [seq for seq in tombstones if seq < start]
    leaves = ledger.nodes(db, [(0, seq) for seq in early])
    genuine = [seq for seq in early if leaves.get((0, seq), b"").hex() == tombstone_leaf(tombstones[seq])]
    return [place for seq in genuine for place in tombstones[seq]["seqs"]]


def _strays(db: Connection, count: int, tombstones: Iterable[int]) -> list[Finding]:
    found = [Finding("event_without_leaf", seq, name) for name, seq in ledger.events_beyond(db, count)]
    found += [Finding("tombstone_without_leaf", seq) for seq in tombstones if seq >= count]
    known = ledger.leaves_under_nodes(db)
    if known > count:
        found.append(Finding("ledger_truncated", count, f"the stored nodes know {known} leaves"))
    return found


def _notice_findings(rows: Iterable[AnyRow]) -> list[Finding]:
    """Return the notices whose row does not say what its name stands for."""
    return [
        Finding("notice_altered", None, row.sha256)
        for row in rows
        if content_sha256(row.content) != row.sha256
        or (row.site_id, row.notice_id, row.version, row.locale)
        != tuple(row.content.get(name) for name in ("site", "notice_id", "version", "locale"))
    ]


class _Openings:
    """Reads what opens the leaves: events, and the hash of each record as its row spells it today."""

    def __init__(self, db: Connection, found: list[Finding]) -> None:
        self._db = db
        self._found = found
        self._notices: dict[str, AnyRow | None] = {}
        self._nodes: Mapping[tuple[int, int], bytes] = {}

    def node(self, level: int, place: int) -> bytes | None:
        """Return the stored node that the row of now completes."""
        return self._nodes.get((level, place))

    def rows(self, start: int, tombstones: Mapping[int, Mapping[str, Any]]) -> Iterator[LedgerRow]:
        """Return the ledger's rows from ``start`` on, each with its opening."""
        for batch in ledger.rows_from(self._db, start):
            self._nodes = ledger.nodes_completed(self._db, batch[0].seq, batch[-1].seq)
            events = {row.ledger_seq: row for row in ledger.events_at(self._db, batch[0].seq, batch[-1].seq)}
            records = consents.records(self._db, sorted({row.record_id for row in events.values()}))
            hashes = {name: self._record_hash(row) for name, row in records.items()}
            for leaf in batch:
                yield self._row(leaf, events.get(leaf.seq), records, hashes, tombstones.get(leaf.seq))

    def _row(
        self,
        leaf: AnyRow,
        event: AnyRow | None,
        records: Mapping[str, AnyRow],
        hashes: Mapping[str, str | None],
        tombstone: Mapping[str, Any] | None,
    ) -> LedgerRow:
        if event is None:
            return LedgerRow(leaf.seq, leaf.leaf_hash, tombstone=tombstone)
        if event.leaf_hash != leaf.leaf_hash:
            self._found.append(Finding("event_altered", leaf.seq))
        self._notice(event.notice_sha256)
        record = records.get(event.record_id)
        if record is None:
            # Without its record an event has no salt to open its leaf with.
            self._found.append(Finding("record_altered", leaf.seq, "the record is gone"))
            return LedgerRow(leaf.seq, leaf.leaf_hash, tombstone=tombstone)
        try:
            salt = bytes.fromhex(record.salt)
            document = stored_event(event._asdict())
        except (ValueError, TypeError):
            self._found.append(Finding("event_altered", leaf.seq))
            return LedgerRow(leaf.seq, leaf.leaf_hash, tombstone=tombstone)
        return LedgerRow(leaf.seq, leaf.leaf_hash, document, salt, hashes[event.record_id], tombstone)

    def _record_hash(self, record: AnyRow) -> str | None:
        notice = self._notice(record.notice_sha256)
        if notice is None:
            return None
        try:
            return record_sha256(stored_record(record._asdict(), notice.content))
        except Exception:
            # Whatever an edited row makes the document fail with: it is not the record that was appended.
            return None

    def _notice(self, sha256: str) -> AnyRow | None:
        if sha256 not in self._notices:
            self._notices[sha256] = consents.notice(self._db, sha256)
            if self._notices[sha256] is None:
                self._found.append(Finding("notice_missing", None, sha256))
        return self._notices[sha256]
