"""``chatgate agent``: who is switched off is said, and an account is removed for good."""

import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chatgate.cli import root

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command on data of its own and returns what it prints."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, fails: bool = False) -> str:
        monkeypatch.setattr(sys, "argv", ["chatgate", *arguments])
        code = root.run_command()
        told = capsys.readouterr()
        assert (code != 0) == fails, told
        return told.err if fails else told.out

    call("init", ".")
    call("agent", "add", "adam@shop.example", "--role", "admin")
    call("agent", "add", "ewa@shop.example", "--name", "Ewa")
    return call


def test_the_list_says_who_is_switched_off(run: Run) -> None:
    run("agent", "change", "ewa@shop.example", "--off", "--reason", "on leave")
    listed = run("agent", "list")
    assert "ewa@shop.example  Ewa  agent  switched off" in listed
    assert "adam@shop.example  adam  admin\n" in listed


def test_a_removed_agent_is_gone_and_may_be_added_again(run: Run) -> None:
    assert run("agent", "remove", "ewa@shop.example", "--reason", "left the shop") == "Removed ewa@shop.example.\n"
    assert "ewa@shop.example" not in run("agent", "list")
    run("agent", "add", "ewa@shop.example")


def test_the_last_admin_and_nobody_are_not_removed(run: Run) -> None:
    assert "one active admin must stay" in run("agent", "remove", "adam@shop.example", "--reason", "x", fails=True)
    assert "no agent has the address" in run("agent", "remove", "vera@shop.example", "--reason", "x", fails=True)
    assert "adam@shop.example" in run("agent", "list")


def test_a_made_password_is_printed_as_json_and_what_the_operator_did_is_on_record(run: Run, tmp_path: Path) -> None:
    added = json.loads(run("agent", "add", "zoe@shop.example", "--json"))
    reset = json.loads(run("agent", "reset", "zoe@shop.example", "--json"))
    assert added["email"] == reset["email"] == "zoe@shop.example"
    assert added["password"] != reset["password"]
    database = sqlite3.connect(tmp_path / "chatgate-data" / "chatgate.db")
    events = database.execute("SELECT actor, action FROM audit_event ORDER BY id").fetchall()
    database.close()
    assert events[-2:] == [("operator", "agent_added"), ("operator", "agent_reset")]


def test_a_published_notice_and_a_secret_are_printed_as_json(run: Run) -> None:
    run("init", "shop", "--site", "shop")
    file = next(Path("shop").glob("*.md"))
    (en, pl) = json.loads(run("notice", "publish", str(file), "--site", "shop", "--json", "--data-dir", where()))
    assert (en["locale"], pl["locale"], len(en["sha256"])) == ("en", "pl", 64)
    told = json.loads(run("site", "secret", "shop", "--json", "--data-dir", where()))
    assert told["site"] == "shop"
    assert told["secret"]


def test_what_changed_is_printed_as_json(run: Run) -> None:
    added = json.loads(run("site", "add", "outlet", "--name", "Outlet", "--json"))
    assert added["site"] == "outlet"
    assert "/widget.js?site=outlet" in added["script"]
    changed = json.loads(run("site", "set", "outlet", "accent=#0f766e", "--json"))
    assert (changed["id"], changed["settings"]["accent"]) == ("outlet", "#0f766e")
    off = json.loads(run("agent", "change", "ewa@shop.example", "--off", "--role", "admin", "--json"))
    assert off == {"email": "ewa@shop.example", "role": "admin", "active": False}
    assert json.loads(run("agent", "remove", "ewa@shop.example", "--reason", "left", "--json"))["removed"] is True


def where() -> str:
    """Return the data directory that ``init`` made."""
    return str(next(Path("shop").rglob("chatgate.db")).parent)
