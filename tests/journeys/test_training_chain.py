"""The whole chain: from the tick box to a release and a suggestion, and back out of both by one withdrawal."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatgate.storage.queries import work
from tests.journeys.browsing import sign_in, start_chat, until, withdraw, write
from tests.live import ROOT, Server

pytestmark = pytest.mark.journey

ASKED = "Does the zanzibar teapot survive a dishwasher?"
ANSWER = "Yes, every quokka-glazed teapot does, up to sixty degrees."
KEPT = "Is the lamp with the long cable back in stock?"
OTHER = "No wombat was here, thanks."


@pytest.fixture
def server(start_server: Any) -> Server:
    """Return a shop with the assistant, and with the two weeks that a visitor may think again."""
    started: Server = start_server(
        settings={
            "training": {"cooling_off_days": 14},
            "middleware": ["consent_gate", "training_router", "assistant"],
            "middleware_settings": {},
        }
    )
    return started


def states(server: Server) -> list[str]:
    """Return the states of all transcripts, sorted."""
    with server.core.storage.read() as db:
        return sorted(row.state for row in work.all_lineages(db, None))


def chatgate(server: Server, *words: str) -> tuple[int, Any]:
    """Run a command of the operator beside the server; return its exit code and what it printed."""
    command = [sys.executable, "-m", "chatgate", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, json.loads(done.stdout) if "--json" in words else done.stdout


def sealed(server: Server, item: str) -> bytes:
    """Return the bytes of an item as they lie in the training database."""
    with closing(sqlite3.connect(server.data_dir / "training.db")) as db:
        return bytes(db.execute("SELECT sealed FROM training_item WHERE item_id = ?", (item,)).fetchone()[0])


def lies_in(server: Server, piece: bytes) -> bool:
    """Tell whether a file of the training database holds these bytes."""
    return any(piece in path.read_bytes() for path in server.data_dir.glob("training.db*"))


def closed_chat(server: Server, visitor: Any, inbox: Any, question: str, answer: str, training: bool) -> Any:
    """Chat as a visitor with Adam, who closes the chat; return the visitor's frame."""
    frame = start_chat(visitor, server, training)
    write(frame, question)
    inbox.get_by_text(question).first.click()
    inbox.locator("#composer").fill(answer)
    inbox.keyboard.press("Enter")
    frame.get_by_text(answer, exact=True).wait_for()
    inbox.get_by_role("button", name="Close chat").click()
    return frame


def released(server: Server, folder: Path, *here: str) -> tuple[str, int]:
    """Make a release of the two admitted chats; return its id and the line on which Vera's stands."""
    built = ("training", "release", "--recipient", "Model team", "--output", str(folder))
    _code, made = chatgate(server, *built, *here, "--json")
    lines = [json.loads(text) for text in (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    said = [[one["content"] for one in line["messages"]] for line in lines]
    assert made["items"] == len(said) == 2
    assert chatgate(server, "training", "verify", str(folder))[0] == 0
    again = folder.with_name("again")
    assert chatgate(server, "training", "rebuild", made["release"], "--output", str(again), *here, "--json")[0] == 0
    assert (again / "train.jsonl").read_bytes() == (folder / "train.jsonl").read_bytes()
    return made["release"], said.index([ASKED, ANSWER]) + 1


def test_one_withdrawal_takes_a_chat_out_of_everything_that_was_made_of_it(
    server: Server, new_window: Callable[..., Any], window: Callable[..., Any], tmp_path: Path
) -> None:
    vera, mallory, inbox = new_window(), new_window(), window(server)
    widget = closed_chat(server, vera, inbox, ASKED, ANSWER, training=True)
    closed_chat(server, mallory, inbox, OTHER, "You are welcome.", training=False)
    closed_chat(server, new_window(), inbox, KEPT, "It is, from Tuesday on.", training=True)
    until(vera, lambda: states(server) == ["skipped", "waiting", "waiting"], "one did not agree, two wait")

    server.clock.advance(days=14, seconds=60)
    until(vera, lambda: states(server) == ["admitted", "admitted", "skipped"], "the two weeks are over")
    here = ("--data-dir", str(server.data_dir))
    _code, listed = chatgate(server, "training", "list", "--state", "admitted", *here, "--json")
    item = min(row["item_id"] for row in listed)  # ids are by time, and Vera was first
    _code, lineage = chatgate(server, "training", "lineage", item, *here, "--json")
    links = ("consent_event_id", "notice_sha256", "transcript_sha256", "redaction_profile")
    assert all(lineage[link] for link in links)
    stored = sealed(server, item)
    assert b"quokka" not in stored
    assert lies_in(server, stored)

    release = tmp_path / "release-1"
    release_id, hers = released(server, release, *here)

    other = start_chat(new_window(), server)
    write(other, "can the teapot go into my dishwasher")
    sign_in(inbox, server)  # two weeks are longer than a sign-in
    inbox.get_by_text("can the teapot go into my dishwasher").first.click()
    card = inbox.get_by_label("Suggested reply")
    card.get_by_text(ANSWER).wait_for()
    card.get_by_text("from 1 chat whose visitor agreed").wait_for()

    widget.get_by_role("button", name="Change").click()
    withdraw(widget, "training")
    until(vera, lambda: states(server).count("admitted") == 1, "the withdrawal is committed")
    write(other, "so, may the teapot go into my dishwasher?")
    inbox.get_by_role("log").get_by_text("so, may the teapot").wait_for()
    inbox.wait_for_timeout(1000)
    assert card.count() == 0

    until(vera, lambda: states(server) == ["admitted", "retracted", "skipped"], "the worker took it out")
    until(vera, lambda: not lies_in(server, stored), "the item is gone to the bytes")
    assert chatgate(server, "training", "rebuild", release_id, "--output", str(tmp_path / "third"), *here)[0] == 3
    feed = tmp_path / "feed.json"
    assert chatgate(server, "training", "feed", release_id, "--output", str(feed), *here)[0] == 0
    code, verdict = chatgate(server, "training", "verify", str(release), "--feed", str(feed), "--json")
    assert (code, verdict["problems"], verdict["revoked_lines"]) == (3, [], [hers])
    again = ("training", "prune", str(release), "--output", str(tmp_path / "release-2"))
    _code, pruned = chatgate(server, *again, *here, "--json")
    assert (pruned["version"], pruned["items"]) == (2, 1)
