"""Queries of sign-ins, second factors and the audit log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from chatgate.models.tables import METADATA

SESSION = METADATA.tables["agent_session"]
FACTOR = METADATA.tables["agent_factor"]
CODE = METADATA.tables["recovery_code"]
AUDIT = METADATA.tables["audit_event"]


def live_sessions(db: Connection, agent_id: str, at: datetime) -> Sequence[Row[Any]]:
    """Return an agent's sign-ins that are valid now, newest first."""
    return db.execute(
        select(SESSION)
        .where(SESSION.c.agent_id == agent_id, SESSION.c.revoked_at.is_(None), SESSION.c.expires_at > at)
        .order_by(SESSION.c.created_at.desc())
    ).all()


def factor(db: Connection, agent_id: str) -> Row[Any] | None:
    """Return an agent's second factor, confirmed or not."""
    return db.execute(select(FACTOR).where(FACTOR.c.agent_id == agent_id)).one_or_none()


def put_factor(db: Connection, values: Mapping[str, Any]) -> None:
    """Replace an agent's second factor."""
    db.execute(delete(FACTOR).where(FACTOR.c.agent_id == values["agent_id"]))
    db.execute(insert(FACTOR).values(values))


def confirm_factor(db: Connection, agent_id: str, at: datetime) -> None:
    """Switch a second factor on."""
    db.execute(update(FACTOR).where(FACTOR.c.agent_id == agent_id).values(confirmed_at=at))


def use_step(db: Connection, agent_id: str, step: int) -> bool:
    """Note that the code of a time step is used; return False when it or a later one was used before."""
    query = update(FACTOR).where(FACTOR.c.agent_id == agent_id, FACTOR.c.last_step < step).values(last_step=step)
    return db.execute(query).rowcount == 1


def drop_factor(db: Connection, agent_id: str) -> None:
    """Delete an agent's second factor with its recovery codes."""
    db.execute(delete(CODE).where(CODE.c.agent_id == agent_id))
    db.execute(delete(FACTOR).where(FACTOR.c.agent_id == agent_id))


def put_codes(db: Connection, agent_id: str, hashes: Sequence[str]) -> None:
    """Replace an agent's recovery codes."""
    db.execute(delete(CODE).where(CODE.c.agent_id == agent_id))
    db.execute(insert(CODE), [{"code_hash": hashed, "agent_id": agent_id} for hashed in hashes])


def use_code(db: Connection, agent_id: str, code_hash: str) -> bool:
    """Use a recovery code up; return whether it was one."""
    query = delete(CODE).where(CODE.c.agent_id == agent_id, CODE.c.code_hash == code_hash)
    return db.execute(query).rowcount == 1


def codes_left(db: Connection, agent_id: str) -> int:
    """Return how many recovery codes an agent has left."""
    return db.execute(select(func.count()).select_from(CODE).where(CODE.c.agent_id == agent_id)).scalar_one()


def forget_agent(db: Connection, agent_id: str) -> None:
    """Delete an agent and what is theirs alone; closed conversations no longer name whose they were."""
    drop_factor(db, agent_id)
    device, session = METADATA.tables["push_device"], METADATA.tables["agent_session"]
    own = select(session.c.token_hash).where(session.c.agent_id == agent_id)
    db.execute(delete(device).where(device.c.token_hash.in_(own)))
    for table in ("agent_session", "draft", "agent_read"):
        owned = METADATA.tables[table]
        db.execute(delete(owned).where(owned.c.agent_id == agent_id))
    conversation = METADATA.tables["conversation"]
    db.execute(
        update(conversation)
        .where(conversation.c.state == "closed", conversation.c.assigned_agent_id == agent_id)
        .values(assigned_agent_id=None, rev=conversation.c.rev + 1)
    )
    agent = METADATA.tables["agent"]
    db.execute(delete(agent).where(agent.c.id == agent_id))


def audit_events(db: Connection, limit: int, before: str | None) -> Sequence[Row[Any]]:
    """Return audit events, newest first; ids are in the order of time."""
    query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
    return db.execute(query if before is None else query.where(AUDIT.c.id < before)).all()
