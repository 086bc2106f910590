"""What the assistant knows: pairs of question and answer by training item, learned and forgotten exactly."""

import hashlib
import struct
import threading
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from chatgate.middleware.assistant.features import features, fold
from chatgate.middleware.assistant.postings import Postings
from chatgate.middleware.assistant.ranking import Candidates, Ranked, rank


@dataclass(frozen=True, slots=True)
class Pair:
    """A question of a visitor and the answer that an agent gave."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """An answer with the items that it derives from and a score of about 0 (nothing alike) to 1 (sure)."""

    text: str
    item_ids: tuple[str, ...]
    score: float
    used: int = 0


@dataclass(slots=True)
class _Row:
    item_id: str
    pair: Pair
    kind: str
    key: bytes


class Index:
    """Pairs that can be asked for an answer. There is no trained state: every question is computed from the pairs.

    So forgetting is exact by construction: what is left is what learning without the item would have made, bit for
    bit, in whatever order things came and went. Answers that differ only in case, punctuation and numbers are of
    one kind. Learning or forgetting a pair costs the same whatever else is known. Safe to use from several threads.
    """

    def __init__(self) -> None:
        """Make an index that knows nothing."""
        self._lock = threading.Lock()
        self._postings = Postings()
        self._rows: dict[int, _Row] = {}
        self._items: dict[str, list[int]] = {}
        self._kinds: dict[str, int] = {}
        self._kind_sizes = array("i")
        self._free_kinds: list[int] = []
        self._kind_of = array("i")
        self._shrink = array("d")
        self._used: dict[str, dict[str, frozenset[str]]] = {}
        """Item -> hash of an answer -> what it was used for; gone with the item."""

    def __len__(self) -> int:
        """Return how many pairs are known."""
        return len(self._rows)

    def learn(self, item_id: str, pairs: Iterable[Pair]) -> int:
        """Learn the pairs of an item and return how many; learning an item again replaces what it said."""
        with self._lock:
            self._forget(item_id)
            seen: set[bytes] = set()
            for pair in pairs:
                key = _key(item_id, pair)
                if key not in seen and fold(pair.question).strip() and pair.answer.strip():
                    seen.add(key)
                    self._add(_Row(item_id, pair, kind_of(pair.answer), key))
            return len(seen)

    def use(self, item_id: str, answer_sha256: str, uses: Iterable[str]) -> None:
        """Note all uses of an answer of an item, as opaque ids: a set, so that order and repeats change nothing."""
        with self._lock:
            if item_id in self._items:
                self._used.setdefault(item_id, {})[answer_sha256] = frozenset(uses)

    def unlearn(self, item_ids: Iterable[str]) -> int:
        """Forget items for good and return how many pairs were forgotten; unknown ids are no error."""
        with self._lock:
            return sum(self._forget(item_id) for item_id in item_ids)

    def _add(self, entry: _Row) -> None:
        found = features(entry.pair.question)
        row = self._postings.add(found)
        if row == len(self._kind_of):
            self._kind_of.append(-1)
            self._shrink.append(0.0)
        self._rows[row] = entry
        self._items.setdefault(entry.item_id, []).append(row)
        self._kind_of[row] = self._join_kind(entry.kind)
        self._shrink[row] = (len(found.words) + len(found.pieces)) ** -0.5

    def _join_kind(self, kind: str) -> int:
        number = self._kinds.get(kind)
        if number is None:
            if self._free_kinds:
                number = self._free_kinds.pop()
            else:
                number = len(self._kind_sizes)
                self._kind_sizes.append(0)
            self._kinds[kind] = number
        self._kind_sizes[number] += 1
        return number

    def _forget(self, item_id: str) -> int:
        rows = self._items.pop(item_id, [])
        self._used.pop(item_id, None)
        for row in rows:
            self._postings.remove(row)
            entry = self._rows.pop(row)
            number = self._kind_of[row]
            self._kind_of[row], self._shrink[row] = -1, 0.0
            self._kind_sizes[number] -= 1
            if self._kind_sizes[number] == 0:
                del self._kinds[entry.kind]
                self._free_kinds.append(number)
        return len(rows)

    def suggest(self, question: str, limit: int = 3) -> list[Suggested]:
        """Return at most ``limit`` different answers, best first."""
        with self._lock:
            # One more than asked for: what was used before may come up by a place.
            found = [self._suggested(one) for one in self._rank(question, limit + 1)]
        return sorted(found, key=lambda one: -_useful(one))[:limit]

    def ranked(self, question: str, limit: int = 3) -> list[tuple[str, float]]:
        """Return answers with their unbounded scores, for measuring."""
        with self._lock:
            return [(self._rows[one.rows[0]].pair.answer, one.raw) for one in self._rank(question, limit)]

    def _rank(self, question: str, limit: int) -> list[Ranked]:
        if not self._rows:
            return []
        known = Candidates(
            postings=self._postings,
            kinds=np.frombuffer(self._kind_of, dtype=np.int32),  # views, gone before the lock is
            kind_sizes=np.frombuffer(self._kind_sizes, dtype=np.int32),
            shrink=np.frombuffer(self._shrink, dtype=np.float64),
            learned=len(self._rows),
            key=lambda row: self._rows[row].key,
        )
        return rank(features(question), known, limit)

    def _suggested(self, one: Ranked) -> Suggested:
        """Word the answer as its nearest question was answered; every item with the same words is a source."""
        best = self._rows[one.rows[0]]
        same = (self._rows[row] for row in one.rows)
        items = dict.fromkeys(entry.item_id for entry in same if entry.pair.answer == best.pair.answer)
        answer = hashlib.sha256(best.pair.answer.encode("utf-8", "surrogatepass")).hexdigest()
        uses = frozenset[str]().union(*(self._used.get(item, {}).get(answer, frozenset()) for item in items))
        return Suggested(best.pair.answer, tuple(items), one.score, len(uses))

    def digest(self) -> str:
        """Return SHA-256 (hex) over everything that an answer is computed from, without the order of learning."""
        with self._lock:
            whole = hashlib.sha256()
            for entry in sorted(self._rows.values(), key=lambda entry: entry.key):
                whole.update(entry.key + _packed(entry.item_id, entry.pair.question, entry.pair.answer, entry.kind))
            for name in sorted(self._kinds):
                whole.update(_packed(name) + struct.pack(">I", self._kind_sizes[self._kinds[name]]))
            used = np.flatnonzero(self._postings.counts)
            whole.update(used.astype(">u4").tobytes() + self._postings.counts[used].astype(">u4").tobytes())
            for feature, rows in self._postings.lists():
                whole.update(struct.pack(">I", feature) + b"".join(sorted(self._rows[row].key for row in rows)))
            for item_id in sorted(self._used):
                for answer, uses in sorted(self._used[item_id].items()):
                    whole.update(_packed(item_id, answer, *sorted(uses)))
            return whole.hexdigest()

    def size_bytes(self) -> int:
        """Return about how much memory the index takes."""
        texts = sum(len(e.pair.question) + len(e.pair.answer) + len(e.kind) + 300 for e in self._rows.values())
        return self._postings.size_bytes() + texts + 12 * len(self._kind_of) + 4 * len(self._kind_sizes)


def _useful(one: Suggested) -> float:
    """Return what suggestions are ordered by: the score, and up to 0.05 more for what agents used before.

    So use decides between answers that fit about as well and never lifts one that does not fit. The score that is
    told, and that an automated answer needs, stays what it is.
    """
    return one.score + 0.05 * (1.0 - 0.5 ** min(one.used, 16))


def kind_of(answer: str) -> str:
    """Return what answers of one kind have in common: letters and order of words, not case, marks or numbers."""
    return " ".join(fold(answer).replace("_", " ").translate(_MARKS).split())


def _key(item_id: str, pair: Pair) -> bytes:
    return hashlib.sha256(_packed(item_id, pair.question, pair.answer)).digest()


def _packed(*texts: str) -> bytes:
    encoded: Sequence[bytes] = [text.encode("utf-8", "surrogatepass") for text in texts]
    return b"".join(struct.pack(">I", len(text)) + text for text in encoded)


_MARKS = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~…„”“’–—", " "))
