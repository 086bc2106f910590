"""The command line with a clock that a test moves: ``python -m tests.shifted CLOCK_FILE worker --config FILE``."""

import sys
from pathlib import Path

from chatgate.cli import main
from chatgate.clock import SystemClock
from tests.clocks import FileClock


def shift(path: Path) -> None:
    """Move the machine's clock, for ChatGate in this process."""
    clock = FileClock(path)
    SystemClock.now = lambda _self: clock.now()  # type: ignore[method-assign]


if __name__ == "__main__":
    shift(Path(sys.argv.pop(1)))
    main()
