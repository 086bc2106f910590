"""Adam works in the inbox: by keyboard, over lost lines, with a colleague, and always sees what was agreed to."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from chatgate.services.accounts import agents
from tests.cast import ADAM, EWA, PASSWORD, hire_adam
from tests.journeys.browsing import show, until, violations
from tests.live import Server, VisitorClient

pytestmark = pytest.mark.journey

Visit = Callable[..., VisitorClient]
AT_REST = "document.querySelector('.toast').getAnimations().length === 0"


def replies(inbox: Any) -> list[str]:
    """Return what agents wrote in the conversation on the screen, as far as the server has stored it."""
    found: list[str] = inbox.locator(".run-agent .bubble:not(.bubble-pending)").all_inner_texts()
    return found


def test_a_wrong_password_is_told_in_plain_words(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/inbox")
    page.get_by_label("E-mail").fill(ADAM)
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("do not match").wait_for()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".desk").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_new_message_is_in_list_and_title_and_read_once_it_is_on_the_screen(
    window: Any, server: Server, visitor: Visit
) -> None:
    inbox = window(server)
    vera = visitor(server)
    vera.writes("Is the jug dishwasher-safe?")
    row = inbox.locator(f"#row-{vera.conversation_id}")
    row.get_by_text("1 new").wait_for()
    expect(inbox).to_have_title(re.compile(r"^\("))
    show(inbox, vera.conversation_id)
    row.get_by_text("1 new").wait_for(state="detached")
    vera.told("conversation_changed", lambda data: data["conversation"]["agent_seen_seq"] == 1)


def test_a_chat_is_taken_answered_and_closed_by_keyboard(window: Any, server: Server, visitor: Visit) -> None:
    vera = visitor(server)
    vera.writes("By keyboard, please")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    inbox.keyboard.press("a")
    inbox.get_by_text("Assigned to you").wait_for()
    inbox.keyboard.press("Enter")
    inbox.keyboard.type("Done")
    inbox.keyboard.press("Enter")
    vera.told("message_stored", lambda data: data["message"]["body"] == "Done")
    inbox.keyboard.press("Escape")
    inbox.keyboard.press("e")
    inbox.keyboard.press("z")
    inbox.locator("#composer").wait_for()
    inbox.keyboard.press("e")
    inbox.get_by_role("button", name="Close now").click()
    assert vera.told("session_closed") == {"reason": "agent"}
    inbox.get_by_role("button", name="Closed", exact=True).click()
    show(inbox, vera.conversation_id)
    inbox.get_by_text("An agent closed this chat.").wait_for()


def selected_row(inbox: Any, conversation_id: str) -> Any:
    """Return the row of a conversation if it is the one on the screen."""
    return inbox.locator(f"#row-{conversation_id}[aria-current]")


def test_closing_goes_on_with_the_next_chat_and_undo_comes_back(
    window: Any, start_server: Callable[..., Server], visitor: Visit
) -> None:
    server = start_server()
    visits = [visitor(server) for _ in range(3)]
    for number, one in enumerate(visits):
        one.writes(f"Question {number}")  # the first one waits longest and stands first
    first, second, third = (one.conversation_id for one in visits)
    inbox = window(server)
    show(inbox, second)
    inbox.get_by_role("button", name="Close chat").click()
    selected_row(inbox, third).wait_for(state="attached")
    until(inbox, lambda: inbox.evaluate("document.activeElement.id") == f"row-{third}")
    until(inbox, lambda: inbox.evaluate(AT_REST))
    assert violations(inbox) == [], "closing beside the next chat"
    inbox.keyboard.press("z")
    selected_row(inbox, second).wait_for(state="attached")
    inbox.locator("#composer").wait_for()
    inbox.keyboard.press("e")
    selected_row(inbox, third).wait_for(state="attached")
    inbox.keyboard.press("e")  # nothing below, and the one above closes already
    selected_row(inbox, first).wait_for(state="attached")
    for one in visits[1:]:
        assert one.told("session_closed") == {"reason": "agent"}
    assert "session_closed" not in str(visits[0].events)
    inbox.set_viewport_size({"width": 390, "height": 844})
    inbox.get_by_role("button", name="Close chat").click()
    inbox.locator(".desk[data-pane=list]").wait_for()
    until(inbox, lambda: inbox.evaluate(AT_REST))
    assert violations(inbox) == [], "closing on a phone"
    inbox.get_by_role("button", name="Undo").click()
    inbox.locator("#composer").wait_for()


def test_each_chat_keeps_its_own_draft_also_over_a_reload(window: Any, server: Server, visitor: Visit) -> None:
    first, second = visitor(server), visitor(server)
    first.writes("one")
    second.writes("two")
    inbox = window(server)
    show(inbox, first.conversation_id)
    inbox.locator("#composer").fill("for the first")
    show(inbox, second.conversation_id)
    expect(inbox.locator("#composer")).to_have_value("")
    show(inbox, first.conversation_id)
    expect(inbox.locator("#composer")).to_have_value("for the first")
    inbox.reload()
    inbox.locator("#composer").wait_for()
    expect(inbox.locator("#composer")).to_have_value("for the first")


def test_typing_and_leaving_are_seen(window: Any, server: Server, visitor: Visit) -> None:
    vera = visitor(server)
    vera.writes("Hello")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    vera.call("typing", {"on": True})
    inbox.locator(".typing").wait_for()
    inbox.locator("#composer").press_sequentially("Hi")
    assert vera.told("typing") | {"on": True, "author_kind": "agent"} == vera.told("typing")
    vera.close()
    inbox.get_by_text("The visitor has left the page").wait_for()
    expect(inbox.locator(".typing")).to_have_count(0)


def test_nothing_is_lost_or_doubled_when_the_server_restarts(
    window: Any, start_server: Callable[..., Server], visitor: Visit
) -> None:
    server = start_server()
    vera = visitor(server)
    vera.writes("Before the restart")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    server.kill()
    inbox.get_by_text("No connection.").wait_for()
    inbox.locator("#composer").fill("Written while it was down")
    inbox.keyboard.press("Enter")
    inbox.get_by_role("button", name="Try again").wait_for()
    server.start()
    until(inbox, lambda: replies(inbox) == ["Written while it was down"])
    inbox.reload()
    until(inbox, lambda: replies(inbox) == ["Written while it was down"])


def test_what_was_said_while_the_line_was_down_is_asked_for(window: Any, server: Server, visitor: Visit) -> None:
    vera = visitor(server)
    vera.writes("one")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    inbox.context.set_offline(True)
    inbox.get_by_text("No connection.").wait_for(timeout=60_000)
    vera.writes("two")
    vera.writes("three")
    other = visitor(server)
    other.writes("new in between")
    inbox.context.set_offline(False)
    inbox.locator(f"#row-{other.conversation_id}").wait_for()
    until(inbox, lambda: inbox.get_by_role("log").locator(".bubble").all_inner_texts() == ["one", "two", "three"])


def test_two_agents_answer_in_the_same_second(window: Any, start_server: Callable[..., Server], visitor: Visit) -> None:
    server = start_server()
    hire_adam(server.core, EWA, "Ewa")
    vera = visitor(server)
    vera.writes("Who is faster?")
    adam, ewa = window(server), window(server, EWA)
    for inbox in (adam, ewa):
        show(inbox, vera.conversation_id)
        inbox.locator("#composer").fill("I am")
    ewa.locator("body").press("Escape")
    ewa.get_by_role("button", name="Assign to me").click()
    adam.get_by_text("Assigned to Ewa").wait_for()
    for inbox in (adam, ewa):
        inbox.locator("#composer").press("Enter")
    until(adam, lambda: replies(adam) == ["I am", "I am"])
    until(ewa, lambda: replies(ewa) == ["I am", "I am"])


def test_a_revoked_sign_in_keeps_what_was_written(
    window: Any, start_server: Callable[..., Server], visitor: Visit
) -> None:
    server = start_server()
    vera = visitor(server)
    vera.writes("Wait for it")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    inbox.locator("#composer").fill("half a sen")
    agents.reset_password(server.core, ADAM, PASSWORD)
    inbox.get_by_role("button", name="Assign to me").click()
    inbox.get_by_text("Your drafts are safe.").wait_for()
    inbox.get_by_label("E-mail").fill(ADAM)
    inbox.get_by_label("Password").fill(PASSWORD)
    inbox.keyboard.press("Enter")
    inbox.locator("#composer").wait_for()
    expect(inbox.locator("#composer")).to_have_value("half a sen")


def test_a_withdrawal_of_support_closes_the_composer_and_says_why(window: Any, server: Server, visitor: Visit) -> None:
    vera = visitor(server, training=True)
    vera.writes("I change my mind")
    inbox = window(server)
    show(inbox, vera.conversation_id)
    inbox.locator(".purpose-given").nth(1).wait_for()
    vera.call("consent_change", {"choices": {"support": False}})
    inbox.locator(".foot-bar").get_by_text("withdrew the consent to this chat").wait_for()
    expect(inbox.locator("#composer")).to_have_count(0)


def test_every_width_holds_the_desk_without_scrolling_sideways(window: Any, server: Server, visitor: Visit) -> None:
    vera = visitor(server)
    vera.writes("A" * 300)
    inbox = window(server)
    for width in (1440, 768, 320):
        inbox.set_viewport_size({"width": width, "height": 800})
        check(inbox, f"list at {width}", width)
        show(inbox, vera.conversation_id)
        check(inbox, f"conversation at {width}", width)
        inbox.locator("body").press("Escape")
        inbox.locator("[data-pane=list]").wait_for()


def check(inbox: Any, what: str, width: int) -> None:
    """Look at one screen: nothing beside it, nothing that axe finds."""
    assert inbox.evaluate("document.documentElement.scrollWidth") == width, what
    assert violations(inbox) == [], what
