"""A question as a set of numbers: words, pairs of near words, and pieces of words, without diacritics."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint32]

SPACE_BITS: Final = 22
"""Features are hashed into 2**22 numbers; the lowest bit says word (0) or piece of a word (1)."""

_MASK: Final = (1 << SPACE_BITS) - 2
_NEAR: Final = 3
_WORD: Final = re.compile(r"\w+")
_FOLD: Final = str.maketrans({"ł": "l", "ß": "ss", "ø": "o", "đ": "d"})
_ALWAYS: Final = ("<any>",)
"""A feature that every question has, so that neither group is ever empty."""


@dataclass(frozen=True, slots=True)
class Features:
    """The features of one question: sorted numbers, words first."""

    words: Ids
    pieces: Ids


def fold(text: str) -> str:
    """Return the text in lower case without diacritics, with every number as one zero: people type as they like."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_FOLD))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"\d+", "0", plain)


def features(text: str) -> Features:
    """Return the features of a text; the same text gives the same numbers on every machine."""
    tokens = _WORD.findall(fold(text))[:200]
    words = {*_ALWAYS, *tokens}
    for index, token in enumerate(tokens):
        words.update(f"{token}~{near}" for near in tokens[index + 1 : index + 1 + _NEAR])
    words.update(f"{left} {right}" for left, right in pairwise(["<start>", *tokens[:1]]))
    pieces = set(_ALWAYS)
    for token in set(tokens):
        padded = f" {token} "
        for size in (3, 4):
            pieces.update(padded[start : start + size] for start in range(max(1, len(padded) - size + 1)))
    return Features(_numbers(words, 0), _numbers(pieces, 1))


def _numbers(names: set[str], group: int) -> Ids:
    hashed = {(crc32(name.encode()) << 1 & _MASK) | group for name in names}
    return np.array(sorted(hashed), dtype=np.uint32)
