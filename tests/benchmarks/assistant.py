"""Prints the figures of the assistant: ``python -m tests.benchmarks.assistant questions.jsonl``.

The file has labelled questions, one JSON object a line (see docs/training.md). Without one, the shop questions by
hand are asked. Speed and size with 100,000 generated pairs are always printed.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from chatgate.middleware.assistant.evaluate import evaluate
from chatgate.middleware.assistant.index import Index, Pair

PAIRS = 100_000
SHOP = Path(__file__).parents[1] / "middleware" / "assistant" / "shop_questions.txt"


def milliseconds(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return (time.perf_counter() - started) * 1000


def shop_questions(language: str) -> dict[str, list[str]]:
    """Return the questions written by hand in one language, by intent."""
    found: dict[str, list[str]] = {}
    intent = ""
    for line in SHOP.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            intent = line[1:-1]
        elif line and not line.startswith("#") and intent.startswith(language):
            found.setdefault(intent, []).append(line)
    return found


def shop(language: str, rounds: int = 6) -> None:
    """Print how shop questions are answered when three quarters of them are known: few examples, short, as typed."""
    top1, top3 = [], []
    for seed in range(rounds):
        rng = random.Random(seed)
        rows = []
        for intent, texts in sorted(shop_questions(language).items()):
            for place, text in enumerate(rng.sample(texts, len(texts))):
                rows.append({"split": "test" if place < 3 else "train", "text": text, "intent": intent})
        figures = evaluate(rows)
        top1.append(figures["top1"])
        top3.append(figures["top3"])
    print(f"shop questions, {language}: top 1 {statistics.mean(top1):.3f}, top 3 {statistics.mean(top3):.3f}")


def generated(rng: random.Random, words: list[str]) -> Pair:
    """Return a question of words as frequent as Zipf's law says, and one of 20,000 answers."""
    picked = [words[min(len(words) - 1, int(rng.paretovariate(0.8)) - 1)] for _ in range(rng.randrange(4, 14))]
    return Pair(" ".join(picked), f"answer {' '.join(rng.choices(words[:200], k=2))}")


def speed() -> None:
    rng = random.Random(1)
    letters = "aeiouyrtpsdklmnbzwc"
    words = ["".join(rng.choices(letters, k=rng.randrange(2, 10))) for _ in range(20_000)]
    index = Index()
    costs: dict[int, float] = {}
    for number in range(PAIRS):
        pair = generated(rng, words)
        cost = milliseconds(lambda pair=pair, number=number: index.learn(f"item-{number}", [pair]))  # type: ignore[misc]
        if number % 1000 < 200:
            costs[number] = cost
    for size in (1_000, 10_000, PAIRS - 1_000):
        near = [cost for number, cost in costs.items() if size <= number < size + 1000]
        print(f"learn one pair beside {size:>6}: {statistics.median(near):.3f} ms")
    asked = [milliseconds(lambda: index.suggest(generated(rng, words).question)) for _ in range(300)]
    print(f"ask with {len(index)} pairs: median {statistics.median(asked):.2f} ms, p95 {sorted(asked)[285]:.2f} ms")
    print(f"index: {index.size_bytes() / 1e6:.0f} MB")
    left = {size: index_of(index, rng, size) for size in (PAIRS - 1_000, PAIRS // 2, 1_000)}
    for size, cost in left.items():
        print(f"forget one pair beside {size:>6}: {cost:.3f} ms")


def index_of(index: Index, rng: random.Random, size: int) -> float:
    """Forget pairs until ``size`` are left and return the median cost of the last 200."""
    costs = [milliseconds(lambda: index.unlearn([f"item-{len(index) - 1}"])) for _ in range(len(index) - size)]
    return statistics.median(costs[-200:])


def main() -> None:
    if len(sys.argv) > 1:
        lines = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
        print(json.dumps(evaluate(lines), indent=2))
    else:
        shop("pl")
        shop("en")
    speed()


if __name__ == "__main__":
    main()
