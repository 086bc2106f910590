"""Erasing a conversation with everything derived from it, down to the bytes of the files. Source: GDPR Art. 17.

The order is what makes it safe to stop anywhere: first nobody may read or add anything, then the copies outside of the
main database go, then the tombstone is written outside, then all rows and the tombstone in the ledger change together,
and at last the files are scrubbed. Every step may be repeated.
"""

from functools import partial
from typing import Any

from sqlalchemy import Connection

from chatgate import metrics
from chatgate.errors import OperatorError
from chatgate.hooks.contexts import TrainingRetracted
from chatgate.ids import new_id
from chatgate.logs import failure, log
from chatgate.models.purposes import Purpose
from chatgate.policy.canonical import utc_text
from chatgate.policy.evidence.ledger import tombstone_leaf
from chatgate.services.consents import quarantine, take_out
from chatgate.services.core import AnyRow, Core
from chatgate.services.rights.outside import missing_tombstones, tombstone_path
from chatgate.services.upkeep.backup import forgettable
from chatgate.storage import subject_rows
from chatgate.storage.files.outside_files import add_tombstones, tombstone_mac
from chatgate.storage.queries import consents, conversations, desk, ledger, rights, work
from chatgate.storage.subject_rows import Subject

REASON = "erased"
RETENTION = "retention"
"""Who erases when the days of a notice are over; nobody asked."""
TRANSCRIPT_GONE = "transcript_erased"


def erase_conversation(core: Core, conversation_id: str, request_id: str) -> str:
    """Erase a conversation for a stored request; return the request's state after it.

    Returns:
        ``done``: nothing is left in any file; ``deleted``: the rows are gone, and a reader was in the way of the files;
        ``received``: a copy outside could not be erased yet, and nobody may read it meanwhile. The worker goes on.

    Stores: a tombstone with its ledger leaf; what the request was about is forgotten.
    """
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id, proof=True)
    if row is not None:
        _stop(core, row)
        if not _erase_copies(core, conversation_id):
            return "received"
        mac = tombstone_mac(core.erasure_key, conversation_id)
        add_tombstones(tombstone_path(core.settings), [mac])
        core.storage.write_now(lambda db: _erase_rows(core, db, row, mac, request_id))
        metrics.ERASURES.add()
        _tell_gone(core, row)
    else:
        _set_state(core, request_id, "deleted")
    return scrub(core, request_id)


def scrub(core: Core, request_id: str) -> str:
    """Take the remains out of every file; return ``done``, or ``deleted`` when something was in the way."""
    _forget_upgrade_copies(core)
    parts = [core.storage.scrub, *[store.scrub for store in core.subject_data]]
    parts += [getattr(sink, "scrub", lambda: True) for sink in core.sinks.values()]
    clean = [part() for part in parts]
    if not all(clean):
        return "deleted"
    _set_state(core, request_id, "done")
    # The state itself went through the log: leave that behind too.
    core.storage.scrub()
    return "done"


def go_on(core: Core) -> int:
    """Go on with erasures that could not end at once; return how many are still not done (for the worker)."""
    with core.storage.read() as db:
        open_requests = rights.in_state(db, "erasure", ("received", "deleted"))
    states = []
    for request in open_requests:
        if request.conversation_id is None:
            states.append(scrub(core, request.id))
        else:
            states.append(erase_conversation(core, request.conversation_id, request.id))
    return sum(state != "done" for state in states)


def conversations_to_erase(core: Core) -> list[str]:
    """Return the conversations that were erased before an older copy of the database brought them back."""
    missing = missing_tombstones(core)
    if not missing:
        return []
    with core.storage.read() as db:
        ids = conversations.all_ids(db)
    return [name for name in ids if tombstone_mac(core.erasure_key, name) in missing]


def reapply(core: Core) -> int:
    """Erase again what an older copy of the database brought back, before anything is served; return how many.

    Raises:
        OperatorError: something could not be erased; serving would show what was erased.
    """
    names = conversations_to_erase(core)
    for name in names:
        request_id, now = new_id(), core.clock.now()
        with core.storage.read() as db:
            row = conversations.conversation(db, name, proof=True)
        assert row is not None
        values = {
            "id": request_id,
            "site_id": row.site_id,
            "kind": "erasure",
            "state": "received",
            "conversation_id": name,
            "actor": "operator",
            "reason": None,
            "detail": {},
            "received_at": now,
            "due_at": now,
        }
        core.storage.write_now(partial(rights.add_request, values=values))
        if erase_conversation(core, name, request_id) == "received":
            raise OperatorError(
                "an older copy of the database was put back, and an erased chat in it cannot be erased again yet: "
                "a sink or a middleware fails; see the log, then start again",
                1,
            )
    return len(names)


def _stop(core: Core, row: AnyRow) -> None:
    """End the session and make every training copy unreadable, before anything is deleted."""
    now = core.clock.now()

    def job(db: Connection) -> None:
        thread = conversations.conversation(db, row.id, lock=True, proof=True)
        if thread is None:
            return
        ended = {"closed_at": thread.closed_at or now, "closed_reason": REASON}
        if thread.state == "open":
            ended["state"] = "closed"
        conversations.change(db, row.id, {**ended, "may_talk": False, "may_train": False, "waiting_since_at": None})
        quarantine(db, thread, REASON, now)

    core.storage.write_now(job)


def _erase_copies(core: Core, conversation_id: str) -> bool:
    """Erase what sinks and middlewares keep; return whether all of it is gone."""
    with core.storage.read() as db:
        items = work.all_lineages_of(db, conversation_id)
    gone = [_isolated(store.name, lambda store=store: store.erase(conversation_id)) for store in core.subject_data]
    for item in items:
        sink = core.sinks.get(item.sink or "")
        if sink is not None:
            gone.append(_isolated(sink.name, lambda sink=sink, item=item: sink.retract(item.item_id)))
            gone += [
                _isolated(name, lambda name=name, item=item: _forget(core, name, item)) for name in _watchers(core)
            ]
    return all(gone)


def erase_transcript(core: Core, conversation_id: str) -> bool:
    """Erase a closed conversation but for the proof of its consent, and its training copy if there is one.

    Messages, files, notes, profile and whatever else lives as long as the conversation go, with what middlewares keep
    for it. The record stays with its events, its receipt's capability and its place in the ledger, for the privacy
    role; for everybody else the conversation is gone. Files are not scrubbed yet: :func:`scrub_transcripts`.

    Returns:
        False: a copy outside could not be erased yet, or the conversation is not closed any more; ask again.

    Source: GDPR Art. 5(1)(e), 7(1).
    """
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
    stores = [store for store in core.subject_data if getattr(store, "purpose", None) is not Purpose.TRAINING]
    if row is None or row.state != "closed" or row.restricted:
        return False
    if not all(_isolated(store.name, lambda store=store: store.erase(conversation_id)) for store in stores):
        return False
    gone = core.storage.write_now(partial(_erase_transcript_rows, core, conversation_id=conversation_id))
    if gone:
        _tell_gone(core, row)
    return gone


def _erase_transcript_rows(core: Core, db: Connection, conversation_id: str) -> bool:
    now = core.clock.now()
    row = conversations.conversation(db, conversation_id, lock=True)
    if row is None or row.state != "closed" or row.restricted:
        return False
    for lineage in work.live_lineages(db, row.id):
        if lineage.state != "admitted":
            take_out(db, row, lineage, TRANSCRIPT_GONE, now)
    subject_rows.erase_transcript(db, Subject(row.id, row.visitor_id, row.consent_record_id))
    desk.forget_unused_tags(db)
    empty = {"last_seq": 0, "agent_seen_seq": 0, "visitor_seen_seq": 0, "waiting_since_at": None}
    unnamed = {"assigned_agent_id": None, "closed_reason": None, "last_activity_at": row.closed_at}
    proof = {"state": conversations.PROOF, "must_renew": False, "transcript_erased_at": now}
    conversations.change(db, row.id, {**empty, **unnamed, **proof})
    return True


def scrub_transcripts(core: Core) -> None:
    """Take what :func:`erase_transcript` left out of every file, now or, when a reader is in the way, by the worker.

    Stores: a request of the shop's own, until that is done.
    """
    request_id, now = new_id(), core.clock.now()
    values: dict[str, Any] = {
        "id": request_id,
        "site_id": "",
        "kind": "erasure",
        "state": "deleted",
        "conversation_id": None,
    }
    values |= {"actor": RETENTION, "reason": None, "detail": {}, "received_at": now, "due_at": now}
    core.storage.write_now(partial(rights.add_request, values=values))
    scrub(core, request_id)


def _tell_gone(core: Core, row: AnyRow) -> None:
    if row.state != conversations.PROOF:
        core.broadcast.end_session(row.id, REASON)
        core.broadcast.to_agents(row.site_id, "conversation_erased", {"conversation_id": row.id})


def _watchers(core: Core) -> tuple[str, ...]:
    return core.chain.watchers("on_training_retracted")


def _forget(core: Core, middleware: str, item: AnyRow) -> None:
    event = TrainingRetracted(item.item_id, item.item_id, item.conversation_id, REASON, core.clock.now())

    def covers(_purposes: frozenset[Purpose]) -> bool:
        return False

    core.chain.deliver(middleware, "on_training_retracted", covers, event=event)


def _isolated(name: str, erase: Any) -> bool:
    try:
        erase()
    except Exception as error:
        log("erasure", "erasure_waits", error=error, name=name, failure=failure(error))
        return False
    return True


def _erase_rows(core: Core, db: Connection, row: AnyRow, mac: str, request_id: str) -> None:
    if conversations.conversation(db, row.id, lock=True, proof=True) is None:
        return
    events = consents.events(db, row.consent_record_id)
    stone: dict[str, Any] = {
        "kind": "erasure",
        "seqs": [event.ledger_seq for event in events],
        "tombstone": mac,
        "erased_at": utc_text(core.clock.now()),
    }
    rights.change_request(db, request_id, {"state": "deleted", "conversation_id": None, "reason": None, "detail": {}})
    subject = Subject(row.id, row.visitor_id, row.consent_record_id)
    subject_rows.erase(db, subject, [row.consent_record_id, *[event.id for event in events]], mac[:64])
    desk.forget_unused_tags(db)
    if ledger.tombstone(db, mac) is None:
        seq = ledger.append_leaf(db, tombstone_leaf(stone))
        values = {"ledger_seq": seq, "mac": mac, "seqs": stone["seqs"], "erased_at": stone["erased_at"]}
        ledger.add_tombstone(db, values)


def _forget_upgrade_copies(core: Core) -> None:
    """Delete copies of the database that an upgrade left behind: erased means out of every file of ours."""
    for path in forgettable(core.settings):
        path.unlink(missing_ok=True)


def _set_state(core: Core, request_id: str, state: str) -> None:
    now = core.clock.now()
    values: dict[str, Any] = {"state": state, "done_at": now if state == "done" else None}
    core.storage.write_now(lambda db: rights.change_request(db, request_id, values))
