"""What agents see: pages of lists, one conversation with all that belongs to it, colleagues, how far they read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.services import views
from chatgate.services.accounts import audit
from chatgate.services.accounts.agents import SignedInAgent, site_ids
from chatgate.services.conversations import in_use, tell_changed
from chatgate.services.core import AnyRow, Core, View, iso
from chatgate.services.desk.drafts import drafts_of
from chatgate.services.desk.notes import note_view
from chatgate.services.evidence import receipts
from chatgate.storage.fulltext import fold
from chatgate.storage.queries import consents, conversations, desk, inbox, messages, sites
from chatgate.storage.queries.inbox import Filters, Place

WAITS: Final = "waits"
QUIET: Final = "quiet"
"""In which part of a list by waiting time a page ended."""


def list_conversations(
    core: Core,
    agent: SignedInAgent,
    *,
    view: str,
    limit: int,
    before: str | None = None,
    known: Mapping[str, int] | None = None,
    waiting: bool = False,
    filters: Filters | None = None,
) -> View:
    """Return one page of a list with the counts of the open ones (``ConversationListAnswer``).

    Args:
        core: the installation.
        agent: who asks.
        view: ``open``, ``mine``, ``unassigned`` or ``closed``.
        limit: 1 to 200.
        before: the ``next`` of the page before.
        known: revs that the client has; rows that did not change since are left out.
        waiting: who waits longest first and below them the rest, instead of latest activity first.
        filters: what is left out.

    Raises:
        Refusal: ``payload_invalid`` for a malformed cursor.
    """
    scope = site_ids(core, agent)
    asked = _Asked(scope, agent.id, view, filters or Filters(), limit)
    # Nobody waits for an answer in a closed conversation.
    by_wait = waiting and view != "closed"
    with core.storage.read() as db:
        rows = _by_wait(db, asked, before) if by_wait else asked.page(db, "activity", _place(before), limit)
        wanted = [row for row in rows if (known or {}).get(row.id) != row.rev]
        return {
            "conversations": views.agent_conversations(core, db, wanted, agent.id),
            "counts": inbox.counts(db, scope, agent.id),
            "next": _next(rows[-1], by_wait) if len(rows) == limit else None,
            "now": iso(core.clock.now()),
        }


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an agent asks a list for, whatever its order."""

    scope: list[str]
    agent_id: str
    view: str
    filters: Filters
    limit: int

    def page(self, db: Connection, order: inbox.Order, before: Place | None, limit: int) -> list[AnyRow]:
        """Return so many rows after a place."""
        return list(
            inbox.page(
                db,
                self.scope,
                view=self.view,
                agent_id=self.agent_id,
                filters=self.filters,
                order=order,
                before=before,
                limit=limit,
            )
        )


def _by_wait(db: Connection, asked: _Asked, before: str | None) -> list[AnyRow]:
    """Return who waits, the longest first, then those who do not, the latest first: one list over both."""
    part, _, rest = (before or f"{WAITS}|").partition("|")
    place = _place(rest or None)
    rows = asked.page(db, "waiting", place, asked.limit) if part == WAITS else []
    if len(rows) < asked.limit:
        rows += asked.page(db, "quiet", place if part != WAITS else None, asked.limit - len(rows))
    return rows


def filters_of(
    agent: SignedInAgent,
    *,
    tag: str | None = None,
    assigned: str | None = None,
    consent: str | None = None,
    locale: str | None = None,
    active_from: str | None = None,
    active_to: str | None = None,
) -> Filters:
    """Return the filters that a client asks for; ``assigned`` may be ``me``, ``none`` or an id.

    Raises:
        Refusal: ``payload_invalid`` for a time without an offset.
    """
    return Filters(
        tag=None if tag is None else fold(tag)[:80],
        agent=agent.id if assigned == "me" else assigned,
        consent=consent,
        locale=locale,
        active_from=_moment(active_from, "filters.active_from"),
        active_to=_moment(active_to, "filters.active_to"),
    )


def open_conversation(core: Core, agent: SignedInAgent, conversation_id: str, after_seq: int = 0) -> View:
    """Return a conversation with its messages after ``after_seq``, notes, drafts, and what the visitor agreed to.

    Raises:
        Refusal: ``not_found``; ``restricted`` (Art. 18 GDPR: stored and nothing else).

    Stores: an audit event, because this shows the proof of a consent; not for a client that only catches up.
    """
    with core.storage.read() as db:
        _readable(db, conversation_id)
    if after_seq == 0:
        audit.record(core, agent, "conversation_opened", conversation_id)
    with core.storage.read() as db:
        row = _readable(db, conversation_id)
        view = views.agent_conversation(core, db, row, agent.id)
        record = consents.record(db, row.consent_record_id)
        notice = consents.notice(db, view["consent"]["notice_sha256"])
        assert record is not None
        assert notice is not None
        return {
            "conversation": view,
            "messages": views.message_views(db, messages.after(db, row.id, after_seq)),
            "clauses": views.clause_views(views.stored_notice(notice)),
            "record": {
                **receipts.record_fields(record),
                "events": [receipts.event_fields(event) for event in consents.events(db, record.id)],
            },
            "notes": [note_view(note) for note in desk.notes(db, row.id)],
            "drafts": drafts_of(db, agent, row.id),
            "now": iso(core.clock.now()),
        }


def mark_seen(core: Core, agent: SignedInAgent, conversation_id: str, seq: int) -> None:
    """Note that an agent saw everything up to ``seq``; going back or beyond the last message changes nothing.

    The visitor is told only when no agent had seen it before; other agents always are.

    Raises:
        Refusal: ``not_found``.
    """

    def job(db: Connection) -> tuple[AnyRow, AnyRow | None, int | None]:
        row = in_use(db, conversation_id)
        reached = min(seq, row.last_seq)
        moved = reached if desk.mark_read(db, conversation_id, agent.id, reached) else None
        first = reached > row.agent_seen_seq
        return row, conversations.change(db, conversation_id, {"agent_seen_seq": reached}) if first else None, moved

    row, changed, moved = core.storage.write_now(job)
    if moved is not None:
        event = {"conversation_id": conversation_id, "agent_id": agent.id, "seq": moved}
        core.broadcast.to_agents(row.site_id, "agent_seen", event)
    if changed is not None:
        tell_changed(core, changed)


def list_colleagues(core: Core, everybody: bool = False) -> View:
    """Return the active agents by name, whether they are here, and how much they have (``AgentsListAnswer``).

    ``everybody`` adds those who are switched off.
    """
    with core.storage.read() as db:
        rows = [row for row in sites.all_agents(db) if row.active or everybody]
        open_counts = inbox.open_by_agent(db)
    shown = [
        {
            "id": row.id,
            "name": row.name,
            "role": row.role,
            "state": core.presence.agent_state_of(row.id),
            "open": open_counts.get(row.id, 0),
            "active": row.active,
        }
        for row in rows
    ]
    return {"agents": sorted(shown, key=lambda agent: str(agent["name"]).casefold())}


def site_of(core: Core, conversation_id: str) -> str:
    """Return the site of a conversation.

    Raises:
        Refusal: ``not_found``.
    """
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
    if row is None:
        raise Refusal("not_found")
    return str(row.site_id)


def _readable(db: Connection, conversation_id: str) -> AnyRow:
    row = conversations.conversation(db, conversation_id)
    if row is None:
        raise Refusal("not_found")
    if row.restricted:
        raise Refusal("restricted")
    return row


def _next(row: AnyRow, by_wait: bool) -> str:
    if by_wait and row.waiting_since_at is not None:
        return f"{WAITS}|{row.waiting_since_at.isoformat()}|{row.id}"
    place = f"{row.last_activity_at.isoformat()}|{row.id}"
    return f"{QUIET}|{place}" if by_wait else place


def _place(before: str | None) -> Place | None:
    if before is None:
        return None
    moment, _, last_id = before.partition("|")
    parsed = _moment(moment, "before")
    assert parsed is not None
    return Place(parsed, last_id)


def _moment(words: str | None, field: str) -> datetime | None:
    if words is None:
        return None
    try:
        parsed = datetime.fromisoformat(words)
    except ValueError:
        raise Refusal("payload_invalid", field=field) from None
    if parsed.tzinfo is None:
        raise Refusal("payload_invalid", field=field, problem="offset_missing")
    return parsed
