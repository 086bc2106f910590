"""Which rows have which feature, kept so that a row leaves as cheaply as it came, whatever else is there."""

from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from chatgate.middleware.assistant.features import SPACE_BITS, Features, Ids


class Postings:
    """Lists of rows by feature, with the number of rows of every feature.

    A row remembers its place in each of its lists. To leave one, the last row of the list takes its place, so that
    the cost depends on the length of the question only. Row numbers are reused; nothing that is computed from a
    list may depend on the order in it.
    """

    def __init__(self) -> None:
        """Make empty lists."""
        self.counts: NDArray[np.int32] = np.zeros(1 << SPACE_BITS, dtype=np.int32)
        self._lists: dict[int, array[int]] = {}
        self._rows: list[Ids | None] = []
        self._places: list[NDArray[np.int32] | None] = []
        self._split: list[int] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        """Return how many row numbers are in use or free to be reused."""
        return len(self._rows)

    def add(self, found: Features) -> int:
        """Add a row and return its number."""
        ids = np.concatenate((found.words, found.pieces))
        row = self._free.pop() if self._free else self._grow()
        places = np.empty(len(ids), dtype=np.int32)
        for index, feature in enumerate(ids.tolist()):
            rows = self._lists.get(feature)
            if rows is None:
                rows = self._lists[feature] = array("i")
            places[index] = len(rows)
            rows.append(row)
        self.counts[ids] += 1
        self._rows[row], self._places[row], self._split[row] = ids, places, len(found.words)
        return row

    def _grow(self) -> int:
        self._rows.append(None)
        self._places.append(None)
        self._split.append(0)
        return len(self._rows) - 1

    def remove(self, row: int) -> None:
        """Take a row out of every list."""
        ids, places = self._rows[row], self._places[row]
        if ids is None or places is None:
            raise KeyError(row)
        for feature, place in zip(ids.tolist(), places.tolist(), strict=True):
            self._leave(feature, place)
        self.counts[ids] -= 1
        self._rows[row] = self._places[row] = None
        self._split[row] = 0
        self._free.append(row)

    def _leave(self, feature: int, place: int) -> None:
        rows = self._lists[feature]
        last = rows.pop()
        if place < len(rows):
            rows[place] = last
            moved, places = self._rows[last], self._places[last]
            if moved is None or places is None:  # pragma: no cover  (a list never names a row that left)
                raise KeyError(last)
            half = slice(0, self._split[last]) if feature % 2 == 0 else slice(self._split[last], None)
            places[half.start + int(np.searchsorted(moved[half], feature))] = place
        if not rows:
            del self._lists[feature]

    def rows_with(self, feature: int) -> NDArray[np.int32] | None:
        """Return the rows of a feature in no particular order; the view must be gone before the next change."""
        rows = self._lists.get(feature)
        return None if rows is None else np.frombuffer(rows, dtype=np.int32)

    def features_of(self, row: int) -> tuple[Ids, int]:
        """Return the features of a row and how many of them are words."""
        ids = self._rows[row]
        if ids is None:
            raise KeyError(row)
        return ids, self._split[row]

    def lists(self) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield every feature with its rows, by feature (for the digest)."""
        for feature in sorted(self._lists):
            yield feature, tuple(self._lists[feature])

    def size_bytes(self) -> int:
        """Return about how much memory the lists take."""
        lists = sum(rows.itemsize * len(rows) + 64 for rows in self._lists.values())
        rows = sum(ids.nbytes * 2 + 224 for ids in self._rows if ids is not None)
        return lists + rows + self.counts.nbytes
