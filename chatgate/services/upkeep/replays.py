"""What a replay needs of the database: an agent for its time, and what came of its conversations."""

from chatgate.services.accounts import agents
from chatgate.services.accounts.sign_ins import remove_agent
from chatgate.services.core import Core
from chatgate.storage.queries import messages, sites, work


def add_temporary_agent(core: Core, email: str, password: str) -> str:
    """Add an agent for the time of a replay; return its id."""
    agents.add_agent(core, email, "Replay", "agent", password)
    with core.storage.read() as db:
        row = sites.agent_by_email(db, email)
    assert row is not None
    return str(row.id)


def retire_agent(core: Core, agent_id: str) -> None:
    """Delete the agent's account and end its sign-ins; messages still name who answered."""
    remove_agent(core, None, agent_id, "end of a replay")


def stored_ids(core: Core, conversation_ids: list[str]) -> dict[str, list[str]]:
    """Return the stored message ids of each conversation in order."""
    with core.storage.read() as db:
        return {name: [row.id for row in messages.after(db, name, 0)] for name in conversation_ids}


def training_states(core: Core, conversation_ids: list[str]) -> dict[str, set[str]]:
    """Return which conversations are admitted, waiting or otherwise decided."""
    found: dict[str, set[str]] = {"admitted": set(), "waiting": set(), "other": set()}
    with core.storage.read() as db:
        for name, row in work.lineages_of(db, conversation_ids).items():
            if row.state != "pending":
                state = "waiting" if row.state == "held" else row.state  # held waits for a person to look at it
                found[state if state in found else "other"].add(name)
    return found
