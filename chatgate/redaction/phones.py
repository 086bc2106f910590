"""Telephone numbers: international, Polish, British and American shapes, and any number after a word for a phone."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import phonenumbers

from chatgate.redaction.cues import is_decoy, nearest_cue
from chatgate.redaction.identifiers import POLISH_PREFIXES, is_real_date
from chatgate.redaction.spans import Found
from chatgate.redaction.views import View, digits_of

_GAP: Final = r"[ .\-/()\n]{0,3}"
_INTERNATIONAL: Final = re.compile(rf"(?:\+\s?|(?<![\w])(?<!\d[ .\-/])00\s?)\(?[1-9](?:{_GAP}\d){{7,14}}(?!\d)")
_PREFIXED: Final = re.compile(
    r"(?<!\w)\(?48\)?[ \-.]?(?:[45678]\d{2}(?:[ \-.]?\d{3}){2}"
    r"|\d{2}[ -]\d{3}[ -]\d{2}[ -]\d{2})(?![\w])(?![.\-]\d)"
)
_POLISH: Final = re.compile(
    r"(?<![\w+])(?<!\d[ .,\-/])(?:\(?0?[1-9]\d\)?[ \-/]{0,2}\d{3}[ \-]\d{2}[ \-]\d{2}"
    r"|\(0?[1-9]\d\)[ \-]?\d{3}[ \-]?\d{2}[ \-]?\d{2}"
    r"|[1-9]\d[ \-]\d{7}|[1-9]\d{2}(?P<s>[ .\-/]|\s-\s)\d{3}(?P=s)\d{3}"
    r"|[1-9]\d{2}[ \-]\d{2}[ \-]\d{2}[ \-]\d{2}"
    r"|[1-9]\d{2}[ .\-]\d{6}|[4-8]\d(?:[ \-.]?\d){7})(?!\w)(?![ .,\-/]\d)"
)
_SOLID: Final = re.compile(r"(?<![\w+])(?<!\d[.,\-/])[1-9]\d{8}(?![\w])(?![.,\-/]\d)")
_BRITISH: Final = re.compile(r"(?<!\w)(?<!\d[ .\-/])\(?0\d{2,4}\)?[ \-]?\d{3,4}[ \-]?\d{3,4}(?!\w)(?![ .\-/]\d)")
_AMERICAN: Final = re.compile(
    r"(?<!\w)(?<!\d[ .\-/])(?:1[ \-.])?(?:\([2-9]\d{2}\) ?"
    r"|[2-9]\d{2}[ \-.])[2-9]\d{2}[ \-.]\d{4}(?!\w)(?![ .\-/]\d)"
)
_CUED: Final = re.compile(rf"(?<!\w)\(?\d(?:{_GAP}\d|\s?[,;_*]\s?\d){{6,14}}(?!\w)")


def find_phones(view: View) -> Iterator[Found]:
    """Find telephone numbers. Without a cue only in a number plan's shape, and never what is named as a decoy."""
    yield from _international(view)
    text = view.folded
    for match in _PREFIXED.finditer(text):
        if not is_decoy(view, match.start(), match.end()):
            yield _phone(match)
    for match in (*_POLISH.finditer(text), *_SOLID.finditer(text)):
        digits = digits_of(match.group()).lstrip("0")
        if digits[:2] in POLISH_PREFIXES and _plausible(view, match, digits):
            yield _phone(match)
    for match in (*_BRITISH.finditer(text), *_AMERICAN.finditer(text)):
        region = "GB" if match.group().lstrip("(").startswith("0") else "US"
        if _valid(match.group(), region) and not is_decoy(view, match.start(), match.end()):
            yield _phone(match)
    yield from _cued(view)


def _phone(match: re.Match[str]) -> Found:
    return Found("PHONE", match.start(), match.end(), canonical_phone(match.group()))


def canonical_phone(text: str) -> str:
    """Return the last nine digits: the same number with and without a country code is one number."""
    return digits_of(text)[-9:]


def _plausible(view: View, match: re.Match[str], digits: str) -> bool:
    if is_decoy(view, match.start(), match.end()):
        return False
    cue = nearest_cue(view, match.start())
    if cue in {"REGON", "NIP", "PESEL"}:
        return False
    counting = all(int(b) - int(a) == 1 for a, b in pairwise(digits))
    return not counting or cue == "PHONE"


def _valid(text: str, region: str) -> bool:
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(text, region)))
    except phonenumbers.NumberParseException:
        return False


def _international(view: View) -> Iterator[Found]:
    for match in _INTERNATIONAL.finditer(view.folded):
        if not match.group().startswith("+") and is_decoy(view, match.start(), match.end()):
            continue
        end = _international_end(match.group())
        if end:
            yield Found("PHONE", match.start(), match.start() + end, canonical_phone(match.group()[:end]))


def _international_end(text: str) -> int | None:
    """Return how much of a greedy match is the number: groups are dropped from the end until a number plan has it."""
    plus = "+" + digits_of(text).removeprefix("00")
    if plus.startswith("+48"):
        return _end_of_digit(text, 11 + (2 if not text.startswith("+") else 0))
    ends = [found.end() for found in re.finditer(r"\d+", text)]
    for end in reversed(ends):
        number = "+" + digits_of(text[:end]).removeprefix("00")
        if len(number) >= 9 and _valid(number, "ZZ"):
            return end
    return ends[-1] if text.startswith("+") else None


def _end_of_digit(text: str, count: int) -> int | None:
    positions = [index for index, char in enumerate(text) if char.isdigit()]
    if len(positions) < 9:
        return None
    return positions[min(count, len(positions)) - 1] + 1


def _cued(view: View) -> Iterator[Found]:
    for match in _CUED.finditer(view.folded):
        digits = digits_of(match.group())
        eight = len(digits) == 8 and is_real_date(digits)
        if nearest_cue(view, match.start()) == "PHONE" and not eight and not is_decoy(view, match.start(), match.end()):
            yield _phone(match)
