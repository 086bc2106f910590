"""Queries of the inbox's lists: which conversations, in which order, and how many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select

from chatgate.models.tables import METADATA

CONVERSATION = METADATA.tables["conversation"]
TAG = METADATA.tables["tag"]
TAGGED = METADATA.tables["conversation_tag"]
READ = METADATA.tables["agent_read"]
CLOSING = METADATA.tables["closing"]
NOTE = METADATA.tables["note"]
BLOCKED = METADATA.tables["blocked_visitor"]
RATING = METADATA.tables["rating"]
NOBODY: Final = "none"
Order = Literal["activity", "waiting", "quiet"]
"""Latest activity first; only who waits, the longest first; only where nobody waits, latest activity first."""
RARE: Final = 500
"""A tag on so few conversations is looked up; reading a long list until a page of them is full would take long."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list leaves out; every one that is set must hold. ``tag`` is folded, ``agent`` an id or ``none``."""

    tag: str | None = None
    agent: str | None = None
    consent: str | None = None
    locale: str | None = None
    active_from: datetime | None = None
    active_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of the page before: the time by which the list is sorted, and its id."""

    moment: datetime
    id: str


def page(
    db: Connection,
    sites: Sequence[str],
    *,
    view: str,
    agent_id: str,
    filters: Filters,
    order: Order,
    before: Place | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return one page of a list.

    Args:
        db: an open read.
        sites: the sites that the agent answers for.
        view: ``open``, ``mine``, ``unassigned`` or ``closed``.
        agent_id: whose own list.
        filters: what is left out.
        order: which rows, and how they are sorted.
        before: the page starts after this place.
        limit: at most so many rows.
    """
    few = _few_tagged(db, filters.tag) if filters.tag is not None else None
    rare = order == "waiting" or few is not None or filters.consent == "withdrawn"
    query = select(CONVERSATION).where(_in_view(view, agent_id, rare=rare), *_kept(filters), _of(sites))
    if few is not None:
        query = query.where(CONVERSATION.c.id.in_(few))
    if order == "waiting":
        moment, key = CONVERSATION.c.waiting_since_at, CONVERSATION.c.id
        query = query.where(moment.is_not(None)).order_by(moment, key)
        if before is not None:
            query = query.where(or_(moment > before.moment, and_(moment == before.moment, key > before.id)))
    else:
        if order == "quiet":
            query = query.where(CONVERSATION.c.waiting_since_at.is_(None))
        moment, key = CONVERSATION.c.last_activity_at, CONVERSATION.c.id
        query = query.order_by(moment.desc(), key.desc())
        if before is not None:
            query = query.where(
                moment <= before.moment, or_(moment < before.moment, and_(moment == before.moment, key < before.id))
            )
    return db.execute(query.limit(limit)).all()


def counts(db: Connection, sites: Sequence[str], agent_id: str) -> dict[str, int]:
    """Return the number of open, own, unassigned and unread conversations; closed ones are never counted."""
    own, last = CONVERSATION.c.assigned_agent_id, CONVERSATION.c.last_seq
    row = db.execute(
        select(
            func.count(),
            func.count().filter(own == agent_id),
            func.count().filter(own.is_(None)),
            func.count().filter(last > CONVERSATION.c.agent_seen_seq),
            func.count().filter(last > func.coalesce(READ.c.seq, 0)),
        )
        .select_from(CONVERSATION)
        .outerjoin(READ, and_(READ.c.conversation_id == CONVERSATION.c.id, READ.c.agent_id == agent_id))
        .where(CONVERSATION.c.state == "open", _of(sites))
    ).one()
    return dict(zip(("open", "mine", "unassigned", "unread", "my_unread"), row, strict=True))


def open_by_agent(db: Connection) -> dict[str, int]:
    """Return how many open conversations each agent has."""
    own = CONVERSATION.c.assigned_agent_id
    rows = db.execute(select(own, func.count()).where(CONVERSATION.c.state == "open", own.is_not(None)).group_by(own))
    return dict(rows.all())


def open_of(db: Connection, agent_id: str) -> list[str]:
    """Return the ids of an agent's open conversations."""
    query = select(CONVERSATION.c.id).where(_in_view("mine", agent_id))
    return list(db.execute(query).scalars())


def chosen(db: Connection, sites: Sequence[str], ids: Sequence[str], filters: Filters) -> dict[str, Row[Any]]:
    """Return those of these conversations that the filters keep, by id."""
    if not ids:
        return {}
    query = select(CONVERSATION).where(CONVERSATION.c.id.in_(ids), *_kept(filters), _of(sites))
    return {row.id: row for row in db.execute(query)}


@dataclass(frozen=True, slots=True)
class Extras:
    """What belongs to conversations beside their row, by conversation id (``blocked`` by visitor id)."""

    tags: dict[str, list[dict[str, str]]]
    resolutions: dict[str, str]
    seen: dict[str, int]
    notes: dict[str, int]
    blocked: set[str]
    ratings: dict[str, Row[Any]]


def extras(db: Connection, rows: Sequence[Row[Any]], agent_id: str | None) -> Extras:
    """Return tags, reasons of closing, note counts, ratings and blocks, and how far an agent read."""
    ids = [row.id for row in rows]
    if not ids:
        return Extras({}, {}, {}, {}, set(), {})
    tags: dict[str, list[dict[str, str]]] = {}
    for row in db.execute(
        select(TAGGED.c.conversation_id, TAG.c.id, TAG.c.name)
        .join(TAG, TAG.c.id == TAGGED.c.tag_id)
        .where(TAGGED.c.conversation_id.in_(ids))
        .order_by(TAGGED.c.tagged_at, TAG.c.name)
    ):
        tags.setdefault(row.conversation_id, []).append({"id": row.id, "name": row.name})
    closed = [row.id for row in rows if row.state == "closed"]
    seen_query = select(READ.c.conversation_id, READ.c.seq).where(
        READ.c.conversation_id.in_(ids), READ.c.agent_id == agent_id
    )
    note_query = (
        select(NOTE.c.conversation_id, func.count())
        .where(NOTE.c.conversation_id.in_(ids))
        .group_by(NOTE.c.conversation_id)
    )
    closing_query = select(CLOSING.c.conversation_id, CLOSING.c.reason).where(CLOSING.c.conversation_id.in_(closed))
    rating_query = select(RATING).where(RATING.c.conversation_id.in_(closed))
    blocked_query = select(BLOCKED.c.visitor_id).where(BLOCKED.c.visitor_id.in_([row.visitor_id for row in rows]))
    return Extras(
        tags=tags,
        resolutions=dict(db.execute(closing_query).all()) if closed else {},
        seen=dict(db.execute(seen_query).all()) if agent_id else {},
        notes=dict(db.execute(note_query).all()),
        blocked=set(db.execute(blocked_query).scalars()),
        ratings={row.conversation_id: row for row in db.execute(rating_query)} if closed else {},
    )


def _few_tagged(db: Connection, folded: str) -> list[str] | None:
    """Return the conversations of a rare tag, to look only at them; None for a common one, which any page has."""
    query = (
        select(TAGGED.c.conversation_id)
        .join(TAG, TAG.c.id == TAGGED.c.tag_id)
        .where(TAG.c.folded == folded)
        .limit(RARE + 1)
    )
    found = list(db.execute(query).scalars())
    return found if len(found) <= RARE else None


def _of(sites: Sequence[str]) -> ColumnElement[bool]:
    # The plus sign keeps SQLite from choosing an index by site: the lists are read in their own order.
    return (CONVERSATION.c.site_id + "").in_(sites)


def _in_view(view: str, agent_id: str, *, rare: bool = False) -> ColumnElement[bool]:
    # Among few rows the state is compared without its index, or SQLite would read the long list instead of the few.
    state = CONVERSATION.c.state + "" if rare else CONVERSATION.c.state
    is_open = state == "open"
    if view == "mine":
        return is_open & (CONVERSATION.c.assigned_agent_id == agent_id)
    if view == "unassigned":
        return is_open & CONVERSATION.c.assigned_agent_id.is_(None)
    if view == "closed":
        return state == "closed"
    return is_open


def _kept(filters: Filters) -> list[ColumnElement[bool]]:
    # A restricted conversation is stored and nothing else (Art. 18 GDPR): no list and no search shows it.
    kept: list[ColumnElement[bool]] = [CONVERSATION.c.restricted.is_(False)]
    if filters.tag is not None:
        kept.append(
            exists().where(
                TAGGED.c.conversation_id == CONVERSATION.c.id, TAG.c.id == TAGGED.c.tag_id, TAG.c.folded == filters.tag
            )
        )
    if filters.agent is not None:
        own = CONVERSATION.c.assigned_agent_id
        kept.append(own.is_(None) if filters.agent == NOBODY else own == filters.agent)
    if filters.consent == "withdrawn":
        kept.append(CONVERSATION.c.may_talk.is_(False))
    elif filters.consent is not None:
        kept.append(CONVERSATION.c.may_train.is_(filters.consent == "training"))
    if filters.locale is not None:
        kept.append(CONVERSATION.c.locale == filters.locale)
    if filters.active_from is not None:
        kept.append(CONVERSATION.c.last_activity_at >= filters.active_from)
    if filters.active_to is not None:
        kept.append(CONVERSATION.c.last_activity_at < filters.active_to)
    return kept
