"""What middlewares keep and use: the application's side of their kit."""

import base64
import json
import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from chatgate.clock import Clock
from chatgate.hooks.limiter import Limiter
from chatgate.ids import new_id
from chatgate.logs import failure, log
from chatgate.models.purposes import Purpose
from chatgate.services.accounts.devices import KitDevices, vapid_key
from chatgate.storage.database import Storage
from chatgate.storage.queries import work

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM


SEALED: Final = "sealed:"
"""How a value begins that is sealed with the training key: what is learned from chats lies open nowhere."""


class RowStore:
    """The rows of one middleware, and of no other. Implements ``hooks.kit.Store``.

    Values kept for *training* are sealed (AES-256-GCM) with the training store's key, bound to their names.
    """

    def __init__(
        self, storage: Storage, clock: Clock, middleware: str, training_key: Callable[[], bytes] | None = None
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._middleware = middleware
        self._training_key = training_key

    def _cipher(self) -> "AESGCM":
        # Imported on use: most processes never keep anything for training.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        assert self._training_key is not None
        return AESGCM(self._training_key())

    def _seal(self, key: str, text: str) -> str:
        nonce = os.urandom(12)
        sealed = self._cipher().encrypt(nonce, text.encode(), f"{self._middleware}/{key}".encode())
        return SEALED + base64.b64encode(nonce + sealed).decode()

    def _unseal(self, key: str, text: str) -> str:
        raw = base64.b64decode(text.removeprefix(SEALED))
        return self._cipher().decrypt(raw[:12], raw[12:], f"{self._middleware}/{key}".encode()).decode()

    def get(self, key: str) -> Any | None:
        """Return the value, or None."""
        with self._storage.read() as db:
            found = work.kept(db, self._middleware, key)
        if found is None:
            return None
        return json.loads(self._unseal(key, found) if found.startswith(SEALED) else found)

    def put(self, key: str, value: Any, *, purpose: Purpose, conversation_id: str | None = None) -> None:
        """Store a JSON value; with a conversation's id it is exported and erased with it."""
        now: datetime = self._clock.now()
        text = json.dumps(value, ensure_ascii=False)
        if Purpose(purpose) is Purpose.TRAINING and self._training_key is not None:
            text = self._seal(key, text)
        values = {
            "id": new_id(),
            "middleware": self._middleware,
            "name": key,
            "purpose": Purpose(purpose).value,
            "conversation_id": conversation_id,
            "value": text,
            "changed_at": now,
        }
        self._storage.write_now(lambda db: work.keep(db, values))

    def delete(self, key: str) -> None:
        """Delete the row if it is there."""
        self._storage.write_now(lambda db: work.drop_kept(db, self._middleware, key))

    def keys(self, prefix: str = "") -> tuple[str, ...]:
        """Return the keys that start with ``prefix``, sorted."""
        with self._storage.read() as db:
            return tuple(work.kept_names(db, self._middleware, prefix))

    def erase(self, conversation_id: str) -> int:
        """Delete every row of the conversation and return how many there were."""

        def job(db: Connection) -> int:
            return work.erase_kept(db, conversation_id, self._middleware)

        return self._storage.write_now(job)


class Services:
    """Implements ``hooks.kit.KitServices`` on the installation's parts."""

    def __init__(
        self, storage: Storage, clock: Clock, limiter: Limiter, data_dir: Path, training_key: Callable[[], bytes]
    ) -> None:
        self.devices = KitDevices(storage, clock, lambda: vapid_key(data_dir))
        self._training_key = training_key
        self.clock = clock
        self.limiter = limiter
        self.data_dir = data_dir
        self._storage = storage

    def store(self, middleware: str) -> RowStore:
        """Return the store that holds this middleware's rows and no others."""
        return RowStore(self._storage, self.clock, middleware, self._training_key)

    def background(self, job: Callable[[], None]) -> None:
        """Run the job soon, isolated: a failure is logged and forgotten."""
        threading.Thread(target=_isolated, args=(job,), daemon=True).start()


def _isolated(job: Callable[[], None]) -> None:
    try:
        job()
    except Exception as error:
        log("middleware", "job_failed", error=error, failure=failure(error))
