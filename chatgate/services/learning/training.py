"""The way of a transcript into the training store, and out of it. Unknown is no."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from chatgate import metrics
from chatgate.errors import OperatorError, Refusal
from chatgate.hooks.contexts import TrainingExportContext
from chatgate.ids import new_id
from chatgate.logs import failure, log
from chatgate.models.purposes import Purpose
from chatgate.policy import consent as consent_policy
from chatgate.policy.consent import TrainingGrant
from chatgate.policy.transcript import Transcript, TranscriptLine, with_placeholders
from chatgate.redaction import PROFILE_VERSION, redact_lines, special_categories
from chatgate.services import views
from chatgate.services.consents import covering
from chatgate.services.core import AnyRow, Core, View
from chatgate.storage.queries import attachments, conversations, messages, sites, work

CURATOR: Final = "curator"
"""Why an item was left out by a person: its conversation comes back only through a person."""


class NotScrubbedError(Exception):
    """A reader kept the bytes of a deleted item in the file; the outbox tries again."""


RETRY_AFTER: Final = timedelta(minutes=5)
"""How long an export that failed is put off."""


def export_transcript(core: Core, conversation_id: str, *, cooled_off: bool = False, approved: bool = False) -> str:
    """Route a closed conversation's transcript: into a sink with a grant, otherwise nowhere, with the reason.

    Args:
        core: the installation.
        conversation_id: the conversation.
        cooled_off: the worker found its cooling-off period over.
        approved: a person looked at a transcript that was held for a special category (GDPR Art. 9).

    Returns:
        The lineage state that it has now: ``admitted``, ``waiting``, ``skipped`` or ``none`` (open again, gone, or
        another worker is at it).

    Stores: a lineage row; with a grant, the redacted transcript in the training store, for *training*.

    Source: GDPR Art. 6(1)(a); CONSENT promises of admission.
    """
    now = core.clock.now()
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
        if row is None:
            return "none"
        earlier = work.lineages_of(db, [conversation_id]).get(conversation_id)
        record, state, _view = views.read_consent(db, row.consent_record_id, now)
    if row.state != "closed" or row.restricted:
        return "none"
    if earlier is not None and earlier.state == "admitted":
        return "admitted"
    days = int(record.retention.get(Purpose.TRAINING.value, 0))
    grant = consent_policy.training_grant(state, closed=True, retention_days=days, at=now)
    item_id = _item_id(earlier)
    if isinstance(grant, str):
        return _decide(core, row, item_id, "skipped", reason=grant)
    due_at = row.closed_at + timedelta(days=core.settings.training.cooling_off_days)
    if due_at > now and not cooled_off:
        return _decide(core, row, item_id, "waiting", reason="cooling_off", due_at=due_at)
    if row.last_seq == 0:
        return _decide(core, row, item_id, "skipped", reason="empty")
    if earlier is not None and earlier.reason == CURATOR and not approved:
        return _decide(core, row, item_id, "held", reason=CURATOR)
    unfinished = earlier is not None and earlier.state == "pending"
    if not (approved or unfinished) and (
        kinds := special_categories("\n".join(line.body for line in read_transcript(core, row).lines))
    ):
        return _decide(core, row, item_id, "held", reason=f"special:{','.join(sorted(kinds))}"[:64])
    waiting = earlier is not None and earlier.state in ("waiting", "pending")
    return _admit(core, row, item_id, grant, views.preset_of(record), waiting=waiting)


def _item_id(earlier: AnyRow | None) -> str:
    """Go on with an item that was never in the store; a re-grant after a withdrawal gets a new id."""
    if earlier is None or earlier.reason == "consent_withdrawn":
        return new_id()
    unwritten = earlier.state in ("pending", "waiting", "held", "skipped")
    return str(earlier.item_id) if unwritten else new_id()


def _admit(core: Core, row: AnyRow, item_id: str, grant: TrainingGrant, preset: str, *, waiting: bool) -> str:
    context = TrainingExportContext(
        site_id=row.site_id,
        conversation_id=row.id,
        item_id=item_id,
        locale=row.locale,
        preset=preset,
        now=grant.at,
    )
    try:
        transcript = prepared_transcript(core, row, context)
        sink_name = _route(core, context)
    except Refusal as refusal:
        if refusal.code == "middleware_error" and waiting:
            raise  # it goes on waiting
        decided = _decide(core, row, item_id, "skipped", reason=refusal.code[:64])
        if refusal.code == "middleware_error":
            # It may pass by itself: it is tried again.
            raise
        return decided
    lineage = {
        "sink": sink_name,
        "consent_event_id": grant.consent_event_id,
        "notice_sha256": grant.notice_sha256,
        "transcript_sha256": transcript.digest(),
        "redaction_profile": PROFILE_VERSION,
        "due_at": grant.at + RETRY_AFTER,  # when it is still unfinished then, the sweep goes on with it
    }
    if _decide(core, row, item_id, "pending", **lineage) != "pending":
        return "skipped"
    metadata = {
        "item_id": item_id,
        "locale": transcript.locale,
        "purpose": Purpose.TRAINING.value,
        "redaction_profile": PROFILE_VERSION,
        "expires_at": grant.expires_at.isoformat(),
        "conditional": grant.conditional,
    }
    core.sinks[sink_name].write(grant, item_id, transcript.as_messages(), metadata)
    return _confirm(core, row, item_id)


def _confirm(core: Core, row: AnyRow, item_id: str) -> str:
    """Admit what was written, if consent still allows it; otherwise it was quarantined meanwhile and is retracted."""
    now = core.clock.now()

    def job(db: Connection) -> str:
        thread = conversations.conversation(db, row.id, lock=True)
        lineage = work.lineage(db, item_id)
        if thread is None or lineage is None or lineage.state != "pending":
            return lineage.state if lineage is not None else "none"
        if not thread.may_train or thread.state != "closed":
            work.change_lineage(db, item_id, {"state": "quarantined", "reason": "consent_withdrawn", "changed_at": now})
            work.add_outbox(db, _event("training_retracted", row, item_id, now))
            return "quarantined"
        work.change_lineage(db, item_id, {"state": "admitted", "changed_at": now})
        if core.chain.watchers("on_training_exported"):
            work.add_outbox(db, _event("training_exported", row, item_id, now))
        conversations.change(db, row.id, {})
        return "admitted"

    state = core.storage.write_now(job)
    metrics.EXPORTS.add(state)
    tell(core, row.id)
    return state


def _decide(core: Core, row: AnyRow, item_id: str, state: str, **values: Any) -> str:
    """Write the lineage row, together with one last look at the consent for a state that leads inside."""
    now = core.clock.now()

    def job(db: Connection) -> str:
        thread = conversations.conversation(db, row.id, lock=True)
        if thread is None:
            return "none"
        if _overtaken(work.live_lineages(db, row.id), item_id):
            return "none"
        final, extra = state, dict(values)
        if state in ("pending", "waiting", "held") and not thread.may_train:
            final, extra = "skipped", {"reason": "consent_withdrawn"}
        known = work.lineage(db, item_id)
        if known is not None and known.state == "pending" and final != "pending":
            # It may have been written before the try failed, so leaving it out means taking it back.
            final = "quarantined"
            work.add_outbox(db, _event("training_retracted", row, item_id, now))
        changed = {"reason": None, **extra, "state": final, "changed_at": now}
        if known is None:
            base = {"item_id": item_id, "conversation_id": row.id, "created_at": now}
            work.add_lineage(db, {**base, **changed})
        else:
            work.change_lineage(db, item_id, changed)
        if final != "pending":
            conversations.change(db, row.id, {})
        return final

    result = core.storage.write_now(job)
    metrics.EXPORTS.add(result)
    if result != "pending":
        tell(core, row.id)
    return result


def _overtaken(live: Sequence[AnyRow], item_id: str) -> bool:
    """Whether another worker came first since this one looked: it made an item of the chat, or finished this one."""
    return any(found.item_id != item_id or found.state == "admitted" for found in live)


def prepared_transcript(core: Core, row: AnyRow, context: TrainingExportContext) -> Transcript:
    """Return the transcript as it may leave: checked, redacted, transformed by middlewares, redacted again.

    Raises:
        Refusal: a middleware's code, ``middleware_error``, or ``redaction_failed``: not admitted.
    """
    transcript = read_transcript(core, row)

    covers = covering(core, row.id)
    clean = redacted(transcript)
    core.chain.check("check_training_export", covers, context=context, transcript=clean)
    changed: Transcript = core.chain.transform(
        "transform_transcript", "transcript", covers, context=context, transcript=clean
    )
    return changed if changed == clean else redacted(changed)


def read_transcript(core: Core, row: AnyRow) -> Transcript:
    """Return the ordered copy of a conversation with the names that redaction must know."""
    with core.storage.read() as db:
        rows = messages.after(db, row.id, 0)
        files = attachments.by_message(attachments.of_conversation(db, row.id))
        profile = conversations.profiles(db, [row.visitor_id]).get(row.visitor_id, {})
        agents = sites.agent_names(db, [line.author_id for line in rows if line.author_kind == "agent"])
    names = [value for value in (profile.get("name"), profile.get("email")) if value]
    names += [name for name in agents.values() if name]
    lines = tuple(
        TranscriptLine(line.seq, line.author_kind, with_placeholders(line.body, len(files.get(line.id, ()))))
        for line in rows
    )
    return Transcript(row.locale, lines, tuple(names))


def redacted(transcript: Transcript) -> Transcript:
    """Return the transcript without recognised personal data.

    Raises:
        Refusal: ``redaction_failed``: what cannot be redacted is not admitted.
    """
    try:
        bodies: Sequence[str] = redact_lines(
            [line.body for line in transcript.lines], names=transcript.known_names, locale=transcript.locale
        ).lines
        return transcript.with_bodies(tuple(bodies))
    except Exception as error:
        raise Refusal("redaction_failed", error=type(error).__name__) from None


def _route(core: Core, context: TrainingExportContext) -> str:
    names = tuple(core.sinks)

    covers = covering(core, context.conversation_id)
    chosen = core.chain.choose("choose_training_route", covers, context=context, sinks=names)
    return chosen if chosen in core.sinks else names[0]


def retract_item(core: Core, item_id: str) -> None:
    """Delete an item from its sink and say so in its lineage. Repeating changes nothing."""
    with core.storage.read() as db:
        lineage = work.lineage(db, item_id)
    if lineage is None or lineage.state not in ("quarantined", "retracted"):
        return
    if lineage.sink:
        # A sink that is not configured any more is a failure: the outbox tries until the item is really gone.
        sink = core.sinks[lineage.sink]
        sink.retract(item_id)
        if not getattr(sink, "scrub", lambda: True)():
            raise NotScrubbedError
    now = core.clock.now()

    def job(db: Connection) -> None:
        work.change_lineage(db, item_id, {"state": "retracted", "changed_at": now})
        conversations.change(db, lineage.conversation_id, {})

    core.storage.write_now(job)
    metrics.RETRACTIONS.add()
    tell(core, lineage.conversation_id)


def export_due(core: Core, limit: int = 100) -> int:
    """Export transcripts whose cooling-off period is over; return how many were looked at.

    One that fails is put off and tried again, and does not keep the others waiting.
    """
    now = core.clock.now()
    with core.storage.read() as db:
        rows = work.due_lineages(db, now, limit)
    for row in rows:
        try:
            export_transcript(core, row.conversation_id, cooled_off=True)
        except Exception as error:
            log("training", "export_failed", error=error, failure=failure(error))
            put_off = {"due_at": now + RETRY_AFTER}
            core.storage.write_now(partial(work.change_lineage, item_id=row.item_id, values=put_off))
    return len(rows)


def approve_item(core: Core, item_id: str, actor: str, reason: str) -> str:
    """Admit a transcript that was held for a special category, after a person looked at it.

    Raises:
        OperatorError: no transcript is held under this id.

    Stores: an audit event with actor and reason, and the item.
    """
    with core.storage.read() as db:
        lineage = work.lineage(db, item_id)
    if lineage is None or lineage.state != "held":
        raise OperatorError(f"no transcript is held under {item_id}; see `chatgate training list --state held`", 1)
    audit = {
        "id": new_id(),
        "actor": actor,
        "action": "training_approved",
        "subject_id": item_id,
        "reason": reason,
        "at": core.clock.now(),
    }

    def job(db: Connection) -> None:
        sites.add_audit(db, audit)
        work.change_lineage(db, item_id, {"reviewed_at": audit["at"]})

    core.storage.write_now(job)
    return export_transcript(core, lineage.conversation_id, cooled_off=True, approved=True)


def item_lineage(core: Core, item_id: str) -> View:
    """Return where an item comes from: consent event, notice, digest, redaction profile, and its state.

    Raises:
        OperatorError: there is no such item.
    """
    with core.storage.read() as db:
        row = work.lineage(db, item_id)
    if row is None:
        raise OperatorError(f"there is no item {item_id}; see `chatgate training list`", 1)
    return _plain(row)


def list_items(core: Core, state: str | None) -> list[View]:
    """Return the lineage of every transcript, newest first, or of those in one state."""
    with core.storage.read() as db:
        return [_plain(row) for row in work.all_lineages(db, state)]


def _plain(row: AnyRow) -> View:
    return {name: (value.isoformat() if hasattr(value, "isoformat") else value) for name, value in row._mapping.items()}


def training_stats(core: Core) -> View:
    """Return how many transcripts are admitted, waiting, skipped, quarantined and retracted."""
    with core.storage.read() as db:
        found = work.lineage_counts(db)
    names = ("admitted", "waiting", "held", "skipped", "quarantined", "retracted", "pending")
    return {name: found.get(name, 0) for name in names}


def _event(kind: str, row: AnyRow, item_id: str, now: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": kind,
        "site_id": row.site_id,
        "conversation_id": row.id,
        "subject": item_id,
        "created_at": now,
    }


def tell(core: Core, conversation_id: str) -> None:
    """Show the agents where a conversation's transcript is now."""
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
        if row is None:
            return
        view = views.agent_conversation(core, db, row)
    core.broadcast.to_agents(view["site_id"], "conversation_changed", {"conversation": view})
