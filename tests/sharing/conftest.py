"""A Redis of its own for each test, which the test may kill."""

from collections.abc import Iterator

import pytest

from tests.redis_server import RedisServer


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Return a Redis that may be killed."""
    server = RedisServer()
    yield server
    server.close()
