"""Queries of the consent ledger: leaves, the nodes above them, checkpoints and tombstones."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Row, and_, func, insert, or_, select

from chatgate.models.tables import METADATA
from chatgate.policy.evidence.checkpoints import Checkpoint
from chatgate.policy.evidence.ledger import Coordinate, MemoryNodes, NodeStore, append
from chatgate.policy.signing import hex_bytes

T = TypeVar("T")
LEAF = METADATA.tables["ledger_leaf"]
NODE = METADATA.tables["ledger_node"]
CHECKPOINT = METADATA.tables["ledger_checkpoint"]
TOMBSTONE = METADATA.tables["tombstone"]
EVENT = METADATA.tables["consent_event"]
RECORD = METADATA.tables["consent_record"]
LEDGER_LOCK: Final = 7_236_001
"""The one advisory lock of PostgreSQL under which leaves are appended; SQLite has one writer anyway."""


class _Wanted:
    """Notes which nodes a computation reads: they depend on places and sizes only, never on hashes."""

    def __init__(self) -> None:
        self.places: list[Coordinate] = []

    def get(self, level: int, index: int) -> bytes:
        self.places.append((level, index))
        return bytes(32)

    def put(self, level: int, index: int, node: bytes) -> None:
        raise TypeError("reading only")


def computed(db: Connection, compute: Callable[[NodeStore], T]) -> T:
    """Return what a root or a proof is, with all the nodes that it needs read at once.

    Raises:
        KeyError: a node is missing.
    """
    wanted = _Wanted()
    compute(wanted)
    return compute(MemoryNodes(nodes(db, wanted.places)))


def size(db: Connection) -> int:
    """Return how many leaves the ledger has."""
    highest = db.execute(select(func.max(LEAF.c.seq))).scalar()
    return 0 if highest is None else int(highest) + 1


def lock(db: Connection) -> None:
    """Let nobody else append until this transaction ends; what is read after it, nobody else is changing.

    It comes last: who needs a conversation's row takes that first.
    """
    if db.dialect.name == "postgresql":
        db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LEDGER_LOCK})")


def append_leaf(db: Connection, leaf_hash: str) -> int:
    """Append a leaf with the nodes that it completes; return its place, from 0.

    Two statements read and at most two write, whatever the size: the nodes to the left of a new leaf are known from
    its place.
    """
    lock(db)
    seq = size(db)
    needed = [(level, (seq >> level) - 1) for level in range(seq.bit_length()) if _all_ones(seq, level + 1)]
    store = _Appended(nodes(db, needed))
    append(store, seq, bytes.fromhex(leaf_hash))
    _store(db, store.fresh)
    return seq


class _Appended(MemoryNodes):
    """The nodes that were read, and apart from them those that an append makes."""

    def __init__(self, known: Mapping[Coordinate, bytes]) -> None:
        super().__init__(known)
        self.fresh: dict[Coordinate, bytes] = {}

    def put(self, level: int, index: int, node: bytes) -> None:
        super().put(level, index, node)
        self.fresh[level, index] = node


def _all_ones(number: int, bits: int) -> bool:
    return number & ((1 << bits) - 1) == (1 << bits) - 1


def _store(db: Connection, fresh: Mapping[Coordinate, bytes]) -> None:
    leaves = [{"seq": place, "leaf_hash": node.hex()} for (level, place), node in fresh.items() if level == 0]
    inner = [
        {"level": level, "place": place, "node_hash": node.hex()} for (level, place), node in fresh.items() if level
    ]
    if leaves:
        db.execute(insert(LEAF), leaves)
    if inner:
        db.execute(insert(NODE), inner)


def nodes(db: Connection, wanted: Sequence[Coordinate]) -> dict[Coordinate, bytes]:
    """Return these nodes; one that is not stored is left out."""
    places = [place for level, place in wanted if level == 0]
    above = [(level, place) for level, place in wanted if level]
    found: dict[Coordinate, bytes] = {}
    if places:
        for row in db.execute(select(LEAF).where(LEAF.c.seq.in_(places))):
            found[0, row.seq] = _hash(row.leaf_hash)
    if above:
        which = or_(*[and_(NODE.c.level == level, NODE.c.place == place) for level, place in above])
        for row in db.execute(select(NODE).where(which)):
            found[row.level, row.place] = _hash(row.node_hash)
    return found


def nodes_completed(db: Connection, first: int, last: int) -> dict[Coordinate, bytes]:
    """Return the stored inner nodes that became complete with the leaves ``first`` to ``last``."""
    ranges = []
    for level in range(1, (last + 1).bit_length()):
        # Node `place` is complete with leaf (place + 1) * 2**level - 1.
        low, high = ((first + (1 << level)) >> level) - 1, (last + 1 >> level) - 1
        if low <= high:
            ranges.append((NODE.c.level == level) & NODE.c.place.between(low, high))
    if not ranges:
        return {}
    rows = db.execute(select(NODE).where(or_(*ranges)))
    return {(row.level, row.place): _hash(row.node_hash) for row in rows}


def _hash(stored: str) -> bytes:
    """Return a stored hash; what is no hash fits nothing, and a verification says so."""
    return hex_bytes(stored, 32) or b""


def rows_from(db: Connection, seq: int, batch: int = 1000) -> Iterator[Sequence[Row[Any]]]:
    """Return the leaves from a place on, in order and in batches, as the table has them."""
    at = seq
    while True:
        rows = db.execute(select(LEAF).where(LEAF.c.seq >= at).order_by(LEAF.c.seq).limit(batch)).all()
        if not rows:
            return
        yield rows
        at = rows[-1].seq + 1


def events_at(db: Connection, first: int, last: int) -> Sequence[Row[Any]]:
    """Return the consent events whose places are in this range."""
    return db.execute(select(EVENT).where(EVENT.c.ledger_seq.between(first, last))).all()


def events_beyond(db: Connection, count: int) -> list[tuple[str, int]]:
    """Return id and place of the events whose places are not among the first ``count`` leaves: nobody appended them."""
    query = select(EVENT.c.id, EVENT.c.ledger_seq).where((EVENT.c.ledger_seq >= count) | (EVENT.c.ledger_seq < 0))
    return [(row.id, row.ledger_seq) for row in db.execute(query.order_by(EVENT.c.ledger_seq))]


def leaves_under_nodes(db: Connection) -> int:
    """Return of how many leaves the stored nodes speak; never more than there are, unless leaves were cut off."""
    highest = db.execute(select(func.max(NODE.c.level))).scalar() or 0
    known = 0
    for level in range(1, highest + 1):
        place = db.execute(select(func.max(NODE.c.place)).where(NODE.c.level == level)).scalar()
        known = max(known, 0 if place is None else (place + 1) << level)
    return known


def records_without_event(db: Connection) -> Sequence[str]:
    """Return the ids of records that no event names."""
    query = select(RECORD.c.id).outerjoin(EVENT, EVENT.c.record_id == RECORD.c.id).where(EVENT.c.id.is_(None))
    return list(db.execute(query.order_by(RECORD.c.id)).scalars())


def add_tombstone(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert a tombstone whose leaf was appended."""
    db.execute(insert(TOMBSTONE).values(values))


def tombstone(db: Connection, mac: str) -> Row[Any] | None:
    """Return the tombstone of an erased conversation."""
    return db.execute(select(TOMBSTONE).where(TOMBSTONE.c.mac == mac)).one_or_none()


def tombstones(db: Connection) -> Sequence[Row[Any]]:
    """Return every tombstone in the ledger's order."""
    return db.execute(select(TOMBSTONE).order_by(TOMBSTONE.c.ledger_seq)).all()


def tombstones_after(db: Connection, seq: int) -> Sequence[Row[Any]]:
    """Return the tombstones behind a place of the ledger."""
    query = select(TOMBSTONE).where(TOMBSTONE.c.ledger_seq > seq)
    return db.execute(query.order_by(TOMBSTONE.c.ledger_seq)).all()


def tombstone_document(row: Row[Any]) -> dict[str, Any]:
    """Return the document of a stored tombstone: what its leaf covers, as the row spells it."""
    return {"kind": "erasure", "seqs": list(row.seqs), "tombstone": row.mac, "erased_at": row.erased_at}


def add_checkpoint(db: Connection, values: Mapping[str, Any]) -> int:
    """Insert a checkpoint behind the last one; return its number, from 0."""
    highest = db.execute(select(func.max(CHECKPOINT.c.number))).scalar()
    number = 0 if highest is None else int(highest) + 1
    db.execute(insert(CHECKPOINT).values(**values, number=number))
    return number


def checkpoints(db: Connection) -> Sequence[Row[Any]]:
    """Return every checkpoint in the order in which they were made."""
    return db.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.number)).all()


def last_checkpoint(db: Connection) -> Row[Any] | None:
    """Return the newest checkpoint."""
    return db.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.number.desc()).limit(1)).one_or_none()


def first_checkpoint(db: Connection) -> Row[Any] | None:
    """Return the checkpoint with which the ledger began."""
    return db.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.number).limit(1)).one_or_none()


def checkpoint_over(db: Connection, seq: int) -> Row[Any] | None:
    """Return the first checkpoint by the key of now that covers a place, or None when none does yet."""
    newest = select(CHECKPOINT.c.key_id).order_by(CHECKPOINT.c.number.desc()).limit(1).scalar_subquery()
    query = select(CHECKPOINT).where(CHECKPOINT.c.tree_size > seq, CHECKPOINT.c.key_id == newest)
    return db.execute(query.order_by(CHECKPOINT.c.number).limit(1)).one_or_none()


def checkpoint_of(row: Row[Any]) -> Checkpoint:
    """Return the checkpoint of a stored row; its signature is not checked."""
    return Checkpoint(row.origin, row.tree_size, row.root, row.time, row.key_id, row.signature)
