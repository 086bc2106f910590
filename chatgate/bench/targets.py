"""The servers that are compared: ChatGate, two Flask-SocketIO relays and a Node relay."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatgate.bench import processes
from chatgate.bench.processes import Fleet, Server
from chatgate.errors import OperatorError

HERE = Path(__file__).parent
SITE = "demo"

# The chain is the default one; only its limits are out of the way, because the generator is one address.
CONFIG = """
middleware = ["consent_gate", "rate_limit", "training_router"]

[middleware_settings.rate_limit]
sessions = 100000000
messages = 100000000
"""


@dataclass(slots=True)
class Started:
    """A server that runs, and what the generator must know to talk to it."""

    server: Server | Fleet
    dialect: str
    job: dict[str, Any] = field(default_factory=dict)
    stored: Callable[[], int] | None = None
    """Counts the stored messages; None where nothing is stored."""
    beside: dict[str, Callable[[], float]] = field(default_factory=dict)
    """Reads the CPU seconds of what the server needs beside it, by name."""


@dataclass(frozen=True, slots=True)
class Target:
    """One of the servers: `start` gets an empty directory and what to add to the environment."""

    key: str
    label: str
    start: Callable[[Path, dict[str, str]], Started]


def _count(database: Path, table: str) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        return int(db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def _chatgate(directory: Path, environment: dict[str, str]) -> Started:
    data, config, port = directory / "data", directory / "bench.toml", processes.free_port()
    log = directory / f"server-{port}.log"
    if not config.exists():
        config.write_text(CONFIG, encoding="utf-8")
    command = [sys.executable, "-m", "chatgate", "demo", "--json", "--port", str(port)]
    command += ["--config", str(config), "--data-dir", str(data)]
    server = processes.start(command, port, log, environment)
    agent = _told(log)["agent"]
    job = {"site": SITE, "agents_sign_in": [[agent["email"], agent["password"]]]}
    return Started(server, "chatgate", job, lambda: _count(data / "chatgate.db", "message"))


def _told(log: Path) -> dict[str, Any]:
    """Read the line of JSON that the demo prints soon after it listens."""
    for _ in range(100):
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and line.endswith("}"):
                told: dict[str, Any] = json.loads(line)
                return told
        time.sleep(0.05)
    raise OperatorError(f"the server did not say its agent; its log is {log}")


def _flask_relay(directory: Path, environment: dict[str, str], *options: str) -> Started:
    port = processes.free_port()
    command = [sys.executable, str(HERE / "servers" / "flask_relay.py"), str(port), *options]
    return Started(processes.start(command, port, directory / "server.log", environment), "relay")


def _prompt_relay(directory: Path, environment: dict[str, str]) -> Started:
    return _flask_relay(directory, environment, "--no-delay")


def _sqlmodel_relay(directory: Path, environment: dict[str, str]) -> Started:
    port, database = processes.free_port(), directory / "relay.db"
    command = [sys.executable, str(HERE / "servers" / "flask_relay.py"), str(port), str(database)]
    server = processes.start(command, port, directory / "server.log", environment)
    return Started(server, "relay", stored=lambda: _count(database, "relayedmessage"))


CHATGATE = Target("chatgate", "ChatGate: consent-checked, on the disk before the ack", _chatgate)
BARE_RELAY = Target("bare_relay", "Flask-SocketIO, gevent, its defaults, stores nothing", _flask_relay)
PROMPT_RELAY = Target("prompt_relay", "the same with TCP_NODELAY set by hand", _prompt_relay)
SQLMODEL_RELAY = Target("sqlmodel_relay", "the same with one SQLModel session and commit a message", _sqlmodel_relay)


def node_relay(node: str, modules: Path) -> Target:
    """Return the Node relay, given Node and a directory with socket.io."""

    def start(directory: Path, environment: dict[str, str]) -> Started:
        port = processes.free_port()
        command = [node, str(HERE / "servers" / "node_relay.js"), str(port)]
        environment = {**environment, "NODE_PATH": str(modules)}
        return Started(processes.start(command, port, directory / "server.log", environment), "relay")

    return Target("node_relay", "Node socket.io, its defaults, stores nothing", start)


def slow_fsync(directory: Path, milliseconds: int) -> dict[str, str]:
    """Build the library that slows fsync down; return the environment that loads it.

    Raises:
        OperatorError: there is no C compiler.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise OperatorError("no C compiler (cc) is there, so fsync cannot be slowed down")
    library = directory / "slow_fsync.so"
    subprocess.run(  # noqa: S603
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "slow_fsync.c"), "-ldl"], check=True
    )
    preload = " ".join(filter(None, (os.environ.get("LD_PRELOAD"), str(library))))
    return {"LD_PRELOAD": preload, "SLOW_FSYNC_MS": str(milliseconds)}
