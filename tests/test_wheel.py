"""The wheel carries everything: installed in an empty environment, outside the checkout, it serves the demo."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.live import ROOT

SERVES_WITHIN_SECONDS = 300


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", str(ROOT)]
    built = subprocess.run([*command, "--wheel-dir", str(folder)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr[-2000:]
    return next(folder.glob("chatgate-*.whl"))


@pytest.mark.timeout(SERVES_WITHIN_SECONDS)
def test_the_wheel_has_what_is_built_and_nothing_of_the_sources(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "chatgate/_built/manifest.json",
        "chatgate/_built/assets/loader.js",
        "chatgate/_built/store/index.html",
        "chatgate/policy/presets/split.md",
        "chatgate/web/templates/app.html",
        "chatgate/storage/migrations/versions/0001_first_tables.py",
    ):
        assert needed in names
    assert any(name.endswith("/pl/LC_MESSAGES/chatgate.mo") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "widget/")) or "node_modules" in name]


@pytest.mark.timeout(SERVES_WITHIN_SECONDS)
def test_an_installed_wheel_serves_the_demo(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, cwd=tmp_path)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CHATGATE"))}
    command = [python, "-m", "chatgate", "demo", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        told = json.loads(demo.stdout.readline())
        try:
            assert set(told) == {"base_url", "store_url", "inbox_url", "site", "agent", "data_dir"}
            assert Path(told["data_dir"]).is_relative_to(tmp_path)
            for address in (told["store_url"], told["inbox_url"], f"{told['base_url']}/widget.js?site={told['site']}"):
                with urllib.request.urlopen(address, timeout=20) as answer:
                    assert answer.status == 200
                    assert answer.read()
            notice = f"{told['base_url']}/v1/sites/{told['site']}/notice?locale=pl"
            with urllib.request.urlopen(notice, timeout=20) as answer:
                assert json.load(answer)["notice"]["locale"] == "pl"
        finally:
            demo.send_signal(signal.SIGTERM)
    assert demo.returncode == 0
