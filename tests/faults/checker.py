"""Compares what was acknowledged with what is stored and with what both sides were shown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as the database has it."""

    id: str
    conversation_id: str
    seq: int
    client_id: str | None
    author_kind: str
    body: str


@dataclass(slots=True)
class Side:
    """What one person's client sent, was promised and showed in one conversation."""

    name: str
    conversation_id: str
    sent: dict[str, str] = field(default_factory=dict)
    """Bodies by client_id, everything that was ever sent."""
    acked: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The acknowledged message by client_id."""
    refused: dict[str, str] = field(default_factory=dict)
    """The refusal's code by client_id, for what the server said no to for good."""
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Messages by id: clients drop by id."""

    def show(self, message: dict[str, Any]) -> None:
        """Note a message that came, in whatever way."""
        if message["conversation_id"] == self.conversation_id:
            self.shown[message["id"]] = message

    def hole(self) -> bool:
        """Return whether a number is missing: what a client sees by itself and asks for."""
        return len({message["seq"] for message in self.shown.values()}) < self.last_seq

    @property
    def last_seq(self) -> int:
        """Return the highest number that was shown."""
        return max((message["seq"] for message in self.shown.values()), default=0)

    @property
    def contiguous_seq(self) -> int:
        """Return up to which number nothing is missing: what a client says when it comes back."""
        seqs = {message["seq"] for message in self.shown.values()}
        reached = 0
        while reached + 1 in seqs:
            reached += 1
        return reached


@dataclass(slots=True)
class Report:
    """What was compared, and what is wrong: an empty list is well."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    """What was broken, how often."""

    def __str__(self) -> str:
        """Return what was broken and compared in one line, and what is wrong in more."""
        injected, counted = (
            ", ".join(f"{count} {name}" for name, count in sorted(counter.items()))
            for counter in (self.faults, self.counts)
        )
        return "\n".join([f"injected {injected or 'nothing'}; compared {counted}", *self.wrong])


def stored_messages(db: Connection) -> list[Stored]:
    """Return every stored message, in the order of its conversation."""
    columns = "id, conversation_id, seq, client_id, author_kind, body"
    return [
        Stored(*row) for row in db.execute(text(f"SELECT {columns} FROM message ORDER BY conversation_id, seq")).all()
    ]


def compare(stored: Sequence[Stored], sides: Iterable[Side], ended_at: dict[str, int] | None = None) -> Report:
    """Compare both sides with the database once everything has come to rest.

    Args:
        stored: every message of the database.
        sides: each client's view.
        ended_at: by conversation, the last number when its withdrawal was acknowledged: nothing may come after.
    """
    report = Report()
    threads: dict[str, list[Stored]] = {}
    for message in stored:
        threads.setdefault(message.conversation_id, []).append(message)
    for conversation_id, messages in threads.items():
        _check_thread(report, conversation_id, messages)
    for conversation_id, last_seq in (ended_at or {}).items():
        late = [message.seq for message in threads.get(conversation_id, []) if message.seq > last_seq]
        if late:
            report.wrong.append(f"{conversation_id}: stored after the withdrawal: {late}")
        report.counts["withdrawals"] += 1
    for side in sides:
        _check_side(report, side, threads.get(side.conversation_id, []))
    report.counts["stored"] = len(stored)
    return report


def _check_thread(report: Report, conversation_id: str, messages: Sequence[Stored]) -> None:
    if [message.seq for message in messages] != list(range(1, len(messages) + 1)):
        report.wrong.append(f"{conversation_id}: numbers are {[message.seq for message in messages]}")
    doubled = [name for name, count in Counter(m.client_id for m in messages if m.client_id).items() if count > 1]
    if doubled:
        report.wrong.append(f"{conversation_id}: stored twice: {doubled}")


def _check_side(report: Report, side: Side, messages: Sequence[Stored]) -> None:
    by_client = {message.client_id: message for message in messages}
    for client_id, answer in side.acked.items():
        kept = by_client.get(client_id)
        if kept is None:
            report.wrong.append(f"{side.name}: acknowledged and lost: {client_id}")
        elif (kept.id, kept.seq, kept.body) != (answer["id"], answer["seq"], side.sent[client_id]):
            report.wrong.append(f"{side.name}: acknowledged as another message: {client_id}")
    unsettled = side.sent.keys() - side.acked.keys() - side.refused.keys()
    if unsettled:
        report.wrong.append(f"{side.name}: never answered: {sorted(unsettled)}")
    order = [client_id for client_id in side.sent if client_id in side.acked]
    if order != sorted(order, key=lambda client_id: side.acked[client_id]["seq"]):
        report.wrong.append(f"{side.name}: stored in another order than sent")
    missing = {message.seq for message in messages} - {message["seq"] for message in side.shown.values()}
    if missing:
        report.wrong.append(f"{side.name}: never shown: {sorted(missing)} of {side.conversation_id}")
    for shown in side.shown.values():
        if not any(message.id == shown["id"] and message.body == shown["body"] for message in messages):
            report.wrong.append(f"{side.name}: shown and not stored: {shown['id']}")
    report.counts["acknowledged"] += len(side.acked)
    report.counts["refused"] += len(side.refused)
    report.counts["shown"] += len(side.shown)
