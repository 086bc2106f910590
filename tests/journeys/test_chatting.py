"""A visitor and an agent chat, in two windows of a real browser."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import (
    accept,
    inside,
    open_widget,
    start_chat,
    until,
    visit_store,
    widget,
    withdraw,
    write,
)
from tests.live import Server

pytestmark = pytest.mark.journey


@pytest.fixture
def inbox(window: Any, server: Server) -> Any:
    """Return Adam's window, signed in."""
    return window(server)


def conversation_ids(server: Server) -> set[str]:
    """Return the ids of all conversations."""
    with server.core.storage.read() as db:
        return set(db.exec_driver_sql("SELECT id FROM conversation").scalars())


def training_state(server: Server, conversation_id: str) -> str | None:
    """Return where the transcript of a conversation is."""
    with server.core.storage.read() as db:
        return db.exec_driver_sql(
            "SELECT state FROM training_lineage WHERE conversation_id = ? ORDER BY item_id DESC", (conversation_id,)
        ).scalar()


def test_both_sides_see_every_message(page: Any, inbox: Any, server: Server) -> None:
    frame = start_chat(page, server)
    write(frame, "Is the teal cup back in stock?")
    inbox.get_by_text("Is the teal cup back in stock?").first.click()
    inbox.locator("#composer").fill("It is, since this morning.")
    inbox.keyboard.press("Enter")
    frame.get_by_text("It is, since this morning.", exact=True).wait_for()


@pytest.mark.parametrize("training", [True, False])
def test_closing_takes_the_transcript_in_only_with_consent(
    page: Any, inbox: Any, server: Server, training: bool
) -> None:
    before = conversation_ids(server)
    frame = start_chat(page, server, training)
    text = f"Closing with training {training}"
    write(frame, text)
    (conversation_id,) = conversation_ids(server) - before
    inbox.get_by_text(text).first.click()
    inbox.get_by_role("button", name="Close chat").click()
    wanted = "admitted" if training else "skipped"
    until(page, lambda: training_state(server, conversation_id) == wanted, wanted)


def test_the_panel_shows_what_the_visitor_agreed_to_and_follows_a_withdrawal(
    page: Any, inbox: Any, server: Server
) -> None:
    frame = start_chat(page, server, training=True)
    write(frame, "Please look at my consent")
    inbox.get_by_text("Please look at my consent").first.click()
    inbox.get_by_text("The text as it was shown", exact=True).last.click()
    inbox.get_by_text("may use this chat to improve its automated handling").first.wait_for()
    frame.get_by_role("button", name="Change").click()
    withdraw(frame, "training")
    inbox.get_by_text("Withdrawn").first.wait_for()


def test_a_chat_goes_on_after_a_reload_and_on_the_next_page(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    write(frame, "I will reload now")
    page.reload()
    widget(page).get_by_text("I will reload now").wait_for()
    page.goto(f"{server.url}/store/cup.html")
    widget(page).get_by_text("I will reload now").wait_for()


def test_a_draft_survives_a_reload(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    frame.get_by_label("Your message").fill("half a sentence")
    until(page, lambda: "half a sentence" in inside(page).evaluate("JSON.stringify(localStorage)"), "it is kept")
    page.reload()
    expect(widget(page).get_by_label("Your message")).to_have_value("half a sentence")


def test_a_message_sent_while_the_network_is_gone_arrives_once(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    write(frame, "first")
    page.context.set_offline(True)
    frame.get_by_label("Your message").fill("while offline")
    frame.get_by_role("button", name="Send", exact=True).click()
    frame.locator(".message", has_text="while offline").wait_for()
    page.context.set_offline(False)
    frame.locator(".message[data-state=stored]", has_text="while offline").wait_for()
    with server.core.storage.read() as db:
        count = db.exec_driver_sql("SELECT count(*) FROM message WHERE body = 'while offline'").scalar()
    assert count == 1


def test_withdrawing_support_ends_the_chat_and_empties_the_device(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    write(frame, "and now I leave")
    frame.get_by_role("button", name="Change").click()
    withdraw(frame, "support")
    frame.get_by_text("You withdrew your agreement.").wait_for()
    until(page, lambda: inside(page).evaluate("Object.keys(localStorage)") == [], "the frame's storage is empty")
    until(page, lambda: page.evaluate("Object.keys(sessionStorage)") == [], "the page's storage is empty")
    with server.core.storage.read() as db:
        closed = db.exec_driver_sql(
            "SELECT closed_reason FROM conversation JOIN message ON message.conversation_id = conversation.id "
            "WHERE body = 'and now I leave'"
        ).scalar()
    assert closed == "consent_withdrawn"


def test_the_store_shows_that_a_raw_socket_is_refused(page: Any, server: Server) -> None:
    visit_store(page, server)
    page.get_by_role("button", name="Try without consent").click()
    page.get_by_text("consent_required").first.wait_for()


def test_withdrawing_takes_no_more_clicks_than_agreeing(page: Any, server: Server) -> None:
    page.add_init_script("addEventListener('click', () => { top.clicked = (top.clicked || 0) + 1; }, {capture: true});")
    visit_store(page, server)
    accept(open_widget(page), training=True)
    agreeing = page.evaluate("top.clicked")
    page.evaluate("top.clicked = 0")
    frame = widget(page)
    frame.get_by_role("button", name="Change").click()
    withdraw(frame, "training")
    frame.get_by_text("You withdrew your agreement.").first.wait_for()
    assert page.evaluate("top.clicked") <= agreeing
