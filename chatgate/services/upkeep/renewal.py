"""Going on without a key that is lost for good: deliberately, with what is given up said first."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from chatgate.config import Settings
from chatgate.errors import OperatorError
from chatgate.policy.signing import key_id
from chatgate.services.accounts import audit
from chatgate.services.core import Core, View, iso
from chatgate.services.evidence import ledger
from chatgate.services.kit import SEALED
from chatgate.services.rights import outside
from chatgate.services.upkeep import backup, recovery
from chatgate.services.upkeep.installation_keys import COSTS, KINDS, Problem, key_path, key_row, problems
from chatgate.storage import snapshot
from chatgate.storage.database import Storage
from chatgate.storage.files.archive import Archive
from chatgate.storage.files.keyfiles import load_key
from chatgate.storage.opening import told_plainly
from chatgate.storage.queries import installation, work

GIVEN_UP: Final = {
    "session": (
        "Every open chat ends, and its visitor decides anew; copies of receipts made from now on carry no access token "
        "for chats of before (receipts that visitors saved go on). Agents with a second factor need a recovery code or "
        "`chatgate agent reset`. The secret of a shop's server for identities changes: `chatgate site secret SITE`."
    ),
    "signing": (
        "Receipts and checkpoints are signed by another key from now on, under another key id: publish it beside the "
        "old one. What the old key signed still verifies, and the ledger goes on; its next checkpoint, under the new "
        "name, covers everything before."
    ),
    "training": (
        "The training copies can never be opened again and are deleted, with what the assistant learned from them. "
        "Copies of chats that are still stored and whose consent holds are made anew; the others are lost."
    ),
    "erasure": (
        "The list of erased and withdrawn chats of before cannot be read any more: an older backup would bring "
        "erased chats back unseen. Delete all backups, and make a new one now. Withdrawals that the database knows "
        "are noted again."
    ),
}
"""What an owner gives up with each key."""
Opened = Callable[[Collection[str]], AbstractContextManager[Core]]


def state_of_keys(settings: Settings) -> list[View]:
    """Return each key as ``{kind, file, state, fingerprint, since_at, given_up_at, cost}``, those given up as well.

    ``state`` is ``ok``, ``key_missing``, ``key_wrong`` or ``given_up``.
    """
    storage = _storage(settings)
    try:
        found = {item.kind: item.code for item in problems(settings, storage)}
        with storage.read() as db:
            rows = installation.all_keys(db)
    finally:
        storage.close()
    return [
        {
            "kind": row.kind,
            "file": str(key_path(settings, row.kind)),
            "state": "given_up" if row.given_up_at else found.get(row.kind, "ok"),
            "fingerprint": row.fingerprint,
            "key_id": key_id(bytes.fromhex(row.public_key)) if row.public_key else None,
            "since_at": iso(row.since_at),
            "given_up_at": iso(row.given_up_at) if row.given_up_at else None,
            "cost": COSTS[row.kind],
        }
        for row in rows
    ]


def restore_keys(settings: Settings, file: Path) -> list[str]:
    """Put the keys of a file that ``chatgate backup --keys`` wrote where they are missing; return their kinds.

    Raises:
        OperatorError: the file holds no keys, or others than the data was made with.
    """
    archive = Archive(file)
    if archive.manifest.get("holds") != "keys":
        raise OperatorError(f"{file} holds no keys; name a file that `chatgate backup --keys` wrote")
    expected = backup.expected_keys(settings)
    wanted = [kind for kind in KINDS if archive.has(f"keys/{kind}.key") and not key_path(settings, kind).exists()]
    for kind in wanted:
        if archive.manifest["keys"].get(kind) != expected.get(kind):
            raise OperatorError(
                f"key_wrong: {file} has another {kind} key than the one of this data; nothing was changed"
            )
    for kind in wanted:
        archive.extract(f"keys/{kind}.key", key_path(settings, kind))
    return wanted


def lost(settings: Settings, kinds: Sequence[str]) -> list[Problem]:
    """Return the state of keys that are to be given up.

    Raises:
        OperatorError: one of them is in its place and fits, so it is not lost.
    """
    storage = _storage(settings)
    try:
        found = {item.kind: item for item in problems(settings, storage)}
    finally:
        storage.close()
    for kind in kinds:
        if kind not in found:
            raise OperatorError(
                f"key_in_place: {key_path(settings, kind)} is the key of this data, and nothing is lost; to go on with "
                "another one all the same, move it away first",
                1,
            )
    return [found[kind] for kind in kinds]


def renew(settings: Settings, kinds: Sequence[str], reason: str, opened: Opened) -> None:
    """Go on with other keys of these kinds: the one in its place when there is one, and a new one otherwise.

    Raises:
        OperatorError: a key is not lost, another one is missing too, or a process has the database open.
    """
    lost(settings, kinds)
    _refuse_in_use(settings)
    with opened(kinds) as core:
        for kind in kinds:
            settle(core, kind, reason)


def settle(core: Core, kind: str, reason: str) -> None:
    """Make the data fit a key that takes the place of a lost one; whatever stops it, doing it again ends it.

    Stores: the fingerprint of the new key, and an event of the audit trail with the reason.
    """
    if kind == "training":
        _drop_sealed(core)
    if kind == "erasure":
        outside.catch_up(core)

    def job(db: Connection) -> None:
        now = core.clock.now()
        installation.give_up(db, kind, now)
        installation.add_key(db, key_row(kind, load_key(key_path(core.settings, kind), kind), now))
        audit.note(core, db, None, f"key_given_up_{kind}", None, reason)
        if kind == "signing":
            ledger.add_signed_head(core, db, now)

    core.storage.write_now(job)


def _drop_sealed(core: Core) -> None:
    """Delete what the lost training key sealed, and export again what may still be exported."""
    from cryptography.exceptions import InvalidTag

    sink: Any = core.sinks["database"]
    for item_id in sink.item_ids():
        try:
            sink.read(item_id)
        except InvalidTag:
            sink.retract(item_id)
    core.storage.write_now(lambda db: work.drop_sealed(db, SEALED))
    recovery.reconcile_training(core)


def _refuse_in_use(settings: Settings) -> None:
    url = backup.urls_of(settings)[0]
    if snapshot.is_sqlite(url):
        busy = snapshot.in_use(snapshot.sqlite_path(url))
    else:
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
        with told_plainly(engine, "database_url"), engine.connect() as db:
            busy = bool(snapshot.others_connected(db))
        engine.dispose()
    if busy:
        raise OperatorError("the database is in use; stop every chatgate process first", 1)


def _storage(settings: Settings) -> Storage:
    backup.check_installed(settings)
    recovery.refuse_unfinished(settings)
    return Storage(backup.urls_of(settings)[0])
