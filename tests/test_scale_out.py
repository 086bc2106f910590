"""examples/scale_out, for real: two processes, a worker, PostgreSQL, Redis, and a proxy that takes turns."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatgate.app import create_core
from chatgate.bench import processes
from chatgate.config import Settings
from chatgate.services import agents, conversations, outbox
from chatgate.services.core import Core
from tests.cast import ADAM, PASSWORD, hire_adam, open_shop
from tests.faults.checker import compare, stored_messages
from tests.faults.line import Line
from tests.faults.people import Agent, Visitor

CONFIG = Path(__file__).parents[1] / "examples" / "scale_out" / "chatgate.toml"
PAIRS = 3
SECONDS = 60


class Fleet:
    """The processes of the example, as its README starts them."""

    def __init__(self, base: Path, database_url: str, redis_url: str) -> None:
        self._base = base
        urls = {"CHATGATE_DATABASE_URL": database_url, "CHATGATE_REDIS_URL": redis_url}
        self._environment = {**os.environ, **urls, "CHATGATE_PUBLIC_URL": "", "CHATGATE_TRUSTED_PROXIES": "0"}
        settings = Settings(data_dir=base / "data", database_url=database_url, redis_url=redis_url)
        self.core: Core = create_core(settings)
        open_shop(self.core)
        hire_adam(self.core)
        self.ports = [processes.free_port(), processes.free_port()]
        self.servers = [self.run(port) for port in self.ports]
        self.worker = subprocess.Popen(self._command("worker"), env=self._environment)

    def _command(self, name: str, *more: str) -> list[str]:
        common = ["--config", str(CONFIG), "--data-dir", str(self._base / "data")]
        return [sys.executable, "-m", "chatgate", name, *common, *more]

    def run(self, port: int) -> processes.Server:
        """Start one `chatgate run`."""
        log = self._base / f"run-{port}.log"
        return processes.start(self._command("run", "--port", str(port)), port, log, self._environment)

    def close(self) -> None:
        """Stop everything."""
        for server in self.servers:
            server.stop()
        self.worker.terminate()
        self.worker.wait(30)
        self.core.close()


@pytest.fixture
def fleet(tmp_path: Path, fresh_postgresql: str, redis: str) -> Iterator[Fleet]:
    """Return the running example."""
    fleet = Fleet(tmp_path, fresh_postgresql, redis)
    yield fleet
    fleet.close()


def test_the_example_carries_chats_over_processes_and_a_restart(fleet: Fleet) -> None:
    """Both sides hear of everything though they sit at different processes, also while one is restarted."""
    line = Line(fleet.ports, seed=1)
    token = agents.sign_in(fleet.core, ADAM, PASSWORD, "key")
    visitors, others = [], []
    try:
        for number in range(PAIRS):
            visitors.append(Visitor(line.port, f"Vera {number}", number))
            visitors[-1].start()
            assert visitors[-1].opened.wait(SECONDS)
            others.append(Agent(line.port, f"Adam {number}", -number, token, visitors[-1].side.conversation_id))
            others[-1].start()
        everybody = [*visitors, *others]
        for number in range(5):
            for person in everybody:
                person.says(f"{person.side.name}, line {number}")
            if number == 2:
                fleet.servers[0].process.terminate()
                assert fleet.servers[0].process.wait(30) == 0, "a stop is clean"
                fleet.servers[0] = fleet.run(fleet.ports[0])
            time.sleep(0.3)
        _wait(lambda: all(p.is_idle and len(p.side.shown) == 10 for p in everybody))
        with fleet.core.storage.read() as db:
            report = compare(stored_messages(db), [person.side for person in everybody])
        print(f"\ncompared {report}")
        assert report.wrong == []
        assert report.counts["acknowledged"] == PAIRS * 10
        conversations.close_conversation(fleet.core, visitors[0].side.conversation_id, "agent")
        _wait(lambda: outbox.pending(fleet.core) == 0)  # the worker took it: the servers have none
    finally:
        for person in [*visitors, *others]:
            person.leave()
        line.close()


def _wait(come: Callable[[], bool]) -> None:
    limit = time.monotonic() + SECONDS
    while not come():
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.1)
