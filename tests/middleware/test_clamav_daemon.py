"""clamav against ClamAV's own daemon, with a signature of our own: no database of theirs has to be fetched."""

import io
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator

import pytest

from chatgate import Refusal
from chatgate.middleware import clamav
from chatgate.testing import agreed, attachment_context, chain_of
from tests import sample_files

CLAMD = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
PATIENCE_SECONDS = 30

pytestmark = pytest.mark.skipif(CLAMD is None, reason="install ClamAV's daemon (Debian: clamav-daemon) to run this")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where a daemon listens that knows the EICAR test file and nothing else."""
    place = tmp_path_factory.mktemp("clamd")
    (place / "signatures").mkdir()
    (place / "signatures" / "own.ndb").write_text(f"Eicar-Test:0:*:{sample_files.EICAR.hex()}\n", "ascii")
    path = place / "clamd.ctl"
    settings = {
        "DatabaseDirectory": place / "signatures",
        "LocalSocket": path,
        "TemporaryDirectory": place,
        "StreamMaxLength": "2M",
        "Foreground": "yes",
    }
    file = place / "clamd.conf"
    file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()), "utf-8")
    with subprocess.Popen([str(CLAMD), f"--config-file={file}"], stdout=subprocess.DEVNULL) as daemon:
        end = time.monotonic() + PATIENCE_SECONDS
        while not path.exists():
            assert daemon.poll() is None
            assert time.monotonic() < end, "clamd does not listen"
            time.sleep(0.05)
        yield str(path)
        daemon.terminate()


def check(address: str, content: bytes) -> None:
    """Ask about a file."""
    chain = chain_of(clamav, settings={"clamav": {"address": address}})
    chain.check("check_attachment", agreed("support"), context=attachment_context(), content=content)


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", content)
    return packed.getvalue()


@pytest.mark.parametrize("content", [b"", sample_files.photo(), b"x" * 1_000_000], ids=["empty", "photo", "large"])
def test_what_is_clean_passes(address: str, content: bytes) -> None:
    check(address, content)


@pytest.mark.parametrize(
    "content",
    [sample_files.EICAR, sample_files.pdf(sample_files.EICAR), zipped(sample_files.EICAR)],
    ids=["plain", "in a PDF", "in a zip"],
)
def test_malware_is_refused(address: str, content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        check(address, content)
    assert (refused.value.code, refused.value.detail) == ("attachment_refused", {"reason": "malware"})


def test_more_than_the_daemon_takes_is_refused(address: str) -> None:
    with pytest.raises(Refusal, match="middleware_error"):
        check(address, b"x" * 3_000_000)
