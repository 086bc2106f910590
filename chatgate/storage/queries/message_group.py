"""The hot write: a group of messages, stored in one go with what their conversations become by them.

The statements are fixed texts for each dialect. SQLAlchemy would build them anew for every size of group and convert
every value, which costs more than the database does; everything else in the project goes through its Core.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, insert

from chatgate.errors import Refusal
from chatgate.models.tables import METADATA
from chatgate.storage.engine import driver_connection, translated
from chatgate.storage.queries import attachments

OUTBOX = METADATA.tables["outbox_event"]
_MESSAGE_COLUMNS: Final = (
    "id",
    "conversation_id",
    "seq",
    "client_id",
    "author_kind",
    "author_id",
    "author_name",
    "body",
    "stored_at",
)


# Not frozen: that costs a microsecond for each, and these never leave the hot path.
@dataclass(slots=True)
class NewMessage:
    """A message that passed the gate and the middleware, before it is stored."""

    id: str
    conversation_id: str
    client_id: str | None
    author_kind: str
    author_id: str | None
    author_name: str | None
    body: str
    at: datetime
    event_id: str | None
    """The id of the outbox event to store with it; None when no middleware watches messages."""
    attachment_ids: tuple[str, ...] = ()
    """What its author uploaded before and sends with it."""


@dataclass(slots=True)
class StoredMessage:
    """What was stored, and what of the conversation changed with it."""

    message: dict[str, Any]
    site_id: str
    rev: int
    fresh: bool
    """False when the same ``client_id`` had been stored before: nothing was written."""
    waiting_since_at: datetime | None = None
    attachments: list[dict[str, Any]] | None = None
    """The views of what it carries; None for nothing, as nearly always."""


@dataclass(slots=True)
class _Thread:
    """What of a conversation decides about a message and is changed by it."""

    id: str
    site_id: str
    state: str
    may_talk: bool
    must_renew: bool
    restricted: bool
    last_seq: int
    rev: int
    waiting_since_at: Any
    """In the database's own form, as `active_at`: what only passes through is not converted."""
    agent_seen_seq: int
    visitor_seen_seq: int
    active_at: Any = None
    """Set by the first message of the group: the row is to be written."""
    turned: bool = False
    """Somebody began or ceased to wait."""


@dataclass(frozen=True, slots=True)
class _Dialect:
    """One database's words for the same four statements, and its form of a time."""

    lock: str
    """Takes a JSON list of conversations' ids."""
    known: str
    """Takes a JSON list of pairs of a conversation's id and a message's ``client_id``."""
    write: Callable[[Any, list[_Thread], list[tuple[Any, ...]]], None]
    """Changes conversations and stores messages."""
    moment_in: Callable[[datetime], Any]
    moment_out: Callable[[Any], datetime | None]


def append_messages(db: Connection, new: Sequence[NewMessage]) -> list[StoredMessage | Exception]:
    """Store a group of messages: the consent is read again, duplicates are found, numbers are given.

    The conversations' rows are locked first, so that a withdrawal comes before or after, never between.

    Returns:
        For each one its stored form, or the Refusal ``closed``, ``consent_withdrawn``, ``consent_stale`` (a
        visitor who is asked again), ``restricted``, ``not_found`` or ``attachment_unknown``.
    """
    try:
        results, events = _append(db, driver_connection(db), _DIALECTS[db.dialect.name], new)
    except db.dialect.loaded_dbapi.Error as error:
        raise translated(db, error) from None
    if events:
        db.execute(insert(OUTBOX), events)
    return results


def _append(
    db: Connection, raw: Any, words: _Dialect, new: Sequence[NewMessage]
) -> tuple[list[StoredMessage | Exception], list[dict[str, Any]]]:
    threads = _locked(raw, words, sorted({item.conversation_id for item in new}))
    known = _known(raw, words, [item for item in new if item.client_id])
    results: list[StoredMessage | Exception] = []
    rows: list[tuple[Any, ...]] = []
    events: list[dict[str, Any]] = []
    for item in new:
        thread = threads.get(item.conversation_id)
        earlier = known.get((item.conversation_id, item.client_id))
        if thread is None:
            results.append(Refusal("not_found"))
        elif earlier is not None:
            carried = attachments.of_messages(db, [earlier["id"]]).get(earlier["id"]) if item.attachment_ids else None
            waiting_since_at = words.moment_out(thread.waiting_since_at)
            results.append(StoredMessage(earlier, thread.site_id, thread.rev, False, waiting_since_at, carried))
        elif (code := _refused(thread, item)) is not None:
            results.append(Refusal(code))
        elif item.attachment_ids and (carried := _carried(db, item)) is None:
            results.append(Refusal("attachment_unknown"))
        else:
            at = words.moment_in(item.at)
            message = _advance(thread, item, at)
            rows.append((*message.values(), at))
            message["stored_at"] = item.at
            if item.client_id:
                known[item.conversation_id, item.client_id] = message
            if item.event_id:
                events.append(_event(item, thread.site_id))
            waiting_since_at = words.moment_out(thread.waiting_since_at)
            stored = StoredMessage(message, thread.site_id, thread.rev, True, waiting_since_at)
            if item.attachment_ids:
                stored.attachments = carried
            results.append(stored)
    _store(raw, words, rows, threads)
    return results, events


def _refused(thread: _Thread, item: NewMessage) -> str | None:
    if not thread.may_talk:
        return "consent_withdrawn"
    if thread.state != "open":
        return "closed"
    if thread.restricted:
        return "restricted"
    return "consent_stale" if thread.must_renew and item.author_kind == "visitor" else None


def _carried(db: Connection, item: NewMessage) -> list[dict[str, Any]] | None:
    """Send what a message carries, and return the views; None, and nothing is sent, when a part of it is not there."""
    found = attachments.unsent(db, item.attachment_ids, item.conversation_id, item.author_kind, item.author_id)
    if found is not None:
        attachments.send(db, item.attachment_ids, item.id)
    return found


def _locked(raw: Any, words: _Dialect, ids: Sequence[str]) -> dict[str, _Thread]:
    return {row[0]: _Thread(*row) for row in raw.execute(words.lock, _json(ids))}


def _known(raw: Any, words: _Dialect, new: Sequence[NewMessage]) -> dict[tuple[str, str | None], dict[str, Any]]:
    if not new:
        return {}
    wanted = _json([(item.conversation_id, item.client_id) for item in new])
    known: dict[tuple[str, str | None], dict[str, Any]] = {}
    for values in raw.execute(words.known, wanted):
        row = dict(zip(_MESSAGE_COLUMNS, values, strict=True))
        row["stored_at"] = words.moment_out(row["stored_at"])
        known[row["conversation_id"], row["client_id"]] = row
    return known


def _advance(thread: _Thread, item: NewMessage, at: Any) -> dict[str, Any]:
    """Give the message its number, change the conversation by it, and return the row without its time."""
    thread.last_seq += 1
    thread.rev += 1
    thread.active_at = at
    if item.author_kind == "visitor":
        if thread.waiting_since_at is None:
            thread.waiting_since_at, thread.turned = at, True
        thread.visitor_seen_seq = thread.last_seq
    elif item.author_kind in ("agent", "bot"):
        if thread.waiting_since_at is not None:
            thread.waiting_since_at, thread.turned = None, True
        thread.agent_seen_seq = thread.last_seq
    return {
        "id": item.id,
        "conversation_id": item.conversation_id,
        "seq": thread.last_seq,
        "client_id": item.client_id,
        "author_kind": item.author_kind,
        "author_id": item.author_id,
        "author_name": item.author_name,
        "body": item.body,
    }


def _event(item: NewMessage, site_id: str) -> dict[str, Any]:
    return {
        "id": item.event_id,
        "kind": "message_stored",
        "site_id": site_id,
        "conversation_id": item.conversation_id,
        "subject": item.id,
        "detail": {},
        "created_at": item.at,
        "next_at": item.at,
        "attempts": 0,
    }


def _store(raw: Any, words: _Dialect, rows: list[tuple[Any, ...]], threads: dict[str, _Thread]) -> None:
    if not rows:
        return
    words.write(raw, [thread for thread in threads.values() if thread.active_at], rows)


def _json(values: Sequence[Any]) -> tuple[str]:
    """Return values as the one parameter of a statement; an array for each column would cost psycopg more."""
    return (orjson.dumps(values).decode(),)


def _sqlite_write(raw: Any, threads: list[_Thread], rows: list[tuple[Any, ...]]) -> None:
    cursor = raw.cursor()
    changed = [(t.last_seq, t.rev, t.active_at, t.agent_seen_seq, t.visitor_seen_seq, t.id) for t in threads]
    cursor.executemany(_SQLITE_CHANGE, changed)
    # SQLite writes an index's pages for every value that is set, also for one that stays what it was.
    turned = [(t.waiting_since_at, t.id) for t in threads if t.turned]
    if turned:
        cursor.executemany(_SQLITE_TURN, turned)
    cursor.executemany(_SQLITE_STORE, rows)
    cursor.close()


def _postgresql_write(raw: Any, threads: list[_Thread], rows: list[tuple[Any, ...]]) -> None:
    """Write everything by one statement: each one costs a way to the server and back, and as much CPU as ten rows."""
    changed = [
        (t.last_seq, t.rev, t.active_at, t.waiting_since_at, t.agent_seen_seq, t.visitor_seen_seq, t.id)
        for t in threads
    ]
    raw.execute(_POSTGRESQL_WRITE, _json(changed) + _json(rows))


_THREAD_COLUMNS: Final = (
    "id, site_id, state, may_talk, must_renew, restricted, last_seq, rev, waiting_since_at, agent_seen_seq,"
    " visitor_seen_seq"
)
_SQLITE_CHANGE = (
    "UPDATE conversation SET last_seq = ?, rev = ?, last_activity_at = ?, agent_seen_seq = ?, visitor_seen_seq = ?"
    " WHERE id = ?"
)
_SQLITE_TURN = "UPDATE conversation SET waiting_since_at = ? WHERE id = ?"
_SQLITE_STORE = f"INSERT INTO message ({', '.join(_MESSAGE_COLUMNS)}) VALUES ({', '.join('?' * len(_MESSAGE_COLUMNS))})"
# LATERAL, because a plan is made once and kept: made while the tables were small, a join would read them whole for each
# group, until PostgreSQL next looks at how large they are.
_POSTGRESQL_LOCK = (
    "SELECT c.* FROM json_array_elements_text(%s::json) AS wanted (id) CROSS JOIN LATERAL"
    f" (SELECT {_THREAD_COLUMNS} FROM conversation WHERE id = wanted.id FOR UPDATE) AS c"
)
_POSTGRESQL_KNOWN = (
    "SELECT m.* FROM json_array_elements(%s::json) AS wanted (v) CROSS JOIN LATERAL"
    f" (SELECT {', '.join(_MESSAGE_COLUMNS)} FROM message"
    " WHERE conversation_id = v->>0 AND client_id = v->>1 LIMIT 1) AS m"
)
_POSTGRESQL_WRITE = (
    "WITH changed AS ("
    "UPDATE conversation AS c SET last_seq = (v->>0)::int, rev = (v->>1)::int, last_activity_at = (v->>2)::timestamptz,"
    " waiting_since_at = (v->>3)::timestamptz, agent_seen_seq = (v->>4)::int, visitor_seen_seq = (v->>5)::int"
    " FROM json_array_elements(%s::json) AS changed (v) WHERE c.id = v->>6)"
    f" INSERT INTO message ({', '.join(_MESSAGE_COLUMNS)})"
    " SELECT v->>0, v->>1, (v->>2)::int, v->>3, v->>4, v->>5, v->>6, v->>7, (v->>8)::timestamptz"
    " FROM json_array_elements(%s::json) WITH ORDINALITY AS stored (v, place) ORDER BY place"
)


def _sqlite_moment_in(moment: datetime) -> str:
    moment = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    if not moment.microsecond:
        return moment.isoformat(" ", "microseconds")[:26]
    text = orjson.dumps(moment).decode()  # in a third of the time, with a T between day and time
    return f"{text[1:11]} {text[12:27]}"


def _sqlite_moment_out(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text + "+00:00") if text else None


_DIALECTS: Final = {
    "sqlite": _Dialect(
        lock=f"SELECT {_THREAD_COLUMNS} FROM conversation WHERE id IN (SELECT value FROM json_each(?))",
        known=f"SELECT {', '.join('m.' + name for name in _MESSAGE_COLUMNS)}"
        " FROM json_each(?) AS wanted CROSS JOIN message AS m"
        " ON m.conversation_id = json_extract(wanted.value, '$[0]')"
        " AND m.client_id = json_extract(wanted.value, '$[1]')",
        write=_sqlite_write,
        moment_in=_sqlite_moment_in,
        moment_out=_sqlite_moment_out,
    ),
    "postgresql": _Dialect(
        lock=_POSTGRESQL_LOCK,
        known=_POSTGRESQL_KNOWN,
        write=_postgresql_write,
        moment_in=lambda moment: moment,
        moment_out=lambda moment: moment and moment.astimezone(UTC),
    ),
}
