"""The list of erased conversations outside of every backup: restoring an old copy does not bring them back."""

import hashlib
import hmac
import os
from pathlib import Path


def tombstone_mac(key: bytes, conversation_id: str) -> str:
    """Return what stands for an erased conversation: only who has the erasure key and the id can make it again."""
    return hmac.digest(key, f"chatgate/tombstone/v1\n{conversation_id}".encode(), hashlib.sha256).hex()


def add_tombstone(path: Path, mac: str) -> None:
    """Append a tombstone to the file and wait for the disk; repeating changes nothing."""
    if mac in read_tombstones(path):
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{mac}\n".encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_tombstones(path: Path) -> frozenset[str]:
    """Return every tombstone of the file, nothing when there is no file."""
    try:
        return frozenset(path.read_text(encoding="ascii").split())
    except FileNotFoundError:
        return frozenset()
