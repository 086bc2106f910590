"""The inbox's work on conversations: listing, opening, assigning, seeing, closing."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.ids import new_id
from chatgate.services import receipts, views
from chatgate.services.agents import SignedInAgent, active_row, site_ids
from chatgate.services.core import AnyRow, Core, View
from chatgate.storage.queries import consents, conversations, messages, sites, work


def list_conversations(
    core: Core, agent: SignedInAgent, view: str, limit: int, before: str | None, known: dict[str, int] | None
) -> View:
    """Return one page of a list with the counts of all of them (``ConversationListAnswer``).

    Args:
        core: the installation.
        agent: who asks.
        view: ``open``, ``mine``, ``unassigned`` or ``closed``.
        limit: 1 to 200.
        before: the cursor of the page before.
        known: revs that the client has; rows that did not change since are left out.

    Raises:
        Refusal: ``payload_invalid`` for a malformed cursor.
    """
    scope = site_ids(core, agent)
    cursor = _cursor(before)
    with core.storage.read() as db:
        rows = conversations.page(db, scope, view=view, agent_id=agent.id, limit=limit, before=cursor)
        wanted = [row for row in rows if (known or {}).get(row.id) != row.rev]
        last = rows[-1] if len(rows) == limit else None
        return {
            "conversations": views.agent_conversations(core, db, wanted),
            "counts": conversations.counts(db, scope, agent.id),
            "next": f"{last.last_activity_at.isoformat()}|{last.id}" if last else None,
        }


def _cursor(before: str | None) -> tuple[datetime, str] | None:
    if before is None:
        return None
    moment, _, last_id = before.partition("|")
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        raise Refusal("payload_invalid", field="before") from None
    if parsed.tzinfo is None:
        raise Refusal("payload_invalid", field="before")
    return parsed, last_id


def open_conversation(core: Core, conversation_id: str, after_seq: int) -> View:
    """Return a conversation with its messages after ``after_seq`` and what the visitor agreed to, word for word.

    Raises:
        Refusal: ``not_found``.
    """
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
        if row is None:
            raise Refusal("not_found")
        view = views.agent_conversation(core, db, row)
        record = consents.record(db, row.consent_record_id)
        notice = consents.notice(db, view["consent"]["notice_sha256"])
        assert record is not None
        assert notice is not None
        return {
            "conversation": view,
            "messages": views.message_views(messages.after(db, row.id, after_seq)),
            "clauses": views.clause_views(views.stored_notice(notice)),
            "record": {
                **receipts.record_fields(record),
                "events": [receipts.event_fields(event) for event in consents.events(db, record.id)],
            },
        }


def assign_conversation(core: Core, agent: SignedInAgent, conversation_id: str, to: str | None) -> View:
    """Assign a conversation to an agent, to oneself (``"me"``) or to nobody.

    Raises:
        Refusal: ``not_found`` for the conversation or the agent.
    """
    target = agent.id if to == "me" else to

    def job(db: Connection) -> AnyRow:
        if target is not None:
            active_row(sites.agent(db, target))
        if conversations.conversation(db, conversation_id, lock=True) is None:
            raise Refusal("not_found")
        return conversations.change(db, conversation_id, {"assigned_agent_id": target})

    return {"conversation": _tell(core, core.storage.write_now(job))}


def mark_seen(core: Core, conversation_id: str, seq: int, side: str) -> None:
    """Note that one side saw everything up to ``seq``; going back or beyond the last message changes nothing.

    Args:
        core: the installation.
        conversation_id: the conversation.
        seq: the last message that was on the screen.
        side: ``visitor`` or ``agent``.
    """
    column = f"{side}_seen_seq"

    def job(db: Connection) -> AnyRow | None:
        row = conversations.conversation(db, conversation_id, lock=True)
        if row is None:
            raise Refusal("not_found")
        reached = min(seq, row.last_seq)
        if reached <= row._mapping[column]:
            return None
        return conversations.change(db, conversation_id, {column: reached})

    changed = core.storage.write_now(job)
    if changed is not None:
        _tell(core, changed)


def close_conversation(core: Core, conversation_id: str, by: str) -> View:
    """Close a conversation; closing a closed one changes nothing.

    Args:
        core: the installation.
        conversation_id: the conversation.
        by: ``agent``, ``visitor`` or ``idle``: what the other side is told.

    Raises:
        Refusal: ``not_found``.

    Stores: the closing and its outbox event in one transaction; the worker takes the transcript from there.
    """
    now = core.clock.now()

    def job(db: Connection) -> tuple[AnyRow, bool]:
        row = conversations.conversation(db, conversation_id, lock=True)
        if row is None:
            raise Refusal("not_found")
        if row.state == "closed":
            return row, False
        values = {"state": "closed", "closed_at": now, "closed_reason": by, "waiting_since_at": None}
        changed = conversations.change(db, conversation_id, values)
        work.add_outbox(
            db,
            {
                "id": new_id(),
                "kind": "conversation_closed",
                "site_id": row.site_id,
                "conversation_id": conversation_id,
                "created_at": now,
            },
        )
        return changed, True

    row, changed = core.storage.write_now(job)
    view = _tell(core, row)
    if changed:
        core.broadcast.end_session(conversation_id, by)
        core.wake_worker()
    return {"conversation": view}


def close_idle(core: Core) -> int:
    """Close conversations without activity for ``idle_close_hours``; return how many."""
    since = core.clock.now() - timedelta(hours=core.settings.idle_close_hours)
    with core.storage.read() as db:
        ids = conversations.idle(db, since, 200)
    for conversation_id in ids:
        close_conversation(core, conversation_id, "idle")
    return len(ids)


def set_profile(core: Core, conversation_id: str, fields: dict[str, str]) -> None:
    """Store what the visitor chose to tell (name, email, ...).

    Raises:
        Refusal: ``payload_invalid``: more than ten fields, or one that is too long.

    Stores: the fields, for *support*.
    """
    if len(fields) > 10 or any(len(name) > 40 or len(value) > 500 for name, value in fields.items()):
        raise Refusal("payload_invalid", field="fields")

    def job(db: Connection) -> AnyRow:
        row = conversations.conversation(db, conversation_id, lock=True)
        if row is None:
            raise Refusal("not_found")
        if not row.may_talk:
            raise Refusal("consent_withdrawn")
        conversations.set_profile(db, row.visitor_id, {name: value.strip() for name, value in fields.items()})
        return conversations.change(db, conversation_id, {})

    _tell(core, core.storage.write_now(job))


def tell_presence(core: Core, conversation_id: str) -> None:
    """Tell the inboxes that a visitor came or went."""
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
        view = views.agent_conversation(core, db, row) if row is not None else None
    if view is not None:
        core.broadcast.to_agents(view["site_id"], "conversation_changed", {"conversation": view})


def _tell(core: Core, row: AnyRow) -> View:
    with core.storage.read() as db:
        for_agents = views.agent_conversation(core, db, row)
        for_visitor: dict[str, Any] = views.visitor_conversation(db, row)
    core.broadcast.to_agents(row.site_id, "conversation_changed", {"conversation": for_agents})
    core.broadcast.to_visitor(row.id, "conversation_changed", {"conversation": for_visitor})
    return for_agents
