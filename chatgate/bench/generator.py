"""Runs one job of the load generator against a server and measures the server meanwhile."""

import json
import subprocess
from pathlib import Path
from typing import Any

from chatgate.bench import processes
from chatgate.bench.targets import Started
from chatgate.errors import OperatorError

HERE = Path(__file__).parent
BODY = "Hello, is the green one still in stock? I would need it by Friday at the latest, thank you very much."
MAX_GENERATOR_SHARE = 0.8
MAX_STOLEN_SHARE = 0.1
MAX_NEIGHBOURS_CORES = 0.25


class Generator:
    """The generator, with the Node that runs it."""

    def __init__(self, node: str) -> None:
        self._node = node

    def measure(self, started: Started, **job: Any) -> dict[str, Any]:
        """Run a job with messages.

        Returns:
            acked_per_second, cpu_seconds_per_1000, delivery_ms {p50, p95, p99}, ack_ms, generator_share, stolen_share,
            neighbours_cores (what other processes of the machine took), beside_cpu_seconds_per_1000 (of a database and
            the like, where the server has them),
            the totals sent, acked, delivered, refused, doubled, disordered, and `faults`: what was not as it must be.
        """
        cpu: dict[str, dict[str, float]] = {}
        ticks: dict[str, list[int]] = {}
        told: dict[str, dict[str, Any]] = {}
        stored_before = started.stored() if started.stored else 0
        for event in self._run(started, job):
            told[event["event"]] = event
            if event["event"] in ("measuring", "measured"):
                cpu[event["event"]] = _cpu_seconds(started)
                ticks[event["event"]] = processes.machine_ticks()
        measured, finished = told["measured"], told["finished"]
        beside = {name: cpu["measured"][name] - earlier for name, earlier in cpu["measuring"].items()}
        used = beside.pop("server")
        result = {
            "acked_per_second": measured["acked"] / measured["seconds"],
            "cpu_seconds_per_1000": used * 1000 / max(1, measured["acked"]),
            "cpu_share": used / measured["seconds"],
            "generator_share": measured["generator_share"],
            "neighbours_cores": max(
                0.0,
                processes.busy_cores(ticks["measuring"], ticks["measured"], measured["seconds"])
                - (used + sum(beside.values())) / measured["seconds"]
                - measured["generator_share"],
            ),
            "stolen_share": processes.stolen_share(ticks["measuring"], ticks["measured"]),
            "delivery_ms": measured["delivery_ms"],
            "ack_ms": measured["ack_ms"],
            "totals": {name: value for name, value in finished.items() if name != "event"},
        }
        if beside:
            result["beside_cpu_seconds_per_1000"] = {
                name: seconds * 1000 / max(1, measured["acked"]) for name, seconds in beside.items()
            }
        if "slow" in told:
            result["slow"] = {name: value for name, value in told["slow"].items() if name != "event"}
        if started.stored:
            result["totals"]["stored"] = started.stored() - stored_before
        result["faults"] = faults(result["totals"], whole="slow" not in told)
        return result

    def idle(self, started: Started, connections: int, settle_seconds: float) -> dict[str, Any]:
        """Open idle connections and measure the memory that each one takes.

        Returns:
            connections, resident_bytes_before, resident_bytes_per_connection.
        """
        before = after = held = 0
        job = {"kind": "idle", "connections": connections, "settle_seconds": settle_seconds, "hold_seconds": 0.5}
        for event in self._run(started, job):
            if event["event"] == "ready":
                before = started.server.resident_bytes()
            elif event["event"] == "connected":
                after, held = started.server.resident_bytes(), event["connections"]
        return {
            "connections": held,
            "resident_bytes_before": before,
            "resident_bytes_per_connection": (after - before) / max(1, held),
        }

    def _run(self, started: Started, job: dict[str, Any]) -> Any:
        whole = {"dialect": started.dialect, "port": started.server.port, "body": BODY, **started.job, **job}
        command = [self._node, str(HERE / "load.js"), json.dumps(whole)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
            assert process.stdout is not None
            for line in process.stdout:
                event = json.loads(line)
                if event["event"] == "failed":
                    process.wait()
                    raise OperatorError(f"the load generator failed: {event['error']}")
                yield event
        if process.returncode:
            raise OperatorError("the load generator ended too early; see its words above")


def _cpu_seconds(started: Started) -> dict[str, float]:
    return {"server": started.server.cpu_seconds(), **{name: read() for name, read in started.beside.items()}}


def faults(totals: dict[str, int], *, whole: bool) -> list[str]:
    """Compare every message: sent = acked = delivered = stored, each once and in order. An empty list is well."""
    wrong = [name for name in ("doubled", "disordered", "refused") if totals[name]]
    if totals["acked"] != totals["sent"] - totals["refused"]:
        wrong.append("acked differs from sent")
    if whole and totals["delivered"] != totals["acked"]:
        wrong.append("delivered differs from acked")
    if totals.get("stored", totals["acked"]) != totals["acked"]:
        wrong.append("stored differs from acked")
    return wrong


def trusted(result: dict[str, Any]) -> bool:
    """Return whether a round counts: neither the generator nor a neighbour was the bottleneck."""
    return bool(
        result["stolen_share"] <= MAX_STOLEN_SHARE
        and result["neighbours_cores"] <= MAX_NEIGHBOURS_CORES
        and result["generator_share"] <= MAX_GENERATOR_SHARE
    )
