"""How well the assistant would answer: learn labelled questions in memory, ask others, count."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from chatgate.middleware.assistant.index import Index, Pair, kind_of


def evaluate(lines: Iterable[Mapping[str, Any]], limit: int | None = None) -> dict[str, float | int]:
    """Learn the train split and measure the others.

    Args:
        lines: ``{"split": "train" | "test" | "oos_test", "text", "intent"}``; the intent stands for the answer.
        limit: ask at most so many questions of each split (all without it).

    Returns:
        ``top1`` and ``top3`` (share of test questions whose answer is first, or among the first three),
        ``oos_rejected`` (share of out-of-scope questions below the score that rejects 5 % of the test questions),
        ``ms_per_question`` (median), ``index_bytes``, ``learned`` (pairs).
    """
    rows = list(lines)
    index = Index()
    for number, row in enumerate(row for row in rows if row["split"] == "train"):
        index.learn(f"line-{number}", [Pair(row["text"], row["intent"])])
    times: list[float] = []
    first = third = 0
    inside: list[float] = []
    test = [row for row in rows if row["split"] == "test"][:limit]
    for row in test:
        found, raw = _ask(index, row["text"], times)
        wanted = kind_of(row["intent"])
        first += found[:1] == [wanted]
        third += wanted in found
        inside.append(raw)
    outside = [_ask(index, row["text"], times)[1] for row in rows if row["split"] == "oos_test"][:limit]
    threshold = float(np.quantile(inside, 0.05)) if inside else 0.0
    return {
        "top1": first / max(1, len(test)),
        "top3": third / max(1, len(test)),
        "oos_rejected": sum(raw < threshold for raw in outside) / max(1, len(outside)),
        "ms_per_question": float(np.median(times)) if times else 0.0,
        "index_bytes": index.size_bytes(),
        "learned": len(index),
    }


def _ask(index: Index, text: str, times: list[float]) -> tuple[list[str], float]:
    started = time.perf_counter()
    found = index.ranked(text, 3)
    times.append((time.perf_counter() - started) * 1000)
    return [kind_of(answer) for answer, _ in found], found[0][1] if found else -1.0
