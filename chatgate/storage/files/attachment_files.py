"""The bytes of attachments: one sealed file each, under names that say nothing, opened by the key in its row only."""

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from chatgate.storage.files.whole import sync_directory, write_private

NONCE_BYTES: Final = 12
SETTLED_SECONDS: Final = 3600
"""A file that is older and has no row belongs to an upload that never ended, or to a row that was deleted."""


def stored_files(directory: Path) -> Iterator[Path]:
    """Yield the sealed files in a directory, and nothing else that somebody keeps there."""
    for folder in sorted(directory.glob("??")):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name.endswith(folder.name) and not path.name.startswith(".") and path.is_file():
                yield path


class AttachmentFiles:
    """Writes, reads and deletes sealed files. Several processes may share the directory: a file never changes.

    Args:
        directory: made on first use, for this user only.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path_of(self, attachment_id: str) -> Path:
        """Return where an attachment lies: spread over folders by the random end of its id."""
        return self.directory / attachment_id[-2:] / attachment_id

    def write(self, attachment_id: str, data: bytes) -> str:
        """Seal the bytes under a new key, write them through to the disk, and return the key in hex."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key, nonce = AESGCM.generate_key(256), os.urandom(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, data, attachment_id.encode())
        path = self.path_of(attachment_id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        try:
            write_private(draft, [nonce, sealed])
            draft.rename(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        sync_directory(path.parent)
        return key.hex()

    def read(self, attachment_id: str, key: str) -> bytes | None:
        """Return the bytes; None when the file is gone or is not what was written."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            raw = self.path_of(attachment_id).read_bytes()
            return AESGCM(bytes.fromhex(key)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], attachment_id.encode())
        except (FileNotFoundError, InvalidTag, ValueError):
            return None

    def delete(self, attachment_id: str) -> None:
        """Delete the file; one that is gone is no error."""
        self.path_of(attachment_id).unlink(missing_ok=True)

    def settled(self) -> Iterator[str]:
        """Yield the names of files that are old enough to have a row; drafts of a process that died go at once."""
        limit = time.time() - SETTLED_SECONDS
        for folder in sorted(self.directory.glob("??")) if self.directory.is_dir() else ():
            for path in sorted(folder.iterdir()):
                try:
                    old = path.stat().st_mtime < limit
                except FileNotFoundError:
                    continue
                if old and path.name.startswith("."):
                    path.unlink(missing_ok=True)
                elif old:
                    yield path.name
