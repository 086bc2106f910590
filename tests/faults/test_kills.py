"""Servers, databases, lines and clocks that break under load: nothing lost, nothing doubled, order kept.

``python -m tests.faults`` runs the same for longer, with any seed, and prints what it compared.
"""

from collections.abc import Callable

import pytest

from tests.faults.checker import Report
from tests.faults.ground import Ground
from tests.faults.scenarios import TALKING


@pytest.mark.parametrize("scenario", TALKING, ids=lambda scenario: scenario.__name__)
def test_both_sides_and_the_database_agree(scenario: Callable[[Ground, int], Report], ground: Ground) -> None:
    """Whatever breaks, and once more after it."""
    report = scenario(ground, 1)
    print(f"\n{scenario.__name__}, seed {ground.seed}: {report}")
    assert report.wrong == []
    assert report.counts["acknowledged"] > 0
    assert sum(report.faults.values()) > 0
