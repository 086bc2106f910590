"""Private notes of agents on a conversation; never sent to the visitor, never part of a transcript."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from chatgate.ids import new_id
from chatgate.services.accounts.agents import SignedInAgent
from chatgate.services.conversations import in_use
from chatgate.services.core import AnyRow, Core, View, iso
from chatgate.services.messages import check_body
from chatgate.storage.queries import conversations, desk


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note that somebody wants to add."""

    conversation_id: str
    client_id: str
    body: str


def add_note(core: Core, agent: SignedInAgent, new: NewNote) -> View:
    """Add a note and tell the other agents (``NoteAnswer``); a resend with the same ``client_id`` adds nothing.

    Raises:
        Refusal: ``payload_invalid``, ``message_too_long``, ``not_found``.

    Stores: the note, for *support*; it is erased with the conversation.
    """
    check_body(new.body)

    def job(db: Connection) -> tuple[AnyRow, Any]:
        return write_note(core, db, agent, new), conversations.change(db, new.conversation_id, {})

    written, changed = core.storage.write_now(job)
    tell_note(core, changed, written)
    return {"note": note_view(written)}


def write_note(core: Core, db: Connection, agent: SignedInAgent, new: NewNote) -> AnyRow:
    """Store a note inside a writing job and return its row, the earlier one for a resend.

    Raises:
        Refusal: ``not_found``.
    """
    conversation = in_use(db, new.conversation_id)
    if desk.note_by_client_id(db, new.conversation_id, new.client_id) is None:
        values = {
            "id": new_id(),
            "conversation_id": new.conversation_id,
            "client_id": new.client_id,
            "author_id": agent.id,
            "author_name": agent.name,
            "body": new.body,
            "after_seq": conversation.last_seq,
            "stored_at": core.clock.now(),
        }
        desk.add_note(db, values)
        desk.put_draft(db, {"conversation_id": new.conversation_id, "agent_id": agent.id, "kind": "note", "body": ""})
    row = desk.note_by_client_id(db, new.conversation_id, new.client_id)
    assert row is not None
    return row


def tell_note(core: Core, conversation: AnyRow, row: AnyRow) -> None:
    """Tell the inboxes of the site; the visitor is never told."""
    core.broadcast.to_agents(conversation.site_id, "note_stored", {"note": note_view(row), "rev": conversation.rev})


def note_view(row: AnyRow) -> View:
    """Return a stored note."""
    return {
        "id": row.id,
        "conversation_id": row.conversation_id,
        "client_id": row.client_id,
        "author": {"id": row.author_id, "name": row.author_name},
        "body": row.body,
        "after_seq": row.after_seq,
        "stored_at": iso(row.stored_at),
    }
