"""Disguises: what people (and test writers) do to an identifier so that a pattern misses it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_POLISH_DIGITS: Final = ("zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć")
_ENGLISH_DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Disguise:
    name: str
    apply: Callable[[random.Random, str], str]
    bare: bool = False
    """Without any word that says what it is."""


def _only_digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _fullwidth(rng: random.Random, text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in text)


def _spaced(rng: random.Random, text: str) -> str:
    return " ".join(_only_digits(text))


def _all_spaced(rng: random.Random, text: str) -> str:
    return " ".join(char for char in text if char.isalnum())


def _dotted(rng: random.Random, text: str) -> str:
    return ".".join(_only_digits(text))


def _nbsp(rng: random.Random, text: str) -> str:
    return text.replace(" ", "\u00a0").replace("-", "\u2011")


def _invisible(rng: random.Random, text: str) -> str:
    middle = len(text) // 2
    return text[:middle] + "\u200b" + text[middle:]


def _broken(rng: random.Random, text: str) -> str:
    places = [index for index, char in enumerate(text) if char in " -,"] or [len(text) // 2]
    place = rng.choice(places)
    return text[:place] + "\n" + text[place:].lstrip(" -")


def _words(rng: random.Random, text: str) -> str:
    names = rng.choice((_POLISH_DIGITS, _ENGLISH_DIGITS))
    return " ".join(names[int(digit)] for digit in _only_digits(text))


def _letters(rng: random.Random, text: str) -> str:
    return text.replace("0", "O")


def _keycaps(rng: random.Random, text: str) -> str:
    return "".join(f"{char}\ufe0f\u20e3" if char.isdigit() else char for char in text)


def _pairs(rng: random.Random, text: str) -> str:
    digits = _only_digits(text)
    return " ".join(digits[index : index + 2] for index in range(0, len(digits), 2))


def _same(rng: random.Random, text: str) -> str:
    return text


def _at(at: str, dot: str) -> Callable[[random.Random, str], str]:
    return lambda rng, text: text.replace("@", at).replace(".", dot)


def _lower(rng: random.Random, text: str) -> str:
    return text.lower()


def _upper(rng: random.Random, text: str) -> str:
    return text.upper()


def _ascii(rng: random.Random, text: str) -> str:
    return text.translate(str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ"))


def _decomposed(rng: random.Random, text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFD", text)


def _bracket_dots(rng: random.Random, text: str) -> str:
    return text.replace(".", "[.]")


_NUMBER: Final = (
    Disguise("full-width digits", _fullwidth),
    Disguise("a space after every digit", _spaced),
    Disguise("a dot after every digit", _dotted),
    Disguise("no-break spaces and hyphens", _nbsp),
    Disguise("an invisible character inside", _invisible),
    Disguise("a line break inside", _broken),
    Disguise("digits as words", _words),
    Disguise("O for 0", _letters),
    Disguise("keycap emoji", _keycaps),
    Disguise("pairs of digits", _pairs),
    Disguise("no cue", _same, bare=True),
)
DISGUISES: Final[dict[str, tuple[Disguise, ...]]] = {
    "EMAIL": (
        Disguise("(at) (dot)", _at(" (at) ", " (dot) ")),
        Disguise("[at] [dot]", _at("[at]", "[dot]")),
        Disguise("małpa kropka", _at(" małpa ", " kropka ")),
        Disguise("at dot", _at(" at ", " dot ")),
        Disguise("spaces around @", _at(" @ ", ".")),
        Disguise("spaces everywhere", _at(" @ ", " . ")),
        Disguise("full-width @", _at("＠", ".")),
        Disguise("an invisible character inside", _invisible),
        Disguise("(małpa)", _at("(małpa)", ".")),
        Disguise("no cue", _same, bare=True),
    ),
    "PHONE": _NUMBER,
    "PESEL": _NUMBER,
    "NIP": _NUMBER,
    "REGON": _NUMBER,
    "IBAN": (
        _NUMBER[0],
        Disguise("a space after every character", _all_spaced),
        *_NUMBER[3:6],
        _NUMBER[8],
        _NUMBER[10],
    ),
    "CARD": _NUMBER,
    "IP": (
        Disguise("[.]", _bracket_dots),
        Disguise("full-width digits", _fullwidth),
        Disguise("no cue", _same, bare=True),
    ),
    "ADDRESS": (
        Disguise("lower case", _lower),
        Disguise("upper case", _upper),
        Disguise("without diacritics", _ascii),
        Disguise("decomposed letters", _decomposed),
        Disguise("a line break inside", _broken),
        Disguise("no cue", _same, bare=True),
    ),
    "NAME": (
        Disguise("lower case", _lower),
        Disguise("upper case", _upper),
        Disguise("without diacritics", _ascii),
        Disguise("decomposed letters", _decomposed),
        Disguise("an invisible character inside", _invisible),
        Disguise("no cue", _same, bare=True),
    ),
}
"""Type -> disguises. "No cue" gives a bare name or number, where shape and checksum are all there is."""
