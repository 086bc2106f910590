"""Consent that ends by itself: a purpose whose time is over becomes a no, as an event of its own."""

from functools import partial

from sqlalchemy import Connection

from chatgate.services import views
from chatgate.services.consents import ChangeRequest, add_event, follow, tell
from chatgate.services.core import Core
from chatgate.storage.queries import consents, conversations

SYSTEM = "system"
REASON = "consent_expired"


def expire_due(core: Core, limit: int = 200) -> int:
    """Write an ``expired`` event for every given purpose whose time is over; return how many conversations changed.

    Expired is not covered from that moment on, with or without this: readers compare the time themselves. The event
    tells it to the ledger, to the visitor and to the training store.

    Stores: a consent event with its leaf, and in the same transaction what follows from it.

    Source: EDPB Guidelines 05/2020, paragraph 110.
    """
    now = core.clock.now()
    with core.storage.read() as db:
        due = consents.ending(db, now, limit)
    changed = 0
    for conversation_id in due:
        choices = core.storage.write_now(partial(_expire, core, conversation_id))
        if choices:
            tell(core, conversation_id, ChangeRequest(choices, actor=SYSTEM), REASON)
            changed += 1
    return changed


def _expire(core: Core, conversation_id: str, db: Connection) -> dict[str, bool]:
    now = core.clock.now()
    row = conversations.conversation(db, conversation_id, lock=True, proof=True)
    if row is None:
        return {}
    record, events, state = views.read_state(db, row.consent_record_id, now)
    choices = {purpose.value: False for purpose in sorted(state.expired)}
    if not choices:
        conversations.change(db, row.id, {"consent_ends_at": state.ends_at})
        return {}
    after, event_id = add_event(
        db,
        record,
        events,
        kind="expired",
        choices=choices,
        notice_sha256=events[-1].notice_sha256,
        request=ChangeRequest(choices, actor=SYSTEM),
        at=now,
    )
    follow(db, row, after, event_id, now, must_renew=row.must_renew, reason=REASON)
    return choices
