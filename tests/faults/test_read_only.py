"""Databases that may not be written, and a full disk under PostgreSQL: refused by name, and taken again by itself."""

import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.faults.postgresql_server import PostgresServer
from tests.faults.test_disk import compare, fill_until_refused, goes_on, said
from tests.live import Server

CODE = "storage_unavailable"


def run(*command: Any) -> bool:
    """Run a program of the system; return whether it did."""
    with suppress(FileNotFoundError):
        return subprocess.run([str(part) for part in command], capture_output=True, check=False).returncode == 0
    return False


@pytest.fixture
def own_disk(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Return an image and where its ext4 is mounted, or skip where that needs more rights than we have."""
    image, place = tmp_path / "disk.img", tmp_path / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(48 * 1024 * 1024)
    if not (run("mkfs.ext4", "-q", image) and run("mount", "-o", "loop", image, place)):
        pytest.skip("a disk that turns read-only needs root, mkfs.ext4 and a loop device")
    yield image, place
    run("umount", "-l", place)


def test_a_disk_that_turns_read_only_as_after_an_error(
    own_disk: tuple[Path, Path], visitor: Callable[..., Any]
) -> None:
    """The kernel refuses every write, as after a bad disk; a start on the disk put right goes on where it was."""
    image, place = own_disk
    server = Server(place)
    try:
        clients = [visitor(server) for _ in range(2)]
        acknowledged = [said(client, "before") for client in clients]
        assert run("mount", "-o", "remount,abort", place)
        assert [said(client, "meanwhile") for client in clients] == [CODE, CODE]
        assert server.request("/readyz").status == 503
        assert server.request("/healthz").status == 200
        refused = server.request("/v1/sites/demo/notice?locale=en")
        assert refused.status in (200, 503)
        for client in clients:
            client.close()
        server.kill()
        if server._core is not None:
            server._core.close()
            server._core = None
        assert run("umount", "-l", place)
        run("e2fsck", "-p", image)
        assert run("mount", "-o", "loop", image, place)
        server.start()
        goes_on(visitor(server), acknowledged)
        assert compare(server, acknowledged) == 3
    finally:
        server.close()


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """Return what is closed after the test, the last first."""
    with ExitStack() as stack:
        yield stack


def test_a_postgresql_that_only_reads(opened: ExitStack, tmp_path: Path, visitor: Callable[..., Any]) -> None:
    """As a standby is, or a server in maintenance: what is open stays open, and writing goes on by itself."""
    database = PostgresServer()
    opened.callback(database.close)
    server = Server(tmp_path, settings={"database_url": database.url})
    opened.callback(server.close)
    clients = [visitor(server) for _ in range(2)]
    acknowledged = [said(client, "before") for client in clients]
    database.order("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
    codes = _until_refused(clients[0], acknowledged)
    assert set(codes) == {CODE}
    assert said(clients[1], "meanwhile") == CODE
    assert server.request("/readyz").status == 503
    assert server.request("/healthz").status == 200
    before = server.core.storage.row_counts(["message", "conversation", "consent_record"])
    late = visitor(server)
    assert late.refusal["message"] == CODE
    assert server.core.storage.row_counts(["message", "conversation", "consent_record"]) == before
    database.order("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")
    goes_on(clients[0], acknowledged)
    goes_on(clients[1], acknowledged)
    compared = compare(server, acknowledged)
    print(f"1 fault, {len(acknowledged)} acknowledged, {compared} compared")
    for client in clients:
        client.close()


def _until_refused(client: Any, acknowledged: list[Any]) -> Counter[str]:
    """Send until it is refused: the server of the database takes a moment to hear of its new configuration."""
    codes: Counter[str] = Counter()
    for _ in range(300):
        answer = said(client, "now")
        if isinstance(answer, str):
            codes[answer] += 1
            return codes
        acknowledged.append(answer)
        threading.Event().wait(0.1)
    raise AssertionError("it still writes")


def test_a_full_disk_under_postgresql(opened: ExitStack, tmp_path: Path, visitor: Callable[..., Any]) -> None:
    """Its log has no room: PostgreSQL says no, or stops; what was acknowledged is there when there is room again."""
    # Not below the directory of pytest, which other runs of it lock for everybody else: PostgreSQL has its own user.
    place = Path(tempfile.mkdtemp(prefix="chatgate-small-"))
    opened.callback(place.rmdir)
    if not run("mount", "-t", "tmpfs", "-o", "size=130m,mode=777", "tmpfs", place):
        pytest.skip("mounting a small disk needs root: run the suite as root to test a really full disk")
    opened.callback(run, "umount", "-l", place)
    (place / "pg").mkdir(mode=0o777)
    database = PostgresServer(place / "pg")
    opened.callback(database.close)
    server = Server(tmp_path, settings={"database_url": database.url})
    opened.callback(server.close)
    clients = [visitor(server) for _ in range(3)]
    acknowledged, codes = [said(client, "before") for client in clients], Counter[str]()
    ballast = place / "ballast"
    _fill(place, ballast)
    fill_until_refused(clients, _dice(), acknowledged, codes)
    assert set(codes) <= {CODE, "rate_limited"}, codes
    ballast.unlink()
    if not _answers(database):
        database.start()  # it stopped itself for want of room
    goes_on(clients[1], acknowledged)
    compared = compare(server, acknowledged)
    print(f"1 fault, {sum(codes.values())} refusals, {len(acknowledged)} acknowledged, {compared} compared")
    for client in clients:
        client.close()


def _answers(database: PostgresServer) -> bool:
    for _ in range(20):
        with suppress(Exception):
            database.order("SELECT 1")
            return True
        threading.Event().wait(0.25)
    return False


def _fill(place: Path, ballast: Path) -> None:
    import shutil

    free = shutil.disk_usage(place).free
    with ballast.open("wb") as file:
        for _ in range(max(0, free - 300_000) // 65536):
            file.write(b"x" * 65536)


def _dice() -> Any:
    import random

    return random.Random(7)
