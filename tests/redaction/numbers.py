"""Seeded generators of identifiers and of the shop numbers that only look like them."""

import random
from collections.abc import Sequence


def digits(rng: random.Random, count: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(count))


def _weighted(text: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(text, weights, strict=True))


def pesel(rng: random.Random) -> str:
    year, month, day = rng.randrange(1940, 2011), rng.randrange(1, 13), rng.randrange(1, 29)
    body = f"{year % 100:02d}{month + (20 if year >= 2000 else 0):02d}{day:02d}{digits(rng, 4)}"
    return body + str(-_weighted(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def nip(rng: random.Random) -> str:
    while True:
        body = str(rng.randrange(1, 10)) + str(rng.randrange(1, 10)) + digits(rng, 7)
        check = _weighted(body, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
        if check < 10:
            return body + str(check)


def regon(rng: random.Random, long: bool = False) -> str:
    body = digits(rng, 8)
    short = body + str(_weighted(body, (8, 9, 2, 3, 4, 5, 6, 7)) % 11 % 10)
    if not long:
        return short
    body = short + digits(rng, 4)
    return body + str(_weighted(body, (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)) % 11 % 10)


def iban(rng: random.Random, country: str = "PL") -> str:
    body = {
        "PL": digits(rng, 24),
        "DE": digits(rng, 18),
        "GB": "NWBK" + digits(rng, 14),
        "FR": digits(rng, 23),
        "NL": "INGB" + digits(rng, 10),
    }[country]
    number = "".join(str(int(char, 36)) for char in body + country + "00")
    return f"{country}{98 - int(number) % 97:02d}{body}"


def luhn(body: str) -> str:
    total = 0
    for index, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def card(rng: random.Random) -> str:
    if rng.random() < 0.15:
        return luhn(rng.choice(("34", "37")) + digits(rng, 12))
    prefix = rng.choice(("4", "51", "53", "55", "2221"))
    return luhn(prefix + digits(rng, 15 - len(prefix)))


def mobile(rng: random.Random) -> str:
    return rng.choice(("50", "51", "53", "57", "60", "66", "69", "72", "73", "78", "79", "88", "45")) + digits(rng, 7)


def landline(rng: random.Random) -> str:
    return rng.choice(("22", "12", "71", "61", "58", "32", "42", "81")) + str(rng.randrange(2, 9)) + digits(rng, 6)


def ean13(rng: random.Random) -> str:
    body = rng.choice(("590", "400", "500", "871", "84")).ljust(3, "1") + digits(rng, 9)
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(body))
    return body + str(-total % 10)


def groups(text: str, sizes: Sequence[int], separator: str) -> str:
    """Return the text cut into groups, the last one takes the rest."""
    pieces, position = [], 0
    for size in sizes:
        if position < len(text):
            pieces.append(text[position : position + size])
            position += size
    if position < len(text):
        pieces.append(text[position:])
    return separator.join(pieces)


def fours(text: str, separator: str = " ") -> str:
    return separator.join(text[index : index + 4] for index in range(0, len(text), 4))
