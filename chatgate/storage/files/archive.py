"""A backup's file: a zip whose last member is a manifest with size and SHA-256 of every part."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, Final, Self

from chatgate.errors import OperatorError
from chatgate.storage.files.whole import sync_directory, write_private

MANIFEST: Final = "manifest.json"
FORMAT: Final = "chatgate-backup"
FORMAT_VERSION: Final = 1
CHUNK: Final = 1 << 20
Progress = Callable[[int], None]
"""Told how many more bytes are done."""


def quiet(_size: int) -> None:
    """Show no progress."""


class ArchiveWriter:
    """Writes parts and, at the end, the manifest; the file gets its name when it is whole and on the disk.

    Leaving the ``with`` block without :meth:`finish` removes what was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts: list[dict[str, Any]] = []
        self._draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
        descriptor = os.open(self._draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", allowZip64=True)

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Remove an unfinished file."""
        if not self._file.closed:
            with suppress(OSError, ValueError):  # a full disk cannot even take the end of the file
                self._zip.close()
            with suppress(OSError):
                self._file.close()
        self._draft.unlink(missing_ok=True)

    def add(self, name: str, chunks: Iterable[bytes], *, pack: bool = True, **about: Any) -> None:
        """Add one part from its chunks; ``pack`` compresses it, ``about`` goes into the manifest."""
        checked_name(name)
        digest, size = hashlib.sha256(), 0
        member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        member.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
        member.external_attr = 0o600 << 16
        with self._zip.open(member, "w", force_zip64=True) as target:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        self.parts.append({"name": name, "size": size, "sha256": digest.hexdigest(), **about})

    def add_file(self, name: str, source: Path, progress: Progress = quiet, *, pack: bool = True) -> None:
        """Add a file."""
        with source.open("rb") as file:
            self.add(name, _told(chunks_of(file), progress), pack=pack)

    def finish(self, about: Mapping[str, Any]) -> dict[str, Any]:
        """Write the manifest, wait for the disk, give the file its name; return the manifest."""
        manifest = {"format": FORMAT, "format_version": FORMAT_VERSION, **about, "parts": self.parts}
        self._zip.writestr(MANIFEST, json.dumps(manifest, indent=1))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._draft.replace(self.path)
        sync_directory(self.path.parent)
        return manifest


class Archive:
    """A backup that was found whole: every part was read and compared with the manifest.

    Raises:
        OperatorError: it is no backup of ChatGate, it is damaged, or a newer program made it.
    """

    def __init__(self, path: Path, progress: Progress = quiet) -> None:
        self.path = path
        self.manifest = _manifest(path)
        with _opened(path) as packed:
            names = [name for name in packed.namelist() if name != MANIFEST]
            told = [part["name"] for part in self.manifest["parts"]]
            if sorted(names) != sorted(told):
                raise damaged(path, "its parts are not those of its manifest")
            for part in self.manifest["parts"]:
                checked_name(part["name"])
                _compare(path, packed, part, progress)

    def parts(self, folder: str) -> list[dict[str, Any]]:
        """Return the parts in a folder of the archive."""
        return [part for part in self.manifest["parts"] if part["name"].startswith(f"{folder}/")]

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return any(part["name"] == name for part in self.manifest["parts"])

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a part."""
        with _opened(self.path) as packed, packed.open(name) as file:
            yield from chunks_of(file)

    def extract(self, name: str, target: Path) -> None:
        """Write a part to a file that is on the disk when this returns."""
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(target, self.chunks(name))


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file in pieces."""
    while chunk := file.read(CHUNK):
        yield chunk


def remove_tree(directory: Path) -> None:
    """Delete a directory and what is in it, if it is there."""
    if directory.exists():
        shutil.rmtree(directory)


def checked_name(name: str) -> str:
    """Return a part's name when it stays inside of the directory that it is written to.

    Raises:
        OperatorError: it leads elsewhere.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or name in ("", "."):
        raise OperatorError(f"the part {name[:80]!r} of the backup leads out of it; do not use this file", 1)
    return name


def damaged(path: Path, what: str) -> OperatorError:
    """Return the error of a backup that is not whole."""
    return OperatorError(f"the backup {path} is damaged: {what}; use another one", 1)


def _told(chunks: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk
        progress(len(chunk))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise OperatorError(f"{path} does not exist; give a file that `chatgate backup` made") from None
    except IsADirectoryError:
        raise OperatorError(f"{path} is a directory; name one backup file in it") from None
    except OSError as error:
        raise OperatorError(f"{path} cannot be read ({error.strerror})") from None
    except Exception:  # zipfile has many kinds of errors for a file that is not whole
        raise damaged(path, "it is no whole zip file") from None


def _manifest(path: Path) -> dict[str, Any]:
    with _opened(path) as packed:
        try:
            manifest: dict[str, Any] = json.loads(packed.read(MANIFEST))
            if manifest["format"] != FORMAT:
                raise KeyError(FORMAT)
            version, _parts = int(manifest["format_version"]), [part["sha256"] for part in manifest["parts"]]
        except (KeyError, ValueError, TypeError):
            raise OperatorError(f"{path} is no backup of ChatGate: it has no manifest of one", 1) from None
        except Exception:
            raise damaged(path, "its manifest cannot be read") from None
    if version > FORMAT_VERSION:
        raise OperatorError(
            f"{path} was made by a newer chatgate ({manifest.get('chatgate')}); upgrade, then restore", 1
        )
    return manifest


def _compare(path: Path, packed: zipfile.ZipFile, part: Mapping[str, Any], progress: Progress) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        with packed.open(part["name"]) as file:
            for chunk in chunks_of(file):
                digest.update(chunk)
                size += len(chunk)
                progress(len(chunk))
    except Exception as error:  # zlib, zipfile and the file system each have errors of their own for damage
        raise damaged(path, f"{part['name']} cannot be read ({type(error).__name__})") from None
    if digest.hexdigest() != part["sha256"] or size != part["size"]:
        raise damaged(path, f"{part['name']} is not what its manifest says")
