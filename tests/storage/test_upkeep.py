"""Full-text search follows the messages: found at once, deleted to the word, caught up with after any end."""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from chatgate.services.core import Core
from chatgate.services.desk import search
from chatgate.storage import fulltext
from chatgate.storage.queries.inbox import Filters
from chatgate.storage.writing import upkeep
from chatgate.worker import Worker
from tests.cast import Vera, hire_adam, signed_in, welcome

WORDS = ("kettle", "teapot", "Łódź", "kettles", "tea", "no", "a")


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the index stay behind until it is told to catch up."""
    monkeypatch.setattr(upkeep, "PAUSE_SECONDS", 3600)


def eventually(happens: Callable[[], Any]) -> None:
    limit = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < limit
        time.sleep(0.05)


def bodies_found(core: Core, query: str, before: int | None = None, limit: int = 1000) -> list[str]:
    with core.storage.read() as db:
        keys = fulltext.matching(db, fulltext.MESSAGES, fulltext.words_of(query), before, limit)
        bodies = {row.n: row.body for row in db.exec_driver_sql("SELECT n, body FROM message")}
    assert keys == sorted(keys, reverse=True)
    return [bodies[n] for n in keys]


def behind_by(core: Core) -> int:
    with core.storage.read() as db:
        sql = "SELECT count(*) FROM message WHERE n > (SELECT n FROM fts_upto)"
        return int(db.exec_driver_sql(sql).scalar_one())


def is_whole(core: Core) -> None:
    """Compare the index with what is stored, word by word (FTS5 does; it raises)."""
    core.storage.catch_up()
    check = "INSERT INTO message_fts(message_fts, rank) VALUES ('integrity-check', 1)"
    core.storage.write_now(lambda db: db.exec_driver_sql(check) and None)


def test_a_message_is_found_before_it_is_in_the_index_and_after(behind: None, any_core: Core) -> None:
    vera = welcome(any_core)
    vera.writes("the old kettle")
    any_core.storage.catch_up()
    vera.writes("the new kettle")
    vera.writes("no teapot")
    for _ in range(2):
        assert bodies_found(any_core, "kett") == ["the new kettle", "the old kettle"]
        assert bodies_found(any_core, "kettle", limit=1) == ["the new kettle"]
        assert bodies_found(any_core, "new old") == []
        any_core.storage.catch_up()


def test_the_inbox_finds_what_was_just_said(behind: None, core: Core) -> None:
    hire_adam(core)
    vera = welcome(core)
    vera.writes("Where is my parcel?")
    assert behind_by(core) == 1
    (hit,) = search.search(core, signed_in(core), "parcel", Filters(), 10)["hits"]
    assert hit["conversation"]["id"] == vera.conversation_id


def test_messages_enter_the_index_by_themselves(core: Core) -> None:
    vera = welcome(core)
    for number in range(3):
        vera.writes(f"kettle {number}")
        eventually(lambda: behind_by(core) == 0)
    is_whole(core)


def test_more_than_one_step_of_messages_is_caught_up_with(
    behind: None, monkeypatch: pytest.MonkeyPatch, core: Core
) -> None:
    monkeypatch.setattr(fulltext, "ADDED_AT_ONCE", 4)
    vera = welcome(core)
    for number in range(9):
        vera.writes(f"kettle {number}")
    assert not core.storage.write_now(fulltext.add_messages)
    assert behind_by(core) == 5
    is_whole(core)
    assert behind_by(core) == 0
    assert len(bodies_found(core, "kettle")) == 9


def test_what_ended_between_commit_and_index_is_found_and_caught_up_with(
    behind: None, make_core: Callable[..., Core]
) -> None:
    first = make_core()
    welcome(first).writes("kettle")
    first.storage.close()
    again = make_core()
    assert behind_by(again) == 1
    assert bodies_found(again, "kettle") == ["kettle"]
    Worker(again).sweep()
    assert behind_by(again) == 0
    is_whole(again)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_changed_and_deleted_in_between_the_index_is_right(
    behind: None, core: Core, seed: int
) -> None:
    chance = random.Random(seed)
    vera = welcome(core)
    for _ in range(60):
        step = chance.choice(["write", "write", "write", "index", "change", "delete", "delete newest"])
        _do(core, vera, step, chance)
        query = chance.choice(WORDS)
        assert bodies_found(core, query) == _read(core, fulltext.fold(query))
    is_whole(core)


def _do(core: Core, vera: Vera, step: str, chance: random.Random) -> None:
    said = " ".join(chance.choices(WORDS, k=3))
    if step == "write":
        vera.writes(said)
        return
    if step == "index":
        core.storage.catch_up()
        return
    newest = chance.randint(1, 3)
    chosen = {
        "change": ("UPDATE message SET body = ? WHERE n % 3 = ?", (said, newest - 1)),
        "delete": ("DELETE FROM message WHERE n % 5 = ?", (newest,)),
        "delete newest": ("DELETE FROM message WHERE n > (SELECT coalesce(max(n), 0) FROM message) - ?", (newest,)),
    }[step]
    core.storage.write_now(lambda db: db.exec_driver_sql(*chosen) and None)


def _read(core: Core, word: str) -> list[str]:
    """Find a word without any index."""
    with core.storage.read() as db:
        rows = db.exec_driver_sql("SELECT body FROM message ORDER BY n DESC").scalars().all()
    short = len(word) < fulltext.PREFIX_LETTERS
    return [
        body
        for body in rows
        if any(found == word if short else found.startswith(word) for found in fulltext.fold(body).split())
    ]


def test_the_log_is_written_back_beside_the_commits(monkeypatch: pytest.MonkeyPatch, core: Core) -> None:
    monkeypatch.setattr(upkeep, "WRITE_BACK_AFTER", 5)
    vera = welcome(core)
    for _ in range(5):
        vera.writes("kanarek7f3a9c")
    database = core.settings.data_dir / "chatgate.db"
    eventually(lambda: b"kanarek7f3a9c" in database.read_bytes())
    with core.storage.read() as db:
        assert len(db.exec_driver_sql("SELECT body FROM message").all()) == 5
