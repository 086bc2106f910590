"""What a running process counts: plain numbers in memory, no labels about people, read when somebody asks.

Adding to one costs a dictionary's update. Each process counts its own; a scraper adds them up.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

ALL: Final[list["Count | Spread"]] = []
"""Every count and spread, in the order in which they are shown."""


class Count:
    """A number that only grows, one for each value of its label (``""`` when it has none)."""

    __slots__ = ("label", "meaning", "name", "values")

    def __init__(self, name: str, meaning: str, label: str = "") -> None:
        self.name = name
        self.meaning = meaning
        self.label = label
        self.values: dict[str, int] = {} if label else {"": 0}
        ALL.append(self)

    def add(self, value: str = "", number: int = 1) -> None:
        """Add to the number of one value."""
        values = self.values
        values[value] = values.get(value, 0) + number


class Spread:
    """How often a measure fell below each of some bounds, and its sum."""

    __slots__ = ("bounds", "meaning", "name", "numbers", "total")

    def __init__(self, name: str, meaning: str, bounds: Sequence[float]) -> None:
        self.name = name
        self.meaning = meaning
        self.bounds = tuple(bounds)
        self.numbers = [0] * (len(self.bounds) + 1)
        self.total = 0.0
        ALL.append(self)

    def add(self, measure: float) -> None:
        """Count one measure."""
        self.numbers[bisect_left(self.bounds, measure)] += 1
        self.total += measure


MESSAGES: Final = Count("chatgate_messages", "Messages stored, by author: visitor, agent, bot, system.", "author")
SESSIONS: Final = Count("chatgate_sessions_opened", "Sessions opened after an accepted consent.")
REFUSALS: Final = Count("chatgate_refusals", "Refusals, by code; a middleware's own code is other.", "code")
COMMIT_JOBS: Final = Spread("chatgate_commit_jobs", "Jobs in one commit.", (1, 2, 5, 10, 20, 50, 100, 200, 500))
COMMIT_SECONDS: Final = Spread(
    "chatgate_commit_seconds",
    "Time from the beginning of a batch to its commit on the disk.",
    (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
EXPORTS: Final = Count("chatgate_training_exports", "Transcripts that reached a state of their lineage.", "state")
RETRACTIONS: Final = Count("chatgate_training_retractions", "Items deleted from their sink.")
ERASURES: Final = Count("chatgate_erasures", "Conversations erased.")
DELIVERIES: Final = Count("chatgate_outbox_events", "Outbox events taken up, by outcome: done, retried.", "outcome")
MIDDLEWARE_ERRORS: Final = Count("chatgate_middleware_errors", "Failures of middlewares.", "middleware")
LOG_EVENTS: Final = Count("chatgate_log_events", "Lines of the log, by event.", "event")
