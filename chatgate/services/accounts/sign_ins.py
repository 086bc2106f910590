"""Where an agent is signed in, and ending it; changing an agent's role or switching them off."""

from collections.abc import Iterable

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.ids import token_hash
from chatgate.services.accounts import audit, second_factor
from chatgate.services.accounts.agents import SignedInAgent
from chatgate.services.conversations import tell_changed
from chatgate.services.core import AnyRow, Core, View, iso
from chatgate.storage.queries import conversations, inbox, sites
from chatgate.storage.queries import sign_ins as queries

SHOWN_CHARACTERS = 16
"""A sign-in is named by the beginning of its cookie's hash: enough to tell, useless to sign in with."""


def list_sign_ins(core: Core, agent: SignedInAgent, token: str) -> View:
    """Return an agent's live sign-ins and the state of the second factor (``SignInListAnswer``)."""
    current = token_hash(token)
    with core.storage.read() as db:
        rows = queries.live_sessions(db, agent.id, core.clock.now())
        on, left = second_factor.state(db, agent.id)
    return {
        "sign_ins": [
            {
                "id": row.token_hash[:SHOWN_CHARACTERS],
                "created_at": iso(row.created_at),
                "expires_at": iso(row.expires_at),
                "current": row.token_hash == current,
            }
            for row in rows
        ],
        "two_factor": on,
        "recovery_codes_left": left,
    }


def revoke(core: Core, agent: SignedInAgent, token: str, sign_in_id: str | None) -> set[str]:
    """End one sign-in of an agent's own, or every other one; return the hashes of the ended cookies.

    Raises:
        Refusal: ``not_found``.
    """
    now, current = core.clock.now(), token_hash(token)

    def job(db: Connection) -> set[str]:
        rows = queries.live_sessions(db, agent.id, now)
        if sign_in_id is None:
            ended = {row.token_hash for row in rows if row.token_hash != current}
        else:
            ended = {row.token_hash for row in rows if row.token_hash[:SHOWN_CHARACTERS] == sign_in_id}
            if not ended:
                raise Refusal("not_found")
        for hashed in ended:
            sites.revoke_agent_session(db, hashed, now)
        if ended:
            audit.note(core, db, agent, "sign_in_revoked", agent.id)
        return ended

    return core.storage.write_now(job)


def still_signed_in(core: Core, tokens: Iterable[str]) -> dict[str, SignedInAgent]:
    """Return the agents of those of these cookies whose sign-in holds now and whose agent is active."""
    now = core.clock.now()
    found = {}
    with core.storage.read() as db:
        for token in set(tokens):
            row = sites.agent_of_session(db, token_hash(token), now)
            if row is not None:
                found[token] = SignedInAgent(row.id, row.name, row.email, row.role)
    return found


def change_agent(
    core: Core, by: SignedInAgent | None, agent_id: str, role: str | None, active: bool | None, reason: str
) -> View:
    """Give an agent a role, or switch them on or off (``AgentChanged``).

    Switching off ends every sign-in, and their open conversations wait for somebody else. ``by`` is None for the
    operator at the command line.

    Raises:
        Refusal: ``not_found``; ``payload_invalid`` when no active admin would be left.

    Stores: the change, and an audit event with the reason.
    """
    now = core.clock.now()

    def job(db: Connection) -> tuple[AnyRow, list[AnyRow]]:
        before = sites.agent(db, agent_id)
        if before is None:
            raise Refusal("not_found")
        values = {"role": role or before.role, "active": before.active if active is None else active}
        sites.change_agent(db, agent_id, values)
        _keep_an_admin(db)
        audit.note(core, db, by, "agent_changed", agent_id, reason)
        freed: list[AnyRow] = []
        if not values["active"]:
            sites.revoke_agent_sessions(db, agent_id, now)
            freed = _free_open(db, agent_id)
        after = sites.agent(db, agent_id)
        assert after is not None
        return after, freed

    row, freed = core.storage.write_now(job)
    for conversation in freed:
        tell_changed(core, conversation)
    return {"agent": {"id": row.id, "name": row.name}, "role": row.role, "active": row.active}


def remove_agent(core: Core, by: SignedInAgent | None, agent_id: str, reason: str) -> View:
    """Delete an account (``AgentChanged``). ``by`` is None for the operator at the command line.

    What the agent wrote to visitors and noted for colleagues stays, under the name that it was written with: it
    belongs to the conversations. Their open conversations wait for somebody else. Address, password, sign-ins, second
    factor, drafts and read marks are deleted.

    Raises:
        Refusal: ``not_found``; ``payload_invalid`` when no active admin would be left.

    Stores: an audit event with the reason.
    """

    def job(db: Connection) -> tuple[AnyRow, list[AnyRow]]:
        row = sites.agent(db, agent_id)
        if row is None:
            raise Refusal("not_found")
        freed = _free_open(db, agent_id)
        queries.forget_agent(db, agent_id)
        _keep_an_admin(db)
        audit.note(core, db, by, "agent_removed", agent_id, reason)
        return row, freed

    row, freed = core.storage.write_now(job)
    for conversation in freed:
        tell_changed(core, conversation)
    return {"agent": {"id": row.id, "name": row.name}, "role": row.role, "active": False}


def _free_open(db: Connection, agent_id: str) -> list[AnyRow]:
    """Take an agent's open conversations from them; return the rows as they are now."""
    return [conversations.change(db, known, {"assigned_agent_id": None}) for known in inbox.open_of(db, agent_id)]


def _keep_an_admin(db: Connection) -> None:
    if not any(row.active and row.role == "admin" for row in sites.all_agents(db)):
        raise Refusal("payload_invalid", problem="last_admin")
