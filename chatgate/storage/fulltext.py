"""Full-text search of messages, notes and names, on either database; no deleted word stays in SQLite's.

SQLite has one FTS5 table beside each searched table, over a view that spells Polish l with stroke as l. Triggers keep
it, except for new messages, which are added in bulk a moment later; until then a search reads them themselves.
PostgreSQL has GIN indexes on an expression. Both find words of three letters by their beginning, shorter ones whole,
without case and accents.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, text

from chatgate.storage.engine import driver_connection


@dataclass(frozen=True, slots=True)
class Searched:
    """A table whose ``column`` is searched; ``n`` is its integer key."""

    table: str
    column: str


MESSAGES: Final = Searched("message", "body")
NOTES: Final = Searched("note", "body")
NAMES: Final = Searched("visitor_profile", "value")
SEARCHED: Final = (MESSAGES, NOTES, NAMES)

_ACCENTED: Final = "ąćęłńóśźżäöüßéèêëáàâíìîïôòúùûçñĄĆĘŁŃÓŚŹŻÄÖÜÉÈÊËÁÀÂÍÌÎÏÔÒÚÙÛÇÑ"
_PLAIN: Final = "acelnoszzaouseeeeaaaiiiioouuucnacelnoszzaoueeeeaaaiiiioouuucn"
_WORD: Final = re.compile(r"[^\W_]+")
_UPTO: Final = "SELECT n FROM fts_upto"
"""The messages up to this key are in the full-text table (SQLite); of a greater one it knows nothing."""
_LOWER_UPTO: Final = (
    "UPDATE fts_upto SET n = (SELECT coalesce(max(n), 0) FROM message)"
    " WHERE n > (SELECT coalesce(max(n), 0) FROM message)"
)
"""When the newest messages go, the next one gets a key of theirs, and it is not in the full-text table."""
MAX_WORDS: Final = 12
MERGED_PAGES: Final = 100
ADDED_AT_ONCE: Final = 500
PROBED: Final = 4
READ_FIRST: Final = 2_000
"""So many rows PostgreSQL reads in 20 ms; a word that has a page of hits in them is too frequent for its index."""
PREFIX_LETTERS: Final = 3
"""A shorter word is found whole only: an index of every beginning would cost each message more than it is worth."""


def fold(words: str) -> str:
    """Return text as the index compares it: lower case, without accents."""
    # Called for each message that a search looks at: no loop over letters but over the few different ones.
    if words.isascii():
        return words.lower()
    plain = unicodedata.normalize("NFKD", words.replace("ł", "l").replace("Ł", "L"))
    for accent in filter(unicodedata.combining, set(plain)):
        plain = plain.replace(accent, "")
    return plain.lower()


def words_of(query: str) -> list[str]:
    """Return the words of what a person typed; operators and quotes are no words, so none is ever run."""
    return _WORD.findall(fold(query))[:MAX_WORDS]


def matching(db: Connection, searched: Searched, words: Sequence[str], before: int | None, limit: int) -> Sequence[int]:
    """Return the keys of the newest rows that have every word, as the beginning of one of theirs.

    Args:
        db: an open read.
        searched: which table.
        words: from :func:`words_of`, at least one.
        before: only rows with a smaller key.
        limit: at most so many.
    """
    top = before if before is not None else 2**62
    if db.dialect.name == "sqlite":
        return _matching_sqlite(db, searched, words, top, limit)
    return _matching_postgresql(db, searched, words, top, limit)


def _matching_postgresql(db: Connection, searched: Searched, words: Sequence[str], top: int, limit: int) -> list[int]:
    """Look through the newest rows, and only when that is not enough ask the index.

    The index finds all rows of a word at once and not the newest first; PostgreSQL, left to choose, takes a rare word
    for a frequent one and reads the whole table from its end. So each way is written for the words it is good for.
    """
    found = f"{_vector(searched)} @@ to_tsquery('simple', :query)"
    query = " & ".join(f"{word}:*" if len(word) >= PREFIX_LETTERS else word for word in words)
    values = {"query": query, "top": top, "limit": limit, "newest": READ_FIRST}
    newest = (
        f"SELECT n FROM (SELECT n, {searched.column} FROM {searched.table} WHERE n < :top ORDER BY n DESC"
        f" LIMIT :newest) AS newest WHERE {found} ORDER BY n DESC LIMIT :limit"
    )
    keys = list(db.execute(text(newest), values).scalars())
    if len(keys) == limit:
        return keys
    indexed = (
        f"WITH found AS MATERIALIZED (SELECT n FROM {searched.table} WHERE {found} AND n < :top)"
        " SELECT n FROM found ORDER BY n DESC LIMIT :limit"
    )
    return list(db.execute(text(indexed), values).scalars())


def _matching_sqlite(db: Connection, searched: Searched, words: Sequence[str], top: int, limit: int) -> list[int]:
    """Take what no index knows yet, which is the newest, then what the index finds."""
    if searched is not MESSAGES:
        return _matching_indexed(db, searched, words, top, limit)
    sql = f"SELECT n, body FROM message WHERE n > ({_UPTO}) AND n < ? ORDER BY n DESC"
    newest = _reading(db, sql, (top,), words, limit)
    if len(newest) == limit:
        return newest
    return newest + _matching_indexed(db, searched, words, top, limit - len(newest))


def _matching_indexed(db: Connection, searched: Searched, words: Sequence[str], top: int, limit: int) -> list[int]:
    """Ask by the indexed beginnings first and read what is found; only when that is not enough, by the whole words.

    FTS5 goes through the rows of an indexed beginning from the newest and stops. For a longer beginning it first
    collects every row there is, which takes the longer the more chats were closed.
    """
    if all(len(word) <= PREFIX_LETTERS for word in words):
        return _query(db, searched, words, top, limit)
    probe = limit * PROBED
    keys = _query(db, searched, [word[:PREFIX_LETTERS] for word in words], top, probe)
    matched = _read_matching(db, searched, keys, words, limit)
    if len(matched) == limit or len(keys) < probe:
        return matched
    return _query(db, searched, words, top, limit)


def _query(db: Connection, searched: Searched, words: Sequence[str], top: int, limit: int) -> list[int]:
    sql = (
        f"SELECT rowid FROM {searched.table}_fts WHERE {searched.table}_fts MATCH :query AND rowid < :top "
        "ORDER BY rowid DESC LIMIT :limit"
    )
    query = " ".join(f'"{word}"*' if len(word) >= PREFIX_LETTERS else f'"{word}"' for word in words)
    return list(db.execute(text(sql), {"query": query, "top": top, "limit": limit}).scalars())


def _read_matching(
    db: Connection, searched: Searched, keys: Sequence[int], words: Sequence[str], limit: int
) -> list[int]:
    """Read these rows from the newest until ``limit`` of them have every word, and return their keys."""
    marks = ", ".join("?" * len(keys))
    sql = f"SELECT n, {searched.column} FROM {searched.table} WHERE n IN ({marks}) ORDER BY n DESC"
    return _reading(db, sql, tuple(keys), words, limit)


def _reading(db: Connection, sql: str, values: tuple[int, ...], words: Sequence[str], limit: int) -> list[int]:
    """Read rows (key, text) in their order until ``limit`` of them have every word, and return their keys."""
    patterns = [(word, _beginning(word)) for word in words]
    # SQLite reads a row when it is asked for it, and most pages are full after a part of the rows.
    with db.exec_driver_sql(sql, values) as rows:
        return list(islice((n for n, body in rows if _has_all(fold(body), patterns)), limit))


def _beginning(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){word}" + ("" if len(word) >= PREFIX_LETTERS else r"(?![^\W_])"))


def _has_all(folded: str, patterns: Sequence[tuple[str, re.Pattern[str]]]) -> bool:
    # That the letters are nowhere is found out much sooner than that no word begins with them.
    return all(word in folded and pattern.search(folded) for word, pattern in patterns)


def install(db: Connection) -> None:
    """Make the full-text tables or indexes and fill them from what is stored; for a migration."""
    for searched in SEARCHED:
        for statement in _tables(db.dialect.name, searched):
            db.exec_driver_sql(statement)


def _tables(dialect: str, searched: Searched) -> list[str]:
    table, column = searched.table, searched.column
    if dialect == "sqlite":
        return [
            f"DROP VIEW IF EXISTS {table}_text",
            f"CREATE VIEW {table}_text AS SELECT n, {_plain(column)} AS words FROM {table}",
            f"DROP TABLE IF EXISTS {table}_fts",
            f"CREATE VIRTUAL TABLE {table}_fts USING fts5(words, content='{table}_text', content_rowid='n', "
            f"tokenize='unicode61 remove_diacritics 2', prefix='{PREFIX_LETTERS}', columnsize=0, detail=none)",
            f"INSERT INTO {table}_fts({table}_fts) VALUES ('rebuild')",
        ]
    return [
        f"DROP INDEX IF EXISTS {table}_fts",
        f"CREATE INDEX {table}_fts ON {table} USING gin ({_vector(searched)}) WITH (fastupdate = off)",
    ]


def triggers(dialect: str) -> list[str]:
    """Return the SQL that keeps the full-text tables equal to what is stored (SQLite; an index needs none)."""
    if dialect != "sqlite":
        return []
    statements = []
    for searched in SEARCHED:
        table, column = searched.table, searched.column
        known, after = "", ""
        if searched is MESSAGES:
            # Each is deleted or changed in the full-text table only when that knows it.
            known, after = f" WHERE OLD.n <= ({_UPTO})", f" {_LOWER_UPTO};"
        add = f"INSERT INTO {table}_fts(rowid, words) SELECT NEW.n, {_plain(f'NEW.{column}')}{known};"
        drop = (
            f"INSERT INTO {table}_fts({table}_fts, rowid, words) "
            f"SELECT 'delete', OLD.n, {_plain(f'OLD.{column}')}{known};"
        )
        for event, when, body in (
            ("insert", "AFTER INSERT", add),
            ("delete", "AFTER DELETE", drop + after),
            ("update", f"AFTER UPDATE OF {column}", drop + " " + add),
        ):
            statements.append(f"DROP TRIGGER IF EXISTS {table}_fts_{event}")
            if (searched, event) == (MESSAGES, "insert"):
                continue  # add_messages
            statements.append(f"CREATE TRIGGER {table}_fts_{event} {when} ON {table} BEGIN {body} END")
    return statements


def add_messages(db: Connection) -> bool:
    """Add the oldest messages that the full-text table does not know (SQLite); return whether these were all.

    At most :data:`ADDED_AT_ONCE`, so that no message waits long behind them. In the transaction of a message alone,
    FTS5 would be half of its cost; in bulk it takes 2 to 3 us a message.
    """
    if db.dialect.name != "sqlite":
        return True
    ahead = f"SELECT n FROM message WHERE n > ({_UPTO}) ORDER BY n LIMIT {ADDED_AT_ONCE}"
    last, count = db.exec_driver_sql(f"SELECT max(n), count(*) FROM ({ahead})").one()
    if count:
        words = f"SELECT n, {_plain('body')} FROM message WHERE n > ({_UPTO}) AND n <= ?"
        db.exec_driver_sql(f"INSERT INTO message_fts(rowid, words) {words}", (last,))
        db.exec_driver_sql("UPDATE fts_upto SET n = ?", (last,))
    return bool(count < ADDED_AT_ONCE)


def scrub_step(db: Connection, first: bool) -> bool:
    """Rewrite a bounded part of the full-text tables without what was deleted; return whether all of it is done.

    A deleted word stays in the pages of an FTS5 table until its segments are merged, and merging a large table at
    once would hold up every writer. So call it with ``first`` once, then without, each in a transaction of its own.
    PostgreSQL has nothing here: VACUUM removes what points to a deleted row, and only a new index loses its words.
    """
    if db.dialect.name != "sqlite":
        return True
    connection = driver_connection(db)
    done = True
    for searched in SEARCHED:
        before = connection.total_changes
        sql = f"INSERT INTO {searched.table}_fts({searched.table}_fts, rank) VALUES ('merge', ?)"
        db.exec_driver_sql(sql, (-MERGED_PAGES if first else MERGED_PAGES,))
        # Less than two changes mean that nothing was left to merge (the FTS5 manual says so).
        done = done and connection.total_changes - before < 2
    return done


def marks(body: str, words: Sequence[str], width: int = 160) -> tuple[str, list[list[int]]]:
    """Return the part of a text around its first found word, and where found words are in it.

    Positions count UTF-16 units, as JavaScript does.
    """
    found = [match for match in _WORD.finditer(body) if any(_is_found(fold(match.group()), word) for word in words)]
    start = max(0, found[0].start() - width // 3) if found else 0
    end = min(len(body), start + width)
    part = ("…" if start else "") + body[start:end] + ("…" if end < len(body) else "")
    shift = start - (1 if start else 0)
    spans = [(match.start() - shift, match.end() - shift) for match in found if match.end() <= end]
    return part, [[_units(part[:first]), _units(part[:last])] for first, last in spans]


def _is_found(folded: str, word: str) -> bool:
    return folded.startswith(word) if len(word) >= PREFIX_LETTERS else folded == word


def _units(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


def _plain(column: str) -> str:
    return f"replace(replace({column}, 'ł', 'l'), 'Ł', 'L')"


def _vector(searched: Searched) -> str:
    """Return what PostgreSQL indexes; a search names the same expression, to the letter.

    Text without accents is not sent through the table of letters, which costs as much as everything else. The
    dictionary makes small letters by itself, and takes white space for what it is.
    """
    column = searched.column
    plain = (
        f"CASE WHEN octet_length({column}) = char_length({column}) THEN {column}"
        f" ELSE translate({column}, '{_ACCENTED}', '{_PLAIN}') END"
    )
    return f"to_tsvector('simple', regexp_replace({plain}, '[[:punct:]]+', ' ', 'g'))"


def counts(db: Connection) -> dict[str, Any]:
    """Return how many rows each full-text table has (SQLite), for tests and the doctor."""
    return {
        searched.table: db.exec_driver_sql(f"SELECT count(*) FROM {searched.table}_fts").scalar_one()
        for searched in SEARCHED
    }
