"""Telling this process's sockets what another process did, by the database: when the line between them was away."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from chatgate.services import views
from chatgate.services.core import AnyRow, Broadcaster, Core, iso_or_none
from chatgate.storage.queries import conversations, messages


@dataclass(slots=True)
class CatchUp:
    """What was seen of the conversations that matter here, so that the next look finds what changed.

    Everything may be told twice: clients take messages by id and objects by rev.
    """

    core: Core
    here: Broadcaster
    since: datetime
    """What changed before needs no telling; a first look takes everything after."""
    _known: dict[str, tuple[int, int]] = field(default_factory=dict)

    def tell_changed(self, conversation_ids: Collection[str], site_ids: Collection[str]) -> int:
        """Look once; return how many conversations had changed.

        Args:
            conversation_ids: whose visitors have a socket here, or which are open in an inbox here.
            site_ids: whose inboxes are open here.
        """
        with self.core.storage.read() as db:
            rows = conversations.watched(db, conversation_ids, site_ids, self.since)
        changed = 0
        for row in rows:
            known = self._known.get(row.id)
            self._known[row.id] = (row.rev, row.last_seq)
            if known is None:
                if max(row.last_activity_at, row.closed_at or row.last_activity_at) < self.since:
                    continue
            elif known[0] == row.rev:
                continue
            self._tell(row, None if known is None else known[1])
            changed += 1
        return changed

    def _tell(self, row: AnyRow, after_seq: int | None) -> None:
        with self.core.storage.read() as db:
            if after_seq is None:
                missed = [one for one in messages.after(db, row.id, row.last_seq - 50) if one.stored_at >= self.since]
            else:
                missed = list(messages.after(db, row.id, after_seq))
            missed_views = views.message_views(db, missed)
            for_agents = views.agent_conversation(self.core, db, row)
            for_visitor = views.visitor_conversation(db, row)
            consent = views.read_consent(db, row.consent_record_id, self.core.clock.now())[2]
        waiting = iso_or_none(row.waiting_since_at)
        for view in missed_views:
            event = {"message": view, "rev": row.rev, "waiting_since": waiting}
            self.here.to_both(row.site_id, row.id, "message_stored", event)
        self.here.to_both(row.site_id, row.id, "consent_changed", {"conversation_id": row.id, "consent": consent})
        self.here.to_agents(row.site_id, "conversation_changed", {"conversation": for_agents})
        self.here.to_visitor(row.id, "conversation_changed", {"conversation": for_visitor})
        if row.state == "closed":
            self.here.end_session(row.id, row.closed_reason or "agent")
