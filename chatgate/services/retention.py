"""Deleting chats whose time is over: what the notice promised happens by itself. Source: GDPR Art. 5(1)(e), 17(1)."""

from datetime import timedelta

from chatgate.errors import Refusal
from chatgate.models.purposes import Purpose
from chatgate.services import subjects
from chatgate.services.core import AnyRow, Core, View, iso
from chatgate.storage.queries import conversations

ACTOR = "retention"


def due(core: Core, limit: int = 10_000) -> list[View]:
    """Return closed conversations that outlived their days: those that their notice names, or after a withdrawal fewer.

    What nobody agrees to any more has no basis left to be kept on; ``consent.withdrawn_days`` are for what must still
    be settled. A restricted conversation (GDPR Art. 18, or held for a legal claim) is left out: it is storage only.

    Returns:
        ``{conversation_id, closed_at, retention_days}`` for each.
    """
    now = core.clock.now()
    with core.storage.read() as db:
        rows = conversations.closed_with_retention(db, now - timedelta(days=1), limit)
        left = core.settings.consent.withdrawn_days
        withdrawn = conversations.without_consent(db, now - timedelta(days=left), limit)
    found = [_due(row, left) for row in withdrawn]
    seen = {row.id for row in withdrawn}
    for row in rows:
        # The one-box form has no clause for support: its only clause says how long the chat is kept.
        days = int(row.retention.get(Purpose.SUPPORT.value) or row.retention.get(Purpose.TRAINING.value, 0))
        if days and row.id not in seen and row.closed_at + timedelta(days=days) <= now:
            found.append(_due(row, days))
    return found


def _due(row: AnyRow, days: int) -> View:
    return {"conversation_id": row.id, "closed_at": iso(row.closed_at), "retention_days": days}


def sweep(core: Core) -> int:
    """Erase what is due, with everything derived from it; return how many conversations went.

    A second run does nothing. One that cannot be erased yet is gone on with by the worker.

    Stores: for each an erasure request of its own with its tombstone.
    """
    count = 0
    for item in due(core):
        try:
            subjects.ask(core, item["conversation_id"], "erasure", actor=ACTOR, reason="retention")
        except Refusal as refusal:
            if refusal.code not in ("restricted", "not_found"):
                raise
            continue
        count += 1
    return count
