"""Workers that die in the middle: every event at least once, every transcript once, none of who took it back."""

from collections.abc import Callable

import pytest

from tests.faults.checker import Report
from tests.faults.ground import Ground
from tests.faults.work import WORKING


@pytest.mark.parametrize("scenario", WORKING, ids=lambda scenario: scenario.__name__)
def test_what_a_killed_worker_left_is_done_in_the_end(
    scenario: Callable[[Ground, int], Report], ground: Ground
) -> None:
    """Killed in the middle of a webhook, beside it, and in a sweep."""
    report = scenario(ground, 1)
    print(f"\n{scenario.__name__}, seed {ground.seed}: {report}")
    assert report.wrong == []
    assert report.counts["events"] > 0
    assert report.counts["training items"] > 0
    assert sum(report.faults.values()) == 2
