"""Where pytest's fault tests stand: the suite's own PostgreSQL and Redis, and a fixed seed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import fresh_database
from tests.faults.ground import Ground

SEED = 7


@pytest.fixture
def ground(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Ground]:
    """Return the ground of a scenario; what it opened is closed before its databases go."""
    with ExitStack() as databases, ExitStack() as opened:
        yield Ground(tmp_path, SEED, _database(request, databases), request.getfixturevalue("redis"), opened)


def _database(request: pytest.FixtureRequest, databases: ExitStack) -> Callable[[], str]:
    def make() -> str:
        server: Any = request.getfixturevalue("postgresql")
        fresh = fresh_database(server, "template0")
        databases.callback(next, fresh, None)
        return next(fresh)

    return make
