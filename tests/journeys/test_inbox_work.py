"""Adam and Ewa share the work: notes, tags, handing over, closing words, search, consent, palette and pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from chatgate.services.accounts import agents, sign_ins
from chatgate.services.desk import inbox
from tests.cast import EWA, hire_adam
from tests.desks import hired
from tests.journeys.browsing import show, sign_in, until, violations
from tests.live import Server, VisitorClient

pytestmark = pytest.mark.journey

Visit = Callable[..., VisitorClient]


def test_a_note_is_written_by_keyboard_and_never_reaches_the_visitor(
    window: Any,
    server: Server,
    visitor: Visit,
) -> None:
    vera = visitor(server)
    vera.writes("Where is my parcel?")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    inbox.keyboard.press("n")
    inbox.keyboard.type("Ask the carrier first")
    assert violations(inbox) == [], "note"
    inbox.keyboard.press("Enter")
    inbox.get_by_role("log").get_by_text("Ask the carrier first").wait_for()
    inbox.locator("#context").get_by_text("Ask the carrier first").wait_for()
    assert "Ask the carrier" not in str(vera.events)


def test_a_tagged_chat_is_closed_with_a_reason_found_by_its_words_and_reopened(
    window: Any,
    server: Server,
    visitor: Visit,
) -> None:
    vera = visitor(server)
    vera.writes("The celadon teapot has a hairline crack")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    inbox.get_by_label("Add a tag").fill("damaged")
    inbox.keyboard.press("Enter")
    inbox.get_by_label("Remove the tag damaged").wait_for()
    inbox.get_by_role("button", name="Close chat").click()
    inbox.get_by_role("button", name="Solved").click()
    inbox.get_by_role("button", name="Close now").click()
    assert vera.told("session_closed") == {"reason": "agent"}
    inbox.get_by_label("Search in all chats").fill("celadon hairline")
    inbox.locator(f"#row-{vera.conversation_id} mark").first.wait_for()
    show(inbox, vera.conversation_id)
    inbox.get_by_text("Reason: Solved").wait_for()
    assert violations(inbox) == [], "search"
    inbox.get_by_role("button", name="Reopen").click()
    expect(inbox.locator("#composer")).to_be_focused()


def test_a_chat_is_handed_over_with_a_note_and_colleagues_see_each_other(
    window: Any,
    start_server: Callable[..., Server],
    visitor: Visit,
) -> None:
    server = start_server()
    hire_adam(server.core, EWA, "Ewa")
    vera = visitor(server)
    vera.writes("A question about glazes")
    adam, ewa = window(server), window(server, EWA)
    show(ewa, vera.conversation_id)
    show(adam, vera.conversation_id)
    adam.get_by_text("Ewa has this chat open").wait_for()
    ewa.locator("#composer").press_sequentially("I")
    adam.get_by_text("Ewa is writing here too").wait_for()
    adam.get_by_label("To whom").select_option(label="Ewa (here, 0 open)")
    adam.get_by_label("Note for the colleague").fill("You know the glazes")
    adam.locator("#context").get_by_role("button", name="Hand over").click()
    ewa.get_by_text("Assigned to you").wait_for()
    ewa.get_by_role("log").get_by_text("You know the glazes").wait_for()


def test_a_colleague_who_was_just_removed_is_given_no_chat_and_the_note_is_kept(
    window: Any,
    start_server: Callable[..., Server],
    visitor: Visit,
) -> None:
    server = start_server()
    hire_adam(server.core, EWA, "Ewa")
    vera = visitor(server)
    vera.writes("A question about glazes")
    adam = window(server)
    show(adam, vera.conversation_id)
    adam.get_by_label("To whom").select_option(label="Ewa (not here, 0 open)")
    adam.get_by_label("Note for the colleague").fill("You know the glazes")
    # At the command line, in another process: Adam's screen still offers Ewa when it asks.
    sign_ins.remove_agent(server.core, None, agents.id_of(server.core, EWA), "left the shop")
    adam.locator("#context").get_by_role("button", name="Hand over").click()
    adam.get_by_text("This colleague takes no chats any more. Nothing was changed").wait_for()
    expect(adam.get_by_label("To whom").get_by_role("option", name="Ewa")).to_have_count(0)
    expect(adam.get_by_label("To whom")).to_have_value("")
    expect(adam.get_by_label("Note for the colleague")).to_have_value("You know the glazes")
    expect(adam.locator("#context").get_by_role("button", name="Hand over")).to_be_disabled()
    expect(adam.locator(".head").get_by_text("Unassigned")).to_have_count(1)
    assert violations(adam) == []
    stored = inbox.open_conversation(server.core, hired(server.core, "Otto"), vera.conversation_id)
    assert stored["conversation"]["assigned_agent"] is None
    assert stored["notes"] == []


@pytest.mark.parametrize("days", [-1, 1])
def test_an_agents_clock_that_is_a_day_off_changes_neither_waiting_times_nor_order(
    new_window: Callable[..., Any], start_server: Callable[..., Server], visitor: Visit, days: int
) -> None:
    server = start_server()
    first, second = visitor(server), visitor(server)
    server.clock.advance(seconds=-420)
    first.writes("first")
    server.clock.advance(seconds=270)
    second.writes("second")
    server.clock.advance(seconds=150)
    ids = [first.conversation_id, second.conversation_id]
    adam = new_window(viewport={"width": 1440, "height": 800})
    adam.clock.set_system_time(datetime.now(UTC) + timedelta(days=days))
    sign_in(adam, server)
    expect(adam.locator(".row")).to_have_count(2)
    expect(adam.locator(".row").first).to_have_id(f"row-{ids[0]}")
    expect(adam.locator(f"#row-{ids[0]} .wait-overdue")).to_have_text(re.compile("^Waiting(7|8) min$"))
    expect(adam.locator(f"#row-{ids[1]} .wait-late")).to_have_text(re.compile("^Waiting[234] min"))

    show(adam, ids[0])
    adam.locator("#composer").fill("I am on it")
    adam.locator("#composer").press("Enter")
    adam.locator(".run-agent .bubble:not(.bubble-pending)").get_by_text("I am on it").wait_for()
    expect(adam.locator(f"#row-{ids[0]} .row-time")).to_have_text("now")
    bubbles = adam.get_by_role("log").locator(".bubble")
    assert [text.split("\n")[0] for text in bubbles.all_inner_texts()] == ["first", "I am on it"]


def test_a_consent_is_withdrawn_on_request_and_leads_to_its_proof(
    window: Any,
    server: Server,
    visitor: Visit,
) -> None:
    vera = visitor(server, training=True)
    vera.writes("Please do not train on this")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    inbox.locator(".purpose", has_text="Training").get_by_role("button", name="Withdraw on request").click()
    inbox.get_by_label("How the visitor asked").fill("by phone")
    assert violations(inbox) == [], "withdraw"
    inbox.keyboard.press("Enter")
    inbox.locator(".purpose-withdrawn").wait_for()
    inbox.get_by_role("button", name="Show the proof").click()
    inbox.get_by_role("heading", name="Privacy").wait_for()
    expect(inbox.get_by_label("Number of the chat")).to_have_value(vera.conversation_id)


def test_the_palette_changes_to_dark_and_opens_the_pages(window: Any, server: Server) -> None:
    inbox = window(server)
    inbox.keyboard.press("Control+k")
    assert violations(inbox) == [], "palette"
    inbox.keyboard.type("dark")
    inbox.keyboard.press("Enter")
    until(inbox, lambda: bool(inbox.evaluate("document.documentElement.dataset.theme === 'dark'")))
    for page in ("Your account", "Canned replies", "Agents", "Audit log"):
        inbox.get_by_role("link", name=page, exact=True).click()
        inbox.get_by_role("heading", name=re.compile(page)).wait_for()
        assert violations(inbox) == [], page
