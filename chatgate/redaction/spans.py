"""What redaction returns, and the numbering of placeholders within one conversation."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

PROFILE_VERSION: Final = "1.1.0"
"""Version of the detection rules. An item redacted with another version is not admitted to the training store."""

TYPES: Final = (
    "EMAIL",
    "PHONE",
    "PESEL",
    "NIP",
    "REGON",
    "IBAN",
    "CARD",
    "IP",
    "ADDRESS",
    "NAME",
    "VAT",
    "NATIONAL_ID",
    "DOCUMENT",
    "BIRTH_DATE",
    "URL",
    "SECRET",
)
"""Every type of personal data that a placeholder can stand for."""

PLACEHOLDER: Final = re.compile(r"\[(?:" + "|".join(TYPES) + r")_\d+\]")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of personal data; ``start`` and ``end`` are code point offsets in the text that was given."""

    type: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A span that a detector proposes, with the value that decides which placeholder it gets."""

    type: str
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class RedactionResult:
    """The redacted text, and the spans of the given text that were replaced, in order."""

    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class RedactedLines:
    """The redacted lines of one conversation.

    ``counts`` says how many spans of each type were replaced; ``special_categories`` names the kinds of
    Art. 9 GDPR data that the words hint at, and such an item is never admitted unseen.
    """

    lines: tuple[str, ...]
    counts: dict[str, int]
    special_categories: tuple[str, ...]


@dataclass(slots=True)
class PlaceholderState:
    """The memory of one conversation: the same value gets the same placeholder, another conversation starts at 1.

    Nothing of it is stored. Numbers are given in order of appearance, so that a placeholder tells nothing about
    the value and two conversations cannot be joined by it.
    """

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    last: Counter[str] = field(default_factory=Counter)
    people: dict[str, int] = field(default_factory=dict)
    """Folded name (base form) -> number of the person."""
    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Digits of an identifier that was found -> (type, value), so that later mentions without a cue are found."""

    def placeholder(self, kind: str, value: str) -> str:
        """Return ``[TYPE_n]`` for a value, with a new number for a new value."""
        key = (kind, value)
        if key not in self.numbers:
            self.last[kind] += 1
            self.numbers[key] = self.last[kind]
        return f"[{kind}_{self.numbers[key]}]"

    def person(self, names: Iterable[str]) -> str:
        """Return ``[NAME_n]`` for a person; the first known name decides, and all names are remembered."""
        given = tuple(names) or ("",)
        number = self.people.get(given[0])
        if number is None:
            self.last["NAME"] += 1
            number = self.last["NAME"]
        for name in given:
            self.people.setdefault(name, number)
        return f"[NAME_{number}]"

    def skip_used(self, text: str) -> None:
        """Never give a number again that a placeholder in a text redacted before already has."""
        for match in PLACEHOLDER.finditer(text):
            kind, number = match.group()[1:-1].rsplit("_", 1)
            self.last[kind] = max(self.last[kind], int(number))
