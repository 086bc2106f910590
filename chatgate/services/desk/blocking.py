"""Ending it with a visitor who abuses the chat."""

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.services.accounts import audit
from chatgate.services.accounts.agents import SignedInAgent
from chatgate.services.conversations import close_conversation, tell_changed
from chatgate.services.core import AnyRow, Core, View
from chatgate.services.desk.handover import mine
from chatgate.storage.queries import conversations, desk


def block_visitor(core: Core, agent: SignedInAgent, conversation_id: str, reason: str) -> View:
    """Close a conversation for good: its visitor is refused, and nobody reopens it before unblocking.

    The visitor is known by the random id of this visit and by nothing else, so a block ends this conversation and no
    other: a new session needs a new decision on the notice and meets the rate limits.

    Raises:
        Refusal: ``not_found``; ``payload_invalid`` without a reason.

    Stores: the block with its reason, and an audit event.
    """
    if len(reason.strip()) < 3:
        raise Refusal("payload_invalid", field="reason", problem="reason_needed")
    now = core.clock.now()

    def job(db: Connection) -> AnyRow:
        row = _locked(db, conversation_id)
        values = {"visitor_id": row.visitor_id, "agent_id": agent.id, "reason": reason.strip(), "blocked_at": now}
        desk.block(db, values)
        audit.note(core, db, agent, "visitor_blocked", conversation_id, reason.strip())
        return conversations.change(db, conversation_id, {})

    core.storage.write_now(job)
    return mine(core, agent, close_conversation(core, conversation_id, "blocked")["conversation"])


def unblock_visitor(core: Core, agent: SignedInAgent, conversation_id: str) -> View:
    """Undo a block; the conversation stays closed until somebody reopens it.

    Raises:
        Refusal: ``not_found``.
    """

    def job(db: Connection) -> AnyRow:
        row = _locked(db, conversation_id)
        desk.unblock(db, row.visitor_id)
        audit.note(core, db, agent, "visitor_unblocked", conversation_id)
        return conversations.change(db, conversation_id, {})

    return mine(core, agent, tell_changed(core, core.storage.write_now(job)))


def _locked(db: Connection, conversation_id: str) -> AnyRow:
    row = conversations.conversation(db, conversation_id, lock=True)
    if row is None:
        raise Refusal("not_found")
    return row
