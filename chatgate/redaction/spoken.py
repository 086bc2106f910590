"""Numbers that are written as words: ``sześćset siedemset osiemset``, ``six zero zero``."""

import re
from collections.abc import Iterator
from typing import Final

from chatgate.redaction.cues import is_decoy, nearest_cue
from chatgate.redaction.spans import Found
from chatgate.redaction.views import View

_ONES: Final = {
    "zero": 0,
    "jeden": 1,
    "dwa": 2,
    "trzy": 3,
    "cztery": 4,
    "piec": 5,
    "szesc": 6,
    "siedem": 7,
    "osiem": 8,
    "dziewiec": 9,
    "oh": 0,
    "nought": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "jedynka": 1,
    "dwojka": 2,
    "trojka": 3,
    "czworka": 4,
    "piatka": 5,
    "szostka": 6,
    "siodemka": 7,
    "osemka": 8,
    "dziewiatka": 9,
}
_TEENS: Final = {
    "dziesiec": 10,
    "jedenascie": 11,
    "dwanascie": 12,
    "trzynascie": 13,
    "czternascie": 14,
    "pietnascie": 15,
    "szesnascie": 16,
    "siedemnascie": 17,
    "osiemnascie": 18,
    "dziewietnascie": 19,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
_TENS: Final = {
    "dwadziescia": 20,
    "trzydziesci": 30,
    "czterdziesci": 40,
    "piecdziesiat": 50,
    "szescdziesiat": 60,
    "siedemdziesiat": 70,
    "osiemdziesiat": 80,
    "dziewiecdziesiat": 90,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_HUNDREDS: Final = {
    "sto": 100,
    "dwiescie": 200,
    "trzysta": 300,
    "czterysta": 400,
    "piecset": 500,
    "szescset": 600,
    "siedemset": 700,
    "osiemset": 800,
    "dziewiecset": 900,
}
_WORDS: Final = {**_ONES, **_TEENS, **_TENS, **_HUNDREDS}
_REPEAT: Final = {"double": 2, "triple": 3}
_ONE: Final = "|".join(sorted((*_WORDS, *_REPEAT, "hundred"), key=len, reverse=True))
_RUN: Final = re.compile(rf"(?<!\w)(?:plus\s)?(?:(?:{_ONE}|\d{{1,4}})(?:[\s,.\-]{{1,3}}(?:and\s|i\s)?|$|(?=\W))){{3,}}")
_TOKEN: Final = re.compile(rf"{_ONE}|\d+")
_KIND_BY_CUE: Final = {"PESEL": "PESEL", "NIP": "NIP", "REGON": "REGON", "CARD": "CARD", "IBAN": "IBAN"}


def find_spoken(view: View) -> Iterator[Found]:
    """Find identifiers of at least seven digits that are spelled out in words, wholly or in part."""
    for match in _RUN.finditer(view.folded):
        text = match.group().rstrip(" ,.-\n")
        tokens = _TOKEN.findall(text)
        spoken = sum(not token.isdigit() for token in tokens)
        digits = _digits(tokens)
        cue = nearest_cue(view, match.start())
        enough = len(digits) >= 9 or (len(digits) >= 7 and cue == "PHONE")
        if spoken >= 2 and enough and not is_decoy(view, match.start(), match.start() + len(text)):
            kind = _KIND_BY_CUE.get(cue or "", "PESEL" if len(digits) == 11 and cue != "PHONE" else "PHONE")
            yield Found(kind, match.start(), match.start() + len(text), digits[-9:] if kind == "PHONE" else digits)


def _digits(tokens: list[str]) -> str:
    """Return the digits of number words: ``szescset dwadziescia trzy`` is 623, ``double five`` is 55."""
    digits, repeat = "", 1
    for token in tokens:
        if token in _REPEAT:
            repeat = _REPEAT[token]
            continue
        if token == "hundred":  # noqa: S105  (a number word)
            digits += "00"
            continue
        value = token if token.isdigit() else str(_WORDS[token])
        gap = len(value)
        fills = (
            not token.isdigit()
            and len(digits) >= 2
            and digits[-gap:] == "0" * gap
            and int(value) > 0
            and token not in _HUNDREDS
        )
        if fills and len(digits) > gap and _just_rounded(tokens, token):
            digits = digits[:-gap] + value
        else:
            digits += value * repeat
        repeat = 1
    return digits


def _just_rounded(tokens: list[str], token: str) -> bool:
    """Tell whether the word before is a round number that this one completes."""
    before = tokens[tokens.index(token) - 1] if token in tokens and tokens.index(token) else ""
    return (before in _TENS and token in _ONES) or (before in _HUNDREDS)
