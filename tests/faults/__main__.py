"""``python -m tests.faults --seed N --rounds K``: the fault tests for longer; prints what was broken and compared."""

import argparse
import sys
import time
from collections import Counter

from tests.faults.ground import grounds
from tests.faults.scenarios import TALKING
from tests.faults.work import WORKING

SCENARIOS = {scenario.__name__: scenario for scenario in (*TALKING, *WORKING)}
FOUND = {"lost": "lost", "doubled": "twice", "reordered": "another order"}


def main() -> int:
    """Run what was asked for; exit 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed; decides when what breaks")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds, one after the other")
    parser.add_argument("--rounds", type=int, default=3, help="how often things break in each scenario")
    parser.add_argument("only", nargs="*", help=f"some of: {', '.join(SCENARIOS)}")
    given = parser.parse_args()
    unknown = set(given.only) - set(SCENARIOS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    faults: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    with grounds() as ground_of:
        for seed in range(given.seed, given.seed + given.seeds):
            for name in given.only or SCENARIOS:
                began = time.monotonic()
                ground = ground_of(seed)
                with ground.open:
                    report = SCENARIOS[name](ground, given.rounds)
                print(f"{name}, seed {seed}, {time.monotonic() - began:.0f} s: {report}", flush=True)
                faults.update(report.faults)
                counts.update(report.counts)
                wrong += [f"{name}, seed {seed}: {line}" for line in report.wrong]
    found = ", ".join(f"{sum(word in line for line in wrong)} {name}" for name, word in FOUND.items())
    print(f"\n{sum(faults.values())} faults injected, {counts['stored']} messages stored,", end=" ")
    print(f"{counts['acknowledged']} acknowledged and {counts['shown']} shown,", end=" ")
    print(f"{counts['events']} events and {counts['training items']} training items were compared: {found}")
    print("\n".join(wrong) or "nothing is wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
