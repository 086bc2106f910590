"""Queries of the browsers that agents asked to be told in; one ends with the sign-in that asked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from chatgate.models.tables import METADATA

DEVICE = METADATA.tables["push_device"]
SESSION = METADATA.tables["agent_session"]
AGENT = METADATA.tables["agent"]


def live(db: Connection, at: datetime, roles: Collection[str], agent_id: str | None) -> Sequence[Row[Any]]:
    """Return the devices of one agent, or of everybody with one of these roles, whose sign-in holds at ``at``."""
    query = (
        select(DEVICE, SESSION.c.agent_id)
        .join(SESSION, SESSION.c.token_hash == DEVICE.c.token_hash)
        .join(AGENT, AGENT.c.id == SESSION.c.agent_id)
        .where(
            SESSION.c.revoked_at.is_(None),
            SESSION.c.expires_at > at,
            AGENT.c.active.is_(True),
            AGENT.c.role.in_(roles),
        )
        .order_by(DEVICE.c.created_at, DEVICE.c.id)
    )
    return db.execute(query if agent_id is None else query.where(AGENT.c.id == agent_id)).all()


def put(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert a device, or give it to the sign-in of now."""
    db.execute(delete(DEVICE).where(DEVICE.c.id == values["id"]))
    db.execute(insert(DEVICE).values(values))


def number_of(db: Connection, token_hash: str) -> int:
    """Return how many devices a sign-in has."""
    return len(db.execute(select(DEVICE.c.id).where(DEVICE.c.token_hash == token_hash)).all())


def drop(db: Connection, device_id: str, token_hash: str | None = None) -> bool:
    """Delete a device, of this sign-in or of anybody's; return whether it was there."""
    query = delete(DEVICE).where(DEVICE.c.id == device_id)
    if token_hash is not None:
        query = query.where(DEVICE.c.token_hash == token_hash)
    return db.execute(query).rowcount > 0


def drop_ended(db: Connection, at: datetime) -> int:
    """Delete the devices of sign-ins that are over; return how many there were."""
    over = select(SESSION.c.token_hash).where(SESSION.c.revoked_at.is_not(None) | (SESSION.c.expires_at <= at))
    return db.execute(delete(DEVICE).where(DEVICE.c.token_hash.in_(over))).rowcount
