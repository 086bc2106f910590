"""An access export as one zip: data for machines, a page for people, files under their names, and a manifest.

It is written while it is sent: whatever a chat holds, no more than a page of messages or one file is in memory.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from chatgate.errors import Refusal
from chatgate.i18n import text_direction, translations
from chatgate.media.names import safe_name
from chatgate.policy.evidence import export_page
from chatgate.policy.evidence.receipt_page import receipt_page
from chatgate.services.core import AnyRow, Core, View, iso
from chatgate.services.evidence.receipts import receipt
from chatgate.services.rights import subjects
from chatgate.storage import subject_rows
from chatgate.storage.queries import attachments, consents, conversations, messages

FORMAT: Final = "chatgate/subject-export-zip/v1"
PAGE_MESSAGES: Final = 500
FOLDER: Final = "files"


def archive_of(core: Core, conversation_id: str, *, portable: bool = False) -> Iterator[bytes]:
    """Yield a zip with what is stored about a visitor (``export_subject``), piece by piece.

    Args:
        core: the installation.
        conversation_id: whose data.
        portable: only what the visitor gave (Art. 20), otherwise all of it (Art. 15).

    Raises:
        Refusal: ``not_found``, before the first piece.

    Source: GDPR Art. 12(1), 15(3), 20.
    """
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id, proof=True)
        record = consents.record(db, row.consent_record_id) if row is not None else None
    if row is None or record is None:
        raise Refusal("not_found")
    data = subjects.export_subject(core, conversation_id, portable=portable, apart=True)
    return _Archive(core, row, record, data, portable).pieces()


class _Archive:
    """One export in the making."""

    def __init__(self, core: Core, row: AnyRow, record: AnyRow, data: View, portable: bool) -> None:
        self._core = core
        self._row = row
        self._record = record
        self._data = data
        self._portable = portable
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        self._moment = core.clock.now().astimezone(UTC)
        self._parts: list[View] = []

    def pieces(self) -> Iterator[bytes]:
        """Yield the zip."""
        files = self._named_files()
        for row, file in zip(self._rows, files.values(), strict=True):
            yield from self._bytes_of(row, file)
        stored = [{**file, "id": name} for name, file in files.items()]
        yield from self._file("data.json", _json({**self._data, "files": stored}))
        yield from self._streamed("messages.jsonl", self._lines(files))
        yield from self._streamed("index.html", self._page(files))
        yield from self._file("consent.html", self._consent().encode())
        head = {name: self._data[name] for name in ("basis", "exported_at", "controller")}
        yield from self._file("manifest.json", _json({"format": FORMAT, **head, "files": self._parts}))
        self._zip.close()
        yield self._sink.take()

    def _named_files(self) -> dict[str, View]:
        """Return each file of the chat by its id, under a name that is its own and leads nowhere else."""
        with self._core.storage.read() as db:
            rows = attachments.of_conversation(db, self._row.id)
        self._rows = [row for row in rows if not self._portable or row.author_kind == "visitor"]
        return {
            row.id: {
                "file": f"{FOLDER}/{number:03d}-{safe_name(row.name, row.media_type)}",
                "name": row.name,
                "media_type": row.media_type,
                "from": row.author_kind,
                "message_id": row.message_id,
                "stored_at": iso(row.stored_at),
            }
            for number, row in enumerate(self._rows, 1)
        }

    def _bytes_of(self, row: AnyRow, file: View) -> Iterator[bytes]:
        data = self._core.in_thread(lambda: self._core.files.read(row.id, row.sealing_key))
        if data is None:
            self._parts.append({"name": file["file"], "bytes": None, "sha256": None, "problem": "unreadable"})
            file["file"] = None
            return
        yield from self._file(file["file"], data, zipfile.ZIP_STORED)

    def _messages(self) -> Iterator[View]:
        seq = 0
        while True:
            with self._core.storage.read() as db:
                rows = messages.after(db, self._row.id, seq, PAGE_MESSAGES)
            for row in rows:
                if not self._portable or row.author_kind == "visitor":
                    yield subjects.plain(subject_rows.shown(messages.MESSAGE, row))
            if len(rows) < PAGE_MESSAGES:
                return
            seq = rows[-1].seq

    def _lines(self, files: dict[str, View]) -> Iterator[str]:
        for line in self._messages():
            names = [file["file"] for file in files.values() if file["message_id"] == line["id"]]
            yield json.dumps({**line, "files": names}, ensure_ascii=False) + "\n"

    def _page(self, files: dict[str, View]) -> Iterator[str]:
        locale = str(self._record.locale)
        _ = translations(locale).gettext
        tag = locale.replace("_", "-")
        yield export_page.page_head(self._data, _, locale=tag, direction=text_direction(locale))
        for line in self._messages():
            yield export_page.page_message(line, _of_message(files, line["id"]), _)
        yield export_page.page_tail(_of_message(files, None), _)

    def _consent(self) -> str:
        locale = str(self._record.locale)
        with self._core.storage.read() as db:
            # Without its token: a copy of the data goes from hand to hand more easily than a receipt.
            shown = receipt(self._core, db, self._record.id, with_token=False)
        words, direction = translations(locale).gettext, text_direction(locale)
        return receipt_page(shown, words, locale=locale.replace("_", "-"), direction=direction)

    def _file(self, name: str, data: bytes, how: int = zipfile.ZIP_DEFLATED) -> Iterator[bytes]:
        self._zip.writestr(_entry(name, self._moment, how), data)
        self._parts.append({"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        yield self._sink.take()

    def _streamed(self, name: str, texts: Iterator[str]) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_entry(name, self._moment, zipfile.ZIP_DEFLATED), "w") as part:
            for text in texts:
                data = text.encode()
                digest.update(data)
                size += len(data)
                part.write(data)
                if self._sink.waiting:
                    yield self._sink.take()
        self._parts.append({"name": name, "bytes": size, "sha256": digest.hexdigest()})
        yield self._sink.take()


class _Sink(io.RawIOBase):
    """Keeps what the zip writes until it is taken; it cannot seek, so the zip is written in one go."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        chunk = bytes(data)
        self._chunks.append(chunk)
        self.waiting += len(chunk)
        return len(chunk)

    def take(self) -> bytes:
        taken = b"".join(self._chunks)
        self._chunks.clear()
        self.waiting = 0
        return taken


def _entry(name: str, moment: datetime, how: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type = how
    entry.external_attr = 0o600 << 16
    return entry


def _of_message(files: dict[str, View], message_id: str | None) -> Sequence[View]:
    return [file for file in files.values() if file["message_id"] == message_id]


def _json(value: View) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def ask_for_archive(
    core: Core, conversation_id: str, kind: str, *, actor: str = "visitor", reason: str | None = None
) -> Iterator[bytes]:
    """Keep track of an access or portability request as ``subjects.ask`` does, and yield its answer as a zip.

    Raises:
        Refusal: ``not_found``, before the first piece.
    """
    subjects.ask(core, conversation_id, kind, actor=actor, reason=reason, apart=True)
    return archive_of(core, conversation_id, portable=kind == "portability")
