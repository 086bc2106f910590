"""What outlives every backup: lists of erased conversations and of withdrawals, without personal data.

Restoring an old copy of the database must not bring back what was erased since, nor a consent that was withdrawn. Both
lists name conversations by an HMAC: only who has the erasure key and the id can make it again.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chatgate.errors import OperatorError

MAC_DIGITS: Final = 64


def tombstone_mac(key: bytes, conversation_id: str) -> str:
    """Return what stands for an erased conversation."""
    return hmac.digest(key, f"chatgate/tombstone/v1\n{conversation_id}".encode(), hashlib.sha256).hex()


def withdrawal_mac(key: bytes, conversation_id: str) -> str:
    """Return what stands for a conversation in the list of withdrawals; nobody can tell its tombstone from it."""
    return hmac.digest(key, f"chatgate/withdrawal/v1\n{conversation_id}".encode(), hashlib.sha256).hex()


def add_tombstones(path: Path, macs: Iterable[str]) -> None:
    """Append tombstones to the file and wait for the disk; repeating changes nothing."""
    known = read_tombstones(path)
    _append(path, [mac for mac in macs if mac not in known])


def read_tombstones(path: Path) -> frozenset[str]:
    """Return every tombstone of the file, nothing when there is no file."""
    return frozenset(line for line in _lines(path) if len(line) == MAC_DIGITS)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One line of the list: whose consent, when, the number of the event, and what was withdrawn.

    ``what`` holds purposes, or ``restricted`` with who asked for it (GDPR Art. 18).
    """

    mac: str
    at: str
    number: int
    what: tuple[str, ...]

    def line(self) -> str:
        """Return the entry as the file has it."""
        return f"{self.mac} {self.at} {self.number} {','.join(self.what)}"


def add_withdrawals(path: Path, entries: Iterable[Withdrawal]) -> None:
    """Append to the list and wait for the disk."""
    _append(path, [entry.line() for entry in entries])


def read_withdrawals(path: Path) -> list[Withdrawal]:
    """Return the list; a line that a crash cut off is left out, the sweep writes it again."""
    found = []
    for line in _lines(path):
        parts = line.split(" ")
        if len(parts) == 4 and len(parts[0]) == MAC_DIGITS and parts[2].isdigit():
            found.append(Withdrawal(parts[0], parts[1], int(parts[2]), tuple(parts[3].split(","))))
    return found


def make_files(paths: Iterable[Path]) -> None:
    """Make the files where they are missing: then one that is not there was lost, and a restore says so."""
    for path in paths:
        _append(path, [])


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        raise OperatorError(f"{path} is damaged; put your copy of it back") from None


def _append(path: Path, lines: list[str]) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        # A line that a crash cut off ends here, and does not swallow the next one.
        cut = size and os.pread(descriptor, 1, size - 1) != b"\n"
        text = ("\n" if cut else "") + "".join(f"{line}\n" for line in lines)
        if text:
            os.write(descriptor, text.encode("ascii"))
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
