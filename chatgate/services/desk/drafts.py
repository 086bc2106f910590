"""What agents have begun to write: kept on the server, so that it outlives a sign-in, a restart and a device."""

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.services.accounts.agents import SignedInAgent
from chatgate.services.conversations import in_use
from chatgate.services.core import Core, View, iso
from chatgate.storage.queries import desk


def set_draft(core: Core, agent: SignedInAgent, conversation_id: str, kind: str, body: str) -> View:
    """Keep a draft; one that is only white space is forgotten.

    Raises:
        Refusal: ``not_found``; ``payload_invalid`` for a NUL or half a character.

    Stores: the text, for *support*; only its author ever gets it, and it is erased with the conversation.
    """
    if "\x00" in body or any("\ud800" <= letter <= "\udfff" for letter in body):
        raise Refusal("payload_invalid", field="body")
    now = core.clock.now()
    values = {
        "conversation_id": conversation_id,
        "agent_id": agent.id,
        "kind": kind,
        "body": body if body.strip() else "",
        "saved_at": now,
    }

    def job(db: Connection) -> None:
        in_use(db, conversation_id)
        desk.put_draft(db, values)

    core.storage.write_now(job)
    return {"saved_at": iso(now)}


def drafts_of(db: Connection, agent: SignedInAgent, conversation_id: str) -> list[View]:
    """Return what this agent has begun to write here."""
    return [
        {"kind": row.kind, "body": row.body, "saved_at": iso(row.saved_at)}
        for row in desk.drafts(db, conversation_id, agent.id)
    ]
