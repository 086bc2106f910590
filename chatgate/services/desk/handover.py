"""Who works on a conversation, and whether it is done: assign, transfer, close with a reason, reopen."""

from typing import Any

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.services import views
from chatgate.services.accounts import audit, roles
from chatgate.services.accounts.agents import SignedInAgent
from chatgate.services.consents import quarantine
from chatgate.services.conversations import close_conversation, in_use, tell_changed
from chatgate.services.core import AnyRow, Core, View
from chatgate.services.desk.notes import NewNote, tell_note, write_note
from chatgate.storage.queries import conversations, desk, messages, sites


def assign(core: Core, agent: SignedInAgent, conversation_id: str, to: str | None) -> View:
    """Assign a conversation to an agent, to oneself (``"me"``) or to nobody.

    Raises:
        Refusal: ``not_found`` for the conversation or, with the field ``agent_id``, for the agent (also one who was
            switched off or removed just now); ``payload_invalid`` for one whose role does not answer visitors.
    """
    target = agent.id if to == "me" else to
    changed = core.storage.write_now(lambda db: _assign(db, conversation_id, target))
    return mine(core, agent, tell_changed(core, changed))


def transfer(core: Core, agent: SignedInAgent, conversation_id: str, to: str, note: NewNote | None) -> View:
    """Hand a conversation over to another agent, with a private note that is stored in the same transaction.

    Raises:
        Refusal: as :func:`assign`, and as for a note.
    """

    def job(db: Connection) -> tuple[AnyRow, Any]:
        written = write_note(core, db, agent, note) if note is not None else None
        return _assign(db, conversation_id, to), written

    changed, written = core.storage.write_now(job)
    if written is not None:
        tell_note(core, changed, written)
    return mine(core, agent, tell_changed(core, changed))


def close(core: Core, agent: SignedInAgent, conversation_id: str, reason: str | None) -> View:
    """Close a conversation, with the reason that agents see.

    Raises:
        Refusal: ``not_found``.
    """
    text = (reason or "").strip()
    values = {"conversation_id": conversation_id, "reason": text, "agent_id": agent.id}

    def also(db: Connection) -> None:
        if text:
            desk.put_closing(db, values)

    return mine(core, agent, close_conversation(core, conversation_id, "agent", also)["conversation"])


def reopen(core: Core, agent: SignedInAgent, conversation_id: str) -> View:
    """Open a closed conversation again; what went into training is made unreadable in the same transaction.

    Raises:
        Refusal: ``not_found``, ``consent_withdrawn`` (a withdrawal ended it: only the visitor can begin anew),
            ``closed`` (the visitor is blocked).
    """
    now = core.clock.now()

    def job(db: Connection) -> AnyRow:
        row = in_use(db, conversation_id)
        if row.state == "open":
            return row
        if not row.may_talk:
            raise Refusal("consent_withdrawn")
        if desk.blocked(db, row.visitor_id):
            raise Refusal("closed", problem="blocked")
        quarantine(db, row, "reopened", now)
        desk.drop_closing(db, conversation_id)
        audit.note(core, db, agent, "conversation_reopened", conversation_id)
        values = {
            "state": "open",
            "closed_at": None,
            "closed_reason": None,
            "last_activity_at": now,
            "waiting_since_at": _waits_since(db, row),
        }
        return conversations.change(db, conversation_id, values)

    changed = core.storage.write_now(job)
    core.wake_worker()
    return mine(core, agent, tell_changed(core, changed))


def mine(core: Core, agent: SignedInAgent, shown: View) -> View:
    """Return ``ConversationAnswer`` for the agent who asked: with their own read mark."""
    with core.storage.read() as db:
        row = conversations.conversation(db, shown["id"])
        return {"conversation": views.agent_conversation(core, db, row, agent.id) if row is not None else shown}


def _assign(db: Connection, conversation_id: str, target: str | None) -> AnyRow:
    if target is not None:
        colleague = sites.agent(db, target)
        if colleague is None or not colleague.active:
            raise Refusal("not_found", field="agent_id")
        if colleague.role not in roles.ACTIONS["message_send"]:
            raise Refusal("payload_invalid", field="agent_id", problem="does_not_answer")
    in_use(db, conversation_id)
    return conversations.change(db, conversation_id, {"assigned_agent_id": target})


def _waits_since(db: Connection, row: AnyRow) -> Any:
    """Return since when a visitor who has the last word waits."""
    last = messages.latest(db, [row]).get(row.id)
    return last.stored_at if last is not None and last.author_kind == "visitor" else None
