"""Queries of the keys that the data was made with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from chatgate.models.tables import METADATA

KEY = METADATA.tables["installation_key"]


def keys_of_now(db: Connection) -> dict[str, str]:
    """Return the fingerprint of each key that the data goes on with, by kind."""
    rows = db.execute(select(KEY.c.kind, KEY.c.fingerprint).where(KEY.c.given_up_at.is_(None)))
    return {row.kind: row.fingerprint for row in rows}


def all_keys(db: Connection) -> Sequence[Row[Any]]:
    """Return every key, the oldest first."""
    return db.execute(select(KEY).order_by(KEY.c.since_at, KEY.c.kind)).all()


def former_signing_keys(db: Connection) -> list[str]:
    """Return the public keys that signed before the one of now."""
    query = select(KEY.c.public_key).where(KEY.c.given_up_at.is_not(None), KEY.c.public_key.is_not(None))
    return list(db.execute(query).scalars())


def add_key(db: Connection, values: Mapping[str, Any]) -> None:
    """Note a key of now; one that was given up before and is found again is the key of now again."""
    db.execute(delete(KEY).where(KEY.c.fingerprint == values["fingerprint"]))
    db.execute(insert(KEY).values(values))


def give_up(db: Connection, kind: str, at: datetime) -> None:
    """Note that the key of now of a kind is lost."""
    db.execute(update(KEY).where(KEY.c.kind == kind, KEY.c.given_up_at.is_(None)).values(given_up_at=at))
