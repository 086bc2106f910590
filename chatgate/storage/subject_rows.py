"""Where the database keeps rows of one conversation: derived from the tables' keys, so that none is forgotten."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Table, delete, insert, or_, select, update

from chatgate.models.purposes import Purpose
from chatgate.models.tables import METADATA

ROOTS: Final = ("conversation", "visitor", "consent_record")
"""A conversation, the visitor whose it is, and the record that opened it: one of each."""
BLANKED: Final[Mapping[str, Mapping[str, str | None]]] = {
    # The hashes of a used display token stay until its life is over: without them it would open a session again.
    "spent_display_token": {"conversation_id": ""},
    "subject_request": {"conversation_id": None, "reason": None},
}
"""Tables whose rows stay, without what leads to a person."""
AUDIT: Final = "audit_event"
OUTBOX: Final = METADATA.tables["outbox_event"]
DELIVERY: Final = METADATA.tables["outbox_delivery"]
KEPT: Final = METADATA.tables["middleware_row"]
HIDDEN_CATEGORIES: Final = frozenset({"secret"})
HIDDEN_COLUMNS: Final = frozenset({"author_id", "author_name", "agent_id", "salt", "assigned_agent_id"})
"""Never in an export: secrets, and who of the shop's people did it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The ids under which one conversation is stored."""

    conversation_id: str
    visitor_id: str
    record_id: str

    def of(self, root: str) -> str:
        """Return the id of a root table's row."""
        return {"conversation": self.conversation_id, "visitor": self.visitor_id}.get(root, self.record_id)


def subject_tables() -> list[Table]:
    """Return every table that has rows of a conversation, children before their parents."""
    return [table for table in reversed(METADATA.sorted_tables) if _links(table)]


def _links(table: Table) -> list[tuple[str, str]]:
    """Return the columns by which a table's rows belong to a conversation, each with the table that it refers to."""
    links = [("id", table.name)] if table.name in ROOTS else []
    for column in table.columns:
        named = "conversation" if column.name == "conversation_id" else None
        parents = [key.column.table for key in column.foreign_keys]
        referred = next((parent.name for parent in parents if parent.name in ROOTS or _links(parent)), named)
        if referred is not None and table.name not in ROOTS:
            links.append((column.name, referred))
    return links


def rows_of(table: Table, subject: Subject) -> ColumnElement[bool]:
    """Return the condition that selects a subject's rows of a table."""
    conditions: list[ColumnElement[bool]] = []
    for name, referred in _links(table):
        if referred in ROOTS:
            conditions.append(table.c[name] == subject.of(referred))
            continue
        parent = METADATA.tables[referred]
        key = next(iter(table.c[name].foreign_keys)).column
        conditions.append(table.c[name].in_(select(key).where(rows_of(parent, subject))))
    return or_(*conditions)


def erase(db: Connection, subject: Subject, evidence: Sequence[str], stand_in: str) -> dict[str, int]:
    """Delete every row of a subject; return how many of each table.

    Args:
        db: the writing transaction.
        subject: whose rows.
        evidence: ids of append-only rows (record and events) that may be deleted in this transaction.
        stand_in: what the audit trail names instead of the conversation.
    """
    permit, audit = METADATA.tables["erasure_permit"], METADATA.tables[AUDIT]
    db.execute(insert(permit), [{"row_id": name} for name in evidence])
    gone: dict[str, int] = {}
    for table in subject_tables():
        where = rows_of(table, subject)
        if table.name in BLANKED:
            db.execute(update(table).where(where).values(dict(BLANKED[table.name])))
            continue
        gone[table.name] = db.execute(delete(table).where(where)).rowcount
    named = (subject.conversation_id, subject.visitor_id, subject.record_id)
    db.execute(update(audit).where(audit.c.subject_id.in_(named)).values(subject_id=stand_in))
    db.execute(delete(permit))
    return gone


def erase_transcript(db: Connection, subject: Subject) -> None:
    """Delete the rows of a subject that live as long as the conversation; what proves its consent stays.

    Which tables those are follows from the retention of their columns. The conversation and its visitor stay too, as
    ids between the proof and the requests and training copies that it is about.
    """
    done = select(OUTBOX.c.id).where(OUTBOX.c.conversation_id == subject.conversation_id, OUTBOX.c.done_at.is_not(None))
    db.execute(delete(DELIVERY).where(DELIVERY.c.event_id.in_(done)))
    for table in subject_tables():
        if table.name not in ROOTS and goes_with_transcript(table):
            db.execute(delete(table).where(rows_of(table, subject), *_only(table)))


def goes_with_transcript(table: Table) -> bool:
    """Whether a table's rows live as long as the conversation."""
    return any(column.info.get("retention") == "conversation" for column in table.columns)


def _only(table: Table) -> list[ColumnElement[bool]]:
    """Return which rows go of a table whose rows do not all: retractions to come, and what is kept for a copy."""
    if table is OUTBOX:
        return [OUTBOX.c.done_at.is_not(None)]
    return [KEPT.c.purpose != Purpose.TRAINING.value] if table is KEPT else []


def export(
    db: Connection, subject: Subject, left_out: Sequence[str] = ()
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Return a subject's rows table by table, without secrets and without other people's data.

    Args:
        db: an open read.
        subject: whose rows.
        left_out: names of tables that whoever asks reads another way.
    """
    for table in reversed(subject_tables()):
        if table.name in left_out:
            continue
        shown = [column for column in table.columns if not _hidden(column)]
        rows = db.execute(select(*shown).where(rows_of(table, subject))).all()
        yield table.name, [row._asdict() for row in rows]


def shown(table: Table, row: Row[Any]) -> dict[str, Any]:
    """Return a row of a table as an export has it."""
    return {column.name: getattr(row, column.name) for column in table.columns if not _hidden(column)}


def _hidden(column: Any) -> bool:
    return column.name in HIDDEN_COLUMNS or column.info.get("category") in HIDDEN_CATEGORIES
