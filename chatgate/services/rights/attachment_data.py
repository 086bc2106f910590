"""The duty towards files: hand them out with an access export, and erase them with their conversation."""

import base64
from collections.abc import Mapping
from typing import Any

from chatgate.services.core import Core, iso
from chatgate.storage.queries import attachments


class AttachmentData:
    """The bytes of a conversation's files, beside its rows. Implements ``hooks.contexts.SubjectData``."""

    name = "attachments"

    def __init__(self, core: Core) -> None:
        self._core = core

    def export(self, conversation_id: str) -> Mapping[str, Any]:
        """Return every file with its bytes in base64; {} when there is none."""
        found = files_of(self._core, conversation_id)
        return {"files": found} if found else {}

    def erase(self, conversation_id: str) -> None:
        """Delete the sealed files; their keys go with the rows, in the transaction that deletes those."""
        with self._core.storage.read() as db:
            ids = [row.id for row in attachments.of_conversation(db, conversation_id)]
        for name in ids:
            self._core.files.delete(name)

    def scrub(self) -> bool:
        """Return True: what is deleted lies nowhere else, and without its key a copy of it is noise."""
        return True


def files_of(core: Core, conversation_id: str, author_kind: str | None = None) -> list[dict[str, Any]]:
    """Return the files of a conversation, of one side only when it is named, for an export."""
    with core.storage.read() as db:
        rows = attachments.of_conversation(db, conversation_id)
    found = []
    for row in rows:
        if author_kind not in (None, row.author_kind):
            continue
        data = core.files.read(row.id, row.sealing_key)
        found.append(
            {
                **attachments.view(row),
                "from": row.author_kind,
                "stored_at": iso(row.stored_at),
                "content_base64": None if data is None else base64.b64encode(data).decode(),
            }
        )
    return found
