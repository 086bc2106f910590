"""Releases of the training store: building, revoking, checking and pruning them."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from chatgate.errors import OperatorError
from chatgate.ids import new_id
from chatgate.models.purposes import Purpose
from chatgate.policy import releases as rules
from chatgate.policy.canonical import sha256_hex, utc_text
from chatgate.redaction import FIGURES, PROFILE_VERSION
from chatgate.services.core import AnyRow, Core, View
from chatgate.storage.queries import releases, work


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """What an owner says about a release before it is made."""

    name: str
    recipient: str
    expires_days: int
    conditional_reason: str | None = None
    """Why chats of the one-box form are in it; None leaves them out."""


def build_release(core: Core, request: ReleaseRequest, folder: Path | None = None) -> View:
    """Build the next version of a release from every item that may be read now, and write its files.

    A withdrawal in the same moment leaves its item out: admission is asked again in the transaction that
    enters the release, and the files are made from what passed.

    Returns:
        ``{release, name, version, items, folder, data_sha256}``.

    Raises:
        OperatorError: nothing may be released, or the folder exists.

    Stores: the release with its lines; the files under ``<data_dir>/releases`` unless another folder is given.
    """
    if not request.recipient.strip():
        raise OperatorError("say who gets the release: --recipient NAME")
    now = core.clock.now()
    key = secrets.token_bytes(32)
    contents = _contents(core, request.conditional_reason)
    values = {
        "id": new_id(),
        "name": request.name,
        "purpose": Purpose.TRAINING.value,
        "recipient": request.recipient.strip(),
        "commitment_key": key.hex(),
        "override_reason": request.conditional_reason,
        "created_at": now,
        "expires_at": now + timedelta(days=request.expires_days),
    }

    def job(db: Connection) -> list[rules.Line]:
        still = work.readable_items(db, list(contents))
        lines = rules.release_lines(key, {name: content for name, content in contents.items() if name in still})
        if not lines:
            raise OperatorError("no transcript may be released: see `chatgate training stats`", 1)
        version = releases.next_version(db, request.name)
        rows = [
            {"release_id": values["id"], "item_id": line.item_id, "line": number, "commitment": line.commitment}
            for number, line in enumerate(lines, 1)
        ]
        stored = {**values, "version": version, "data_sha256": sha256_hex(rules.data_bytes(lines))}
        releases.add_release(db, stored, rows)
        return lines

    lines = core.storage.write_now(job)
    return _write(core, str(values["id"]), lines, folder)


def rebuild_release(core: Core, release_id: str, folder: Path) -> View:
    """Write the files of a release again: the same bytes, as long as nothing in it was withdrawn.

    Raises:
        OperatorError: the release is unknown, or an item of it may not be read any more.
    """
    row, items = _release(core, release_id)
    with core.storage.read() as db:
        readable = work.readable_items(db, [item.item_id for item in items])
    if len(readable) != len(items):
        raise OperatorError("an item of this release was withdrawn; make the next version with `training prune`", 3)
    contents = {item.item_id: _read(core, item.item_id) for item in items}
    lines = rules.release_lines(bytes.fromhex(row.commitment_key), {k: v for k, v in contents.items() if v})
    return _write(core, release_id, lines, folder)


def prune_release(core: Core, release_id: str, folder: Path | None = None) -> View:
    """Build the next version of a release, from what of it may still be read; see :func:`build_release`."""
    row, _items = _release(core, release_id)
    days = max(1, (row.expires_at - core.clock.now()).days)
    return build_release(core, ReleaseRequest(row.name, row.recipient, days, row.override_reason), folder)


def write_feed(core: Core, release_id: str, folder: Path | None = None) -> bytes:
    """Sign the revocation feed of a release as of now, and put it into the release's folder."""
    now = core.clock.now()
    with core.storage.read() as db:
        if folder is None and releases.release(db, release_id) is None:
            raise _unknown(release_id)
        revoked = [(row.commitment, row.revoked_at) for row in releases.revocations(db, release_id)]
    feed = rules.signed_feed(core.signing_key, release_id, revoked, now)
    target = folder or _folder(core, release_id)
    if target.is_dir():
        _replace(target / rules.FEED_FILE, feed)
    return feed


def refresh_feeds(core: Core) -> int:
    """Sign every release's feed anew (the worker does so daily, and after each retraction)."""
    with core.storage.read() as db:
        ids = [row.id for row in releases.all_releases(db)]
    for release_id in ids:
        write_feed(core, release_id)
    return len(ids)


def verify_folder(folder: Path, feed_file: Path | None, at: datetime) -> rules.ReleaseCheck:
    """Check a release's folder offline.

    Raises:
        OperatorError: the folder is no release.
    """
    try:
        data = (folder / rules.DATA_FILE).read_bytes()
        manifest = (folder / rules.MANIFEST_FILE).read_bytes()
    except OSError as error:
        raise OperatorError(f"{folder} is no release: {Path(str(error.filename)).name} cannot be read") from None
    feed = feed_file or folder / rules.FEED_FILE
    return rules.check_release(data, manifest, feed.read_bytes() if feed.is_file() else None, at)


def _contents(core: Core, conditional_reason: str | None) -> dict[str, dict[str, Any]]:
    """Return what may be released: admitted, whole lineage, current redaction, unexpired, unconditional."""
    now = core.clock.now().isoformat()
    with core.storage.read() as db:
        candidates = [item for item in work.readable_items(db) if _whole(work.lineage(db, item))]
    found = {}
    for item_id in candidates:
        content = _read(core, item_id)
        if content is None or content["metadata"]["expires_at"] <= now:
            continue
        if content["metadata"]["conditional"] and not conditional_reason:
            continue
        found[item_id] = content
    return found


def _whole(lineage: AnyRow | None) -> bool:
    """Return whether no link of an item's lineage is missing: a broken one makes it not releasable."""
    return (
        lineage is not None
        and lineage.consent_event_id is not None
        and lineage.notice_sha256 is not None
        and lineage.transcript_sha256 is not None
        and lineage.redaction_profile == PROFILE_VERSION
        and lineage.sink == "database"
    )


def _read(core: Core, item_id: str) -> dict[str, Any] | None:
    read = getattr(core.sinks["database"], "read")  # noqa: B009
    content: dict[str, Any] | None = read(item_id)
    return content


def _release(core: Core, release_id: str) -> tuple[AnyRow, list[AnyRow]]:
    with core.storage.read() as db:
        row = releases.release(db, release_id)
        items = list(releases.items(db, release_id))
    if row is None:
        raise _unknown(release_id)
    return row, items


def _unknown(release_id: str) -> OperatorError:
    return OperatorError(f"there is no release {release_id}; see the manifest of the one you mean", 1)


def _write(core: Core, release_id: str, lines: list[rules.Line], folder: Path | None) -> View:
    row, _items = _release(core, release_id)
    target = folder or _folder(core, release_id)
    fields = {
        "release": row.id,
        "name": row.name,
        "version": row.version,
        "purpose": row.purpose,
        "recipient": row.recipient,
        "override_reason": row.override_reason,
        "created_at": utc_text(row.created_at),
        "expires_at": utc_text(row.expires_at),
        "redaction_profile": PROFILE_VERSION,
        "redaction_figures": dict(FIGURES),
    }
    manifest = rules.signed_manifest(core.signing_key, fields, lines)
    locales = {json.loads(line.text)["metadata"]["locale"] for line in lines}
    try:
        target.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        raise OperatorError(f"{target} exists already; give another --output") from None
    (target / rules.DATA_FILE).write_bytes(rules.data_bytes(lines))
    (target / rules.MANIFEST_FILE).write_bytes(rules.manifest_bytes(manifest))
    (target / rules.CARD_FILE).write_bytes(rules.card(manifest, sorted(locales)))
    write_feed(core, release_id, target)
    return {
        "release": row.id,
        "name": row.name,
        "version": row.version,
        "items": len(lines),
        "folder": str(target),
        "data_sha256": manifest["data_sha256"],
    }


def _folder(core: Core, release_id: str) -> Path:
    return core.settings.data_dir / "releases" / release_id


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(data)
    os.replace(draft, path)
