"""Fills a stopped ChatGate's database with copies of one stored conversation, to see how its cost grows."""

import sqlite3
from pathlib import Path
from typing import Any

from chatgate.ids import new_id

_BATCH = 10_000


def fill(database: Path, conversations: int) -> None:
    """Copy the first conversation, with its visitor, its consent record and one message, until there are so many.

    Stores: rows that no receipt and no ledger knows: such a database is for measuring only.
    """
    with sqlite3.connect(database) as db:
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "journal_mode=OFF", "cache_size=-262144"):
            db.execute(f"PRAGMA {pragma}")
        db.row_factory = sqlite3.Row
        conversation = dict(db.execute("SELECT * FROM conversation LIMIT 1").fetchone())
        originals = {
            "visitor": _by_id(db, "visitor", conversation["visitor_id"]),
            "consent_record": _by_id(db, "consent_record", conversation["consent_record_id"]),
        }
        unique = {table: _unique_columns(db, table) for table in originals}
        for start in range(0, conversations, _BATCH):
            size = min(_BATCH, conversations - start)
            copies = {table: [_copy(row, unique[table]) for _ in range(size)] for table, row in originals.items()}
            opened = [
                {
                    **conversation,
                    "id": new_id(),
                    "visitor_id": visitor["id"],
                    "consent_record_id": record["id"],
                    "last_seq": 1,
                }
                for visitor, record in zip(copies["visitor"], copies["consent_record"], strict=True)
            ]
            for table, rows in copies.items():
                _insert(db, table, rows)
            _insert(db, "conversation", opened)
            _insert(db, "message", [_message(row) for row in opened])
            db.commit()
        db.execute("INSERT INTO message_fts(message_fts) VALUES ('rebuild')")
        db.execute("UPDATE fts_upto SET n = (SELECT max(n) FROM message)")
        db.execute("ANALYZE")
        db.commit()
        db.execute("PRAGMA journal_mode=WAL")


def _by_id(db: sqlite3.Connection, table: str, wanted: str) -> dict[str, Any]:
    return dict(db.execute(f'SELECT * FROM "{table}" WHERE id = ?', (wanted,)).fetchone())


def _unique_columns(db: sqlite3.Connection, table: str) -> set[str]:
    names: set[str] = set()
    for index in db.execute(f'PRAGMA index_list("{table}")').fetchall():
        if index["unique"]:
            names |= {column["name"] for column in db.execute(f'PRAGMA index_info("{index["name"]}")')}
    return names


def _copy(row: dict[str, Any], unique: set[str]) -> dict[str, Any]:
    fresh = {name: new_id() for name in unique if isinstance(row[name], str)}
    return {**row, **fresh}


def _message(conversation: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "conversation_id": conversation["id"],
        "seq": 1,
        "client_id": new_id(),
        "author_kind": "visitor",
        "body": "Hello, is the green one still in stock?",
        "stored_at": conversation["opened_at"],
    }


def _insert(db: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
    values = ([row[name] for name in names] for row in rows)
    db.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', values)
