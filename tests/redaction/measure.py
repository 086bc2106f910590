"""Recall by type, decoys hit, mentions left out and time per message: the figures of docs/training.md."""

import statistics
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from chatgate.redaction import Span, redact


def covered(text: str, start: int, end: int, spans: Sequence[Span]) -> bool:
    """Tell whether every letter and digit of a place is inside a span."""
    return all(not text[i].isalnum() or any(span.start <= i < span.end for span in spans) for i in range(start, end))


def measure(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of rows of one part, with the texts of what was missed."""
    wanted, got, typed = Counter[str](), Counter[str](), Counter[str]()
    decoys, hit = Counter[str](), Counter[str]()
    missed: list[tuple[str, str]] = []
    strict = loose = 0
    times: list[float] = []
    for row in rows:
        started = time.perf_counter()
        spans = redact(row["text"], names=row["names"], locale=row["locale"]).spans
        times.append((time.perf_counter() - started) * 1000)
        for gold in row["spans"]:
            wanted[gold["type"]] += 1
            if covered(row["text"], gold["start"], gold["end"], spans):
                got[gold["type"]] += 1
                typed[gold["type"]] += any(
                    s.type == gold["type"] and s.start < gold["end"] and s.end > gold["start"] for s in spans
                )
            else:
                missed.append((gold["type"], row["text"]))
        for place in row["decoys"]:
            decoys[place["kind"]] += 1
            if any(span.start < place["end"] and span.end > place["start"] for span in spans):
                hit[place["kind"]] += 1
                missed.append((f"decoy {place['kind']}", row["text"]))
        places = [*row["spans"], *row["decoys"]]
        loose += sum(not any(s.start < p["end"] and s.end > p["start"] for p in places) for s in spans)
        strict += len(spans)
    return {
        "recall": {kind: got[kind] / count for kind, count in sorted(wanted.items())},
        "same_type": {kind: typed[kind] / count for kind, count in sorted(wanted.items())},
        "decoys_hit": sum(hit.values()) / max(1, sum(decoys.values())),
        "decoys_hit_by_kind": {kind: hit[kind] / count for kind, count in sorted(decoys.items())},
        "precision": 1 - loose / max(1, strict),
        "median_ms": statistics.median(times) if times else 0.0,
        "missed": missed,
    }
