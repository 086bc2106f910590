"""From a question to kinds of answers: the nearest known questions vote, then a small ridge regression decides.

Nothing here is kept between questions. (1) Rare features fetch candidate rows. (2) Their similarity is computed
exactly: inverse document frequency from the counts of now, words and pieces of words in equal parts. (3) Kinds of
answers are ordered by their nearest questions and by the sum over all of them. (4) A ridge regression with one output
for each kind is fitted to the nearest questions of the best kinds only, about a hundred rows, and corrects the order.
Rows are ordered by their keys wherever a sum or a cut could depend on the order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from chatgate.middleware.assistant.features import Features, Ids
from chatgate.middleware.assistant.postings import Postings

Floats = NDArray[np.float64]

_FETCHED: Final = 120_000
"""How many list entries a question may read: the most frequent features are left out beyond it."""
_NEAREST: Final = 220
_KINDS: Final = 8
_PER_KIND: Final = 20
_ROWS: Final = 60
_RIDGE: Final = 0.35
_VOTE: Final = 0.3
_WORD_POWER: Final = 0.7
_SPREAD: Final = 0.12
"""How alike two questions with the same answer are on average: what a sum over a kind is divided by grows with it."""
_EXACT: Final = 2.0**30
_UNFITTED: Final = 0.2
"""What a kind loses that is too far down to be fitted."""
_SURE: Final = 1.5
"""A raw score of about this much is as sure as it gets."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What ranking may read; rows without a kind (-1) have left."""

    postings: Postings
    kinds: NDArray[np.int32]
    kind_sizes: NDArray[np.int32]
    shrink: Floats
    learned: int
    key: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A kind of answer with its nearest rows and its score of 0 to 1; ``raw`` is the score before it is bounded."""

    rows: tuple[int, ...]
    score: float
    raw: float


@dataclass(frozen=True, slots=True)
class _Near:
    rows: NDArray[np.int64]
    similarity: Floats
    kinds: NDArray[np.int32]
    sums: Floats
    """By kind: the sum of approximate similarities over all its rows, damped by its size."""
    ids: Ids
    values: Floats
    starts: NDArray[np.int64]


def rank(question: Features, known: Candidates, limit: int) -> list[Ranked]:
    """Return at most ``limit`` kinds of answers, best first."""
    approximate = _fetch(question, known)
    chosen = _cut(approximate, known)
    if not len(chosen):
        return []
    near = _measure(question, chosen, approximate, known)
    votes = _votes(near)
    raw = {kind: _VOTE * vote - _UNFITTED for kind, vote in votes.items()}
    for kind, fitted in _fit(near, votes).items():
        raw[kind] = _VOTE * votes[kind] + fitted
    order = sorted(raw, key=lambda kind: -raw[kind])  # votes are ordered by their nearest row: ties need no rule
    return [
        Ranked(
            rows=tuple(int(row) for row in near.rows[near.kinds == kind][:_PER_KIND]),
            score=float(min(1.0, max(0.0, raw[kind] / _SURE))),
            raw=float(raw[kind]),
        )
        for kind in order[:limit]
    ]


def _weights(ids: Ids, known: Candidates) -> Floats:
    """Return the inverse document frequency of features, damped for words."""
    idf: Floats = np.log((1.0 + known.learned) / (1.0 + known.postings.counts[ids])) + 1.0
    word = ids % 2 == 0
    idf[word] **= _WORD_POWER
    return idf


def _fetch(question: Features, known: Candidates) -> Floats:
    """Return an approximate similarity for every row, from the rarest features."""
    ids = np.concatenate((question.words, question.pieces))
    counts = known.postings.counts[ids]
    ids, counts = ids[counts > 0], counts[counts > 0]
    order = np.lexsort((ids, counts))
    ids, counts = ids[order], counts[order]
    enough = max(1, int(np.searchsorted(np.cumsum(counts), _FETCHED)))
    ids, counts = ids[:enough], counts[:enough]
    lists = [rows for rows in (known.postings.rows_with(feature) for feature in ids.tolist()) if rows is not None]
    if not lists:
        return np.zeros(0)
    weights = np.repeat(_weights(ids, known) ** 2, counts)
    total = np.bincount(np.concatenate(lists), weights=weights, minlength=len(known.shrink))
    scaled: Floats = total * known.shrink
    return scaled


def _cut(approximate: Floats, known: Candidates) -> NDArray[np.int64]:
    """Return the best rows, ties by key, so that the cut does not depend on row numbers."""
    some = np.flatnonzero(approximate > 0)
    if len(some) > _NEAREST:
        least = np.partition(approximate[some], -_NEAREST)[-_NEAREST]
        some = some[approximate[some] >= least]
    return some[_ordered(approximate[some], some, known)][:_NEAREST]


def _ordered(scores: Floats, rows: NDArray[np.int64], known: Candidates) -> NDArray[np.int64]:
    """Return the places of rows by falling score; equal scores by key, because row numbers depend on history."""
    order = np.argsort(-scores, kind="stable")
    if not np.any(np.diff(scores[order]) == 0.0):
        return order
    listed = scores.tolist()
    by_key = sorted(range(len(rows)), key=lambda at: (-listed[at], known.key(int(rows[at]))))
    return np.array(by_key, dtype=np.int64)


def _measure(question: Features, rows: NDArray[np.int64], approximate: Floats, known: Candidates) -> _Near:
    """Compute exact similarities of the candidate rows and put them in order."""
    parts = [known.postings.features_of(int(row)) for row in rows]
    ids = np.concatenate([part for part, _ in parts])
    lengths = np.array([len(part) for part, _ in parts])
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    halves = np.column_stack((starts, starts + np.array([split for _, split in parts]))).ravel()
    values = _unit(_weights(ids, known), halves, len(ids))
    asked = np.concatenate((question.words, question.pieces))
    split = np.array([0, len(question.words)])
    mine = _unit(_weights(asked, known), split, len(asked))
    order = np.argsort(asked)
    place = np.minimum(np.searchsorted(asked[order], ids), len(asked) - 1)
    hit = asked[order][place] == ids
    similarity = np.add.reduceat(np.where(hit, values * mine[order][place], 0.0), starts)
    best = _ordered(similarity, rows, known)
    sums = _sums(approximate, known)
    return _Near(
        rows[best], similarity[best], known.kinds[rows[best]], sums, *_reordered(ids, values, starts, lengths, best)
    )


def _reordered(
    ids: Ids, values: Floats, starts: NDArray[np.int64], lengths: NDArray[np.int64], best: NDArray[np.int64]
) -> Any:
    pieces = [slice(starts[at], starts[at] + lengths[at]) for at in best]
    sizes = lengths[best]
    begin = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    return np.concatenate([ids[p] for p in pieces]), np.concatenate([values[p] for p in pieces]), begin


def _unit(weights: Floats, starts: NDArray[np.int64], size: int) -> Floats:
    """Scale every half (words, pieces) to length 1/sqrt(2), so that a whole row has length 1."""
    lengths = np.sqrt(2.0 * np.add.reduceat(weights**2, starts))
    spans = np.diff(np.append(starts, size))
    scaled: Floats = weights / np.repeat(lengths, spans)
    return scaled


def _sums(approximate: Floats, known: Candidates) -> Floats:
    some = np.flatnonzero(approximate)
    whole = np.rint(approximate[some] * _EXACT)  # sums of whole numbers do not depend on their order, so not on history
    total = np.bincount(known.kinds[some], weights=whole, minlength=len(known.kind_sizes))
    sizes = np.maximum(known.kind_sizes, 1)
    damped: Floats = total / _EXACT / np.sqrt(sizes * (1.0 + (sizes - 1.0) * _SPREAD))
    return damped


def _votes(near: _Near) -> dict[int, float]:
    """Return by kind: the mean of its three nearest questions, and its share of the sum over all questions."""
    nearest: dict[int, list[float]] = {}
    for kind, similarity in zip(near.kinds.tolist(), near.similarity.tolist(), strict=True):
        nearest.setdefault(kind, []).append(similarity)
    scale = max(near.similarity[0], 1e-9) / max(1e-9, *(near.sums[kind] for kind in nearest))
    return {kind: sum(found[:3]) / 3 + float(near.sums[kind] * scale) for kind, found in nearest.items()}


def _fit(near: _Near, votes: dict[int, float]) -> dict[int, float]:
    """Fit a ridge regression to the nearest rows of the best kinds and return its outputs for the question."""
    ranked = sorted(votes, key=lambda kind: -votes[kind])
    rows: list[int] = []
    kinds: list[int] = []
    for kind in ranked:
        if len(kinds) >= _KINDS and len(rows) >= _ROWS:
            break
        kinds.append(kind)
        rows += np.flatnonzero(near.kinds == kind)[:_PER_KIND].tolist()
    alike = _bent(_alike(near, rows))
    wanted = (near.kinds[rows][:, None] == np.array(kinds)[None, :]).astype(np.float64)
    fitted = np.linalg.solve(alike + _RIDGE * np.eye(len(rows)), wanted)
    outputs = _bent(near.similarity[rows]) @ fitted
    return dict(zip(kinds, outputs.tolist(), strict=True))


def _alike(near: _Near, rows: list[int]) -> Floats:
    """Return the similarity of each of some rows to each other."""
    ends = np.append(near.starts, len(near.ids))
    slices = [slice(ends[row], ends[row + 1]) for row in rows]
    ids = np.concatenate([near.ids[part] for part in slices])
    values = np.concatenate([near.values[part] for part in slices])
    owner = np.repeat(np.arange(len(rows)), [part.stop - part.start for part in slices])
    _, column, count = np.unique(ids, return_inverse=True, return_counts=True)
    shared = count[column] > 1  # a feature of one row only adds nothing but to the diagonal, which is 1
    renumbered = np.cumsum(count > 1) - 1
    dense = np.zeros((len(rows), int((count > 1).sum())))
    dense[owner[shared], renumbered[column[shared]]] = values[shared]
    alike: Floats = dense @ dense.T
    np.fill_diagonal(alike, 1.0)
    return alike


def _bent(similarity: Floats) -> Floats:
    """Give near questions more weight than far ones; still a kernel, because products and sums of kernels are."""
    bent: Floats = (similarity + similarity * similarity) / 2.0
    return bent
