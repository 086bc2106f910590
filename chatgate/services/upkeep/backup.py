"""Backups while the server runs: one file with both databases and the files, as they were at one moment.

Outside of it stay the keys, and the lists of what was erased and withdrawn: an old backup must be met by their newest
state.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from chatgate import __version__
from chatgate.config import Settings, attachments_dir
from chatgate.errors import OperatorError
from chatgate.services.rights.outside import tombstone_path
from chatgate.services.upkeep.installation_keys import KINDS, key_path
from chatgate.storage import migrate, snapshot
from chatgate.storage.engine import database_url
from chatgate.storage.files.archive import Archive, ArchiveWriter, Progress, quiet, remove_tree
from chatgate.storage.files.attachment_files import stored_files
from chatgate.storage.files.keyfiles import fingerprint, load_key
from chatgate.storage.files.outside_files import read_tombstones
from chatgate.storage.queries import installation

MAIN: Final = "chatgate.db"
TRAINING: Final = "training.db"
ATTACHMENTS: Final = "attachments"
MIDDLEWARE: Final = "middleware"
"""Folders of a backup, and where middlewares keep their files in the data directory."""
KEYS: Final = ("session", "signing", "training")
"""Keys that ``--keys`` writes. The erasure key and the lists beside it are never in a file that may be old."""
ADMITTED: Final = "SELECT item_id FROM training_lineage WHERE state = 'admitted' AND sink = 'database'"
COUNTED: Final = ("conversation", "message", "consent_record")
BEFORE_UPGRADE: Final = "before-upgrade-"
NAME: Final = "chatgate-"


def make_backup(
    settings: Settings, target: Path, now: datetime, progress: Progress = quiet, *, only_main: bool = False
) -> dict[str, Any]:
    """Write a backup to ``target`` while others write to the databases; return its manifest.

    The main database is copied first. What the training database has then that the main one had not admitted at that
    moment is left out of its copy, so the two always agree.

    Raises:
        OperatorError: there is no installation, no room, or ``target`` exists.
    """
    urls = urls_of(settings)
    revision = _schema(settings, urls[0])
    if target.exists():
        raise OperatorError(f"{target} exists already; a backup replaces nothing: choose another name")
    work = target.with_name(f".{target.name}.{os.getpid()}.work")
    with told_when_full(target):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        work.mkdir(mode=0o700)
        try:
            with ArchiveWriter(target) as archive:
                counts = _add_main(archive, urls[0], work, progress)
                if not only_main:
                    counts |= _add_training(archive, urls[1], work, counts.pop("admitted"), progress)
                    _add_files(archive, settings, progress)
                counts.pop("admitted", None)
                return archive.finish(
                    {
                        "chatgate": __version__,
                        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
                        "schema": revision,
                        "main": kind_of(urls[0]),
                        "training": "" if only_main else kind_of(urls[1]),
                        "rows": counts,
                        "keys": expected_keys(settings),
                        "tombstones": len(read_tombstones(tombstone_path(settings))),
                    }
                )
        finally:
            remove_tree(work)


def make_keys_file(settings: Settings, target: Path, now: datetime) -> dict[str, Any]:
    """Write the keys without which a backup cannot be read or gone on with, for a place of their own."""
    if target.exists():
        raise OperatorError(f"{target} exists already; choose another name for the keys")
    with told_when_full(target):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ArchiveWriter(target) as archive:
            for kind in KEYS:
                path = key_path(settings, kind)
                if path.exists():
                    archive.add_file(f"keys/{kind}.key", path)
            about = {"chatgate": __version__, "made_at": now.astimezone(UTC).isoformat(timespec="seconds")}
            return archive.finish({**about, "holds": "keys", "keys": expected_keys(settings)})


def verify_backup(path: Path, progress: Progress = quiet) -> dict[str, Any]:
    """Read a whole backup, compare every part with the manifest, and look into the databases; return the manifest.

    Raises:
        OperatorError: it is damaged, or no backup of ChatGate.
    """
    archive = Archive(path, progress)
    for part in (MAIN, TRAINING):
        if archive.has(part):
            work = path.with_name(f".{path.name}.{os.getpid()}.work")
            with told_when_full(path):
                try:
                    archive.extract(part, work / part)
                    found = snapshot.check_sqlite(work / part)
                finally:
                    remove_tree(work)
            if found is not None:
                raise OperatorError(f"the backup {path} is damaged inside of {part}: {found}; use another one", 1)
    return archive.manifest


def default_name(now: datetime) -> str:
    """Return the name of a backup of now; names sort by time."""
    return f"{NAME}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.zip"


def forget_old(directory: Path, keep: int) -> list[Path]:
    """Delete all but the newest backups of a directory; return those that went: old ones hold what was erased."""
    found = sorted(directory.glob(f"{NAME}[0-9]*T[0-9]*Z.zip"))
    gone = found[:-keep]
    for path in gone:
        path.unlink()
    return gone


def before_upgrade(settings: Settings, now: datetime) -> Callable[[str, str], None]:
    """Return what copies the main database before its schema changes; only the newest such copy is kept."""

    def copy(found: str, goal: str) -> None:
        directory = upgrade_directory(settings)
        target = directory / f"{BEFORE_UPGRADE}{found}-to-{goal}-{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}.zip"
        try:
            make_backup(settings, target, now, only_main=True)
        except OperatorError as error:
            raise OperatorError(
                f"no copy could be made before the upgrade, so nothing was changed: {error} "
                "(backup_before_upgrade = false goes on without one)"
            ) from None
        for path in forgettable(settings):
            if path != target:
                path.unlink()

    return copy


def upgrade_directory(settings: Settings) -> Path:
    """Return where copies made before an upgrade are."""
    return settings.data_dir / "backups"


def forgettable(settings: Settings) -> list[Path]:
    """Return the copies made before upgrades, the oldest first."""
    return sorted(upgrade_directory(settings).glob(f"{BEFORE_UPGRADE}*.zip"))


def urls_of(settings: Settings) -> tuple[str, str]:
    """Return the addresses of the main and of the training database."""
    return (
        database_url(settings.database_url, settings.data_dir, MAIN),
        database_url(settings.training_database_url, settings.data_dir, TRAINING),
    )


def kind_of(url: str) -> str:
    """Return ``sqlite`` or ``postgresql``."""
    return "sqlite" if snapshot.is_sqlite(url) else "postgresql"


def expected_keys(settings: Settings) -> dict[str, str]:
    """Return the fingerprint of each key that the data was made with, whether its file is there or not."""
    there = {
        kind: fingerprint(load_key(key_path(settings, kind), kind))
        for kind in KINDS
        if key_path(settings, kind).exists()
    }
    engine = create_engine(urls_of(settings)[0], poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as db:
            # A copy before an upgrade may be of a schema without them.
            kept = inspect(db).has_table("installation_key")
            return {**there, **installation.keys_of_now(db)} if kept else there
    finally:
        engine.dispose()


def missing_keys(settings: Settings) -> list[str]:
    """Return the kinds of keys that the data was made with and that are not there now."""
    return [kind for kind in expected_keys(settings) if not key_path(settings, kind).exists()]


@contextmanager
def told_when_full(target: Path) -> Iterator[None]:
    """Say in one line when there is no room, or no right, to write where a backup goes.

    Raises:
        OperatorError: names the place.
    """
    try:
        yield
    except OSError as error:
        raise OperatorError(f"{target} cannot be written ({error.strerror}); nothing was left there", 1) from None
    except (sqlite3.Error, DBAPIError) as error:
        cause = " ".join(str(getattr(error, "orig", error)).split())[:80]
        raise OperatorError(
            f"a database cannot be copied to {target.parent} ({cause}); nothing was left there: see `chatgate doctor`",
            1,
        ) from None


def check_installed(settings: Settings) -> None:
    """Refuse a path without an installation.

    Raises:
        OperatorError: names the path.
    """
    url, _training = urls_of(settings)
    # The rows say it, not the keys: those may be lost, and that is told with other words.
    made = snapshot.sqlite_path(url).exists() if snapshot.is_sqlite(url) else migrate.revision_of(url) is not None
    if not made:
        raise OperatorError(
            f"there is no installation in {settings.data_dir}; name the right one with --config or --data-dir, "
            "or make one with `chatgate init`"
        )


def _schema(settings: Settings, url: str) -> str:
    check_installed(settings)
    revision = migrate.revision_of(url)
    if revision is None:
        raise OperatorError("the database is empty; there is nothing to back up")
    return revision


def _add_main(archive: ArchiveWriter, url: str, work: Path, progress: Progress) -> dict[str, Any]:
    """Add the main database; return its counts, and which items of the training database it admits."""
    if not snapshot.is_sqlite(url):
        with snapshot.postgresql_moment(url) as db:
            for table, columns in snapshot.tables_of(db):
                _add_table(archive, f"main/{table}", snapshot.dump_table(db, table, columns), columns, progress)
            counts: dict[str, Any] = {
                name: db.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in COUNTED
            }
            return {**counts, "admitted": set(db.exec_driver_sql(ADMITTED).scalars())}
    copy = work / MAIN
    snapshot.copy_sqlite(snapshot.sqlite_path(url), copy, progress)
    with sqlite3.connect(copy) as found:
        counts = {name: found.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED}
        admitted = {str(row[0]) for row in found.execute(ADMITTED)}
    found.close()
    archive.add_file(MAIN, copy, progress)
    copy.unlink()
    return {**counts, "admitted": admitted}


def _add_training(
    archive: ArchiveWriter, url: str, work: Path, admitted: set[str], progress: Progress
) -> dict[str, int]:
    if not snapshot.is_sqlite(url):
        with snapshot.postgresql_moment(url) as db:
            tables = snapshot.tables_of(db)
            for table, columns in tables:
                rows = snapshot.dump_table(db, table, columns, "WHERE item_id = ANY(%s)", (sorted(admitted),))
                _add_table(archive, f"training/{table}", rows, columns, progress)
            count = (
                len(set(db.exec_driver_sql("SELECT item_id FROM training_item").scalars()) & admitted) if tables else 0
            )
        return {"training_item": count}
    if not snapshot.sqlite_path(url).exists():
        return {"training_item": 0}
    copy = work / TRAINING
    snapshot.copy_sqlite(snapshot.sqlite_path(url), copy, progress)
    snapshot.keep_only(copy, admitted)
    found = sqlite3.connect(copy)
    count = found.execute("SELECT count(*) FROM training_item").fetchone()[0]
    found.close()
    archive.add_file(TRAINING, copy, progress)
    copy.unlink()
    return {"training_item": count}


def _add_table(
    archive: ArchiveWriter, name: str, rows: Iterator[bytes], columns: list[str], progress: Progress
) -> None:
    def told() -> Iterator[bytes]:
        for chunk in rows:
            progress(len(chunk))
            yield chunk

    archive.add(f"{name}.copy", told(), columns=columns)


def _add_files(archive: ArchiveWriter, settings: Settings, progress: Progress) -> None:
    """Add what is kept in files; one that is deleted meanwhile was erased, and is left out."""
    for name, path in _files(settings):
        with suppress(FileNotFoundError):
            archive.add_file(name, path, progress, pack=not name.startswith(f"{ATTACHMENTS}/"))


def _files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yield each file beside the databases with its name in a backup, wherever the directory of attachments is."""
    directory = attachments_dir(settings)
    for path in stored_files(directory):
        yield f"{ATTACHMENTS}/{path.relative_to(directory).as_posix()}", path
    for path in sorted((settings.data_dir / MIDDLEWARE).rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path.relative_to(settings.data_dir).as_posix(), path


def total_size(settings: Settings) -> int:
    """Return about how many bytes a backup reads, for a progress bar: each database twice, each file once."""
    total = 0
    for url in urls_of(settings):
        if snapshot.is_sqlite(url) and snapshot.sqlite_path(url).exists():
            total += 2 * snapshot.sqlite_path(url).stat().st_size
    for _name, path in _files(settings):
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total
