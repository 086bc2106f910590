"""The words of a search and the words that it looks at are folded alike, whatever people write."""

import unicodedata

import pytest

from chatgate.storage import fulltext


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("", ""),
        ("Where is MY parcel, #42?", "where is my parcel, #42?"),
        ("Filiżanka ŁÓDŹ, zażółć gęślą jaźń", "filizanka lodz, zazolc gesla jazn"),
        ("Cafe\u0301 und Größe", "cafe und große"),
        ("ﬁne ① ½", "fine 1 1⁄2"),
        ("Чашка й ї", "чашка и і"),
        ("شُكْرًا", "شكرا"),
        ("İstanbul", "istanbul"),
        ("a" + "\u0301\u0302\u0323" * 5 + "b", "ab"),
    ],
)
def test_text_is_folded_to_lower_case_without_accents(written: str, folded: str) -> None:
    assert fulltext.fold(written) == folded


def test_every_letter_is_folded_as_letter_by_letter() -> None:
    for first in range(0, 0x3000, 64):
        written = "".join(chr(code) for code in range(first, first + 64))
        plain = unicodedata.normalize("NFKD", written.replace("ł", "l").replace("Ł", "L"))
        kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
        assert fulltext.fold(written) == kept.lower(), hex(first)
