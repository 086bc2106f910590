"""The keys of an installation: made at its first start, and held to the data from then on.

A key that is made anew unseen would leave data behind that nobody can open or match any more. So the database knows
each key by its fingerprint, and what does not fit is refused until its owner says what to do.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from chatgate.clock import Clock
from chatgate.config import Settings
from chatgate.errors import OperatorError
from chatgate.policy.signing import public_key
from chatgate.services.evidence import ledger
from chatgate.storage.database import Storage
from chatgate.storage.files.keyfiles import fingerprint, load_key, load_or_create_key
from chatgate.storage.queries import installation
from chatgate.storage.queries import ledger as ledger_rows

KINDS: Final = ("session", "signing", "training", "erasure")
COSTS: Final = {
    "session": "open chats, agents' second factors and the shop's signed identities end without it",
    "signing": "receipts and the ledger go on in no other name",
    "training": "the training copies cannot be opened without it",
    "erasure": "without it, chats that were erased or withdrawn come back with an older backup",
}
"""What is lost with each key."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The secret bytes of each key."""

    session: bytes
    signing: bytes
    training: bytes
    erasure: bytes


@dataclass(frozen=True, slots=True)
class Problem:
    """A key that is not the one that the data was made with: ``key_missing`` or ``key_wrong``."""

    kind: str
    code: str
    path: Path


def key_path(settings: Settings, kind: str) -> Path:
    """Return the file of a key."""
    return settings.data_dir / "keys" / f"{kind}.key"


def refuse_unreadable(settings: Settings) -> None:
    """Refuse key files that are there and cannot be used, before anything else is opened.

    Raises:
        OperatorError: as ``load_key``.
    """
    for kind in KINDS:
        if key_path(settings, kind).exists():
            load_key(key_path(settings, kind), kind)


def open_keys(settings: Settings, storage: Storage, clock: Clock, accepting: Collection[str] = ()) -> Keys:
    """Return the keys; the very first start makes them and begins the ledger, and no later one makes any.

    Args:
        settings: where the files are.
        storage: the main database.
        clock: the time.
        accepting: kinds whose key may be another than the data's: their owner goes on without the old one.

    Raises:
        OperatorError: ``key_missing``, ``key_wrong`` and the codes of ``load_key``.

    Stores: on the first start, the fingerprints and a checkpoint over no leaves; nothing personal.
    """
    with storage.read() as db:
        begun = ledger_rows.first_checkpoint(db) is not None
        known = installation.keys_of_now(db)
    for kind in KINDS:
        if not begun or kind in accepting:
            load_or_create_key(key_path(settings, kind), kind, lambda: secrets.token_bytes(32))
    if not begun or set(KINDS) - set(known) - set(accepting):
        # What was begun before fingerprints were kept is held to the keys that are there now.
        storage.write_now(lambda db: _pin(settings, db, clock.now()))
    found = [item for item in problems(settings, storage) if item.kind not in accepting]
    if found:
        raise OperatorError(_told(found))
    return Keys(*(load_key(key_path(settings, kind), kind) for kind in KINDS))


def problems(settings: Settings, storage: Storage) -> list[Problem]:
    """Return each key that is missing or not the data's; none before the first start.

    Raises:
        OperatorError: a key file cannot be used.
    """
    with storage.read() as db:
        known, head = installation.keys_of_now(db), ledger_rows.last_checkpoint(db)
    found = []
    for kind in KINDS if head is not None else ():
        path = key_path(settings, kind)
        if not path.exists():
            found.append(Problem(kind, "key_missing", path))
            continue
        key = load_key(path, kind)
        other_ledger = kind == "signing" and head is not None and ledger.ledger_origin(key) != head.origin
        if other_ledger or fingerprint(key) != known.get(kind, fingerprint(key)):
            found.append(Problem(kind, "key_wrong", path))
    return found


def key_row(kind: str, key: bytes, at: datetime) -> dict[str, object]:
    """Return the row that stands for a key of now."""
    public = public_key(key).hex() if kind == "signing" else None
    return {
        "fingerprint": fingerprint(key),
        "kind": kind,
        "public_key": public,
        "since_at": at,
        "given_up_at": None,
    }


def _pin(settings: Settings, db: Connection, at: datetime) -> None:
    """Note the keys that are there and not yet known, and begin the ledger where it has not begun."""
    ledger_rows.lock(db)
    begun, known = ledger_rows.last_checkpoint(db), installation.keys_of_now(db)
    for kind in KINDS:
        path = key_path(settings, kind)
        if kind in known or not path.exists():
            continue
        key = load_key(path, kind)
        if kind == "signing" and begun is None:
            ledger.begin(db, key, at)
        elif kind == "signing" and begun is not None and begun.origin != ledger.ledger_origin(key):
            continue
        installation.add_key(db, key_row(kind, key, at))


def _told(found: list[Problem]) -> str:
    first, directory = found[0], found[0].path.parent
    mend = "put it back from your copy of keys/ or with `chatgate keys restore FILE`; what is lost for good is given up"
    if len(found) == 1:
        state = "is missing" if first.code == "key_missing" else "is not the key of this data"
        right = "" if first.code == "key_missing" else " (the right key has another fingerprint)"
        return (
            f"{first.code}: {first.path} {state}{right}, and {COSTS[first.kind]}; {mend} with "
            f"`chatgate keys renew {first.kind}`."
        )
    missing = [f"{item.kind}.key" for item in found if item.code == "key_missing"]
    wrong = [f"{item.kind}.key" for item in found if item.code == "key_wrong"]
    parts = [f"missing: {', '.join(missing)}"] if missing else []
    parts += [f"not the right key of this data: {', '.join(wrong)}"] if wrong else []
    code = "key_missing" if missing else "key_wrong"
    return (
        f"{code}: in {directory}, {'; '.join(parts)} (what each costs: `chatgate keys list`); "
        f"{mend.replace('put it', 'put them')} with `chatgate keys renew KIND...`."
    )
