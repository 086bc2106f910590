"""examples/scale_out, for real: two processes, a worker, PostgreSQL, Redis, and Caddy with the example's file."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from chatgate.app import create_core
from chatgate.bench import processes
from chatgate.config import Settings
from chatgate.services import conversations, outbox
from chatgate.services.accounts import agents
from chatgate.services.core import Core
from tests.cast import ADAM, PASSWORD, hire_adam, open_shop
from tests.examples.test_deploy import tool
from tests.faults.checker import compare, stored_messages
from tests.faults.people import Agent, Visitor

EXAMPLE = Path(__file__).parents[1] / "examples" / "scale_out"
CONFIG = EXAMPLE / "chatgate.toml"
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

    def proxy(self) -> tuple[int, subprocess.Popen[bytes]]:
        """Start Caddy with the example's file, without TLS; return its port and its process."""
        port = processes.free_port()
        home = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(self._base))
        names = {
            "CADDY_ADMIN": f"unix/{self._base}/admin",
            "CHATGATE_ADDRESS": f"http://127.0.0.1:{port}",
            "CHATGATE_UPSTREAMS": " ".join(f"127.0.0.1:{port}" for port in self.ports),
        }
        command = [tool("caddy"), "run", "--adapter", "caddyfile", "--config", str(EXAMPLE / "Caddyfile")]
        with (self._base / "caddy.log").open("wb") as log:
            process = subprocess.Popen(command, env={**os.environ, **home, **names}, stderr=log, stdout=log)
        return port, process

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


@pytest.fixture
def proxy(fleet: Fleet) -> Iterator[int]:
    """Return the port of the example's proxy."""
    port, process = fleet.proxy()
    try:
        _wait(lambda: _listens(port))
        yield port
    finally:
        process.terminate()
        process.wait(30)


def test_the_example_carries_chats_over_processes_a_restart_and_a_kill(fleet: Fleet, proxy: int) -> None:
    """Both sides hear of everything though they sit at different processes; one pair polls; a stop and a kill."""
    token = agents.sign_in(fleet.core, ADAM, PASSWORD, "key")
    visitors: list[Visitor] = []
    others: list[Agent] = []
    try:
        for number in range(PAIRS):
            visitors.append(Visitor(proxy, f"Vera {number}", number))
            visitors[-1].polls_from = "127.0.0.11" if number == 0 else ""
            visitors[-1].start()
            assert visitors[-1].opened.wait(SECONDS)
            others.append(Agent(proxy, f"Adam {number}", -number, token, visitors[-1].side.conversation_id))
            others[-1].polls_from = "127.0.0.12" if number == 0 else ""
            others[-1].start()
        everybody = [*visitors, *others]
        for number in range(5):
            for person in everybody:
                person.says(f"{person.side.name}, line {number}")
            if number == 1:
                fleet.servers[0].process.terminate()
                assert fleet.servers[0].process.wait(30) == 0, "a stop is clean"
                fleet.servers[0] = fleet.run(fleet.ports[0])
            if number == 3:
                fleet.servers[1].process.kill()
                fleet.servers[1].process.wait()
                fleet.servers[1] = fleet.run(fleet.ports[1])
            time.sleep(0.3)
        _wait(lambda: all(p.is_idle and len(p.side.shown) == 10 for p in everybody))
        with fleet.core.storage.read() as db:
            report = compare(stored_messages(db), [person.side for person in everybody])
        print(f"\n{report}")
        assert report.wrong == []
        assert report.counts["acknowledged"] == PAIRS * 10
        conversations.close_conversation(fleet.core, visitors[0].side.conversation_id, "agent")
        _wait(lambda: outbox.pending(fleet.core) == 0)  # the worker took it: the servers have none
    finally:
        for person in [*visitors, *others]:
            person.leave()


def test_nginx_accepts_the_example(tmp_path: Path) -> None:
    """Its own parser reads every line; nginx itself is not run here."""
    crossplane = pytest.importorskip("crossplane", reason="install crossplane: pip install --group dev")
    (tmp_path / "nginx.conf").write_text(f"events {{}}\nhttp {{\n    include {EXAMPLE / 'nginx.conf'};\n}}\n")
    found = crossplane.parse(str(tmp_path / "nginx.conf"), strict=False, check_ctx=True, check_args=True)
    assert (found["status"], found["errors"]) == ("ok", [])


def test_the_compose_file_has_the_parts_of_the_example() -> None:
    """A linter reads it (no engine runs here); the servers, the worker and the proxy are told the same addresses."""
    compose_spec = pytest.importorskip("compose_spec", reason="install compose-spec: pip install --group dev")
    written = yaml.safe_load((EXAMPLE / "compose.yaml").read_text(encoding="utf-8"))
    found = compose_spec.PyCompose.from_json(json.dumps(written))  # it knows no merged keys
    found.validate()
    assert set(found.service_names()) == {"chatgate-1", "chatgate-2", "worker", "postgres", "redis", "caddy"}
    services = written["services"]
    ours = [services[name] for name in ("chatgate-1", "chatgate-2", "worker")]
    environment = ours[0]["environment"]
    assert all(one["environment"] == environment for one in ours)
    names = {name.removeprefix("CHATGATE_").lower() for name in environment}
    assert names <= set(Settings.model_fields), "a setting that is none would be passed over"
    assert services["caddy"]["environment"]["CHATGATE_UPSTREAMS"].split() == ["chatgate-1:8000", "chatgate-2:8000"]
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert not source.startswith(".") or (EXAMPLE / source).is_file(), source


def test_the_proxy_keeps_what_is_for_the_operator_to_itself(fleet: Fleet, proxy: int) -> None:
    """Whoever looks after the servers asks each of them."""
    for path in ("metrics", "readyz", "healthz"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{proxy}/{path}", timeout=30)
        assert refused.value.code == 404
        refused.value.close()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _wait(come: Callable[[], bool]) -> None:
    limit = time.monotonic() + SECONDS
    while not come():
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.1)
