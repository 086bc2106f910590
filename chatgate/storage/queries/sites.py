"""Queries of sites, agents and their sign-ins."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from chatgate.models.tables import METADATA

SITE = METADATA.tables["site"]
AGENT = METADATA.tables["agent"]
AGENT_SESSION = METADATA.tables["agent_session"]
DEVICE = METADATA.tables["push_device"]
AUDIT = METADATA.tables["audit_event"]


def site(db: Connection, site_id: str) -> Row[Any] | None:
    """Return the site, active or not."""
    return db.execute(select(SITE).where(SITE.c.id == site_id)).one_or_none()


def all_sites(db: Connection) -> Sequence[Row[Any]]:
    """Return every site by name."""
    return db.execute(select(SITE).order_by(SITE.c.id)).all()


def add_site(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert a site."""
    db.execute(insert(SITE).values(values))


def change_site(db: Connection, site_id: str, values: Mapping[str, Any]) -> None:
    """Change a site's columns."""
    db.execute(update(SITE).where(SITE.c.id == site_id).values(values))


def agent(db: Connection, agent_id: str) -> Row[Any] | None:
    """Return the agent, active or not."""
    return db.execute(select(AGENT).where(AGENT.c.id == agent_id)).one_or_none()


def agent_by_email(db: Connection, email: str) -> Row[Any] | None:
    """Return the agent with this lower-case address."""
    return db.execute(select(AGENT).where(AGENT.c.email == email)).one_or_none()


def all_agents(db: Connection) -> Sequence[Row[Any]]:
    """Return every agent by address."""
    return db.execute(select(AGENT).order_by(AGENT.c.email)).all()


def agent_names(db: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of these agents by id."""
    rows = db.execute(select(AGENT.c.id, AGENT.c.name).where(AGENT.c.id.in_(ids))).all() if ids else []
    return {row.id: row.name for row in rows}


def add_agent(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert an agent."""
    db.execute(insert(AGENT).values(values))


def change_agent(db: Connection, agent_id: str, values: Mapping[str, Any]) -> None:
    """Change an agent's columns."""
    db.execute(update(AGENT).where(AGENT.c.id == agent_id).values(values))


def remove_agent(db: Connection, agent_id: str) -> None:
    """Delete an agent who has done nothing yet (the temporary one of a replay)."""
    db.execute(AGENT_SESSION.delete().where(AGENT_SESSION.c.agent_id == agent_id))
    db.execute(AGENT.delete().where(AGENT.c.id == agent_id))


def add_agent_session(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert a sign-in."""
    db.execute(insert(AGENT_SESSION).values(values))


def agent_of_session(db: Connection, token_hash: str, at: datetime) -> Row[Any] | None:
    """Return the active agent who is signed in with this cookie's hash at ``at``."""
    return db.execute(
        select(AGENT)
        .join(AGENT_SESSION, AGENT_SESSION.c.agent_id == AGENT.c.id)
        .where(
            AGENT_SESSION.c.token_hash == token_hash,
            AGENT_SESSION.c.revoked_at.is_(None),
            AGENT_SESSION.c.expires_at > at,
            AGENT.c.active.is_(True),
        )
    ).one_or_none()


def revoke_agent_session(db: Connection, token_hash: str, at: datetime) -> None:
    """End one sign-in; the browsers that it asked to be told in are forgotten."""
    db.execute(DEVICE.delete().where(DEVICE.c.token_hash == token_hash))
    db.execute(update(AGENT_SESSION).where(AGENT_SESSION.c.token_hash == token_hash).values(revoked_at=at))


def revoke_agent_sessions(db: Connection, agent_id: str, at: datetime) -> None:
    """End every sign-in of an agent; the browsers that they asked to be told in are forgotten."""
    own = select(AGENT_SESSION.c.token_hash).where(AGENT_SESSION.c.agent_id == agent_id)
    db.execute(DEVICE.delete().where(DEVICE.c.token_hash.in_(own)))
    db.execute(
        update(AGENT_SESSION)
        .where(AGENT_SESSION.c.agent_id == agent_id, AGENT_SESSION.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def end_all_sign_ins(db: Connection) -> int:
    """Delete every agent's sign-in; return how many there were."""
    return db.execute(delete(AGENT_SESSION)).rowcount


def add_audit(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert an audit event (who, what, whose, why; never content)."""
    db.execute(insert(AUDIT).values(values))
