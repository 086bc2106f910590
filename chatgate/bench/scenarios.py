"""What is measured: each scenario starts fresh servers, interleaved, and returns raw figures."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from chatgate.bench import shared, targets
from chatgate.bench.generator import Generator, trusted
from chatgate.bench.growth import fill
from chatgate.bench.targets import Started, Target

Say = Callable[[str], None]
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Length:
    """How long and how often everything is measured."""

    rounds: int
    few_rounds: int
    """Of what is measured beside the closed loop."""
    shared_rounds: int
    """Of one and two processes."""
    warmup_seconds: float
    seconds: float
    pairs: int
    rates: tuple[int, ...]
    idle_connections: tuple[int, ...]
    stored_conversations: tuple[int, ...]
    spare_seconds: float
    """How long disturbed rounds may be repeated in all."""


QUICK = Length(2, 1, 1, 1.0, 2.5, 100, (500,), (1_000,), (1_000, 20_000), 15)
FULL = Length(5, 2, 3, 2.0, 6.0, 100, (500, 1_500), (1_000, 9_000), (1_000, 100_000, 1_000_000), 90)


@contextmanager
def running(target: Target, environment: dict[str, str] | None = None) -> Iterator[Started]:
    """Run a server with an empty directory of its own."""
    with tempfile.TemporaryDirectory(prefix="chatgate-bench-") as directory:
        started = target.start(Path(directory), environment or {})
        try:
            yield started
        finally:
            started.server.stop()


class Bench:
    """The scenarios, for one generator and one length."""

    def __init__(self, generator: Generator, length: Length, say: Say) -> None:
        self._generator = generator
        self._length = length
        self._say = say
        self._spare_seconds = length.spare_seconds

    def messages(self, target: Target, environment: dict[str, str] | None = None, **job: Any) -> dict[str, Any]:
        """Measure one round; a round that a busy neighbour or the generator spoilt is repeated."""
        job = {"pairs": self._length.pairs, **job}
        for attempt in range(_ATTEMPTS):
            began = time.monotonic()
            with running(target, environment) as started:
                result = self._generator.measure(
                    started, warmup_seconds=self._length.warmup_seconds, seconds=self._length.seconds, **job
                )
                result["start_seconds"] = started.server.start_seconds
            result["attempts"] = attempt + 1
            result["trusted"] = trusted(result)
            if result["trusted"] or self._spare_seconds <= 0:
                break
            self._spare_seconds -= time.monotonic() - began
        self._say(
            f"  {target.key:15} {result['acked_per_second']:8.0f} acked/s"
            f" {result['cpu_seconds_per_1000']:7.3f} CPU s/1,000"
            f"  delivery p50 {result['delivery_ms']['p50'] or 0:.1f}, p99 {result['delivery_ms']['p99'] or 0:.1f} ms"
            f"  generator {result['generator_share']:.0%}"
            + "".join(f"  {name} {cost:.3f}" for name, cost in result.get("beside_cpu_seconds_per_1000", {}).items())
            + ("" if result["trusted"] else f"  DISTURBED: others took {result['neighbours_cores']:.1f} cores")
            + "".join(f"  FAULT: {f}" for f in result["faults"])
        )
        return result

    def closed_loop(self, compared: Sequence[Target]) -> dict[str, list[dict[str, Any]]]:
        """One message in flight for each visitor, the servers one after the other in every round."""
        rounds: dict[str, list[dict[str, Any]]] = {target.key: [] for target in compared}
        for number in range(self._length.rounds):
            self._say(f"closed loop, round {number + 1} of {self._length.rounds}")
            for target in compared:
                rounds[target.key].append(self.messages(target, kind="closed"))
        return rounds

    def start(self) -> dict[str, Any]:
        """How long ChatGate takes until it serves, and what it then keeps in memory: first start, and later ones."""
        self._say("starting")
        figures: dict[str, Any] = {"start_seconds": [], "resident_bytes": []}
        with tempfile.TemporaryDirectory(prefix="chatgate-bench-") as directory:
            for _ in range(1 + 2 * self._length.few_rounds):
                server = targets.CHATGATE.start(Path(directory), {}).server
                time.sleep(0.5)
                figures["start_seconds"].append(server.start_seconds)
                figures["resident_bytes"].append(server.resident_bytes())
                server.stop()
        for name in ("start_seconds", "resident_bytes"):
            figures[f"first_{name}"], *later = figures[name]
            figures[f"later_{name}"] = median(later)
        return figures

    def open_loop(self, compared: Sequence[Target]) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """Messages at a fixed rate, whether or not the server keeps up."""
        figures: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for rate in self._length.rates:
            rounds = figures[str(rate)] = {target.key: [] for target in compared}
            for number in range(self._length.few_rounds):
                self._say(f"open loop, {rate} messages a second, round {number + 1} of {self._length.few_rounds}")
                for target in compared:
                    rounds[target.key].append(self.messages(target, kind="open", rate=rate))
        return figures

    def idle(self, compared: Sequence[Target]) -> dict[str, dict[str, dict[str, Any]]]:
        """Connections of visitors that say nothing."""
        figures: dict[str, dict[str, dict[str, Any]]] = {}
        for count in self._length.idle_connections:
            self._say(f"{count:,} idle connections")
            figures[str(count)] = {}
            for target in compared:
                with running(target) as started:
                    self._generator.idle(started, 20, 0.2)  # what the first connections load is not theirs
                    result = self._generator.idle(started, count, 1.0)
                figures[str(count)][target.key] = result
                self._say(f"  {target.key:15} {result['resident_bytes_per_connection'] / 1000:.1f} KB each")
        return figures

    def processes(self) -> dict[str, Any]:
        """ChatGate as one process and as two, on PostgreSQL and Redis, one after the other in every round."""
        with shared.backing() as both:
            compared = shared.compared(both)
            rounds: dict[str, list[dict[str, Any]]] = {target.key: [] for target in compared}
            for number in range(self._length.shared_rounds):
                self._say(f"one and two processes, round {number + 1} of {self._length.shared_rounds}")
                for target in compared:
                    rounds[target.key].append(self.messages(target, kind="closed"))
        return rounds

    def slow_reader(self) -> dict[str, Any]:
        """One agent stops reading while its visitor floods it; counts broken frames and what others lost."""
        self._say("a reader that does not read")
        return self.messages(targets.CHATGATE, kind="slow", pairs=20)

    def slow_disk(self) -> dict[str, Any]:
        """ChatGate with 5 ms added to each fsync, and without, one after the other."""
        self._say("5 ms added to each fsync")
        ratios, figures = [], []
        with tempfile.TemporaryDirectory(prefix="chatgate-bench-") as directory:
            environment = targets.slow_fsync(Path(directory), 5)
            for _ in range(self._length.few_rounds):
                fast = self.messages(targets.CHATGATE, kind="closed")
                slow = self.messages(targets.CHATGATE, environment, kind="closed")
                figures.append({"without": fast, "with": slow})
                ratios.append(slow["acked_per_second"] / fast["acked_per_second"])
        return {"rate_with_5_ms_vs_without": median(ratios), "ratios": ratios, "rounds": figures}

    def growth(self) -> dict[str, Any]:
        """CPU and rate with few and with many stored conversations; each database is filled once."""
        counts = self._length.stored_conversations
        rounds: dict[str, list[dict[str, Any]]] = {str(count): [] for count in counts}
        with tempfile.TemporaryDirectory(prefix="chatgate-bench-") as directory:
            for count in counts:
                self._say(f"storing {count:,} conversations")
                self._store(Path(directory) / str(count), count)
            for number in range(self._length.few_rounds):
                self._say(f"stored conversations, round {number + 1} of {self._length.few_rounds}")
                for count in counts:
                    rounds[str(count)].append(self.messages(_kept(Path(directory) / str(count)), kind="closed"))
        few, many = (rounds[str(counts[at])] for at in (0, -1))
        ratios = [b["cpu_seconds_per_1000"] / a["cpu_seconds_per_1000"] for a, b in zip(few, many, strict=True)]
        return {"cost_many_vs_few": median(ratios), "ratios": ratios, "rounds": rounds}

    def _store(self, directory: Path, count: int) -> None:
        directory.mkdir()
        started = targets.CHATGATE.start(directory, {})
        self._generator.idle(started, 1, 0.1)  # one real conversation, to be copied
        started.server.stop()
        fill(directory / "data" / "chatgate.db", count)


def _kept(directory: Path) -> Target:
    """Return ChatGate on what is stored there already."""
    return Target(
        targets.CHATGATE.key, targets.CHATGATE.label, lambda _empty, more: targets.CHATGATE.start(directory, more)
    )
