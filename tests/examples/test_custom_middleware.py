"""examples/custom_middleware is what it says: an installable package whose own test passes."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

from chatgate.hooks import discovery
from chatgate.hooks.chain import load_chain
from chatgate.testing import FakeServices

EXAMPLE = Path(__file__).parents[2] / "examples" / "custom_middleware"


def test_its_own_tests_pass():
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:playwright"],
        cwd=EXAMPLE,
        env={**os.environ, "PYTHONPATH": str(EXAMPLE), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_its_entry_point_loads_with_the_settings_of_its_page(monkeypatch):
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    offered = project["entry-points"][discovery.GROUP]
    entries = {name: EntryPoint(name, value, discovery.GROUP) for name, value in offered.items()}
    monkeypatch.setattr(discovery, "installed", lambda: entries)
    monkeypatch.syspath_prepend(str(EXAMPLE))
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    config = tomllib.loads(page.partition("```toml\n")[2].partition("```")[0])
    assert "no_links" in config["middleware"]
    chain = load_chain(["no_links"], config["middleware_settings"], FakeServices())
    assert [hook["hook"] for hook in chain.describe()[0]["hooks"]] == [
        "check_message",
        "on_conversation_closed",
    ]
