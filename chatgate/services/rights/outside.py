"""Keeping up the lists outside of every backup, and applying them to a database that an older copy replaced."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from chatgate.config import Settings
from chatgate.logs import failure, log
from chatgate.models.purposes import Purpose
from chatgate.services.core import AnyRow, Core
from chatgate.storage.files.outside_files import (
    Withdrawal,
    add_tombstones,
    add_withdrawals,
    make_files,
    read_tombstones,
    read_withdrawals,
    withdrawal_mac,
)
from chatgate.storage.queries import consents, ledger

RESTRICTED: Final = "restricted"
EVENTS_AT_ONCE: Final = 5_000


def tombstone_path(settings: Settings) -> Path:
    """Return the list of erased conversations: beside the keys, which have a backup of their own."""
    return settings.data_dir / "keys" / "tombstones.txt"


def withdrawal_path(settings: Settings) -> Path:
    """Return the list of withdrawals, beside the keys too."""
    return settings.data_dir / "keys" / "withdrawals.txt"


def prepare(settings: Settings) -> None:
    """Make both lists where they are missing."""
    make_files((tombstone_path(settings), withdrawal_path(settings)))


def note_withdrawal(core: Core, conversation_id: str, record_id: str) -> None:
    """Note the newest event of a record, when it withdrew something, before the withdrawal is answered.

    A list that cannot be written does not undo the withdrawal: it is committed, and the worker's sweep notes it.

    Stores: a line without personal data.
    """
    with core.storage.read() as db:
        newest = consents.events(db, record_id)[-1]
    _note(core, [entry] if (entry := _entry(core, conversation_id, newest)) else [])


def note_restriction(core: Core, conversation_id: str, actor: str) -> None:
    """Note that a conversation is storage only from now on, and who asked for it: the visitor, or the shop."""
    asked_by = "visitor" if actor == "visitor" else "shop"
    mac = withdrawal_mac(core.erasure_key, conversation_id)
    _note(core, [Withdrawal(mac, core.clock.now().isoformat(), 0, (RESTRICTED, asked_by))])


def catch_up(core: Core, after_seq: int = -1) -> int:
    """Note what the database knows and the lists do not; return the place in the ledger up to which that is done.

    Args:
        core: the installation.
        after_seq: what an earlier call returned; only what is newer is looked at.

    Several servers share one database and have each their own lists; an installation may be older than the list.
    """
    with core.storage.read() as db:
        size = ledger.size(db)
        stones = [row.mac for row in ledger.tombstones_after(db, after_seq)]
    if stones:
        add_tombstones(tombstone_path(core.settings), stones)
    known = {(entry.mac, entry.number) for entry in read_withdrawals(withdrawal_path(core.settings))}
    for start in range(after_seq + 1, size, EVENTS_AT_ONCE):
        with core.storage.read() as db:
            rows = consents.later_events(db, start, min(start + EVENTS_AT_ONCE, size))
        entries = [entry for row in rows if (entry := _entry(core, row.conversation_id, row))]
        _note(core, [entry for entry in entries if (entry.mac, entry.number) not in known])
    return size - 1


def withdrawn_since(core: Core) -> dict[str, list[Withdrawal]]:
    """Return the list of withdrawals by what stands for a conversation."""
    found: dict[str, list[Withdrawal]] = {}
    for entry in read_withdrawals(withdrawal_path(core.settings)):
        found.setdefault(entry.mac, []).append(entry)
    return found


def is_later(entry: Withdrawal, event_at: datetime, number: int) -> bool:
    """Whether a withdrawal came after a stored yes: then the database is older than the withdrawal."""
    return (_moment(entry.at), entry.number) > (event_at, number)


def missing_tombstones(core: Core) -> frozenset[str]:
    """Return the tombstones of the file that the database does not know: an older copy was put back."""
    with core.storage.read() as db:
        known = {row.mac for row in ledger.tombstones(db)}
    return read_tombstones(tombstone_path(core.settings)) - known


def _entry(core: Core, conversation_id: str, event: AnyRow) -> Withdrawal | None:
    # Consent that expires is not noted: it expires in an older copy too.
    if event.number == 1 or event.kind == "expired":
        return None
    purposes = tuple(sorted(Purpose(name).value for name, given in event.choices.items() if not given))
    if not purposes:
        return None
    at = event.event_at.astimezone(UTC).isoformat()
    return Withdrawal(withdrawal_mac(core.erasure_key, conversation_id), at, event.number, purposes)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _note(core: Core, entries: Iterable[Withdrawal]) -> None:
    entries = list(entries)
    if not entries:
        return
    try:
        add_withdrawals(withdrawal_path(core.settings), entries)
    except OSError as error:
        log("outside", "list_unwritable", error=error, failure=failure(error))
