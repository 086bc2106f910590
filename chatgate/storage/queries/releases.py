"""Queries of training releases and their revocations."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from chatgate.models.tables import METADATA

RELEASE = METADATA.tables["dataset_release"]
ITEM = METADATA.tables["release_item"]
REVOCATION = METADATA.tables["revocation_entry"]


def release(db: Connection, release_id: str) -> Row[Any] | None:
    """Return a release."""
    return db.execute(select(RELEASE).where(RELEASE.c.id == release_id)).one_or_none()


def all_releases(db: Connection) -> Sequence[Row[Any]]:
    """Return every release, oldest first."""
    return db.execute(select(RELEASE).order_by(RELEASE.c.created_at, RELEASE.c.id)).all()


def next_version(db: Connection, name: str) -> int:
    """Return the number of the next version of a named release."""
    highest = db.execute(select(func.max(RELEASE.c.version)).where(RELEASE.c.name == name)).scalar()
    return (highest or 0) + 1


def add_release(db: Connection, values: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    """Insert a release with its lines."""
    db.execute(insert(RELEASE).values(values))
    if items:
        db.execute(insert(ITEM), [dict(item) for item in items])


def items(db: Connection, release_id: str) -> Sequence[Row[Any]]:
    """Return the lines of a release in order."""
    return db.execute(select(ITEM).where(ITEM.c.release_id == release_id).order_by(ITEM.c.line)).all()


def names_with(db: Connection, item_id: str) -> list[str]:
    """Return the releases that an item stands in, as ``name version``."""
    rows = db.execute(
        select(RELEASE.c.name, RELEASE.c.version)
        .join(ITEM, ITEM.c.release_id == RELEASE.c.id)
        .where(ITEM.c.item_id == item_id)
        .order_by(RELEASE.c.created_at)
    )
    return [f"{row.name} {row.version}" for row in rows]


def revoke_item(db: Connection, item_id: str, at: datetime) -> list[str]:
    """Enter an item's line into the feed of every release that has it; return those releases."""
    rows = db.execute(
        select(ITEM.c.release_id, ITEM.c.commitment)
        .where(ITEM.c.item_id == item_id)
        .where(ITEM.c.commitment.not_in(select(REVOCATION.c.commitment)))
    ).all()
    if rows:
        db.execute(
            insert(REVOCATION),
            [{"release_id": row.release_id, "commitment": row.commitment, "revoked_at": at} for row in rows],
        )
    return [row.release_id for row in rows]


def revocations(db: Connection, release_id: str) -> Sequence[Row[Any]]:
    """Return what was revoked of a release, oldest first."""
    return db.execute(
        select(REVOCATION)
        .where(REVOCATION.c.release_id == release_id)
        .order_by(REVOCATION.c.revoked_at, REVOCATION.c.commitment)
    ).all()
