"""The default training sink: a database of its own, every item sealed with a key of its own."""

import json
import os
from typing import Any, Final

from sqlalchemy import create_engine, delete, insert, select
from sqlalchemy.pool import NullPool

from chatgate.models.training import TrainingTable
from chatgate.policy.consent import TrainingGrant
from chatgate.storage.engine import make_engine
from chatgate.storage.opening import refuse_foreign, told_plainly
from chatgate.storage.scrubbing import scrub_files

ITEM: Final = TrainingTable.metadata.tables["training_item"]


class DatabaseSink:
    """Stores items as AES-256-GCM, bound to their ids; the file read raw shows nothing.

    Args:
        url: the training database, never the main one.
        key: 32 bytes from a key file of its own.

    Raises:
        OperatorError: the database cannot be opened, or is another program's.
    """

    name = "database"

    def __init__(self, url: str, key: bytes) -> None:
        # Imported on use: most processes start without touching the training store.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(key)
        setup = create_engine(url, poolclass=NullPool, hide_parameters=True)
        try:
            with told_plainly(setup, "training_database_url"):
                refuse_foreign(setup, "training_database_url", ITEM.name)
                TrainingTable.metadata.create_all(setup)
        finally:
            setup.dispose()
        self._engine = make_engine(url, writes=True)

    def write(
        self, grant: TrainingGrant, item_id: str, messages: list[dict[str, str]], metadata: dict[str, Any]
    ) -> None:
        """Seal and store one redacted transcript; a repeat replaces it.

        Raises:
            TypeError: something else than a grant was given.
        """
        if not isinstance(grant, TrainingGrant):
            raise TypeError("only a TrainingGrant opens the training store")
        nonce = os.urandom(12)
        plain = json.dumps({"messages": messages, "metadata": metadata}, ensure_ascii=False).encode()
        values = {
            "item_id": item_id,
            "nonce": nonce,
            "sealed": self._cipher.encrypt(nonce, plain, item_id.encode()),
            "written_at": grant.at,
        }
        with self._engine.begin() as db:
            db.execute(delete(ITEM).where(ITEM.c.item_id == item_id))
            db.execute(insert(ITEM).values(values))

    def retract(self, item_id: str) -> None:
        """Delete an item for good; an unknown id is no error."""
        with self._engine.begin() as db:
            db.execute(delete(ITEM).where(ITEM.c.item_id == item_id))

    def read(self, item_id: str) -> dict[str, Any] | None:
        """Return ``{messages, metadata}`` of an item. Whoever calls this asked the main database first."""
        with self._engine.begin() as db:
            row = db.execute(select(ITEM).where(ITEM.c.item_id == item_id)).one_or_none()
        if row is None:
            return None
        result: dict[str, Any] = json.loads(self._cipher.decrypt(row.nonce, row.sealed, item_id.encode()))
        return result

    def item_ids(self) -> list[str]:
        """Return the ids of all items in the store."""
        with self._engine.begin() as db:
            return list(db.execute(select(ITEM.c.item_id).order_by(ITEM.c.item_id)).scalars())

    def scrub(self) -> bool:
        """Take the remains of retracted items out of the file; False: try again later."""
        return scrub_files(self._engine, (ITEM.name,))

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()
