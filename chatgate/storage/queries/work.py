"""Queries of the outbox, of training lineage, and of what middlewares keep."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from chatgate.models.tables import METADATA

OUTBOX = METADATA.tables["outbox_event"]
DELIVERY = METADATA.tables["outbox_delivery"]
LINEAGE = METADATA.tables["training_lineage"]
KEPT = METADATA.tables["middleware_row"]
COPIED: Final = ("pending", "admitted", "quarantined")
"""The states in which a training copy is stored somewhere, or may be."""


def add_outbox(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert an outbox event, due at once."""
    db.execute(
        insert(OUTBOX).values(
            detail=values.get("detail", {}),
            attempts=0,
            next_at=values["created_at"],
            **{name: value for name, value in values.items() if name != "detail"},
        )
    )


def claim_due(
    db: Connection, at: datetime, until: datetime, void: tuple[datetime, datetime], limit: int
) -> Sequence[Row[Any]]:
    """Take due events: nobody else gets them before ``until``.

    A time that nobody sets so far ahead was set while a clock was wrong, and is void: any in the future of an event
    that was never taken up, after ``void[0]`` that of one that did not fail yet (a claim), after ``void[1]`` any other.
    """
    claimed, failed = void
    next_at, untried = OUTBOX.c.next_at, OUTBOX.c.attempts == 0
    wrong = untried | (OUTBOX.c.last_error_class.is_(None) & (next_at > claimed)) | (next_at > failed)
    due = (
        select(OUTBOX.c.id)
        .where(OUTBOX.c.done_at.is_(None), (next_at <= at) | wrong)
        .order_by(OUTBOX.c.next_at, OUTBOX.c.id)
        .limit(limit)
    )
    if db.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    ids = list(db.execute(due).scalars())
    if not ids:
        return []
    db.execute(update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(next_at=until, attempts=OUTBOX.c.attempts + 1))
    return db.execute(select(OUTBOX).where(OUTBOX.c.id.in_(ids)).order_by(OUTBOX.c.id)).all()


def renew(db: Connection, event_id: str, until: datetime, longer: datetime) -> bool:
    """Keep a claimed event for longer; False when the claim ran out and somebody else has it."""
    held = (OUTBOX.c.id == event_id) & (OUTBOX.c.next_at == until) & OUTBOX.c.done_at.is_(None)
    return db.execute(update(OUTBOX).where(held).values(next_at=longer)).rowcount == 1


def give_back(db: Connection, event_ids: Sequence[str], until: datetime, at: datetime) -> None:
    """Let others have claimed events that were not begun."""
    held = OUTBOX.c.id.in_(event_ids) & (OUTBOX.c.next_at == until) & OUTBOX.c.done_at.is_(None)
    db.execute(update(OUTBOX).where(held).values(next_at=at, attempts=OUTBOX.c.attempts - 1))


def finish(db: Connection, event_id: str, at: datetime) -> None:
    """Mark an event as delivered."""
    db.execute(update(OUTBOX).where(OUTBOX.c.id == event_id).values(done_at=at, last_error_class=None))


def postpone(db: Connection, event_id: str, until: datetime, error_class: str) -> None:
    """Try an event again later."""
    db.execute(update(OUTBOX).where(OUTBOX.c.id == event_id).values(next_at=until, last_error_class=error_class))


def pending_count(db: Connection) -> int:
    """Return how many events wait for delivery."""
    return db.execute(select(func.count()).where(OUTBOX.c.done_at.is_(None))).scalar_one()


def outbox_state(db: Connection) -> tuple[int, int, datetime | None]:
    """Return how many events wait, how many of them were tried before, and since when the oldest is due."""
    waiting = select(func.count(), func.count().filter(OUTBOX.c.attempts > 1), func.min(OUTBOX.c.next_at))
    row = db.execute(waiting.where(OUTBOX.c.done_at.is_(None))).one()
    return row[0], row[1], row[2]


def oldest_untried(db: Connection) -> datetime | None:
    """Return since when the oldest event waits that nobody has tried yet: a sign that no worker runs."""
    query = select(func.min(OUTBOX.c.next_at)).where(OUTBOX.c.done_at.is_(None), OUTBOX.c.attempts == 0)
    return db.execute(query).scalar()


def deliveries(db: Connection, event_id: str) -> dict[str, Row[Any]]:
    """Return the separate deliveries of an event by middleware."""
    return {row.middleware: row for row in db.execute(select(DELIVERY).where(DELIVERY.c.event_id == event_id))}


def put_delivery(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert or replace the delivery of one middleware for one event."""
    where = (DELIVERY.c.event_id == values["event_id"]) & (DELIVERY.c.middleware == values["middleware"])
    changed = {name: value for name, value in values.items() if name not in ("id", "event_id", "middleware")}
    if not db.execute(update(DELIVERY).where(where).values(changed)).rowcount:
        db.execute(insert(DELIVERY).values(values))


def add_lineage(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert the lineage of a transcript."""
    db.execute(insert(LINEAGE).values(values))


def change_lineage(db: Connection, item_id: str, values: Mapping[str, Any]) -> None:
    """Change a lineage row."""
    db.execute(update(LINEAGE).where(LINEAGE.c.item_id == item_id).values(values))


def lineage(db: Connection, item_id: str) -> Row[Any] | None:
    """Return the lineage of an item."""
    return db.execute(select(LINEAGE).where(LINEAGE.c.item_id == item_id)).one_or_none()


def all_lineages(db: Connection, state: str | None, limit: int = 1000) -> Sequence[Row[Any]]:
    """Return the newest lineage rows, or those in one state."""
    query = select(LINEAGE).order_by(LINEAGE.c.item_id.desc()).limit(limit)
    return db.execute(query if state is None else query.where(LINEAGE.c.state == state)).all()


def lineage_page(db: Connection, states: Sequence[str], limit: int, before: str | None) -> Sequence[Row[Any]]:
    """Return lineage rows in these states, newest first, after the item that the page before ended with."""
    query = select(LINEAGE).where(LINEAGE.c.state.in_(states)).order_by(LINEAGE.c.item_id.desc()).limit(limit)
    return db.execute(query if before is None else query.where(LINEAGE.c.item_id < before)).all()


def unreviewed_items(db: Connection) -> list[str]:
    """Return the admitted items that nobody has read yet."""
    query = select(LINEAGE.c.item_id).where(LINEAGE.c.state == "admitted", LINEAGE.c.reviewed_at.is_(None))
    return list(db.execute(query.order_by(LINEAGE.c.item_id)).scalars())


def all_lineages_of(db: Connection, conversation_id: str) -> Sequence[Row[Any]]:
    """Return every lineage row of a conversation, whatever its state."""
    return db.execute(select(LINEAGE).where(LINEAGE.c.conversation_id == conversation_id)).all()


def lineages_of(db: Connection, conversation_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Return the newest lineage row of each of these conversations."""
    if not conversation_ids:
        return {}
    rows = db.execute(
        select(LINEAGE).where(LINEAGE.c.conversation_id.in_(conversation_ids)).order_by(LINEAGE.c.item_id)
    )
    return {row.conversation_id: row for row in rows}


def live_lineages(db: Connection, conversation_id: str) -> Sequence[Row[Any]]:
    """Return the rows of a conversation that a withdrawal must stop."""
    return db.execute(
        select(LINEAGE).where(
            LINEAGE.c.conversation_id == conversation_id,
            LINEAGE.c.state.in_(("pending", "waiting", "held", "admitted")),
        )
    ).all()


def copied(db: Connection, conversation_ids: Sequence[str]) -> set[str]:
    """Return those of these conversations that have a training copy, or may have one."""
    found: set[str] = set()
    for start in range(0, len(conversation_ids), 500):
        some = LINEAGE.c.conversation_id.in_(conversation_ids[start : start + 500])
        found.update(db.execute(select(LINEAGE.c.conversation_id).where(some, LINEAGE.c.state.in_(COPIED))).scalars())
    return found


def due_lineages(db: Connection, at: datetime, limit: int) -> Sequence[Row[Any]]:
    """Return rows whose cooling-off period is over: those that wait, and those that a failed try left unfinished."""
    return db.execute(
        select(LINEAGE)
        .where(LINEAGE.c.state.in_(("waiting", "pending")), LINEAGE.c.due_at <= at)
        .order_by(LINEAGE.c.due_at)
        .limit(limit)
    ).all()


def admitted_in(db: Connection, sink: str) -> dict[str, str]:
    """Return the conversation of every admitted item of a sink, by item."""
    query = select(LINEAGE.c.item_id, LINEAGE.c.conversation_id).where(LINEAGE.c.state == "admitted")
    return {row.item_id: row.conversation_id for row in db.execute(query.where(LINEAGE.c.sink == sink))}


def readable_items(db: Connection, item_ids: Sequence[str] | None = None) -> set[str]:
    """Return which items may be read: admitted, and nothing else. Every reader of the training store asks this."""
    query = select(LINEAGE.c.item_id).where(LINEAGE.c.state == "admitted")
    if item_ids is not None:
        query = query.where(LINEAGE.c.item_id.in_(item_ids))
    return set(db.execute(query).scalars())


def lineage_counts(db: Connection) -> dict[str, int]:
    """Return how many transcripts are in each state."""
    rows = db.execute(select(LINEAGE.c.state, func.count().label("n")).group_by(LINEAGE.c.state)).all()
    return {row.state: row.n for row in rows}


def kept(db: Connection, middleware: str, name: str) -> str | None:
    """Return what a middleware keeps under a name."""
    return db.execute(
        select(KEPT.c.value).where(KEPT.c.middleware == middleware, KEPT.c.name == name)
    ).scalar_one_or_none()


def kept_names(db: Connection, middleware: str, prefix: str) -> list[str]:
    """Return the names that a middleware keeps, those with a prefix, in order."""
    rows = db.execute(
        select(KEPT.c.name)
        .where(KEPT.c.middleware == middleware, KEPT.c.name.startswith(prefix, autoescape=True))
        .order_by(KEPT.c.name)
    )
    return list(rows.scalars())


def keep(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert or replace what a middleware keeps under a name."""
    drop_kept(db, values["middleware"], values["name"])
    db.execute(insert(KEPT).values(values))


def drop_kept(db: Connection, middleware: str, name: str) -> None:
    """Delete what a middleware keeps under a name."""
    db.execute(delete(KEPT).where(KEPT.c.middleware == middleware, KEPT.c.name == name))


def drop_sealed(db: Connection, prefix: str) -> None:
    """Delete everything that middlewares keep sealed; a sealed value begins with the prefix."""
    db.execute(delete(KEPT).where(KEPT.c.value.startswith(prefix, autoescape=True)))


def erase_kept(db: Connection, conversation_id: str, middleware: str | None = None) -> int:
    """Delete what middlewares keep about a conversation; return how many rows there were."""
    query = delete(KEPT).where(KEPT.c.conversation_id == conversation_id)
    if middleware is not None:
        query = query.where(KEPT.c.middleware == middleware)
    return db.execute(query).rowcount
