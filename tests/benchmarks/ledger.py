"""Prints what the ledger costs at 1 k, 100 k and 1 M leaves: ``python -m tests.benchmarks.ledger [leaves ...]``.

Append and consent are whole transactions on SQLite, synced to the disk; a proof is read from stored nodes. Behind the
slash stands the processor time of the whole process: on a busy machine only that compares.
"""

import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from chatgate.app import create_core
from chatgate.clock import SystemClock
from chatgate.config import Settings
from chatgate.models.tables import METADATA
from chatgate.policy.evidence.ledger import inclusion_proof
from chatgate.policy.evidence.ledger_audit import RollingTree
from chatgate.services.core import Core
from chatgate.services.evidence import ledger
from chatgate.storage.queries import ledger as queries
from tests.cast import open_shop, welcome

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 50
BATCH = 20_000
LEAF, NODE = METADATA.tables["ledger_leaf"], METADATA.tables["ledger_node"]


def fill(core: Core, count: int) -> None:
    """Grow the ledger to ``count`` leaves, each the tombstone-like leaf of a number: nothing to open, all to hash."""
    with core.storage.read() as db:
        start = queries.size(db)
    tree = RollingTree()
    for place in range(start):
        tree.append(leaf_of(place))
    for first in range(start, count, BATCH):
        leaves, nodes = [], []
        for place in range(first, min(first + BATCH, count)):
            leaf = leaf_of(place)
            leaves.append({"seq": place, "leaf_hash": leaf.hex()})
            nodes += [
                {"level": level, "place": index, "node_hash": node.hex()} for level, index, node in tree.append(leaf)
            ]

        def job(db: Any, leaves: Any = leaves, nodes: Any = nodes) -> None:
            db.execute(insert(LEAF), leaves)
            if nodes:
                db.execute(insert(NODE), nodes)

        core.storage.write_now(job)


def leaf_of(place: int) -> bytes:
    return hashlib.sha256(b"bench %d" % place).digest()


def milliseconds(work: Callable[[int], object], rounds: int = ROUNDS) -> str:
    """The medians of so many rounds."""
    taken, used = [], []
    for number in range(rounds):
        start, cpu = time.perf_counter(), time.process_time()
        work(number)
        taken.append((time.perf_counter() - start) * 1000)
        used.append((time.process_time() - cpu) * 1000)
    return f"{statistics.median(taken):.2f}/{statistics.median(used):.2f} ms"


def measure(size: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        core = create_core(Settings(data_dir=Path(place), middleware=[]), SystemClock())
        open_shop(core)
        fill(core, size)
        append = milliseconds(
            lambda number: core.storage.write_now(lambda db: queries.append_leaf(db, leaf_of(-number - 1).hex()))
        )
        consent = milliseconds(lambda number: welcome(core, limiter_key=str(number)))
        checkpoint = milliseconds(lambda _number: ledger.make_checkpoint(core), 5)
        with core.storage.read() as db:
            count = queries.size(db)
            proof = milliseconds(
                lambda number: queries.computed(db, lambda nodes: inclusion_proof(nodes, number * 7 % count, count))
            )
        for number in range(100):
            welcome(core, limiter_key=f"new {number}")
        incremental = milliseconds(lambda _number: ledger.verify_ledger(core, incremental=True), 5)
        new = ledger.verify_ledger(core, incremental=True)
        start = time.perf_counter()
        full = ledger.verify_ledger(core)
        seconds = time.perf_counter() - start
        assert new.audit.size - new.start == 100
        print(
            f"{size:>9,} leaves: append {append}  consent {consent}  proof {proof}  "
            f"checkpoint {checkpoint}  verify 100 new {incremental}  verify all {seconds:7.1f} s "
            f"({full.audit.size:,} leaves)",
            flush=True,
        )
        core.storage.close()


def main() -> None:
    print(f"medians of {ROUNDS}, SQLite, synchronous=FULL")
    for size in [int(value) for value in sys.argv[1:]] or SIZES:
        measure(size)


if __name__ == "__main__":
    main()
