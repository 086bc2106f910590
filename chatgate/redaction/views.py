"""A text as detectors see it: digits, dashes and spaces made plain, and the way back to the given offsets."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

MASK: Final = "\x00"
"""Stands for every character of a span that is already found; no pattern matches it."""

_DASHES: Final = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d-")
_LETTER_ZEROS: Final = re.compile(
    r"(?:(?<![a-z\d])|(?<=\bpl))(?=[\do]*\d|oo+[ .\-]\d)[\do]{2,}(?:[ .\-()]{1,2}[\do]+)*(?![a-z\d])"
)
_FOLD: Final = str.maketrans({"ł": "l", "ß": "s", "đ": "d", "ø": "o", "ı": "i", "’": "'", "`": "'", "ʼ": "'"})


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """Return one character for a character, or nothing for one that is invisible or combining."""
    category = unicodedata.category(char)
    if category in {"Mn", "Me", "Cf"}:
        return ""
    if char in _DASHES:
        return "-"
    if char == "\t" or category == "Zs":
        return " "
    if unicodedata.decomposition(char).startswith(("<super>", "<sub>")):
        return char  # m² is no digit two
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    wide = unicodedata.normalize("NFKC", char)
    return wide if len(wide) == 1 else char


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    lowered = char.lower()
    if len(lowered) != 1:
        lowered = lowered[0]
    base = unicodedata.normalize("NFD", lowered)[0]
    return base.translate(_FOLD)


def fold(text: str) -> str:
    """Return the text in lower case without diacritics, character by character (``Wójcik`` -> ``wojcik``)."""
    if text.isascii():
        return text.lower()
    return "".join(_folded(char) for char in text)


@dataclass(slots=True)
class View:
    """One line while it is searched.

    ``plain`` has ASCII digits, ``-`` for every dash and a space for every blank; ``folded`` is the same in lower
    case without diacritics. Both have the same length, and ``offsets`` leads back to the given text.
    """

    given: str
    plain: str
    folded: str
    offsets: list[int] | None
    context: str = ""
    """The end of the line before (folded): a question for a number is a cue for the number that answers it."""

    def before(self, start: int, width: int = 48) -> str:
        """Return the folded text before a position, with the line before when the position is near the start."""
        if start >= width:
            return self.folded[start - width : start]
        return f"{self.context[start - width :]} {self.folded[:start]}" if self.context else self.folded[:start]

    def after(self, end: int, width: int = 16) -> str:
        """Return the folded text after a position."""
        return self.folded[end : end + width]

    def mask(self, start: int, end: int) -> None:
        """Hide a span from all later detectors."""
        blank = MASK * (end - start)
        self.plain = self.plain[:start] + blank + self.plain[end:]
        self.folded = self.folded[:start] + blank + self.folded[end:]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the given text; invisible characters inside and after belong to the span."""
        if self.offsets is None:
            return start, end
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        while last < len(self.given) and not _plain(self.given[last]):
            last += 1
        return first, last


def view(text: str, context: str = "") -> View:
    """Return the searched form of a text."""
    if text.isascii():
        plain = text.replace("\t", " ")
        return View(text, plain, _zeros(plain.lower()), None, context)
    chars: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(text):
        shown = _plain(char)
        if shown:
            chars.append(shown)
            offsets.append(index)
    plain = "".join(chars)
    return View(text, plain, _zeros(fold(plain)), offsets if len(offsets) != len(text) else None, context)


def _zeros(folded: str) -> str:
    """Read the letter o as a zero inside a long run of digits (``6oo 7oo 8oo``)."""
    if "o" not in folded:
        return folded
    return _LETTER_ZEROS.sub(
        lambda match: (
            match.group().replace("o", "0") if sum(char.isdigit() for char in match.group()) >= 3 else match.group()
        ),
        folded,
    )


def digits_of(text: str) -> str:
    """Return only the digits of a text."""
    return re.sub(r"\D", "", text)
