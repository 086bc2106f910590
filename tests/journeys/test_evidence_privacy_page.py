"""Olga, the privacy officer, proves a consent from the inbox, hands it out, and acts on a letter; Ben may not."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.dates import format_date
from playwright.sync_api import expect

from chatgate.policy.evidence.proof_pack import verify_pack
from chatgate.services import consents
from chatgate.services.accounts import agents
from chatgate.services.consents import ChangeRequest
from chatgate.services.conversations import close_conversation
from chatgate.services.evidence import ledger
from chatgate.services.rights import retention
from tests.cast import PASSWORD, Vera, welcome
from tests.journeys.browsing import sign_in, violations
from tests.live import Server

pytestmark = pytest.mark.journey
OLGA, BEN = "olga@kilnandcup.example", "ben@kilnandcup.example"


@pytest.fixture(scope="module")
def server(server: Server) -> Server:
    """Return a server with a privacy officer and an agent who is nothing else."""
    agents.add_agent(server.core, OLGA, "Olga", "privacy_officer", PASSWORD)
    agents.add_agent(server.core, BEN, "Ben", "agent", PASSWORD)
    return server


@pytest.fixture
def vera(server: Server) -> Vera:
    """Return a visitor who agreed to both, wrote, and withdrew training; a checkpoint covers it."""
    found = welcome(server.core, training=True)
    found.writes("Where is my cup?")
    consents.change_consent(server.core, found.conversation_id, ChangeRequest({"training": False}))
    ledger.make_checkpoint(server.core)
    return found


@pytest.fixture
def inbox(page: Any, server: Server) -> Any:
    """Return the privacy page, opened from the palette by the privacy officer."""
    sign_in(page, server, OLGA)
    page.get_by_role("link", name="Privacy", exact=True).wait_for()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find a command or a chat").fill("Privacy")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Privacy", exact=True).wait_for()
    return page


def find(inbox: Any, text: str, reason: str = "question of the visitor") -> None:
    """Look for a consent."""
    inbox.get_by_label("Number of the chat").fill(text)
    inbox.get_by_label("Why you look").fill(reason)
    inbox.get_by_role("button", name="Find").click()


def audited(server: Server, action: str) -> list[tuple[str | None, str | None]]:
    """Return subjects and reasons of an action in the audit log."""
    with server.core.storage.read() as db:
        query = f"SELECT subject_id, reason FROM audit_event WHERE action = '{action}' ORDER BY at"
        return [tuple(row) for row in db.exec_driver_sql(query)]


def test_a_consent_is_proven_by_its_number_and_handed_out(inbox: Any, server: Server, vera: Vera) -> None:
    find(inbox, vera.conversation_id)
    inbox.get_by_role("heading", name="Everything holds").wait_for()
    inbox.get_by_text("Kiln & Cup may use this chat to improve its automated handling").wait_for()
    events = inbox.get_by_role("region", name="What was decided, and when").get_by_role("row")
    expect(events).to_have_count(3)
    expect(events.nth(2)).to_contain_text("Withdrawn")
    assert violations(inbox) == []
    with inbox.expect_download() as pack:
        inbox.get_by_role("button", name="Download the proof pack").click()
    check = verify_pack(Path(pack.value.path()).read_bytes())
    assert (check.holds, check.pending) == (True, ())
    assert audited(server, "proof_read")[-1] == (vera.conversation_id, "question of the visitor")
    assert audited(server, "proof_exported")[-1] == (vera.conversation_id, "question of the visitor")


def test_a_receipt_is_pasted_or_chosen_and_its_token_stays_here(
    inbox: Any, server: Server, vera: Vera, tmp_path: Path
) -> None:
    sent: list[str] = []
    inbox.on("request", lambda request: sent.append(request.post_data or ""))
    receipt = vera.opened["receipt"]
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(receipt), encoding="utf-8")
    inbox.locator("input[type=file]").set_input_files(str(file))
    inbox.get_by_label("Why you look").fill("a visitor wrote")
    inbox.get_by_role("button", name="Find").click()
    inbox.get_by_text("The receipt is genuine and unchanged.").wait_for()
    inbox.get_by_role("heading", name="Everything holds").wait_for()
    assert receipt["token"] not in "".join(sent)
    receipt["content"]["choices"]["training"] = not receipt["content"]["choices"]["training"]
    find(inbox, json.dumps(receipt))
    inbox.get_by_text("The receipt does not hold.").wait_for()
    inbox.get_by_text("The signature does not fit the content.").wait_for()
    find(inbox, "{no receipt")
    inbox.get_by_text("This is no number and no receipt.").wait_for()
    find(inbox, "nobody")
    inbox.get_by_text("No consent has this number.").wait_for()


def test_altered_evidence_is_shown_as_altered(inbox: Any, server: Server) -> None:
    vera = welcome(server.core)

    def edit(db: Any) -> None:
        trigger = db.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'consent_event_no_update'"
        ).scalar_one()
        db.exec_driver_sql("DROP TRIGGER consent_event_no_update")
        db.exec_driver_sql(
            "UPDATE consent_event SET actor = 'system' WHERE record_id = ?", (vera.opened["consent"]["record_id"],)
        )
        db.exec_driver_sql(trigger)

    server.core.storage.write_now(edit)
    find(inbox, vera.conversation_id)
    inbox.get_by_role("heading", name="Something was changed").wait_for()
    inbox.get_by_text("event_altered").first.wait_for()
    assert violations(inbox) == []


def test_a_letter_asks_for_a_copy_and_then_for_erasure(inbox: Any, server: Server, vera: Vera) -> None:
    find(inbox, vera.opened["consent"]["record_id"])
    inbox.get_by_role("button", name="Save a copy of all data").click()
    inbox.get_by_label("How the request came").fill("letter of 2 March")
    with inbox.expect_download() as copy:
        inbox.keyboard.press("Enter")
    with zipfile.ZipFile(copy.value.path()) as found:
        assert "Where is my cup?" in found.read("messages.jsonl").decode()
    inbox.get_by_role("button", name="Erase for good").click()
    inbox.get_by_label("How the request came").fill("letter of 9 March")
    assert violations(inbox) == []
    inbox.keyboard.press("Enter")
    inbox.get_by_text("Erased, down to the bytes of the files.").or_(inbox.get_by_text("Erasure has begun")).wait_for()
    inbox.get_by_role("region", name="Requests so far").get_by_text("Erasure").first.wait_for()
    with server.core.storage.read() as db:
        query = f"SELECT count(*) FROM conversation WHERE id = '{vera.conversation_id}'"
        assert db.exec_driver_sql(query).scalar_one() == 0
    assert audited(server, "subject_access")[-1][1] == "letter of 2 March"
    assert audited(server, "subject_erasure")[-1][0] != vera.conversation_id


def test_an_agent_has_no_such_page(page: Any, server: Server) -> None:
    sign_in(page, server, BEN)
    page.goto(f"{server.url}/inbox#/privacy")
    page.get_by_text("Your role does not allow this.").wait_for()
    assert page.get_by_label("Number of the chat").count() == 0
    assert page.get_by_role("link", name="Privacy", exact=True).count() == 0


def test_the_proof_of_an_erased_chat_says_when_the_chat_went(
    new_window: Callable[..., Any], start_server: Callable[..., Server]
) -> None:
    server = start_server()
    agents.add_agent(server.core, OLGA, "Olga", "privacy_officer", PASSWORD)
    vera = welcome(server.core)
    vera.writes("Nobody reads this in a year")
    close_conversation(server.core, vera.conversation_id, "agent")
    server.clock.advance(seconds=366 * 86_400)
    retention.sweep(server.core)
    erased = format_date(server.clock.now(), "d MMM y", locale="en")
    inbox = new_window(bypass_csp=True)
    sign_in(inbox, server, OLGA)
    inbox.goto(f"{server.url}/inbox#/privacy")
    find(inbox, vera.conversation_id)
    inbox.get_by_role("heading", name="Everything holds").wait_for()
    expect(inbox.get_by_text("The chat itself was erased on")).to_contain_text(erased)
    assert "Nobody reads this" not in inbox.content()
    assert violations(inbox) == []
