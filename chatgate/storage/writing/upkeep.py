"""What SQLite needs now and then, done beside the messages: new words into full-text search, the log into the file."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from sqlalchemy import Connection

from chatgate.storage import fulltext
from chatgate.storage.engine import BUSY_TIMEOUT_MS
from chatgate.storage.writing.disk import Disk
from chatgate.storage.writing.written import Written

PAUSE_SECONDS: Final = 0.25
"""How long messages gather before they are added to full-text search together."""
WRITE_BACK_AFTER: Final = 500
"""So many messages, each a commit of its own, make the log about 5,000 pages (20 MB) long."""
TRIES: Final = 3


class Upkeep:
    """Follows the messages at a short distance; what it does holds up a message for a fraction of a millisecond.

    Args:
        path: the database's file.
        write: queues a job for the writer.
        disk: runs what takes long, so that a loop goes on.
    """

    def __init__(self, path: str, write: "Callable[[Callable[[Connection], bool]], Written[bool]]", disk: Disk) -> None:
        self._path = path
        self._write = write
        self._disk = disk
        self._messages = 0
        self._awake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None

    def expect(self) -> None:
        """Note that a message was queued."""
        self._messages += 1
        if not self._awake.is_set():
            self._awake.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="chatgate-upkeep", daemon=True)
                self._thread.start()

    def catch_up(self) -> None:
        """Add every message that full-text search does not know yet.

        Raises:
            Refusal: ``storage_unavailable``; a search reads them themselves until it works again.
        """
        while not self._write(fulltext.add_messages).result():
            pass

    def stop(self) -> None:
        """End; what is not in full-text search yet is added after the next start."""
        self._stopped.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join()
        if self._connection is not None:
            self._connection.close()

    def _loop(self) -> None:
        written_back = 0
        while not self._stopped.is_set():
            self._awake.wait()
            if self._stopped.wait(PAUSE_SECONDS):
                return
            # Cleared first: what is queued from here on may come too late for this round.
            self._awake.clear()
            with suppress(Exception):  # the writer said what is wrong; the next message tries again
                self.catch_up()
            if self._messages - written_back >= WRITE_BACK_AFTER:
                written_back = self._messages
                self._disk.aside(self._write_back)

    def _write_back(self) -> None:
        """Write the log back to its end, so that the writer's next transaction begins it anew.

        A commit would do so by itself from time to time, and a message would wait for it. What is committed meanwhile
        is little, and written back at the next try.
        """
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    self._path, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False
                )
            for _ in range(TRIES):
                _busy, pages, moved = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if moved >= pages:
                    return
        except sqlite3.Error:
            pass  # a full disk, or one that is read-only: the log stays, and nothing is lost
