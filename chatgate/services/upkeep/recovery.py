"""Making a database that an older copy replaced as true as it can be, before anything is served. Source: ER3.

What was erased since is erased again, what was withdrawn since is withdrawn again. Runs at every start; with nothing
to do it compares two lists.
"""

from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from chatgate.config import Settings
from chatgate.errors import OperatorError
from chatgate.ids import new_id
from chatgate.logs import log
from chatgate.services import views
from chatgate.services.consents import ChangeRequest, change_consent
from chatgate.services.core import Core, View
from chatgate.services.rights import erasure, outside, subjects
from chatgate.storage.files.outside_files import Withdrawal, withdrawal_mac
from chatgate.storage.queries import conversations, sites, work

MARKER: Final = "restore-unfinished"
ACTOR: Final = "system"
REASON: Final = "withdrawn before; an older copy of the database was put back"
LOST: Final = "not_in_backup"


def marker_path(settings: Settings) -> Path:
    """Return the file that is there while a restore is under way: nothing else opens the installation meanwhile."""
    return settings.data_dir / MARKER


def refuse_unfinished(settings: Settings) -> None:
    """Refuse to open an installation in the middle of a restore.

    Raises:
        OperatorError: a restore stopped half-way.
    """
    if marker_path(settings).exists():
        raise OperatorError(
            f"a restore into {settings.data_dir} did not end; run `chatgate restore FILE --replace` again, to its end"
        )


def apply_outside(core: Core) -> View:
    """Apply both lists; return how many conversations were erased, withdrawn and restricted again.

    Raises:
        OperatorError: something could not be erased; serving would show what was erased.
    """
    erased = erasure.reapply(core)
    noted = outside.withdrawn_since(core)
    withdrawn = restricted = 0
    if noted:
        with core.storage.read() as db:
            ids = conversations.all_ids(db)
        for name in ids:
            for entry in noted.get(withdrawal_mac(core.erasure_key, name), ()):
                if entry.what[0] == outside.RESTRICTED:
                    restricted += _restrict(core, name, entry)
                else:
                    withdrawn += _withdraw(core, name, entry)
    core.lists_applied = True
    done = {"erased": erased, "withdrawn": withdrawn, "restricted": restricted}
    if any(done.values()):
        log("recovery", "restored", erased=erased, withdrawn=withdrawn, restricted=restricted)
    return done


def after_restore(core: Core) -> View:
    """Do what a restored copy needs once: both lists, one state in both databases, and no old sign-in.

    Returns:
        ``{erased, withdrawn, restricted, training_removed, training_exported_again, sign_ins_ended}``.
    """
    done = apply_outside(core)
    removed, again = reconcile_training(core)
    ended = core.storage.write_now(sites.end_all_sign_ins)
    for sink in core.sinks.values():
        getattr(sink, "scrub", lambda: True)()
    core.storage.scrub()
    return {**done, "training_removed": removed, "training_exported_again": again, "sign_ins_ended": ended}


def reconcile_training(core: Core) -> tuple[int, int]:
    """Take out of the training database what the main one does not admit, and export anew what it lacks.

    Returns:
        How many items were removed, and how many transcripts are exported again under the consent of now.
    """
    sink = core.sinks["database"]
    stored = set(sink.item_ids())  # type: ignore[attr-defined]
    with core.storage.read() as db:
        admitted = work.admitted_in(db, "database")
    for item_id in sorted(stored - set(admitted)):
        sink.retract(item_id)
    lost = {item_id: admitted[item_id] for item_id in sorted(set(admitted) - stored)}
    for item_id, conversation_id in lost.items():
        core.storage.write_now(partial(_export_again, core, item_id=item_id, conversation_id=conversation_id))
    return len(stored - set(admitted)), len(lost)


def _export_again(core: Core, db: Connection, item_id: str, conversation_id: str) -> None:
    now = core.clock.now()
    work.change_lineage(db, item_id, {"state": "retracted", "reason": LOST, "changed_at": now})
    row = conversations.conversation(db, conversation_id)
    if row is not None and row.state == "closed":
        event = {"id": new_id(), "kind": "conversation_closed", "site_id": row.site_id, "created_at": now}
        work.add_outbox(db, {**event, "conversation_id": conversation_id})


def _withdraw(core: Core, conversation_id: str, entry: Withdrawal) -> int:
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id, proof=True)
        if row is None:
            return 0
        state = views.read_state(db, row.consent_record_id, core.clock.now())[2]
    choices: dict[str, bool] = {
        purpose.value: False
        for purpose, yes in state.given_by.items()
        if purpose.value in entry.what and outside.is_later(entry, yes.event_at, yes.number)
    }
    if choices:
        change_consent(core, conversation_id, ChangeRequest(choices, actor=ACTOR, reason=REASON))
    return bool(choices)


def _restrict(core: Core, conversation_id: str, entry: Withdrawal) -> int:
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id, proof=True)
    if row is None or row.restricted:
        return 0
    actor = "visitor" if entry.what[1:] == ("visitor",) else "operator"
    subjects.ask(core, conversation_id, "restriction", actor=actor, reason=None if actor == "visitor" else REASON)
    return 1
