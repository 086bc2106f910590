"""Files in a chat: admit, check, clean, seal, store; hand out; forget what was never sent."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.hooks.contexts import AttachmentContext
from chatgate.ids import new_id
from chatgate.media import (
    CleanImage,
    ImageRefused,
    claimed_kind,
    clean_image,
    is_whole_pdf,
    kind_of,
    media_type_of,
    safe_name,
)
from chatgate.services import views
from chatgate.services.consents import covering
from chatgate.services.core import AnyRow, Core, View
from chatgate.storage.queries import attachments, conversations, sites

CHUNK_BYTES: Final = 65_536
SWEPT_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Author:
    """Who uploads: ``kind`` is visitor or agent; ``limiter_key`` stands for the address."""

    kind: str
    id: str
    limiter_key: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way. ``name`` is what the client calls it; ``length`` what it announced, or None."""

    client_id: str
    name: str
    length: int | None
    read: Callable[[int], bytes]
    """Returns at most so many bytes, and none at the end."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is stored: the bytes and what they are."""

    data: bytes
    media_type: str
    name: str
    width: int | None = None
    height: int | None = None


def store_attachment(core: Core, conversation_id: str, author: Author, upload: Upload) -> View:
    """Store a file so that a message can carry it. Nobody but its author sees it before.

    The consent is read twice: before the first byte of the file is, and in the transaction that stores the row.

    Returns:
        The attachment; a repeated ``client_id`` gives the first one, and its bytes are not read.

    Raises:
        Refusal: ``not_found``, ``consent_withdrawn``, ``closed``, ``restricted``, ``consent_stale``,
            ``attachments_off``, ``attachment_too_large``, ``attachment_limit``, ``attachment_refused`` with a
            ``reason``, a middleware's code.

    Stores: the sealed file and its row with the key, for *support*. A refusal leaves neither.
    """
    with core.storage.read() as db:
        row = _admitted(db, conversation_id, author)
        earlier = attachments.by_client_id(db, conversation_id, upload.client_id)
        site = sites.site(db, row.site_id)
        _check_room(core, db, conversation_id, 0)
    if earlier is not None:
        return attachments.view(earlier)
    limit = views.attachment_max_bytes(site.settings if site is not None else {})
    checked = _checked(core, row, author, upload.name, _read(upload, limit))
    return _store(core, row.id, author, upload.client_id, checked)


def read_attachment(core: Core, attachment_id: str, conversation_id: str | None) -> tuple[View, bytes]:
    """Return an attachment and its bytes.

    Args:
        core: the installation.
        attachment_id: which one.
        conversation_id: the visitor's own; None for an agent.

    Raises:
        Refusal: ``not_found`` (also for another's, for one that the other side did not send yet, and for lost bytes);
            ``consent_withdrawn`` for a visitor whose session is over; ``restricted`` for agents (Art. 18 GDPR).
    """
    side = "agent" if conversation_id is None else "visitor"
    with core.storage.read() as db:
        row = attachments.attachment(db, attachment_id)
        thread = conversations.conversation(db, row.conversation_id) if row is not None else None
    if row is None or thread is None or conversation_id not in (None, row.conversation_id):
        raise Refusal("not_found")
    if row.message_id is None and row.author_kind != side:
        raise Refusal("not_found")
    if side == "visitor" and not thread.may_talk:
        raise Refusal("consent_withdrawn")
    if side == "agent" and thread.restricted:
        raise Refusal("restricted")
    data = core.in_thread(lambda: core.files.read(row.id, row.sealing_key))
    if data is None:
        raise Refusal("not_found")
    return attachments.view(row), data


def discard_attachment(core: Core, conversation_id: str, author: Author, attachment_id: str) -> None:
    """Delete what was uploaded and will not be sent; one that is gone is no error.

    Raises:
        Refusal: ``not_found``: it is another's, or a message carries it.
    """

    def job(db: Connection) -> None:
        row = attachments.attachment(db, attachment_id)
        if row is None:
            return
        own = (row.conversation_id, row.author_kind, row.author_id) == (conversation_id, author.kind, author.id)
        if not own or not attachments.remove_unsent(db, [attachment_id]):
            raise Refusal("not_found")

    core.storage.write_now(job)
    core.files.delete(attachment_id)


def forget_unsent(core: Core) -> int:
    """Delete uploads that were not sent in time, and those of conversations that are over; return how many."""
    before = core.clock.now() - timedelta(hours=core.settings.attachments.unsent_hours)
    with core.storage.read() as db:
        ids = attachments.stale(db, before, SWEPT_AT_ONCE)
    if not ids:
        return 0
    gone = core.storage.write_now(lambda db: attachments.remove_unsent(db, ids))
    for name in gone:
        core.files.delete(name)
    return len(gone)


def delete_strays(core: Core) -> int:
    """Delete files without a row: a process died between the two. Nobody could open them; return how many."""
    gone = 0
    batch: list[str] = []
    for name in [*core.files.settled(), ""]:
        if name:
            batch.append(name)
        if batch and (not name or len(batch) >= SWEPT_AT_ONCE):
            with core.storage.read() as db:
                strays = set(batch) - attachments.known(db, batch)
            for stray in strays:
                core.files.delete(stray)
            gone += len(strays)
            batch = []
    return gone


# -- the steps of an upload ----------------------------------------------------------------------------------


def _admitted(db: Connection, conversation_id: str, author: Author, *, lock: bool = False) -> AnyRow:
    """Return the conversation if this author may send a file in it now."""
    row = conversations.conversation(db, conversation_id, lock=lock)
    if row is None:
        raise Refusal("not_found")
    if not row.may_talk:
        raise Refusal("consent_withdrawn")
    if row.state != "open":
        raise Refusal("closed")
    if row.restricted:
        raise Refusal("restricted")
    if row.must_renew and author.kind == "visitor":
        raise Refusal("consent_stale")
    return row


def _check_room(core: Core, db: Connection, conversation_id: str, size: int) -> None:
    limits = core.settings.attachments
    count, used = attachments.usage(db, conversation_id)
    if count >= limits.per_conversation or used + size > limits.megabytes_per_conversation * 1_000_000:
        raise Refusal(
            "attachment_limit", files=limits.per_conversation, bytes=limits.megabytes_per_conversation * 1_000_000
        )


def _read(upload: Upload, limit: int) -> bytes:
    """Return the bytes; stop at the first one too many, so that no more than the limit is ever in memory."""
    if limit == 0:
        raise Refusal("attachments_off")
    too_large = Refusal("attachment_too_large", limit_bytes=limit)
    if upload.length is not None and upload.length > limit:
        raise too_large
    data = bytearray()
    while piece := upload.read(min(CHUNK_BYTES, limit + 1 - len(data))):
        data += piece
        if len(data) > limit:
            raise too_large
    if upload.length is not None and len(data) < upload.length:
        raise Refusal("attachment_refused", reason="broken")
    return bytes(data)


def _checked(core: Core, row: AnyRow, author: Author, name: str, data: bytes) -> Checked:
    """Return what may be stored of the bytes: their type proven, every middleware asked, an image drawn anew."""
    media_type = media_type_of(data)
    if media_type is None:
        raise Refusal("attachment_refused", reason="type")
    if claimed_kind(name) not in (None, kind_of(media_type)):
        raise Refusal("attachment_refused", reason="mismatch")
    if media_type == "application/pdf" and not is_whole_pdf(data):
        raise Refusal("attachment_refused", reason="broken")
    _ask_middleware(core, row, author, media_type, data)
    name = safe_name(name, media_type)
    if media_type == "application/pdf":
        return Checked(data, media_type, name)
    try:
        image: CleanImage = core.in_thread(lambda: clean_image(data, media_type))
    except ImageRefused as refused:
        raise Refusal("attachment_refused", reason=refused.reason) from None
    return Checked(image.data, media_type, name, image.width, image.height)


def _ask_middleware(core: Core, row: AnyRow, author: Author, media_type: str, data: bytes) -> None:
    if not core.chain.has("check_attachment"):
        return

    covers = covering(core, row.id)
    context = AttachmentContext(
        site_id=row.site_id,
        conversation_id=row.id,
        author_kind=author.kind,
        locale=row.locale,
        limiter_key=author.limiter_key,
        media_type=media_type,
        size_bytes=len(data),
        sha256=core.in_thread(lambda: hashlib.sha256(data).hexdigest()),
        now=core.clock.now(),
    )
    core.chain.check("check_attachment", covers, context=context, content=data)


def _store(core: Core, conversation_id: str, author: Author, client_id: str, checked: Checked) -> View:
    attachment_id = new_id()
    key = core.in_thread(lambda: core.files.write(attachment_id, checked.data))
    values = _values(attachment_id, conversation_id, author, client_id, checked, key, core.clock.now())

    def job(db: Connection) -> AnyRow:
        _admitted(db, conversation_id, author, lock=True)
        earlier = attachments.by_client_id(db, conversation_id, client_id)
        if earlier is not None:
            return earlier
        _check_room(core, db, conversation_id, len(checked.data))
        attachments.add(db, values)
        row = attachments.attachment(db, attachment_id)
        assert row is not None
        return row

    stored = False
    try:
        row = core.storage.write_now(job)
        stored = row.id == attachment_id
    finally:
        if not stored:
            core.files.delete(attachment_id)
    return attachments.view(row)


def _values(
    attachment_id: str,
    conversation_id: str,
    author: Author,
    client_id: str,
    checked: Checked,
    key: str,
    now: datetime,
) -> dict[str, Any]:
    return {
        "id": attachment_id,
        "conversation_id": conversation_id,
        "message_id": None,
        "client_id": client_id,
        "author_kind": author.kind,
        "author_id": author.id,
        "name": checked.name,
        "media_type": checked.media_type,
        "size_bytes": len(checked.data),
        "width": checked.width,
        "height": checked.height,
        "sealing_key": key,
        "stored_at": now,
    }
