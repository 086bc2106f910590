"""Prints the figures of redaction on both test sets: ``python -m tests.benchmarks.redaction``."""

import json
from pathlib import Path

from chatgate.redaction import PROFILE_VERSION
from tests.redaction.generate import SEED
from tests.redaction.measure import measure
from tests.redaction.written import written_rows

FROZEN = Path(__file__).parents[1] / "redaction" / "frozen.jsonl"


def main() -> None:
    rows = [json.loads(line) for line in FROZEN.read_text(encoding="utf-8").splitlines()]
    print(f"redaction profile {PROFILE_VERSION}, {len(rows)} messages")
    parts = {part: [row for row in rows if row["part"] == part] for part in ("plain", "decoy", "adversarial")}
    for part, its_rows in {**parts, "by hand": written_rows(SEED)}.items():
        figures = measure(its_rows)
        print(f"\n{part}: median {figures['median_ms']:.2f} ms per message, precision {figures['precision']:.3f}")
        for kind, recall in figures["recall"].items():
            print(f"  recall {kind:<8} {recall:.4f}   as that type {figures['same_type'][kind]:.4f}")
        for kind, share in figures["decoys_hit_by_kind"].items():
            print(f"  decoys hit {kind:<8} {share:.4f}")
        print(f"  decoys hit, all  {figures['decoys_hit']:.4f}")


if __name__ == "__main__":
    main()
