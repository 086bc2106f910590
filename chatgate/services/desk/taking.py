"""Whoever answers a conversation that nobody has takes it, so that no second agent begins on it."""

from contextlib import suppress
from typing import Any

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.services.accounts.signed_in import SignedInAgent
from chatgate.services.conversations import tell_changed
from chatgate.services.core import AnyRow, Core
from chatgate.storage.queries import conversations
from chatgate.storage.writing.written import Written


def take_once_answered(core: Core, agent: SignedInAgent, conversation_id: str, answer: Written[Any]) -> None:
    """Assign a conversation to the agent whose answer is being stored; nothing happens when the answer is refused.

    It is never taken from a colleague: of two agents who answer in the same second, the first to be written has it.
    """

    def job(db: Connection) -> AnyRow | None:
        row = conversations.conversation(db, conversation_id, lock=True)
        if row is None or row.state != "open" or row.restricted or row.assigned_agent_id is not None:
            return None
        return conversations.change(db, conversation_id, {"assigned_agent_id": agent.id})

    def tell(taken: Written[AnyRow | None]) -> None:
        changed = None if taken.exception() is not None else taken.result()
        if changed is not None:
            tell_changed(core, changed)

    def take(stored: Written[Any]) -> None:
        if stored.exception() is None:
            # With the queue full or the server stopping nobody takes it: the next answer does.
            with suppress(Refusal):
                core.storage.write(job).then(tell)

    answer.then(take)
