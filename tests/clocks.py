"""Clocks for tests: one that stands still, and one that a server in another process shares."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatgate.testing import NOON, FixedClock


class SettableClock(FixedClock):
    """A clock that stands still until it is moved, also backwards."""

    def set(self, at: datetime) -> None:
        """Set the time."""
        self._at = at


class FileClock:
    """The machine's clock, moved forward by the seconds that a file holds.

    Time in a browser passes by itself, so a server's clock must pass too; a test moves it through the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """Return the moved time."""
        try:
            seconds = float(self._path.read_text(encoding="utf-8") or 0)
        except FileNotFoundError:
            seconds = 0
        return datetime.now(UTC) + timedelta(seconds=seconds)

    def advance(self, *, seconds: float = 0, hours: float = 0, days: float = 0) -> None:
        """Move the clock forward, for every process that reads the file."""
        moved = self.now() - datetime.now(UTC) + timedelta(seconds=seconds, hours=hours, days=days)
        draft = self._path.with_suffix(".new")
        draft.write_text(str(moved.total_seconds()), encoding="utf-8")
        draft.replace(self._path)


__all__ = ["NOON", "FileClock", "SettableClock"]
