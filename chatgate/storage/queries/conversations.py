"""Queries of visitors, conversations and their place in the inbox."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, insert, or_, select, update

from chatgate.models.tables import METADATA
from chatgate.storage.queries.work import COPIED

VISITOR = METADATA.tables["visitor"]
PROFILE = METADATA.tables["visitor_profile"]
CONVERSATION = METADATA.tables["conversation"]
RATING = METADATA.tables["rating"]
EVENT = METADATA.tables["consent_event"]
LINEAGE = METADATA.tables["training_lineage"]
PROOF: Final = "proof"
"""The state of a conversation whose transcript is erased."""


def add_visitor(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert a visitor."""
    db.execute(insert(VISITOR).values(values))


def profiles(db: Connection, visitor_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return what is known about these visitors, field by field, by visitor id."""
    fields = profile_fields(db, visitor_ids)
    return {visitor_id: {row.field: row.value for row in rows} for visitor_id, rows in fields.items()}


def profile_fields(db: Connection, visitor_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """Return the fields of these visitors' profiles in the order in which they were told, by visitor id."""
    found: dict[str, list[Row[Any]]] = {}
    if visitor_ids:
        for row in db.execute(select(PROFILE).where(PROFILE.c.visitor_id.in_(visitor_ids)).order_by(PROFILE.c.n)):
            found.setdefault(row.visitor_id, []).append(row)
    return found


def set_profile(db: Connection, visitor_id: str, fields: Mapping[str, str], *, vouched: bool = False) -> None:
    """Replace these fields of a visitor's profile; an empty value removes one."""
    db.execute(PROFILE.delete().where(PROFILE.c.visitor_id == visitor_id, PROFILE.c.field.in_(fields)))
    rows = [
        {"visitor_id": visitor_id, "field": name, "value": value, "vouched": vouched}
        for name, value in fields.items()
        if value
    ]
    if rows:
        db.execute(insert(PROFILE), rows)


def set_rating(db: Connection, values: Mapping[str, Any]) -> None:
    """Store the rating of a conversation in place of an earlier one."""
    db.execute(RATING.delete().where(RATING.c.conversation_id == values["conversation_id"]))
    db.execute(insert(RATING).values(values))


def add_conversation(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert a conversation."""
    db.execute(insert(CONVERSATION).values(values))


def conversation(db: Connection, conversation_id: str, *, lock: bool = False, proof: bool = False) -> Row[Any] | None:
    """Return a conversation.

    Args:
        db: the transaction.
        conversation_id: which one.
        lock: hold its row against a message in the same moment (PostgreSQL).
        proof: also one of which nothing is left but the proof of its consent; nobody else may see that.
    """
    query = select(CONVERSATION).where(CONVERSATION.c.id == conversation_id)
    if not proof:
        query = query.where(CONVERSATION.c.state != PROOF)
    if lock and db.dialect.name == "postgresql":
        query = query.with_for_update()
    return db.execute(query).one_or_none()


def all_ids(db: Connection) -> list[str]:
    """Return the id of every conversation, also of those of which only the proof is left."""
    return list(db.execute(select(CONVERSATION.c.id)).scalars())


def conversation_of_record(db: Connection, record_id: str) -> Row[Any] | None:
    """Return the conversation that this consent opened."""
    return db.execute(select(CONVERSATION).where(CONVERSATION.c.consent_record_id == record_id)).one_or_none()


def change(db: Connection, conversation_id: str, values: Mapping[str, Any]) -> Row[Any]:
    """Change a conversation, raise its rev, and return the new row."""
    return db.execute(
        update(CONVERSATION)
        .where(CONVERSATION.c.id == conversation_id)
        .values(**values, rev=CONVERSATION.c.rev + 1)
        .returning(*CONVERSATION.c)
    ).one()


def idle(db: Connection, since: datetime, limit: int) -> Sequence[str]:
    """Return open conversations without activity since then."""
    return list(
        db.execute(
            select(CONVERSATION.c.id)
            .where(CONVERSATION.c.state == "open", CONVERSATION.c.last_activity_at < since)
            .limit(limit)
        ).scalars()
    )


def watched(db: Connection, ids: Collection[str], site_ids: Collection[str], since: datetime) -> Sequence[Row[Any]]:
    """Return these conversations, and of these sites all that are open or were closed since then."""
    recent = (CONVERSATION.c.state == "open") | (CONVERSATION.c.closed_at >= since)
    return db.execute(
        select(CONVERSATION).where(
            CONVERSATION.c.state != PROOF,
            CONVERSATION.c.id.in_(ids) | (CONVERSATION.c.site_id.in_(site_ids) & recent),
        )
    ).all()


def closed_with_retention(db: Connection, before: datetime, limit: int) -> list[Any]:
    """Return conversations closed before then that nothing restricts, with their record's retention, oldest first."""
    record = METADATA.tables["consent_record"]
    rows = db.execute(
        select(CONVERSATION.c.id, CONVERSATION.c.closed_at, record.c.retention)
        .join(record, record.c.id == CONVERSATION.c.consent_record_id)
        .where(
            CONVERSATION.c.state == "closed", CONVERSATION.c.restricted.is_(False), CONVERSATION.c.closed_at < before
        )
        .order_by(CONVERSATION.c.closed_at)
        .limit(limit)
    ).all()
    return list(rows)


def without_consent(db: Connection, before: datetime, limit: int) -> list[Any]:
    """Return conversations closed before then in which nothing is agreed to any more, oldest first."""
    rows = db.execute(
        select(CONVERSATION.c.id, CONVERSATION.c.closed_at)
        .where(
            CONVERSATION.c.may_talk.is_(False),
            CONVERSATION.c.may_train.is_(False),
            CONVERSATION.c.state == "closed",
            CONVERSATION.c.restricted.is_(False),
            CONVERSATION.c.closed_at <= before,
        )
        .order_by(CONVERSATION.c.closed_at)
        .limit(limit)
    ).all()
    return list(rows)


def proofs_over(db: Connection, notices: Sequence[str], before: datetime, limit: int) -> list[Any]:
    """Return of what only the proof is left, oldest first, where its time is over and nothing restricts it.

    Args:
        db: an open read.
        notices: what the visitor was told last is one of these.
        before: the transcript went by then, and no training copy was left since.
        limit: at most so many.
    """
    last_told = (
        select(EVENT.c.notice_sha256)
        .where(EVENT.c.record_id == CONVERSATION.c.consent_record_id)
        .order_by(EVENT.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    copied = exists().where(
        LINEAGE.c.conversation_id == CONVERSATION.c.id,
        or_(LINEAGE.c.state.in_(COPIED), LINEAGE.c.changed_at > before),
    )
    rows = db.execute(
        select(CONVERSATION.c.id, CONVERSATION.c.closed_at)
        .where(
            CONVERSATION.c.transcript_erased_at <= before,
            CONVERSATION.c.restricted.is_(False),
            last_told.in_(notices),
            ~copied,
        )
        .order_by(CONVERSATION.c.transcript_erased_at)
        .limit(limit)
    ).all()
    return list(rows)
