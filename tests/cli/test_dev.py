"""``chatgate dev`` for the author of a middleware: a change restarts the demo, and a mistake waits for its mend."""

import os
import subprocess
import sys
import time

import pytest

from tests.live import ROOT

GOOD = """from chatgate import hookimpl


@hookimpl
def check_session_open(context):
    pass
"""


@pytest.fixture
def author(tmp_path):
    """Return a directory with a middleware that is installed as ``mine`` and listed."""
    (tmp_path / "mine.py").write_text(GOOD, encoding="utf-8")
    (tmp_path / "chatgate.toml").write_text('middleware = ["mine"]', encoding="utf-8")
    dist = tmp_path / "mine-1.dist-info"
    dist.mkdir()
    (dist / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1\n", encoding="utf-8")
    (dist / "entry_points.txt").write_text("[chatgate.middleware]\nmine = mine\n", encoding="utf-8")
    return tmp_path


def wait_until(log, text, times=1):
    """Wait until the log says it so often; return what it says."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        said = log.read_text(encoding="utf-8")
        if said.count(text) >= times:
            return said
        time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8"))


def test_a_changed_middleware_restarts_and_a_mistake_is_said_once(author):
    log = author / "said.log"
    environment = {**os.environ, "PYTHONPATH": f"{author}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    with log.open("wb") as out:
        command = [sys.executable, "-m", "chatgate", "dev", "--port", "0"]
        dev = subprocess.Popen(command, cwd=author, env=environment, stdout=out, stderr=out)
        try:
            wait_until(log, "ChatGate serves.")
            (author / "mine.py").write_text(GOOD.replace("context", "contex"), encoding="utf-8")
            said = wait_until(log, "Change a file to start it again")
            assert said.count('did you mean "context"?') == said.count("Restarting.") == 1
            time.sleep(2)
            assert log.read_text(encoding="utf-8").count("Restarting.") == 1
            (author / "mine.py").write_text(GOOD, encoding="utf-8")
            wait_until(log, "ChatGate serves.", times=2)
        finally:
            dev.terminate()
            assert dev.wait(60) == 0
