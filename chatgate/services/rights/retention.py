"""Deleting what outlived its time: what the notice promised happens by itself. Source: GDPR Art. 5(1)(e), 17(1).

A chat goes first. The proof of its consent stays for the days that the notice names for it, and as long as there is a
training copy, which lives by its own clause; then it goes too, and a tombstone stays.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.models.purposes import Purpose
from chatgate.services.core import AnyRow, Core, View, iso
from chatgate.services.rights import erasure, subjects
from chatgate.storage.queries import consents, conversations, work


def due(core: Core, limit: int = 10_000) -> list[View]:
    """Return what outlived its days: those that its notice names, or for a chat after a withdrawal fewer.

    What nobody agrees to any more has no basis left to be kept on; ``consent.withdrawn_days`` are for what must still
    be settled. A restricted conversation (GDPR Art. 18, or held for a legal claim) is left out: it is storage only.

    Returns:
        ``{conversation_id, closed_at, retention_days, erases}`` for each. ``erases`` is ``chat`` (the proof of consent
        stays), ``proof``, or ``all``, where the notice keeps no proof beyond the chat and there is no training copy.
    """
    with core.storage.read() as db:
        return [*_chats(core, db, limit), *_proofs(core, db, limit)]


def _chats(core: Core, db: Connection, limit: int) -> list[View]:
    now, left = core.clock.now(), core.settings.consent.withdrawn_days
    rows = conversations.closed_with_retention(db, now - timedelta(days=1), limit)
    withdrawn = conversations.without_consent(db, now - timedelta(days=left), limit)
    days_of = {row.id: left for row in withdrawn}
    for row in rows:
        # The one-box form has no clause for support: its only clause says how long the chat is kept.
        days = int(row.retention.get(Purpose.SUPPORT.value) or row.retention.get(Purpose.TRAINING.value, 0))
        if days and row.id not in days_of and row.closed_at + timedelta(days=days) <= now:
            days_of[row.id] = days
    found = {row.id: row for row in (*rows, *withdrawn)}
    copied = work.copied(db, list(days_of))
    return [
        _due(found[name], days, "chat" if name in copied or _proof_days(db, name) else "all")
        for name, days in days_of.items()
    ]


def _proof_days(db: Connection, conversation_id: str) -> int:
    notice = consents.last_told(db, conversation_id)
    return int(notice.content.get("consent_proof_days", 0)) if notice is not None else 0


def _proofs(core: Core, db: Connection, limit: int) -> list[View]:
    by_days: dict[int, list[str]] = defaultdict(list)
    for notice in consents.all_notices(db):
        by_days[int(notice.content.get("consent_proof_days", 0))].append(notice.sha256)
    return [
        _due(row, days, "proof")
        for days, hashes in sorted(by_days.items())
        for row in conversations.proofs_over(db, hashes, _days_ago(core, days), limit)
    ]


def _days_ago(core: Core, days: int) -> datetime:
    return core.clock.now() - timedelta(days=days)


def _due(row: AnyRow, days: int, erases: str) -> View:
    return {"conversation_id": row.id, "closed_at": iso(row.closed_at), "retention_days": days, "erases": erases}


def sweep(core: Core) -> int:
    """Erase what is due; return how many conversations, or proofs of one, went.

    A second run does nothing. One that cannot be erased yet is gone on with by the worker.

    Stores: for each that goes for good an erasure request of its own with its tombstone.
    """
    found = due(core)
    chats = [erasure.erase_transcript(core, item["conversation_id"]) for item in found if item["erases"] == "chat"]
    if any(chats):
        erasure.scrub_transcripts(core)
    return sum(chats) + _erase_for_good(core, [item for item in found if item["erases"] != "chat"])


def _erase_for_good(core: Core, items: Sequence[View]) -> int:
    count = 0
    for item in items:
        try:
            subjects.ask(core, item["conversation_id"], "erasure", actor=erasure.RETENTION, reason="retention")
        except Refusal as refusal:
            if refusal.code not in ("restricted", "not_found"):
                raise
            continue
        count += 1
    return count
