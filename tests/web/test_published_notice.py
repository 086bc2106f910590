"""A new version of the notice reaches open sockets, published by the command line beside a running server."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

from chatgate.cli.serve import shipped_notice
from tests.cast import SITE, next_version
from tests.live import ROOT, Server, handshake


def published(server: Server, text: str) -> None:
    """Publish with the command line."""
    file = server.data_dir.parent / "notice.md"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "chatgate", "notice", "publish", str(file), "--site", SITE]
    command += ["--data-dir", str(server.data_dir)]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def versioned(version: str, was: str, now: str) -> str:
    """Return the shipped notice under a version, with other words."""
    return shipped_notice("split").replace('version = "1.0.0"', f'version = "{version}"').replace(was, now)


def test_each_step_reaches_the_open_socket_as_it_should(start_server: Callable[..., Server], visitor: Any) -> None:
    server = start_server()
    vera = visitor(server)
    other = visitor(server, auth=handshake(server, locale="pl"))
    published(server, versioned("1.0.1", "Read the full clause", "The full clause"))
    published(server, versioned("1.1.0", "privacy@", "data@"))
    told = vera.told("consent_changed")
    assert (told["consent"]["inform"], told["consent"]["ask_again"]) == (True, False), "a patch says nothing"
    assert other.told("consent_changed")["consent"]["inform"]
    published(server, next_version("2.0.0"))
    assert vera.told("consent_changed", lambda heard: heard["consent"]["ask_again"])
    assert vera.writes("Before I decided")["error"]["code"] == "consent_stale"
    refused = visitor(server, auth=handshake(server))
    assert "consent_changed" not in refused.names(), "who came under the new text hears nothing"


def test_who_has_no_window_open_is_asked_when_they_come_back(start_server: Callable[..., Server], visitor: Any) -> None:
    server = start_server()
    gone = visitor(server)
    token = gone.opened["session_token"]
    gone.close()
    published(server, next_version("2.0.0"))
    back = visitor(server, auth={"session_token": token, "last_seq": 0})
    assert back.told("session_resumed")["consent"]["ask_again"]
