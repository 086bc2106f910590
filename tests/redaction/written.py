"""Reads ``written.txt``: lines by hand, in other words than the generated set, with numbers put in by a seed."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.redaction import numbers as n

LINES: Final = Path(__file__).parent / "written.txt"
_MARK: Final = re.compile(r"\[\[(?P<type>\w+)\|(?P<found>.*?)\]\]|<<(?P<kind>\w+)\|(?P<kept>.*?)>>", re.DOTALL)
_Rng = random.Random


def _account(rng: _Rng, separator: str) -> str:
    digits = n.iban(rng)[2:]
    return digits[:2] + separator + n.fours(digits[2:], separator)


def _mistyped(right: str) -> str:
    return right[:-1] + str((int(right[-1]) + 3) % 10)


def _landline(rng: _Rng) -> str:
    return n.groups(n.landline(rng), (2, 3, 2, 2), " ")


_NUMBERS: Final[dict[str, Callable[[_Rng], str]]] = {
    "pesel": n.pesel,
    "peselsp": lambda rng: n.groups(n.pesel(rng), (6, 5), " "),
    "peseld": lambda rng: n.groups(n.pesel(rng), (6, 5), "-"),
    "pesel_bad": lambda rng: _mistyped(n.pesel(rng)),
    "nip": n.nip,
    "nipd": lambda rng: n.groups(n.nip(rng), (3, 3, 2, 2), "-"),
    "nipd2": lambda rng: n.groups(n.nip(rng), (3, 2, 2, 3), "-"),
    "nips": lambda rng: n.groups(n.nip(rng), (3, 3, 2, 2), " "),
    "regon": n.regon,
    "regon14": lambda rng: n.regon(rng, True),
    "regons": lambda rng: n.groups(n.regon(rng), (3, 3, 3), " "),
    "regond": lambda rng: n.groups(n.regon(rng), (3, 3, 3), "-"),
    "iban": lambda rng: n.fours(n.iban(rng)),
    "ibanc": n.iban,
    "ibanl": lambda rng: n.iban(rng).lower(),
    "ibanls": lambda rng: n.fours(n.iban(rng).lower()),
    "ibande": lambda rng: n.fours(n.iban(rng, "DE")),
    "ibangb": lambda rng: n.fours(n.iban(rng, "GB")),
    "ibannl": lambda rng: n.iban(rng, "NL").lower(),
    "ibanfr": lambda rng: n.fours(n.iban(rng, "FR")),
    "nrb": lambda rng: _account(rng, " "),
    "nrbc": lambda rng: n.iban(rng)[2:],
    "nrbd": lambda rng: _account(rng, "-"),
    "card": lambda rng: n.fours(n.luhn("4" + n.digits(rng, 14))),
    "cardd": lambda rng: n.fours(n.luhn("53" + n.digits(rng, 13)), "-"),
    "cardc": lambda rng: n.luhn("51" + n.digits(rng, 13)),
    "carddot": lambda rng: n.fours(n.luhn("4" + n.digits(rng, 14)), "."),
    "amex": lambda rng: n.groups(n.luhn("37" + n.digits(rng, 12)), (4, 6, 5), " "),
    "m": n.mobile,
    "ms": lambda rng: n.groups(n.mobile(rng), (3, 3, 3), " "),
    "md": lambda rng: n.groups(n.mobile(rng), (3, 3, 3), "-"),
    "mdot": lambda rng: n.groups(n.mobile(rng), (3, 3, 3), "."),
    "mp": lambda rng: n.groups(n.mobile(rng), (3, 2, 2, 2), " "),
    "l": _landline,
    "lp": lambda rng: "({}) {}-{}-{}".format(*_landline(rng).split()),
    "ean": n.ean13,
    "ip": lambda rng: ".".join(str(rng.randrange(1, 255)) for _ in range(4)),
}


def _number(rng: _Rng, name: str) -> str:
    """Return a generated number; ``d9`` is any number of nine digits."""
    made = _NUMBERS.get(name)
    return made(rng) if made is not None else str(rng.randrange(1, 10)) + n.digits(rng, int(name[1:]) - 1)


def written_rows(seed: int, copies: int = 4) -> list[dict[str, Any]]:
    """Return every line as a row for ``measure``, those with generated numbers several times."""
    rng = random.Random(seed)
    rows = []
    for line in LINES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("##"):
            rows += [_row(rng, line) for _ in range(copies if "{" in line else 1)]
    return rows


def _row(rng: _Rng, line: str) -> dict[str, Any]:
    marked, _, names = line.partition(" ||| ")
    marked = re.sub(r"\{(\w+)\}", lambda match: _number(rng, match[1]), marked).replace("\\n", "\n")
    row: dict[str, Any] = {"text": "", "locale": "pl", "names": [names] if names else [], "spans": [], "decoys": []}
    position = 0
    for match in _MARK.finditer(marked):
        row["text"] += marked[position : match.start()]
        place = {"start": len(row["text"])}
        row["text"] += match["found"] or match["kept"]
        place["end"] = len(row["text"])
        if match["type"]:
            row["spans"].append({"type": match["type"], **place})
        else:
            row["decoys"].append({"kind": match["kind"], **place})
        position = match.end()
    row["text"] += marked[position:]
    return row
