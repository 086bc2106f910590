"""What happens to a conversation on either side: seeing, closing, telling about oneself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.ids import new_id
from chatgate.services import views
from chatgate.services.core import AnyRow, Core, View
from chatgate.storage.queries import conversations, work


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
        if side == "visitor" and not row.may_talk:
            raise Refusal("consent_withdrawn")
        reached = min(seq, row.last_seq)
        if reached <= row._mapping[column]:
            return None
        return conversations.change(db, conversation_id, {column: reached})

    changed = core.storage.write_now(job)
    if changed is not None:
        tell_changed(core, changed)


def close_conversation(
    core: Core,
    conversation_id: str,
    by: str,
    also: Callable[[Connection], None] | None = None,
    quiet_since: datetime | None = None,
) -> View:
    """Close a conversation; closing a closed one changes nothing.

    Args:
        core: the installation.
        conversation_id: the conversation.
        by: ``agent``, ``visitor`` or ``idle``: what the other side is told.
        also: what is written in the same transaction when this closes it.
        quiet_since: closes only what had no activity since then; somebody may have written in the meantime.

    Raises:
        Refusal: ``not_found``.

    Stores: the closing and its outbox event in one transaction; the worker takes the transcript from there.
    """
    now = core.clock.now()

    def job(db: Connection) -> tuple[AnyRow, bool]:
        row = conversations.conversation(db, conversation_id, lock=True)
        if row is None:
            raise Refusal("not_found")
        if row.state == "closed" or (quiet_since is not None and row.last_activity_at >= quiet_since):
            return row, False
        values = {"state": "closed", "closed_at": now, "closed_reason": by, "waiting_since_at": None}
        changed = conversations.change(db, conversation_id, values)
        if also is not None:
            also(db)
        work.add_outbox(db, _closed_event(changed, now))
        return changed, True

    row, changed = core.storage.write_now(job)
    view = tell_changed(core, row)
    if changed:
        core.broadcast.end_session(conversation_id, by)
        core.wake_worker()
    return {"conversation": view}


def _closed_event(row: AnyRow, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": "conversation_closed",
        "site_id": row.site_id,
        "conversation_id": row.id,
        "created_at": at,
    }


def close_idle(core: Core) -> int:
    """Close conversations without activity for ``idle_close_hours``; return how many."""
    since = core.clock.now() - timedelta(hours=core.settings.idle_close_hours)
    with core.storage.read() as db:
        ids = conversations.idle(db, since, 200)
    for conversation_id in ids:
        close_conversation(core, conversation_id, "idle", quiet_since=since)
    return len(ids)


def set_profile(core: Core, conversation_id: str, fields: dict[str, str], *, vouched: bool = False) -> None:
    """Store what the visitor chose to tell (name, email, ...), or with ``vouched`` what the shop's server signed.

    Raises:
        Refusal: ``payload_invalid``: more than ten fields, or one that is too long.

    Stores: the fields, for *support*.
    """
    if len(fields) > 10 or any(len(name) > 40 or len(value) > 500 for name, value in fields.items()):
        raise Refusal("payload_invalid", field="fields")

    def job(db: Connection) -> AnyRow:
        row = talking(db, conversation_id)
        told = {name: value.strip() for name, value in fields.items()}
        conversations.set_profile(db, row.visitor_id, told, vouched=vouched)
        return conversations.change(db, conversation_id, {})

    tell_changed(core, core.storage.write_now(job))


def tell_presence(core: Core, conversation_id: str) -> None:
    """Tell the inboxes that a visitor came or went."""
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
        view = views.agent_conversation(core, db, row) if row is not None and not row.restricted else None
    if view is not None:
        core.broadcast.to_agents(view["site_id"], "conversation_changed", {"conversation": view})


def tell_typing(core: Core, conversation_id: str, on: bool) -> None:
    """Tell the inboxes that a visitor types or stopped; never what.

    Raises:
        Refusal: ``not_found``, ``restricted``, ``consent_withdrawn``.
    """
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
        if row is None:
            raise Refusal("not_found")
        if row.restricted:
            raise Refusal("restricted")
        state = views.read_state(db, row.consent_record_id, core.clock.now(), open=row.state == "open")[2]
    if not state.may_talk:
        raise Refusal("consent_withdrawn")
    event = {"conversation_id": conversation_id, "author_kind": "visitor", "author_name": None, "on": on}
    core.broadcast.to_agents(row.site_id, "typing", event)


def tell_changed(core: Core, row: AnyRow) -> View:
    """Tell both sides that a conversation is another one now; return what agents see."""
    with core.storage.read() as db:
        for_agents = views.agent_conversation(core, db, row)
        for_visitor: dict[str, Any] = views.visitor_conversation(db, row)
    if not row.restricted:
        core.broadcast.to_agents(row.site_id, "conversation_changed", {"conversation": for_agents})
    core.broadcast.to_visitor(row.id, "conversation_changed", {"conversation": for_visitor})
    return for_agents


def in_use(db: Connection, conversation_id: str) -> AnyRow:
    """Return the locked row of a conversation that may be worked with: a restricted one is stored and nothing else.

    Raises:
        Refusal: ``not_found``, ``restricted``.

    Source: GDPR Art. 18.
    """
    row = conversations.conversation(db, conversation_id, lock=True)
    if row is None:
        raise Refusal("not_found")
    if row.restricted:
        raise Refusal("restricted")
    return row


def talking(db: Connection, conversation_id: str) -> AnyRow:
    """Return the locked row of a conversation whose visitor may still talk.

    Raises:
        Refusal: ``not_found``, ``restricted``, ``consent_withdrawn``.
    """
    row = in_use(db, conversation_id)
    if not row.may_talk:
        raise Refusal("consent_withdrawn")
    return row
