"""``chatgate replay``: recorded chats through a server that runs, compared with what is stored."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cast import SITE
from tests.live import SECONDS, Server

CHATS: list[list[tuple[str, str]]] = [
    [
        ("visitor", "Does the blue cup survive a dishwasher?"),
        ("agent", "It does, at up to 60 degrees."),
        ("visitor", "Thank you."),
    ],
    [("agent", "Good morning, can I help?"), ("visitor", "Is the bowl back?"), ("agent", "On Friday.")],
]


def test_two_chats_are_stored_once_and_in_order_and_only_the_one_that_agreed_is_learned_from(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    server = start_server()
    lines = [
        json.dumps({"id": str(number), "turns": [{"author_kind": kind, "body": body} for kind, body in turns]})
        for number, turns in enumerate(CHATS)
    ]
    file = tmp_path / "chats.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    done = replayed(file, server, "--training-share", "0.5")
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert (told["lost"], told["doubled"], told["reordered"]) == (0, 0, 0)
    assert (told["training_admitted"] + told["training_waiting"], told["training_expected"]) == (1, 1)
    with server.core.storage.read() as db:
        bodies = db.exec_driver_sql("SELECT conversation_id, body FROM message ORDER BY conversation_id, seq").all()
    chats: dict[str, list[str]] = {}
    for conversation_id, body in bodies:
        chats.setdefault(conversation_id, []).append(body)
    assert sorted(chats.values()) == sorted([body for _kind, body in turns] for turns in CHATS)


def test_a_server_that_is_not_there_is_one_line(start_server: Callable[..., Server], tmp_path: Path) -> None:
    server = start_server(worker=False)
    server.stop()
    file = tmp_path / "chats.jsonl"
    file.write_text('{"id": "1", "turns": [{"author_kind": "visitor", "body": "Hello"}]}', encoding="utf-8")
    done = replayed(file, server)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert server.url in line
    assert "cannot be reached" in line


def test_a_server_that_stops_in_the_middle_is_one_line(start_server: Callable[..., Server], tmp_path: Path) -> None:
    server = start_server(worker=False)
    file = tmp_path / "chats.jsonl"
    turns = [{"author_kind": "visitor", "body": f"Line {number}"} for number in range(200)]
    file.write_text(json.dumps({"id": "1", "turns": turns}), encoding="utf-8")
    where = ["--url", server.url, "--site", SITE, "--data-dir", str(server.data_dir), "--speed", "1"]
    command = [sys.executable, "-m", "chatgate", "replay", str(file), *where]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as playing:
        limit = time.monotonic() + SECONDS
        while not stored(server) and time.monotonic() < limit:
            time.sleep(0.1)
        server.kill()
        _out, told = playing.communicate(timeout=2 * SECONDS)
    assert playing.returncode == 1
    (line,) = told.strip().splitlines()
    assert "the server stopped" in line


def stored(server: Server) -> int:
    """Return how many messages are stored."""
    with server.core.storage.read() as db:
        return int(db.exec_driver_sql("SELECT count(*) FROM message").scalar_one())


def replayed(file: Path, server: Server, *options: str) -> subprocess.CompletedProcess[str]:
    """Play a file of chats against a server."""
    where = ["--url", server.url, "--site", SITE, "--data-dir", str(server.data_dir), "--json"]
    command = [sys.executable, "-m", "chatgate", "replay", str(file), *where, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=4 * SECONDS, check=False)
