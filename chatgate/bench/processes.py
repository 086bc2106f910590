"""Starts a server in a process of its own and reads from /proc what it costs."""

import os
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatgate.errors import OperatorError

_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 30.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class Server:
    """A running server process."""

    process: "subprocess.Popen[bytes]"
    port: int
    start_seconds: float

    def cpu_seconds(self) -> float:
        """Return the CPU time of the process and all its threads, and of its children that ended."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(fields[at]) for at in (11, 12, 13, 14)) / _TICKS

    def resident_bytes(self) -> int:
        """Return the resident memory of the process."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def stop(self) -> None:
        """End the process; one that does not end in ten seconds is killed."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(slots=True)
class Fleet:
    """Several processes of one server, measured as one; clients are told the ports of all."""

    servers: "Sequence[Server | Fleet]"

    @property
    def port(self) -> int:
        """Return the port of the first."""
        return self.servers[0].port

    @property
    def start_seconds(self) -> float:
        """Return how long the first took."""
        return self.servers[0].start_seconds

    def cpu_seconds(self) -> float:
        """Return the CPU time of all of them."""
        return sum(server.cpu_seconds() for server in self.servers)

    def resident_bytes(self) -> int:
        """Return the resident memory of all of them."""
        return sum(server.resident_bytes() for server in self.servers)

    def stop(self) -> None:
        """End them, one after the other."""
        for server in self.servers:
            server.stop()


def family_cpu_seconds(parent: int) -> float:
    """Return the CPU time of a process and its children, of those that ended too."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" ")
        except OSError:
            continue  # it ended meanwhile
        fields = rest.rpartition(")")[2].split()
        if parent in (int(number), int(fields[1])):
            # Of the children that ended, only the parent's count: a child's own are part of its work as they come.
            total += sum(int(fields[at]) for at in ((11, 12, 13, 14) if int(number) == parent else (11, 12)))
    return total / _TICKS


def start(command: Sequence[str], port: int, log: Path, environment: Mapping[str, str] | None = None) -> Server:
    """Start a server and wait until it accepts connections.

    Raises:
        OperatorError: it ended, or did not listen within 30 seconds; names its log.
    """
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            list(command), stdout=output, stderr=output, env={**os.environ, **(environment or {})}
        )
    server = Server(process, port, 0.0)
    while time.monotonic() - began < _START_SECONDS:
        if process.poll() is not None:
            raise OperatorError(f"{command[0]} ended at its start:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            server.start_seconds = time.monotonic() - began
            return server
    server.stop()
    raise OperatorError(f"{command[0]} did not listen within {_START_SECONDS:.0f} s; its log is {log}")


def busy_cores(before: Sequence[int], after: Sequence[int], seconds: float) -> float:
    """Return how many cores' worth of work the whole machine did between two readings."""
    spent = [later - earlier for earlier, later in zip(before, after, strict=True)]
    return (sum(spent) - spent[3] - spent[4] - spent[7]) / _TICKS / seconds


def stolen_share(before: Sequence[int], after: Sequence[int]) -> float:
    """Return which share of the machine's time the hypervisor gave to others between two readings."""
    spent = [later - earlier for earlier, later in zip(before, after, strict=True)]
    return spent[7] / max(1, sum(spent))


def machine_ticks() -> list[int]:
    """Read the first ten fields of the machine's CPU time: user, nice, system, idle, ..., steal at 7."""
    return [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
