"""Generates the redaction test set: ``python -m tests.redaction.generate > tests/redaction/frozen.jsonl``.

Three parts: ``plain`` (as people write), ``decoy`` (shop numbers that must survive), ``adversarial`` (disguised).
The frozen file is the contract; the generator with another seed shows that rules are not fitted to it.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.redaction import numbers as n
from tests.redaction.adversarial import DISGUISES
from tests.redaction.people import (
    AMERICAN_TOWNS,
    BRITISH_CODES,
    BRITISH_TOWNS,
    ENGLISH_PEOPLE,
    ENGLISH_STREETS,
    FOREIGN_ADDRESSES,
    MAIL_HOSTS,
    POLISH_PEOPLE,
    POLISH_STREETS,
    POLISH_TOWNS,
)
from tests.redaction.templates import BARE, DECOYS, KNOWN_NAMES, TEMPLATES, WRAPS

SEED: Final = 20260607
Value = Callable[[random.Random, str], str]


@dataclass
class Row:
    part: str
    locale: str
    text: str = ""
    names: list[str] = field(default_factory=list)
    spans: list[dict[str, Any]] = field(default_factory=list)
    decoys: list[dict[str, Any]] = field(default_factory=list)

    def add(self, template: str, values: dict[str, str]) -> None:
        """Append a template; ``{EMAIL}`` becomes a span and ``<ean>`` a decoy."""
        for piece in _pieces(template):
            start = len(self.text)
            if piece[0] == "{":
                kind = piece[1:-1]
                self.text += values[kind]
                self.spans.append({"type": kind.rstrip("0123456789"), "start": start, "end": len(self.text)})
            elif piece[0] == "<":
                self.text += values[piece]
                self.decoys.append({"kind": piece[1:-1], "start": start, "end": len(self.text)})
            else:
                self.text += piece


def _pieces(template: str) -> Iterator[str]:
    piece = ""
    for char in template:
        if char in "{<" and piece:
            yield piece
            piece = ""
        piece += char
        if char in "}>":
            yield piece
            piece = ""
    if piece:
        yield piece


def email(rng: random.Random, locale: str) -> str:
    person = rng.choice(POLISH_PEOPLE)[0] if locale == "pl" else rng.choice(ENGLISH_PEOPLE)
    plain = person.lower().translate(str.maketrans("ąćęłńóśźż'", "acelnoszz.")).replace("-", "").replace(".", "")
    first, last = plain.split(" ")
    local = rng.choice(
        (
            f"{first}.{last}",
            f"{first[0]}{last}",
            f"{first}{last}{rng.randrange(60, 99)}",
            f"{first}_{last}",
            f"{last}+sklep",
            f"{first[:3]}{last[:4]}",
        )
    )
    host = rng.choice(MAIL_HOSTS)
    return rng.choice((f"{local}@{host}", f"{local}@{host}", f"{local.title()}@{host}", f"{local}@{host}".upper()))


def phone(rng: random.Random, locale: str) -> str:
    if locale == "en":
        return rng.choice(
            (
                f"07{n.digits(rng, 3).replace('0', '7').replace('6', '7')} {n.digits(rng, 6)}",
                f"+44 7700 900{n.digits(rng, 3)}",
                f"020 7946 0{n.digits(rng, 3)}",
                f"(202) 555-01{n.digits(rng, 2)}",
                f"+1 212-555-01{n.digits(rng, 2)}",
                f"+44 (0)20 7946 0{n.digits(rng, 3)}",
                f"312.555.01{n.digits(rng, 2)}",
                f"+353 1 496 0{n.digits(rng, 3)}",
                f"+49 30 9018{n.digits(rng, 4)}",
            )
        )
    number, fixed = n.mobile(rng), n.landline(rng)
    return rng.choice(
        (
            number,
            n.groups(number, (3, 3), " "),
            n.groups(number, (3, 3), "-"),
            "+48" + number,
            "+48 " + n.groups(number, (3, 3), " "),
            "0048 " + number,
            "48" + number,
            n.groups(number, (3, 3), "."),
            "(+48) " + n.groups(number, (3, 3), " "),
            n.groups(fixed, (2, 3, 2), " "),
            f"({fixed[:2]}) {n.groups(fixed[2:], (3, 2), '-')}",
            f"{fixed[:2]} {fixed[2:]}",
            "+48 " + n.groups(fixed, (2, 3, 2), " "),
            n.groups(number, (3, 2, 2), " "),
        )
    )


def _mistyped(rng: random.Random, text: str) -> str:
    """Return the number with another last digit in one case of six: people mistype."""
    return text if rng.random() > 0.17 else text[:-1] + str((int(text[-1]) + 3) % 10)


def pesel(rng: random.Random, locale: str) -> str:
    number = _mistyped(rng, n.pesel(rng))
    return rng.choice(
        (
            number,
            number,
            number,
            n.groups(number, (6,), " "),
            n.groups(number, (2, 2, 2), " "),
            n.groups(number, (6,), "-"),
        )
    )


def nip(rng: random.Random, locale: str) -> str:
    number = _mistyped(rng, n.nip(rng))
    return rng.choice(
        (
            number,
            n.groups(number, (3, 3, 2), "-"),
            n.groups(number, (3, 2, 2), "-"),
            n.groups(number, (3, 3, 2), " "),
            "PL" + number,
            "PL " + number,
        )
    )


def regon(rng: random.Random, locale: str) -> str:
    number = _mistyped(rng, n.regon(rng, rng.random() < 0.3))
    return rng.choice((number, number, n.groups(number, (3, 3, 3), " "), n.groups(number, (3, 3, 3), "-")))


def iban(rng: random.Random, locale: str) -> str:
    number = n.iban(rng, "PL" if locale == "pl" and rng.random() < 0.8 else rng.choice(("DE", "GB", "FR", "NL", "PL")))
    if number.startswith("PL") and rng.random() < 0.4:
        return rng.choice(
            (number[2:], f"{number[2:4]} {n.fours(number[4:])}", f"{number[2:4]}-{n.fours(number[4:], '-')}")
        )
    return rng.choice(
        (
            number,
            n.fours(number),
            n.fours(number, "-"),
            number.lower(),
            f"{number[:2]} {number[2:4]} {n.fours(number[4:])}",
        )
    )


def card(rng: random.Random, locale: str) -> str:
    number = n.card(rng)
    if len(number) == 15:
        return rng.choice((number, n.groups(number, (4, 6), " "), n.groups(number, (4, 6), "-")))
    return rng.choice((number, n.fours(number), n.fours(number, "-"), n.fours(_mistyped(rng, number))))


def ip(rng: random.Random, locale: str) -> str:
    if rng.random() < 0.3:
        return rng.choice(
            (
                f"2001:db8::{rng.randrange(16**4):x}",
                ":".join(f"{rng.randrange(16**4):x}" for _ in range(8)),
                f"fe80::{rng.randrange(16**4):x}:{rng.randrange(16**4):x}",
            )
        )
    return ".".join(str(rng.randrange(1, 255)) for _ in range(4))


def address(rng: random.Random, locale: str) -> str:
    if locale == "en":
        street = f"{rng.randrange(1, 250)}{rng.choice(('', '', 'A', 'b'))} {rng.choice(ENGLISH_STREETS)}"
        return rng.choice(
            (
                f"{street}, {rng.choice(BRITISH_TOWNS)}, {rng.choice(BRITISH_CODES)}",
                f"{street}, {rng.choice(BRITISH_TOWNS)} {rng.choice(BRITISH_CODES)}",
                f"Flat {rng.randrange(1, 20)}, {street}, {rng.choice(BRITISH_TOWNS)} {rng.choice(BRITISH_CODES)}",
                f"{street}, {rng.choice(AMERICAN_TOWNS)}",
                f"{street}, Apt {rng.randrange(1, 40)}, {rng.choice(AMERICAN_TOWNS)}",
                street,
                rng.choice(FOREIGN_ADDRESSES),
            )
        )
    name, town, house = (
        rng.choice(POLISH_STREETS),
        rng.choice(POLISH_TOWNS),
        f"{rng.randrange(1, 180)}{rng.choice(('', '', 'A', 'b'))}",
    )
    flat = rng.choice(
        (
            "",
            f"/{rng.randrange(1, 90)}",
            f" m. {rng.randrange(1, 90)}",
            f" m {rng.randrange(1, 90)}",
            f" lok. {rng.randrange(1, 30)}",
            f", mieszkanie {rng.randrange(1, 90)}",
        )
    )
    code = f"{n.digits(rng, 2)}-{n.digits(rng, 3)}"
    prefix = rng.choice(("ul. ", "ul. ", "ul ", "ulica ", "al. ", "os. ", "pl. ", "Ul. ", "ul."))
    return rng.choice(
        (
            f"{prefix}{name} {house}{flat}, {code} {town}",
            f"{prefix}{name} {house}{flat} {code} {town}",
            f"{prefix}{name} {house}{flat}",
            f"{name} {house}{flat}, {code} {town}",
            f"{code} {town}, {prefix}{name} {house}{flat}",
            f"{prefix}{name} {house}{flat}\n{code} {town}",
        )
    )


def name(rng: random.Random, locale: str) -> str:
    return rng.choice(POLISH_PEOPLE)[0] if locale == "pl" else rng.choice(ENGLISH_PEOPLE)


VALUES: Final[dict[str, Value]] = {
    "EMAIL": email,
    "PHONE": phone,
    "PESEL": pesel,
    "NIP": nip,
    "REGON": regon,
    "IBAN": iban,
    "CARD": card,
    "IP": ip,
    "ADDRESS": address,
    "NAME": name,
}


def decoy(rng: random.Random, kind: str) -> str:
    """Return a shop number of a kind."""
    big, small = rng.randrange(10**8, 10**9), rng.randrange(1, 60)
    whole = f"{rng.randrange(1, 29):02d}.{rng.randrange(1, 13):02d}.{rng.randrange(2019, 2027)}"
    made = {**_measured(rng, small), **_numbered(rng, big, whole)}
    return rng.choice(made[kind])


def _measured(rng: random.Random, small: int) -> dict[str, tuple[str, ...]]:
    """Return what goods are counted, measured and paid in."""
    return {
        "ean": (n.ean13(rng), n.ean13(rng), n.ean13(rng)[:8]),
        "price": (
            f"{rng.randrange(1, 9999)},{n.digits(rng, 2)} zł",
            f"{rng.randrange(1, 99)} {n.digits(rng, 3)},00 PLN",
            f"${rng.randrange(1, 99)},{n.digits(rng, 3)}.99",
            f"£{small}.50",
            f"{small}9 zł",
            f"{rng.randrange(100, 999)} 000 zł",
        ),
        "size": (
            f"{small}x{small + 20}x{small + 5} cm",
            f"{rng.randrange(34, 48)},5",
            f"{rng.randrange(36, 44)}/{rng.randrange(36, 44)}",
            f"{rng.randrange(100, 300)} x {rng.randrange(100, 300)} mm",
            "XL",
            f"W{small}/L32",
            f"{small} cali",
        ),
        "quantity": (
            f"{small} szt.",
            f"{small} sztuk",
            f"{rng.randrange(100, 9000)} ml",
            f"{small} kg",
            f"{small} pcs",
            f"{small}-pack",
        ),
    }


def _numbered(rng: random.Random, big: int, whole: str) -> dict[str, tuple[str, ...]]:
    """Return days and numbers of papers."""
    return {
        "date": (
            whole,
            whole.replace(".", "/"),
            f"2025-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
            f"{rng.randrange(1, 29)} marca 2026",
            f"{whole} {rng.randrange(8, 20)}:{rng.randrange(10, 59)}",
            f"{rng.randrange(1, 29)} May 2026",
        ),
        "order": (
            str(big),
            f"ZAM-{big}",
            f"#{rng.randrange(10**5, 10**7)}",
            f"2026/{rng.randrange(1, 13):02d}/{n.digits(rng, 6)}",
            f"FV {rng.randrange(1, 999)}/{rng.randrange(1, 13):02d}/2026",
            n.digits(rng, 10),
            n.digits(rng, 11),
            f"ORD{n.digits(rng, 8)}",
            n.digits(rng, 12),
        ),
    }


def plain_rows(rng: random.Random, each: int) -> Iterator[Row]:
    """Yield messages as people write them, several with more than one identifier and with decoys beside them."""
    for kind in VALUES:
        for locale in ("pl", "en"):
            shapes = TEMPLATES[locale][kind]
            for _ in range(each):
                row = Row("plain", locale)
                before, after = rng.choice(WRAPS[locale])
                picked = rng.choice(shapes)
                row.add(before, {k: decoy(rng, k[1:-1]) for k in _decoys_in(before)})
                row.add(
                    picked, {kind: VALUES[kind](rng, locale)} | {k: decoy(rng, k[1:-1]) for k in _decoys_in(picked)}
                )
                row.add(after, {k: decoy(rng, k[1:-1]) for k in _decoys_in(after)})
                yield row


def known_rows(rng: random.Random, each: int) -> Iterator[Row]:
    """Yield messages with a name that is known in the conversation, in a case other than the nominative."""
    for _ in range(each):
        nominative, genitive, instrumental, vocative = rng.choice(POLISH_PEOPLE)
        forms = {
            "NAME": nominative,
            "NAME1": genitive,
            "NAME2": instrumental,
            "NAME3": vocative,
            "NAME4": genitive.split()[-1],
            "NAME5": instrumental.split()[0],
        }
        row = Row("plain", "pl", names=[nominative])
        row.add(rng.choice(KNOWN_NAMES), forms)
        yield row


def _decoys_in(template: str) -> list[str]:
    return [piece for piece in _pieces(template) if piece.startswith("<")]


def decoy_rows(rng: random.Random, each: int) -> Iterator[Row]:
    """Yield messages that hold nothing but shop numbers."""
    for locale in ("pl", "en"):
        for _ in range(each):
            row = Row("decoy", locale)
            template = rng.choice(DECOYS[locale])
            row.add(template, {k: decoy(rng, k[1:-1]) for k in _decoys_in(template)})
            yield row


def adversarial_rows(rng: random.Random, each: int) -> Iterator[Row]:
    """Yield messages whose identifiers are disguised; recall on them is printed even when it is low."""
    for kind, disguises in DISGUISES.items():
        for disguise in disguises:
            for locale in ("pl", "en"):
                for _ in range(each):
                    row = Row("adversarial", locale)
                    shapes = BARE[locale] if disguise.bare else TEMPLATES[locale][kind]
                    template = rng.choice(shapes).replace("{VALUE}", f"{{{kind}}}")
                    values = {kind: disguise.apply(rng, VALUES[kind](rng, locale))}
                    row.add(template, values | {k: decoy(rng, k[1:-1]) for k in _decoys_in(template)})
                    yield row


def generate(seed: int = SEED, scale: int = 1) -> list[dict[str, Any]]:
    """Return all rows of the test set."""
    rng = random.Random(seed)
    rows = [
        *plain_rows(rng, 40 * scale),
        *known_rows(rng, 80 * scale),
        *decoy_rows(rng, 150 * scale),
        *adversarial_rows(rng, 5 * scale),
    ]
    return [
        {"part": r.part, "locale": r.locale, "text": r.text, "names": r.names, "spans": r.spans, "decoys": r.decoys}
        for r in rows
    ]


if __name__ == "__main__":
    for row in generate(int(sys.argv[1]) if len(sys.argv) > 1 else SEED):
        print(json.dumps(row, ensure_ascii=False))
