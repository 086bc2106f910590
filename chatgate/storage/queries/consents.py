"""Queries of notices, consent records, their events, and the ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from chatgate.models.tables import METADATA
from chatgate.storage.queries.ledger import append_leaf

NOTICE = METADATA.tables["consent_notice"]
RECORD = METADATA.tables["consent_record"]
EVENT = METADATA.tables["consent_event"]
CONVERSATION = METADATA.tables["conversation"]
SPENT = METADATA.tables["spent_display_token"]


def notice(db: Connection, sha256: str) -> Row[Any] | None:
    """Return a published notice by its content's hash."""
    return db.execute(select(NOTICE).where(NOTICE.c.sha256 == sha256)).one_or_none()


def all_notices(db: Connection) -> Sequence[Row[Any]]:
    """Return every notice of every site."""
    return db.execute(select(NOTICE).order_by(NOTICE.c.publication, NOTICE.c.locale)).all()


def notices_of(db: Connection, site_id: str) -> Sequence[Row[Any]]:
    """Return every notice of a site, newest publication first."""
    return db.execute(
        select(NOTICE).where(NOTICE.c.site_id == site_id).order_by(NOTICE.c.publication.desc(), NOTICE.c.locale)
    ).all()


def current_notices(db: Connection, site_id: str) -> Sequence[Row[Any]]:
    """Return the latest publication of each notice id of a site, in all its locales."""
    newest = (
        select(NOTICE.c.notice_id, func.max(NOTICE.c.publication).label("publication"))
        .where(NOTICE.c.site_id == site_id)
        .group_by(NOTICE.c.notice_id)
        .subquery()
    )
    return db.execute(
        select(NOTICE)
        .join(
            newest,
            (NOTICE.c.notice_id == newest.c.notice_id) & (NOTICE.c.publication == newest.c.publication),
        )
        .where(NOTICE.c.site_id == site_id)
        .order_by(NOTICE.c.publication.desc(), NOTICE.c.locale)
    ).all()


def add_notices(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the locales of one published version."""
    db.execute(insert(NOTICE), [dict(row) for row in rows])


def next_publication(db: Connection, site_id: str) -> int:
    """Return the number of a site's next publication."""
    highest = db.execute(select(func.max(NOTICE.c.publication)).where(NOTICE.c.site_id == site_id)).scalar()
    return (highest or 0) + 1


def record(db: Connection, record_id: str) -> Row[Any] | None:
    """Return a consent record."""
    return db.execute(select(RECORD).where(RECORD.c.id == record_id)).one_or_none()


def records(db: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Return these records by id."""
    rows = db.execute(select(RECORD).where(RECORD.c.id.in_(ids))).all() if ids else []
    return {row.id: row for row in rows}


def record_by_receipt(db: Connection, token_hash: str) -> Row[Any] | None:
    """Return the record whose receipt carries the capability with this hash."""
    return db.execute(select(RECORD).where(RECORD.c.receipt_token_hash == token_hash)).one_or_none()


def add_record(db: Connection, values: Mapping[str, Any]) -> None:
    """Insert a record."""
    db.execute(insert(RECORD).values(values))


def events(db: Connection, record_id: str) -> Sequence[Row[Any]]:
    """Return a record's events in order."""
    return db.execute(select(EVENT).where(EVENT.c.record_id == record_id).order_by(EVENT.c.number)).all()


def events_of(db: Connection, record_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """Return the events of these records, in order, by record id."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    if record_ids:
        for row in db.execute(select(EVENT).where(EVENT.c.record_id.in_(record_ids)).order_by(EVENT.c.number)):
            found[row.record_id].append(row)
    return found


def last_told(db: Connection, conversation_id: str) -> Row[Any] | None:
    """Return the notice that the visitor of a conversation agreed to, or was told of, last."""
    query = (
        select(NOTICE)
        .join(EVENT, EVENT.c.notice_sha256 == NOTICE.c.sha256)
        .join(CONVERSATION, CONVERSATION.c.consent_record_id == EVENT.c.record_id)
        .where(CONVERSATION.c.id == conversation_id)
    )
    return db.execute(query.order_by(EVENT.c.number.desc()).limit(1)).one_or_none()


def event(db: Connection, event_id: str) -> Row[Any] | None:
    """Return one consent event."""
    return db.execute(select(EVENT).where(EVENT.c.id == event_id)).one_or_none()


def later_events(db: Connection, first: int, end: int) -> list[Any]:
    """Return the events after the first answer in a part of the ledger, each with its conversation's id."""
    query = (
        select(
            EVENT.c.number, EVENT.c.kind, EVENT.c.choices, EVENT.c.event_at, CONVERSATION.c.id.label("conversation_id")
        )
        .join(CONVERSATION, CONVERSATION.c.consent_record_id == EVENT.c.record_id)
        .where(EVENT.c.ledger_seq >= first, EVENT.c.ledger_seq < end, EVENT.c.number > 1)
    )
    return list(db.execute(query.order_by(EVENT.c.ledger_seq)))


def add_event(db: Connection, values: Mapping[str, Any]) -> int:
    """Insert an event together with its ledger leaf; return the leaf's place, from 0."""
    seq = append_leaf(db, values["leaf_hash"])
    db.execute(insert(EVENT).values(**values, ledger_seq=seq))
    return seq


def ask_again(db: Connection, site_id: str, notice_id: str) -> int:
    """Mark the open conversations under a notice: their visitors are asked again; return how many there are."""
    under = select(RECORD.c.id).where(RECORD.c.site_id == site_id, RECORD.c.notice_id == notice_id)
    which = (
        (CONVERSATION.c.site_id == site_id)
        & (CONVERSATION.c.state == "open")
        & CONVERSATION.c.may_talk
        & CONVERSATION.c.consent_record_id.in_(under)
    )
    return db.execute(update(CONVERSATION).where(which).values(must_renew=True, rev=CONVERSATION.c.rev + 1)).rowcount


def open_under(db: Connection, site_id: str, notice_id: str) -> list[Any]:
    """Return id and record of the open conversations under a notice."""
    query = (
        select(CONVERSATION.c.id, CONVERSATION.c.consent_record_id)
        .join(RECORD, RECORD.c.id == CONVERSATION.c.consent_record_id)
        .where(CONVERSATION.c.state == "open", RECORD.c.site_id == site_id, RECORD.c.notice_id == notice_id)
    )
    return list(db.execute(query))


def ending(db: Connection, at: datetime, limit: int) -> Sequence[str]:
    """Return the conversations in which a given consent is over."""
    query = select(CONVERSATION.c.id).where(CONVERSATION.c.consent_ends_at <= at)
    return list(db.execute(query.order_by(CONVERSATION.c.consent_ends_at).limit(limit)).scalars())


def spent_token(db: Connection, nonce_hash: str) -> Row[Any] | None:
    """Return the row of a used display token."""
    return db.execute(select(SPENT).where(SPENT.c.nonce_hash == nonce_hash)).one_or_none()


def spend_token(db: Connection, values: Mapping[str, Any]) -> None:
    """Mark a display token as used."""
    db.execute(insert(SPENT).values(values))


def forget_spent_tokens(db: Connection, at: datetime) -> int:
    """Delete used tokens whose life is over; an expired token is refused without its row."""
    return db.execute(delete(SPENT).where(SPENT.c.expires_at <= at)).rowcount
