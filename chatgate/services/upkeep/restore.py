"""Putting a backup back: checked first, loaded beside what is there, exchanged, and made true before serving."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from chatgate.config import Settings, attachments_dir
from chatgate.errors import OperatorError
from chatgate.services.core import Core, View
from chatgate.services.rights import outside
from chatgate.services.upkeep import recovery, renewal
from chatgate.services.upkeep.backup import (
    ATTACHMENTS,
    KEYS,
    MAIN,
    MIDDLEWARE,
    TRAINING,
    kind_of,
    told_when_full,
    urls_of,
    verify_backup,
)
from chatgate.services.upkeep.installation_keys import COSTS, key_path
from chatgate.storage import migrate, snapshot
from chatgate.storage.files.archive import Archive, Progress, quiet, remove_tree
from chatgate.storage.files.attachment_files import stored_files
from chatgate.storage.files.keyfiles import fingerprint, load_key
from chatgate.storage.files.outside_files import read_tombstones
from chatgate.storage.files.whole import sync_directory
from chatgate.storage.opening import told_plainly

STAGING: Final = ".restore"
OpenCore = Callable[[Collection[str]], AbstractContextManager[Core]]
"""Opens the restored installation; is told the kinds of keys that are given up."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator allows.

    Args:
        replace: throw away what the data directory and the databases hold now.
        without_lists: go on though the list of erased chats, or its key, is missing or older than the backup.
        without_training: leave the training copies out, because their key is lost.
        without_session: go on with another session key, because the old one is lost.
        keys: a file that ``chatgate backup --keys`` wrote.
    """

    replace: bool = False
    without_lists: bool = False
    without_training: bool = False
    without_session: bool = False
    keys: Path | None = None


def restore_backup(
    settings: Settings, path: Path, options: Options, open_core: OpenCore, progress: Progress = quiet
) -> View:
    """Put a backup back; return its manifest's time and schema, and what had to be done anew.

    Nothing is touched before every check has passed. While it runs, a marker keeps every other command and every
    server out; only when what was erased and withdrawn since is applied again, the marker goes.

    Raises:
        OperatorError: the backup is damaged or newer, something is in the way, a key or a list is missing.
    """
    manifest = verify_backup(path, progress)
    archive = Archive(path)
    _check_manifest(settings, manifest, path)
    keys = Archive(options.keys) if options.keys else None
    _check_keys(settings, manifest, options, keys)
    _check_lists(settings, manifest, archive, options)
    _check_place(settings, manifest, options)
    with told_when_full(settings.data_dir):
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _put_keys(settings, keys)
        _load(settings, archive, options)
    given_up = _given_up(settings, manifest, options)
    with open_core(given_up) as core:
        done = recovery.after_restore(core)
        for kind in given_up:
            renewal.settle(core, kind, f"lost before the restore of {manifest['made_at']}")
    recovery.marker_path(settings).unlink()
    return {"made_at": manifest["made_at"], "schema": manifest["schema"], "rows": manifest["rows"], **done}


def _check_manifest(settings: Settings, manifest: View, path: Path) -> None:
    if manifest.get("holds") == "keys":
        raise OperatorError(f"{path} holds keys; give the backup first, and this file with --keys")
    if manifest["schema"] not in migrate.revisions():
        raise OperatorError(
            f"the backup has schema {manifest['schema']} of chatgate {manifest['chatgate']}, this program knows up to "
            f"{migrate.newest_revision()}; upgrade chatgate, then restore"
        )
    for part, url in zip(("main", "training"), urls_of(settings), strict=True):
        if manifest[part] and manifest[part] != kind_of(url):
            setting = "database_url" if part == "main" else "training_database_url"
            raise OperatorError(
                f"the backup's {part} database is {manifest[part]}, and {setting} names {kind_of(url)}; change that"
            )


def _check_keys(settings: Settings, manifest: View, options: Options, keys: Archive | None) -> None:
    """Refuse keys that do not fit, and a missing one without which something cannot be read or gone on with."""
    for kind, expected in manifest["keys"].items():
        file, mend = key_path(settings, kind), _mend(kind)
        if kind in _waived(options):
            continue
        if file.exists():
            if fingerprint(load_key(file, kind)) != expected:
                raise OperatorError(f"key_wrong: {file} is not the key of this backup; put the right one there{mend}")
            continue
        in_file = keys is not None and keys.has(f"keys/{kind}.key") and keys.manifest["keys"].get(kind) == expected
        if in_file or kind == "erasure":  # the lists beside it say so, with more words
            continue
        raise OperatorError(
            f"key_missing: {file} is missing, and {COSTS[kind]}; put it there, or give --keys FILE{mend}"
        )


def _mend(kind: str) -> str:
    """Return how to go on without a key."""
    options = {"training": "--without-training", "session": "--without-session", "erasure": "--without-lists"}
    return f", or go on without it by {options[kind]}" if kind in options else ""


def _waived(options: Options) -> list[str]:
    """Return the kinds of keys that the operator goes on without."""
    waived = {
        "session": options.without_session,
        "training": options.without_training,
        "erasure": options.without_lists,
    }
    return [kind for kind, without in waived.items() if without]


def _given_up(settings: Settings, manifest: View, options: Options) -> list[str]:
    """Return which of the keys that may be lost are: missing, or others."""
    return [
        kind
        for kind in _waived(options)
        if not (path := key_path(settings, kind)).exists()
        or fingerprint(load_key(path, kind)) != manifest["keys"].get(kind)
    ]


def _check_lists(settings: Settings, manifest: View, archive: Archive, options: Options) -> None:
    if options.without_lists:
        return
    erasure, stones = key_path(settings, "erasure"), outside.tombstone_path(settings)
    for file in (erasure, stones, outside.withdrawal_path(settings)):
        if not file.exists():
            raise OperatorError(
                f"{file} is missing: without it, chats that were erased or withdrawn since the backup come back. Put "
                "your newest copy of keys/ there, or accept that with --without-lists"
            )
    known = len(read_tombstones(stones))
    if known < manifest["tombstones"]:
        raise OperatorError(
            f"{stones} knows {known} erasures, and the backup was made after {manifest['tombstones']}: your copy of it "
            "is too old. Put the newest there, or accept that erased chats come back with --without-lists"
        )


def _check_place(settings: Settings, manifest: View, options: Options) -> None:
    for part, url in zip(("main", "training"), urls_of(settings), strict=True):
        if not manifest[part]:
            continue
        if snapshot.is_sqlite(url):
            file = snapshot.sqlite_path(url)
            if file.is_dir():
                raise OperatorError(f"{file} is a directory; move it away, a database file belongs there")
            if file.exists() and not options.replace:
                raise OperatorError(
                    f"{file} is there already; --replace throws it away and puts the backup in its place"
                )
            if snapshot.in_use(file):
                raise OperatorError(f"{file} is in use; stop every chatgate process first")
            continue
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
        setting = "database_url" if part == "main" else "training_database_url"
        with told_plainly(engine, setting), engine.connect() as db:
            if snapshot.tables_of(db) and not options.replace:
                raise OperatorError(f"the {part} database has tables already; --replace throws them away")
            if snapshot.others_connected(db):
                raise OperatorError(f"the {part} database is in use; stop every chatgate process first")
        engine.dispose()
    if not manifest["training"] or options.replace:
        return
    files, others = attachments_dir(settings), settings.data_dir / MIDDLEWARE
    for directory, found in ((files, any(stored_files(files))), (others, others.exists() and any(others.iterdir()))):
        if found:
            raise OperatorError(
                f"files are in {directory} already; --replace throws them away and puts the backup's in their place"
            )


def _put_keys(settings: Settings, keys: Archive | None) -> None:
    for kind in KEYS if keys is not None else ():
        assert keys is not None
        if keys.has(f"keys/{kind}.key") and not key_path(settings, kind).exists():
            keys.extract(f"keys/{kind}.key", key_path(settings, kind))


def _load(settings: Settings, archive: Archive, options: Options) -> None:
    """Load everything beside what is there, then exchange it behind the marker."""
    staging = settings.data_dir / STAGING
    remove_tree(staging)
    main, training = urls_of(settings)
    new: list[tuple[Path, Path]] = []
    if archive.has(MAIN):
        archive.extract(MAIN, staging / MAIN)
        migrate.upgrade(f"sqlite:///{staging / MAIN}")
        new.append((staging / MAIN, snapshot.sqlite_path(main)))
    with_training = bool(archive.manifest["training"])
    if archive.has(TRAINING) and not options.without_training:
        archive.extract(TRAINING, staging / TRAINING)
        new.append((staging / TRAINING, snapshot.sqlite_path(training)))
    elif with_training and snapshot.is_sqlite(training):
        new.append((staging / TRAINING, snapshot.sqlite_path(training)))
    files = attachments_dir(settings)
    if with_training:
        for part in archive.parts(MIDDLEWARE):
            archive.extract(part["name"], staging / part["name"])
        new.append((staging / MIDDLEWARE, settings.data_dir / MIDDLEWARE))
        _stage_attachments(archive, files)
    marker = recovery.marker_path(settings)
    marker.touch(mode=0o600)
    sync_directory(settings.data_dir)
    for staged, place in new:
        _exchange(staged, place)
    if with_training:
        _exchange_attachments(files)
    if archive.manifest["main"] == "postgresql":
        _load_postgresql(main, archive, "main", migrate_from=archive.manifest["schema"])
    if archive.manifest["training"] == "postgresql":
        _load_postgresql(training, archive, "training", leave_out=options.without_training)
    remove_tree(staging)
    sync_directory(settings.data_dir)


def _exchange(staged: Path, place: Path) -> None:
    """Delete what is at a place and put the staged file or directory there, if there is one."""
    for old in (place, Path(f"{place}-wal"), Path(f"{place}-shm")):
        if old.is_dir():
            remove_tree(old)
        else:
            old.unlink(missing_ok=True)
    for companion in (Path(f"{staged}-wal"), Path(f"{staged}-shm")):
        companion.unlink(missing_ok=True)
    if staged.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        staged.replace(place)


def _stage_attachments(archive: Archive, directory: Path) -> None:
    """Put sealed files inside of their directory: it may be a disk of its own, and then nothing else is beside it."""
    remove_tree(directory / STAGING)
    for part in archive.parts(ATTACHMENTS):
        archive.extract(part["name"], directory / STAGING / PurePosixPath(part["name"]).relative_to(ATTACHMENTS))


def _exchange_attachments(directory: Path) -> None:
    """Delete the sealed files of a directory and nothing else in it, then move the staged ones to their places."""
    for old in stored_files(directory):
        old.unlink()
    for staged in stored_files(directory / STAGING):
        place = directory / staged.parent.name / staged.name
        place.parent.mkdir(exist_ok=True, mode=0o700)
        staged.replace(place)
        sync_directory(place.parent)
    remove_tree(directory / STAGING)


def _load_postgresql(
    url: str, archive: Archive, folder: str, migrate_from: str | None = None, *, leave_out: bool = False
) -> None:
    """Make the tables as they were, fill them, and migrate them, all in one transaction."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.begin() as db:
            snapshot.drop_tables(db)
            if migrate_from is not None:
                migrate.run(db, migrate_from)
                _fill(db, archive, folder)
                migrate.run(db, migrate.newest_revision())
        if migrate_from is None:
            from chatgate.models.training import TrainingTable

            with engine.begin() as db:
                TrainingTable.metadata.create_all(db)
                if not leave_out:
                    _fill(db, archive, folder)
    finally:
        engine.dispose()


def _fill(db: Connection, archive: Archive, folder: str) -> None:
    told: dict[str, Any] = {part["name"]: part for part in archive.parts(folder)}
    for table, _columns in snapshot.tables_of(db):
        part = told.get(f"{folder}/{table}.copy")
        if part is not None:
            snapshot.load_table(db, table, part["columns"], archive.chunks(part["name"]))
