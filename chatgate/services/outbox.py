"""Delivering what happened: the core's own duties first, then each middleware, isolated and retried."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection

from chatgate import metrics
from chatgate.hooks import contexts
from chatgate.ids import new_id
from chatgate.logs import failure, log
from chatgate.services import notices, views
from chatgate.services.consents import covering, covers_now
from chatgate.services.core import AnyRow, Core, Nobody
from chatgate.services.learning import assistance, releases, training
from chatgate.storage.queries import conversations, messages, work

CLAIM_SECONDS: Final = 60
MAX_BACKOFF_SECONDS: Final = 3600
CLOCKS_DIFFER_SECONDS: Final = 60
"""So far the clocks of two workers may be apart; what lies further ahead than it is ever set is no time to wait for."""
MAX_ATTEMPTS: Final = 12
UNHEARD: Final = "middleware"
"""Noted at an event after a whole round in which some middleware failed."""
HOOKS: Final = MappingProxyType(
    {
        "session_opened": "on_session_opened",
        "message_stored": "on_message_stored",
        "conversation_closed": "on_conversation_closed",
        "consent_changed": "on_consent_changed",
        "training_exported": "on_training_exported",
        "training_retracted": "on_training_retracted",
        "suggestion_used": "on_suggestion_used",
    }
)
"""Which hook hears of which kind of event; the others are duties of the core alone."""


def deliver_due(core: Core, limit: int = 50, stopping: Callable[[], bool] = lambda: False) -> int:
    """Deliver the events that are due; return how many were taken.

    Several workers never have the same event at once, unless one holds it longer than its lease: then, and when a
    worker dies in the middle, an event is delivered again, under the same ``event_id``.
    """
    now = core.clock.now()
    until = now + timedelta(seconds=CLAIM_SECONDS)
    void = (until + timedelta(seconds=CLOCKS_DIFFER_SECONDS), _latest_retry(now))
    claimed = core.storage.write_now(lambda db: work.claim_due(db, now, until, void, limit))
    for at, event in enumerate(claimed):
        if stopping():
            rest = [left.id for left in claimed[at:]]
            core.storage.write_now(partial(work.give_back, event_ids=rest, until=until, at=now))
            break
        if _still_ours(core, event, until):
            _deliver(core, event)
    return len(claimed)


def _still_ours(core: Core, event: AnyRow, until: datetime) -> bool:
    """Return whether the lease holds; a round that took long renews it, if nobody else has the event meanwhile."""
    now = core.clock.now()
    if until - now > timedelta(seconds=CLAIM_SECONDS / 2):
        return True
    longer = now + timedelta(seconds=CLAIM_SECONDS)
    return core.storage.write_now(lambda db: work.renew(db, event.id, until, longer))


def pending(core: Core) -> int:
    """Return how many events wait."""
    with core.storage.read() as db:
        return work.pending_count(db)


def _deliver(core: Core, event: AnyRow) -> None:
    now = core.clock.now()
    try:
        _core_duty(core, event)
    except Exception as error:
        metrics.DELIVERIES.add("retried")
        _postpone(core, event, now + _backoff(event.attempts), error)
        return
    retry_at = _tell_middlewares(core, event, now)
    if event.kind == "training_retracted" and retry_at is None and not core.storage.scrub_rows("middleware_row"):
        # What a middleware forgot still lies in the database's log, and a reader is in the way of cutting it.
        retry_at = now + _backoff(event.attempts)
    metrics.DELIVERIES.add("done" if retry_at is None else "retried")
    if retry_at is None:
        core.storage.write_now(lambda db: work.finish(db, event.id, core.clock.now()))
    else:
        core.storage.write_now(lambda db: work.postpone(db, event.id, retry_at, UNHEARD))


def _core_duty(core: Core, event: AnyRow) -> None:
    if event.kind == "conversation_closed":
        training.export_transcript(core, event.conversation_id)
    elif event.kind == "message_stored" and core.chain.has("choose_reply"):
        assistance.answer_visitor(core, event.conversation_id, event.subject)
    elif event.kind == "training_retracted":
        training.retract_item(core, event.subject)
        releases.refresh_feeds(core)
    elif event.kind == "notice_published":
        notices.tell_visitors(core, event.site_id, event.subject)


def _tell_middlewares(core: Core, event: AnyRow, now: datetime) -> datetime | None:
    """Tell each middleware that has not heard yet; return when to try again, None when all are done."""
    hook = HOOKS.get(event.kind)
    names = core.chain.watchers(hook) if hook is not None else ()
    if hook is None or not names:
        return None
    with core.storage.read() as db:
        known = work.deliveries(db, event.id)
    payload = _payload(core, event)
    retries: list[datetime] = []
    for name in names:
        row = known.get(name)
        if row is not None and (row.done_at is not None or now < row.next_at <= _latest_retry(now)):
            if row.done_at is None:
                retries.append(row.next_at)
            continue
        if row is None and event.last_error_class == UNHEARD:
            continue  # heard it in the whole round before: only failures have a row of their own
        retry = _tell_one(core, event, hook, name, payload, row)
        if retry is not None:
            retries.append(retry)
    return min(retries) if retries else None


def _tell_one(
    core: Core, event: AnyRow, hook: str, name: str, payload: Callable[[], Any], row: AnyRow | None
) -> datetime | None:
    covers = covering(core, event.conversation_id)
    attempts = (row.attempts if row is not None else 0) + 1
    error_class: str | None = None
    retry: datetime | None = None
    try:
        context = payload()
        if context is not None:
            core.chain.deliver(name, hook, covers, event=context)
    except Exception as error:
        error_class = type(error).__name__
        retry = core.clock.now() + _backoff(attempts) if attempts < MAX_ATTEMPTS else None
        log("outbox", "middleware_failed", error=error, middleware=name, where=hook, failure=failure(error))
    if error_class is None and row is None:
        return None
    values = {
        "id": new_id(),
        "event_id": event.id,
        "middleware": name,
        "attempts": attempts,
        "next_at": retry or core.clock.now(),
        "done_at": None if retry else core.clock.now(),
        "last_error_class": error_class,
    }
    core.storage.write_now(lambda db: work.put_delivery(db, values))
    return retry


def _payload(core: Core, event: AnyRow) -> Callable[[], Any]:
    """Return a function that reads what the hook is told, now: rows hold ids, never text."""
    base = {"event_id": event.id, "site_id": event.site_id, "conversation_id": event.conversation_id}
    kind = event.kind
    if kind == "session_opened":
        return lambda: contexts.SessionOpened(**base, at=event.created_at)
    if kind == "message_stored":
        return lambda: _message_stored(core, event, base)
    if kind == "conversation_closed":
        return lambda: _conversation_closed(core, event, base)
    if kind == "consent_changed":
        return lambda: contexts.ConsentChangedEvent(
            **base,
            choices=MappingProxyType(
                {purpose.value: given for purpose, given in covers_now(core, event.conversation_id).choices.items()}
            ),
            at=event.created_at,
        )
    if kind == "training_exported":
        return lambda: _training_exported(core, event, base)
    if kind == "suggestion_used":
        return lambda: _suggestion_used(core, event)
    return lambda: contexts.TrainingRetracted(
        event_id=event.id,
        item_id=event.subject,
        conversation_id=event.conversation_id,
        reason=event.detail.get("reason", ""),
        at=event.created_at,
    )


def _message_stored(core: Core, event: AnyRow, base: dict[str, str]) -> contexts.MessageStored | None:
    with core.storage.read() as db:
        row = messages.message(db, event.subject)
    if row is None:
        return None
    return contexts.MessageStored(
        **base,
        message_id=row.id,
        seq=row.seq,
        author_kind=row.author_kind,
        body=row.body,
        at=row.stored_at,
        agents_online=None if isinstance(core.presence, Nobody) else core.presence.agents_online(event.site_id),
    )


def _conversation_closed(core: Core, event: AnyRow, base: dict[str, str]) -> contexts.ConversationClosed | None:
    with core.storage.read() as db:
        row = conversations.conversation(db, event.conversation_id)
    if row is None or row.state != "closed":
        return None
    return contexts.ConversationClosed(**base, reason=row.closed_reason or "", at=row.closed_at)


def _suggestion_used(core: Core, event: AnyRow) -> contexts.SuggestionUsed | None:
    """Tell what was used and not where; items that may not be read any more are left out."""
    items = event.detail["items"].split(",")
    with core.storage.read() as db:
        readable = work.readable_items(db, items)
    still = tuple(item for item in items if item in readable)
    return contexts.SuggestionUsed(event.id, event.site_id, still, event.subject) if still else None


def _training_exported(core: Core, event: AnyRow, base: dict[str, str]) -> contexts.TrainingExported | None:
    """Make the transcript again, as it was admitted; one that may not be read any more is not told."""
    with core.storage.read() as db:
        row = conversations.conversation(db, event.conversation_id)
        readable = work.readable_items(db, [event.subject])
        record_row = views.read_consent(db, row.consent_record_id, core.clock.now())[0] if row is not None else None
    if row is None or record_row is None or not readable:
        return None
    context = contexts.TrainingExportContext(
        site_id=row.site_id,
        conversation_id=row.id,
        item_id=event.subject,
        locale=row.locale,
        preset=views.preset_of(record_row),
        now=core.clock.now(),
    )
    transcript = training.prepared_transcript(core, row, context)
    return contexts.TrainingExported(**base, item_id=event.subject, transcript=transcript, at=event.created_at)


def _postpone(core: Core, event: AnyRow, until: datetime, error: Exception) -> None:
    log("outbox", "delivery_failed", error=error, kind=event.kind, failure=failure(error))

    def job(db: Connection) -> None:
        work.postpone(db, event.id, until, type(error).__name__)

    core.storage.write_now(job)


def _latest_retry(now: datetime) -> datetime:
    """Return the latest time at which anything that failed may be due: a later one is from a clock that was ahead."""
    return now + timedelta(seconds=MAX_BACKOFF_SECONDS + CLOCKS_DIFFER_SECONDS)


def _backoff(attempts: int) -> timedelta:
    """Return how long to wait: 2 s, 4 s, 8 s, ... at most an hour."""
    return timedelta(seconds=min(3600, 2 ** min(attempts, 12)))
