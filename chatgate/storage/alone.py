"""A lock between processes that ends with its process: an advisory lock of PostgreSQL."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool


@contextmanager
def lock_of(url: str, name: str) -> Iterator[bool]:
    """Try to take a lock, without waiting; give whether this process has it until the end of the block.

    On SQLite there is one server, and a worker beside it does no harm: everybody gets the lock.
    """
    if url.startswith("sqlite"):
        yield True
        return
    number = int.from_bytes(hashlib.sha256(f"chatgate/{name}".encode()).digest()[:8], "big", signed=True)
    # A connection of its own: a lock belongs to a session, and a pool hands sessions on.
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as db:
            yield bool(db.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}).scalar_one())
    finally:
        engine.dispose()
