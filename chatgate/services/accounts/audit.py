"""Who did what to whose data and why, without content. Source: GDPR Art. 5(2), 32."""

from sqlalchemy import Connection

from chatgate.ids import new_id
from chatgate.services.accounts.signed_in import SignedInAgent
from chatgate.services.core import Core, View, iso
from chatgate.storage.queries import sign_ins, sites


def note(
    core: Core, db: Connection, agent: SignedInAgent | None, action: str, subject_id: str | None, reason: str = ""
) -> None:
    """Add an audit event inside a writing job, so that it is there if and only if the change is.

    Args:
        core: the installation.
        db: the job's connection.
        agent: who did it; None for the operator at the command line.
        action: snake_case, for example ``conversation_opened``.
        subject_id: the id of the conversation, agent or record that it is about.
        reason: why, in the agent's words; never content of a chat.
    """
    values = {
        "id": new_id(),
        "actor": f"agent:{agent.id}" if agent is not None else "operator",
        "action": action,
        "subject_id": subject_id,
        "reason": reason or None,
        "at": core.clock.now(),
    }
    sites.add_audit(db, values)


def record(core: Core, agent: SignedInAgent | None, action: str, subject_id: str | None, reason: str = "") -> None:
    """Add an audit event of its own and wait until it is stored: what is shown next is shown on record."""
    core.storage.write_now(lambda db: note(core, db, agent, action, subject_id, reason))


def list_events(core: Core, limit: int, before: str | None) -> View:
    """Return audit events, newest first (``AuditListAnswer``).

    Args:
        core: the installation.
        limit: 1 to 200.
        before: the id that the page before ended with.
    """
    with core.storage.read() as db:
        rows = sign_ins.audit_events(db, limit, before)
        people = [row.actor.removeprefix("agent:") for row in rows]
        about = [row.subject_id for row in rows if row.subject_id]
        names = sites.agent_names(db, list({*people, *about}))
    return {
        "events": [
            {
                "id": row.id,
                "actor": row.actor,
                "actor_name": names.get(row.actor.removeprefix("agent:")),
                "action": row.action,
                "subject_id": row.subject_id,
                "subject_name": names.get(row.subject_id),
                "reason": row.reason,
                "at": iso(row.at),
            }
            for row in rows
        ],
        "next": rows[-1].id if len(rows) == limit else None,
    }
