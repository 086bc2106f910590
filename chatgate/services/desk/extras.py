"""What the inbox shows of conversations beside their row: tags, reason of closing, read marks, notes, blocks."""

from collections.abc import Sequence

from sqlalchemy import Connection

from chatgate.services.core import AnyRow, View, iso
from chatgate.storage.queries import inbox


def with_extras(db: Connection, rows: Sequence[AnyRow], shown: Sequence[View], agent_id: str | None) -> list[View]:
    """Return the views of these rows with what belongs to them; ``my_seen_seq`` is null for a broadcast.

    Args:
        db: an open read.
        rows: conversations.
        shown: their views, in the same order.
        agent_id: who asks; None for what goes to every agent.
    """
    extras = inbox.extras(db, rows, agent_id)
    return [
        {
            **view,
            "tags": extras.tags.get(row.id, []),
            "resolution": extras.resolutions.get(row.id),
            "my_seen_seq": extras.seen.get(row.id, 0) if agent_id else None,
            "note_count": extras.notes.get(row.id, 0),
            "blocked": row.visitor_id in extras.blocked,
            "rating": _rating(extras.ratings.get(row.id)),
        }
        for row, view in zip(rows, shown, strict=True)
    ]


def _rating(row: AnyRow | None) -> View | None:
    return None if row is None else {"score": row.score, "comment": row.comment, "rated_at": iso(row.rated_at)}
