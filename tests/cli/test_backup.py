"""``chatgate backup`` and ``restore`` at the command line, beside a server that runs and is written to."""

import json
import subprocess
import sys
import threading
import urllib.request
from typing import Any

from tests.live import ROOT


def chatgate(*arguments: Any) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "chatgate", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_running_shop_is_backed_up_verified_put_back_and_served_again(start_server, visitor, tmp_path):
    server = start_server()
    data_dir = server.data_dir
    vera = visitor(server)
    stop = threading.Event()
    acknowledged: list[str] = []

    def write() -> None:
        while not stop.is_set():
            acknowledged.append(vera.writes(f"line {len(acknowledged)}")["message"]["id"])

    thread = threading.Thread(target=write)
    thread.start()
    while len(acknowledged) < 20 and thread.is_alive():
        stop.wait(0.01)
    before = len(acknowledged)
    made = chatgate("backup", tmp_path / "backups", "--data-dir", data_dir, "--json")
    stop.set()
    thread.join()
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert told["rows"]["message"] >= before

    checked = chatgate("backup", "verify", told["file"])
    assert (checked.returncode, "is whole" in checked.stdout) == (0, True)
    busy = chatgate("restore", told["file"], "--data-dir", data_dir, "--replace")
    assert (busy.returncode, "in use" in busy.stderr) == (2, True)
    vera.close()
    server.close()

    again = chatgate("restore", told["file"], "--data-dir", data_dir)
    assert (again.returncode, "--replace" in again.stderr, len(again.stderr.splitlines())) == (2, True, 1)
    put = chatgate("restore", told["file"], "--data-dir", data_dir, "--replace", "--json")
    assert put.returncode == 0, put.stderr
    assert json.loads(put.stdout)["rows"] == told["rows"]
    server.start()
    with urllib.request.urlopen(f"{server.url}/healthz") as answer:
        assert answer.status == 200


def test_wrong_use_is_one_line(tmp_path):
    (tmp_path / "notes.txt").write_text("no backup")
    (tmp_path / "empty").mkdir()
    for arguments, needle in (
        (("backup", tmp_path, "--data-dir", tmp_path / "nowhere"), "no installation"),
        (("backup", tmp_path / "x.zip", "--keep", 3, "--data-dir", tmp_path), "--keep"),
        (("backup", tmp_path / "data" / "b", "--data-dir", tmp_path / "data"), "another place"),
        (("backup", "verify", tmp_path / "none.zip"), "does not exist"),
        (("backup", "verify", tmp_path / "notes.txt"), "no whole zip"),
        (("backup", "verify", tmp_path), "is a directory"),
        (("restore", tmp_path / "none.zip", "--data-dir", tmp_path / "data"), "does not exist"),
    ):
        done = chatgate(*arguments)
        assert done.returncode in (1, 2), arguments
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert needle in done.stderr
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "nowhere").exists()
