"""What an hour at the inbox asks for: replies taken back, going on by keyboard, filters that stay in view."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from playwright.sync_api import expect

from tests.cast import ADAM, EWA, PASSWORD, hire_adam
from tests.journeys.browsing import show, sign_in, until, violations
from tests.live import Server, VisitorClient

pytestmark = pytest.mark.journey

Visit = Callable[..., VisitorClient]


def hold_replies(inbox: Any) -> None:
    """Switch holding on, as an agent does: on the page of the account."""
    inbox.get_by_role("link", name="Your account", exact=True).click()
    inbox.get_by_label("Hold each reply for five seconds").check()
    # A ticked box is no place for text: the keys of the desk go on.
    inbox.keyboard.press("Escape")
    inbox.locator(".pane-list").wait_for()


def bodies(vera: VisitorClient) -> list[str]:
    """Return what reached the visitor from agents."""
    stored = [data["message"] for name, data in vera.events if name == "message_stored"]
    return [one["body"] for one in stored if one["author_kind"] == "agent"]


def test_a_held_reply_is_taken_back_mended_and_sent(window: Any, server: Server, visitor: Visit) -> None:
    vera, second = visitor(server), visitor(server)
    vera.writes("Is the jug in stock?")
    second.writes("Hello")
    inbox = window(server)
    hold_replies(inbox)
    show(inbox, vera.conversation_id)
    inbox.locator("#composer").fill("No, it is not")
    inbox.locator("#composer").press("Enter")
    inbox.get_by_text("Sent in a few seconds").wait_for()
    assert violations(inbox) == [], "held"
    inbox.get_by_role("log").get_by_role("button", name="Undo").click()
    expect(inbox.locator("#composer")).to_be_focused()
    expect(inbox.locator("#composer")).to_have_value("No, it is not")
    inbox.keyboard.press("Control+a")
    inbox.keyboard.type("Yes, it is")
    inbox.keyboard.press("Enter")

    # From another chat, the row says what is on its way, and one key takes it back.
    inbox.keyboard.press("Alt+ArrowDown")
    inbox.locator(f"#row-{second.conversation_id}[aria-current]").wait_for(state="attached")
    expect(inbox.locator("#composer")).to_be_focused()
    inbox.locator(f"#row-{vera.conversation_id}").get_by_text("Sending: Yes, it is").wait_for()
    inbox.keyboard.press("Escape")
    inbox.keyboard.press("z")
    inbox.locator(f"#row-{vera.conversation_id}[aria-current]").wait_for(state="attached")
    expect(inbox.locator("#composer")).to_have_value("Yes, it is")
    assert bodies(vera) == []

    expect(inbox.locator("#composer")).to_be_focused()
    inbox.keyboard.press("Enter")
    inbox.get_by_role("log").get_by_role("button", name="Send now").click()
    vera.told("message_stored", lambda data: data["message"]["body"] == "Yes, it is")
    expect(inbox.locator("#composer")).to_be_focused()
    assert bodies(vera) == ["Yes, it is"]


def test_a_held_reply_goes_out_by_itself_and_before_its_chat_is_closed(
    window: Any, server: Server, visitor: Visit
) -> None:
    vera = visitor(server)
    vera.writes("Thank you")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    hold_replies(inbox)
    # Back from a page, the keyboard goes on at the chat that was left.
    expect(inbox.locator(f"#row-{vera.conversation_id}")).to_be_focused()
    inbox.locator("#composer").fill("By itself")
    inbox.locator("#composer").press("Enter")
    vera.told("message_stored", lambda data: data["message"]["body"] == "By itself")
    inbox.locator("#composer").fill("Goodbye")
    inbox.locator("#composer").press("Enter")
    inbox.get_by_text("Sent in a few seconds").wait_for()
    inbox.get_by_role("button", name="Close chat").click()
    inbox.get_by_role("button", name="Close now").click()
    assert vera.told("session_closed") == {"reason": "agent"}
    assert bodies(vera) == ["By itself", "Goodbye"]


def test_a_chat_that_is_handed_over_is_told_to_the_colleague_and_can_be_taken_back(
    window: Any, start_server: Callable[..., Server], visitor: Visit
) -> None:
    server = start_server()
    hire_adam(server.core, EWA, "Ewa")
    vera, other = visitor(server), visitor(server)
    vera.writes("A question about glazes")
    other.writes("Hello")
    adam, ewa = window(server), window(server, EWA)
    show(ewa, other.conversation_id)
    show(adam, vera.conversation_id)
    names = adam.get_by_label("To whom").get_by_role("option").all_inner_texts()
    assert not any(name.startswith("Adam") for name in names)
    adam.get_by_label("To whom").select_option(label="Ewa (here, 0 open)")
    adam.locator("#context").get_by_role("button", name="Hand over").click()
    adam.get_by_text("Ewa has this chat now").wait_for()
    expect(adam.locator(f"#row-{vera.conversation_id}")).to_be_focused()
    ewa.get_by_text("is handed over to you").wait_for()
    assert violations(ewa) == []
    ewa.get_by_role("button", name="Open it").click()
    ewa.locator(f"#row-{vera.conversation_id}[aria-current]").wait_for(state="attached")
    ewa.locator(".head").get_by_text("Assigned to you").wait_for()
    adam.keyboard.press("z")
    adam.locator(".head").get_by_text("Unassigned").wait_for()


def test_a_search_leads_by_keyboard_to_the_message_that_it_found(window: Any, server: Server, visitor: Visit) -> None:
    vera = visitor(server)
    vera.writes("The celadon glaze has crazed")
    for number in range(40):
        vera.writes(f"More about it, part {number}\nand on\nand on")
    inbox = window(server)
    inbox.keyboard.press("/")
    inbox.keyboard.type("celadon")
    inbox.locator(f"#row-{vera.conversation_id} mark").first.wait_for()
    inbox.keyboard.press("ArrowDown")
    found = inbox.locator(".bubble-found")
    expect(found).to_have_text("The celadon glaze has crazed")
    expect(found).to_be_in_viewport()
    expect(inbox.locator(f"#row-{vera.conversation_id}")).to_be_focused()
    assert violations(inbox) == []
    inbox.keyboard.press("/")
    inbox.keyboard.press("Escape")
    expect(inbox.get_by_label("Search in all chats")).to_have_value("")
    expect(inbox.get_by_label("Search in all chats")).to_be_focused()


def test_filters_stay_in_view_keep_their_dates_and_are_cleared_in_one_press(
    window: Any, server: Server, visitor: Visit
) -> None:
    vera = visitor(server)
    vera.writes("Hello")
    day = datetime.now().date()
    inbox = window(server)
    inbox.get_by_role("button", name="Filters and order").click()
    consent = inbox.locator("#filters label", has_text="Consent").locator("select")
    consent.select_option("training")
    inbox.get_by_label("To", exact=True).fill(day.isoformat())
    inbox.get_by_text("Nothing found").wait_for()
    inbox.get_by_role("button", name="Filters, 2 set").click()
    expect(consent).to_have_count(0)
    inbox.locator(".filter-line").get_by_text("Only: Agreed to training, to").wait_for()
    inbox.get_by_role("button", name="Filters, 2 set").click()
    expect(inbox.get_by_label("To", exact=True)).to_have_value(day.isoformat())
    assert violations(inbox) == []
    inbox.get_by_role("button", name="Show all again").click()
    inbox.locator(f"#row-{vera.conversation_id}").wait_for()
    expect(inbox.get_by_label("To", exact=True)).to_have_value("")
    expect(inbox.locator(".filter-line")).to_have_count(0)


def test_what_came_while_away_is_marked_and_the_page_never_scrolls(window: Any, server: Server, visitor: Visit) -> None:
    vera, other = visitor(server), visitor(server)
    vera.writes("one")
    other.writes("Hello")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    vera.told("conversation_changed", lambda data: data["conversation"]["agent_seen_seq"] == 1)
    expect(inbox.locator(".new-line")).to_have_count(0)
    show(inbox, other.conversation_id)
    vera.writes("two")
    vera.writes("three")
    inbox.locator(f"#row-{vera.conversation_id}").get_by_text("2 new").wait_for()
    show(inbox, vera.conversation_id)
    expect(inbox.locator(".new-line + .bubble")).to_have_text("two")
    # What only readers hear stands inside of its pane: nothing makes a second scroll bar.
    assert inbox.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_the_list_that_was_looked_at_is_there_again_after_a_reload(window: Any, server: Server) -> None:
    inbox = window(server)
    inbox.keyboard.press("2")
    unassigned = inbox.get_by_role("button", name="Unassigned")
    expect(unassigned).to_have_attribute("aria-current", "true")
    inbox.reload()
    expect(unassigned).to_have_attribute("aria-current", "true")


def test_a_clock_that_is_set_while_the_inbox_is_open_changes_no_waiting_time(
    new_window: Callable[..., Any], server: Server, visitor: Visit
) -> None:
    vera = visitor(server)
    vera.writes("Hello")
    adam = new_window(viewport={"width": 1440, "height": 800})
    adam.clock.install()
    sign_in(adam, server)
    row = adam.locator(f"#row-{vera.conversation_id}")
    row.locator(".wait-calm").wait_for()
    adam.clock.set_system_time(datetime.now(UTC) + timedelta(hours=3))
    # The next look at the clock sees the jump and asks the server; until then it may be wrong.
    adam.clock.run_for(5_000)
    row.locator(".wait-calm").wait_for()
    show(adam, vera.conversation_id)
    row.locator(".wait-calm").wait_for()


def test_a_second_factor_is_scanned_and_its_code_is_asked_for_in_its_own_field(
    window: Any, start_server: Callable[..., Server]
) -> None:
    server = start_server()
    inbox = window(server)
    inbox.get_by_role("link", name="Your account", exact=True).click()
    inbox.get_by_role("button", name="Set up").click()
    inbox.get_by_role("img", name="QR code of the secret").wait_for()
    expect(inbox.locator("#factor-code")).to_be_focused()
    assert violations(inbox) == []
    secret = inbox.locator("a.mono").inner_text()
    inbox.keyboard.type("000000")
    inbox.keyboard.press("Enter")
    inbox.get_by_text("This code is not right").wait_for()
    inbox.locator("#factor-code").fill(pyotp.TOTP(secret).at(server.clock.now()))
    inbox.keyboard.press("Enter")
    expect(inbox.get_by_role("button", name="Copy the codes")).to_be_focused()
    expect(inbox.get_by_text("This code is not right")).to_have_count(0)
    codes = inbox.locator(".codes > li").all_inner_texts()
    inbox.get_by_role("button", name="Sign out", exact=True).click()
    inbox.get_by_label("E-mail").fill(ADAM)
    inbox.get_by_label("Password").fill(PASSWORD)
    inbox.keyboard.press("Enter")
    expect(inbox.get_by_label("Code")).to_be_focused()
    assert inbox.locator(".gate-error").count() == 0
    inbox.keyboard.type(codes[0])
    inbox.keyboard.press("Enter")
    inbox.locator(".desk").wait_for()


def test_a_block_asks_for_its_reason_in_view_and_gives_the_focus_back(
    window: Any, server: Server, visitor: Visit
) -> None:
    vera = visitor(server)
    vera.writes("@#%!")
    inbox = window(server)
    inbox.set_viewport_size({"width": 1440, "height": 600})
    show(inbox, vera.conversation_id)
    inbox.get_by_role("button", name="Block the visitor").click()
    reason = inbox.get_by_label("Why is this visitor blocked?")
    expect(reason).to_be_focused()
    expect(reason).to_be_in_viewport()
    inbox.get_by_role("button", name="Cancel").click()
    expect(inbox.get_by_role("button", name="Block the visitor")).to_be_focused()
    inbox.keyboard.press("Enter")
    reason.fill("insults")
    inbox.keyboard.press("Enter")
    assert vera.told("session_closed")["reason"] == "blocked"
    inbox.locator(".foot-bar").get_by_text("Closed because an agent blocked the visitor.").wait_for()
    inbox.locator(".foot-bar").get_by_text("The visitor is blocked. Unblock first.").wait_for()
    expect(inbox.get_by_role("button", name="Reopen")).to_be_disabled()
    inbox.get_by_role("button", name="Unblock").click()
    expect(inbox.get_by_role("button", name="Reopen")).to_be_enabled()
    until(inbox, lambda: inbox.evaluate("document.documentElement.scrollHeight <= innerHeight"))


def test_a_view_is_saved_shown_by_one_press_or_the_palette_deleted_and_brought_back(
    window: Any, server: Server, visitor: Visit
) -> None:
    vera = visitor(server)
    vera.writes("Hello")
    inbox = window(server)
    inbox.locator(f"#row-{vera.conversation_id}").wait_for()
    inbox.get_by_role("button", name="Filters and order").click()
    inbox.locator("#filters label", has_text="Language").locator("select").select_option("cs")
    inbox.get_by_role("heading", name="Nothing found").wait_for()
    inbox.get_by_role("button", name="Filters, 1 set").click()
    inbox.get_by_role("button", name="Save as a view").click()
    expect(inbox.get_by_label("Name of the view")).to_be_focused()
    inbox.keyboard.type("Czech chats")
    assert violations(inbox) == []
    inbox.keyboard.press("Enter")
    view = inbox.get_by_role("button", name="Czech chats")
    expect(view).to_have_attribute("aria-pressed", "true")
    inbox.get_by_role("button", name="Show all again").click()
    inbox.locator(f"#row-{vera.conversation_id}").wait_for()
    expect(view).to_have_attribute("aria-pressed", "false")

    # It is there again after a reload, and by a few letters in the palette.
    inbox.reload()
    inbox.locator(f"#row-{vera.conversation_id}").wait_for()
    inbox.keyboard.press("Control+k")
    inbox.keyboard.type("czech")
    inbox.get_by_role("option", name="View: Czech chats").wait_for()
    inbox.keyboard.press("Enter")
    inbox.get_by_role("heading", name="Nothing found").wait_for()
    expect(view).to_have_attribute("aria-pressed", "true")
    inbox.get_by_role("button", name="Delete this view").click()
    expect(view).to_have_count(0)
    inbox.get_by_role("button", name="Undo").click()
    expect(view).to_have_attribute("aria-pressed", "true")
    assert violations(inbox) == []
