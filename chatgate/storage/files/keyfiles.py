"""Key files: made for the owner's eyes only, and refused when missing, wrong or readable by others."""

import hashlib
import hmac
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from chatgate.errors import OperatorError
from chatgate.storage.files.whole import sync_directory, write_private

KEY_BYTES: Final = 32
HEADER: Final = "chatgate-key-v1"
OTHERS_MAY: Final = stat.S_IRWXG | stat.S_IRWXO


def create_key(path: Path, kind: str, make: Callable[[], bytes]) -> bytes:
    """Write a new key to ``path`` with mode 0600 and return it; an existing file is never replaced.

    Args:
        path: where the key will live; its folder is made with mode 0700 when missing.
        kind: what the key is for, one word such as ``signing``; loading as another kind is refused.
        make: returns the 32 secret bytes.

    Raises:
        OperatorError: ``key_exists``, ``key_unwritable``.
    """
    text = f"{HEADER} {kind} {_checked(make()).hex()}\n"
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            write_private(draft, [text.encode("ascii")])
            _publish(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        sync_directory(path.parent)
    except OSError as error:
        raise OperatorError(f"key_unwritable: cannot write {path} ({error.strerror}).") from None
    return load_key(path, kind)


def load_key(path: Path, kind: str) -> bytes:
    """Return the 32 bytes of a key file.

    Raises:
        OperatorError: ``key_missing``, ``key_unreadable``, ``key_world_readable``, ``key_not_ours`` (another
            owner), ``key_malformed``, ``key_wrong_kind``.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise OperatorError(
            f"key_missing: there is no key at {path}; restore it from your backup, see `chatgate keys list`."
        ) from None
    except OSError as error:
        raise OperatorError(f"key_unreadable: cannot open {path} ({error.strerror}).") from None
    # The open file is what gets checked and read: a path could be exchanged in between.
    try:
        _refuse_open_permissions(os.fstat(descriptor), path)
        return _parse(os.read(descriptor, 4096), path, kind)
    finally:
        os.close(descriptor)


def load_or_create_key(path: Path, kind: str, make: Callable[[], bytes]) -> bytes:
    """Return the key at ``path``; make it first when there is none (two starting processes agree on one)."""
    if path.exists():
        return load_key(path, kind)
    try:
        return create_key(path, kind, make)
    except OperatorError as error:
        if not str(error).startswith("key_exists"):
            raise
    return load_key(path, kind)


def fingerprint(key: bytes) -> str:
    """Return what tells this key from another one, and nothing of it."""
    return hmac.digest(key, b"chatgate/key-id/v1", hashlib.sha256).hex()[:16]


def _refuse_open_permissions(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OperatorError(f"key_unreadable: {path} is not a file.")
    if status.st_mode & OTHERS_MAY:
        raise OperatorError(f"key_world_readable: others may read {path}; run `chmod 600 {path}`.")
    if status.st_uid not in (os.geteuid(), 0):
        raise OperatorError(f"key_not_ours: {path} belongs to another user; run `chown` on it.")


def _parse(data: bytes, path: Path, kind: str) -> bytes:
    broken = OperatorError(f"key_malformed: {path} is not a key of ChatGate; restore it from your backup.")
    try:
        header, found_kind, digits = data.decode("ascii").split(" ")
        key = bytes.fromhex(digits.removesuffix("\n"))
    except ValueError:
        raise broken from None
    if header != HEADER or len(key) != KEY_BYTES or not digits.endswith("\n"):
        raise broken
    if found_kind != kind:
        raise OperatorError(f"key_wrong_kind: {path} is a {found_kind} key, and a {kind} key is needed.")
    return key


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return key


def _publish(draft: Path, path: Path) -> None:
    """Give the finished file its name; it appears whole, and loses against one that was made first."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise OperatorError(f"key_exists: {path} is already there; keep it, evidence depends on it.") from None
