"""The words of a search and the words that it looks at are folded alike, whatever people write."""

import unicodedata

import pytest

from chatgate.storage import fulltext
from tests.cast import welcome


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


def test_postgresql_finds_frequent_and_rare_words_newest_first(make_core, fresh_postgresql, monkeypatch):
    """A word that is everywhere is read from the newest rows, one that was said once long ago is in the index."""
    monkeypatch.setattr(fulltext, "READ_FIRST", 5)
    core = make_core(database_url=fresh_postgresql)
    vera = welcome(core)
    for body in ("Zażółć the seldom cup", *["another cup"] * 8):
        vera.writes(body)

    def found(words, before=None, limit=3):
        with core.storage.read() as db:
            return list(fulltext.matching(db, fulltext.MESSAGES, fulltext.words_of(words), before, limit))

    with core.storage.read() as db:
        keys = list(db.exec_driver_sql("SELECT n FROM message ORDER BY n DESC").scalars())
    assert found("cup") == keys[:3]
    assert found("cup", before=keys[2]) == keys[3:6]
    assert found("cup", before=keys[5]) == keys[6:]
    assert found("seldom") == found("zazolc cup") == found("SELD") == keys[-1:]
    assert found("seldom another") == []
