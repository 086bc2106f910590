"""Time as an argument: the clock that services get, real or set by a test."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; everything above ``policy`` asks this and never the system."""

    def now(self) -> datetime:
        """Return the current time, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time, aware and in UTC."""
        return datetime.now(UTC)
