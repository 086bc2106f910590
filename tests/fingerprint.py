"""The fingerprint of an installation: equal before and after means that nothing was stored, logged or sent."""

import hashlib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chatgate.models.tables import METADATA
from chatgate.storage.database import Storage

TABLES = sorted(METADATA.tables)


def files_of(directory: Path) -> dict[str, tuple[int, str]]:
    """Return size and SHA-256 of every file but ``-shm``, which any read changes."""
    return {
        str(path.relative_to(directory)): (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")
    }


def fingerprint(storage: Storage, data_dir: Path, log: str, outbound: list[Any]) -> dict[str, Any]:
    """Return row counts, files, the log and the outbound calls."""
    return {
        "rows": storage.row_counts(TABLES),
        "files": files_of(data_dir),
        "log": log,
        "outbound": list(outbound),
    }


def holding(directory: Path, canary: str) -> list[str]:
    """Return the files under a directory that hold the canary, as text or as UTF-16."""
    needles = (canary.encode(), canary.encode("utf-16-le"))
    return [
        str(path.relative_to(directory))
        for path in sorted(directory.rglob("*"))
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


@contextmanager
def watched_connections(found: list[Any], patch: Callable[..., Any]) -> Iterator[None]:
    """Note every connection to another address than this machine's own."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and str(address[0]) not in ("127.0.0.1", "::1", "localhost"):
            found.append(address)
        return real(self, address)

    patch(socket.socket, "connect", connect)
    yield
