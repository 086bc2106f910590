"""Agents for tests of the inbox: in the database, without the price of a password."""

from chatgate.ids import new_id
from chatgate.services.accounts.signed_in import SignedInAgent
from chatgate.services.core import Core
from chatgate.storage.queries import sites


def hired(core: Core, name: str = "Adam", role: str = "agent") -> SignedInAgent:
    """Add an agent who is signed in already."""
    agent = SignedInAgent(new_id(), name, f"{name.lower()}@kilnandcup.example", role)
    values = {
        "id": agent.id,
        "email": agent.email,
        "name": name,
        "role": role,
        "password_hash": "none",
        "active": True,
        "created_at": core.clock.now(),
    }
    core.storage.write_now(lambda db: sites.add_agent(db, values))
    return agent
