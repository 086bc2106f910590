"""What a scenario stands on: a directory, a seed, and real servers of PostgreSQL and Redis to use or to kill."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.postgresql_server import PostgresServer
from tests.redis_server import RedisServer


@dataclass
class Ground:
    """One scenario's place.

    Args:
        base: an empty directory.
        seed: decides when what happens.
        database: makes an empty PostgreSQL database and returns its address.
        redis_url: of a Redis that nobody kills.
        open: takes what is closed when the scenario is over, before servers and databases go.
    """

    base: Path
    seed: int
    database: Callable[[], str]
    redis_url: str
    open: ExitStack

    def postgresql(self) -> PostgresServer:
        """Start a PostgreSQL that may be killed."""
        server = PostgresServer()
        self.open.callback(server.close)
        return server

    def redis(self) -> RedisServer:
        """Start a Redis that may be killed."""
        server = RedisServer()
        self.open.callback(server.close)
        return server


@contextmanager
def grounds() -> Iterator[Callable[[int], Ground]]:
    """Give a function that makes grounds with one PostgreSQL and one Redis; for the command, outside of pytest."""
    with ExitStack() as servers:
        postgresql, redis = PostgresServer(), RedisServer()
        servers.callback(postgresql.close)
        servers.callback(redis.close)
        names = (f"faults_{number}" for number in itertools.count())

        def make(seed: int) -> Ground:
            base = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="chatgate-faults-")))
            return Ground(base, seed, lambda: postgresql.database(next(names)), redis.url, ExitStack())

        yield make
