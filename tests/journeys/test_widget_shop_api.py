"""What the shop's page can do with the chat: open, close, listen, count; and what a phone does to the panel."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import accept, start_chat, until, visit_store, widget, write
from tests.live import Server

pytestmark = pytest.mark.journey

LISTEN = """window.heard = []; window.chatgate = [];
for (const name of ["open", "close", "session_opened", "session_closed", "unread"])
  window.chatgate.push(["on", name, (detail) => window.heard.push(detail === undefined ? name : [name, detail])]);"""


def heard(page: Any) -> list[Any]:
    found: list[Any] = page.evaluate("window.heard")
    return found


def conversation_of(server: Server, body: str) -> str:
    with server.core.storage.read() as db:
        query = "SELECT conversation_id FROM message WHERE body = ?"
        return str(db.exec_driver_sql(query, (body,)).scalar_one())


def test_commands_that_wait_in_the_queue_run_in_their_order(page: Any, server: Server) -> None:
    page.add_init_script(LISTEN + "window.chatgate.push(['open']); window.chatgate.push(['close']);")
    visit_store(page, server)
    page.wait_for_function("window.heard.length >= 2")
    assert heard(page)[:2] == ["open", "close"]


def test_open_close_and_toggle_do_what_the_button_does(page: Any, server: Server) -> None:
    visit_store(page, server)
    page.get_by_role("button", name="Open chat").wait_for()
    page.evaluate("chatgate.toggle()")
    widget(page).get_by_role("button", name="Start chat").wait_for()
    page.evaluate("chatgate.close(); chatgate.close()")
    expect(page.locator("iframe")).to_be_hidden()
    page.evaluate("chatgate.open()")
    expect(page.locator("iframe")).to_be_visible()


def test_an_answer_behind_a_closed_panel_is_counted_and_read_when_it_opens(
    page: Any, server: Server, agent: Any
) -> None:
    page.add_init_script(LISTEN)
    frame = start_chat(page, server)
    write(frame, "count me in")
    page.evaluate("chatgate.close()")
    adam = agent(server)
    conversation = conversation_of(server, "count me in")
    adam.writes(conversation, "First answer")
    adam.writes(conversation, "Second answer")
    page.wait_for_function("JSON.stringify(window.heard).includes('[\"unread\",2]')")
    expect(page.locator("button .n")).to_have_text("2")
    page.evaluate("chatgate.open()")
    frame.get_by_text("Second answer", exact=True).wait_for()
    page.locator("button .n").wait_for(state="hidden")
    assert "First answer" not in str(heard(page))
    assert heard(page).count("session_opened") == 1


def test_a_listener_that_stopped_hears_nothing(page: Any, server: Server) -> None:
    visit_store(page, server)
    page.get_by_role("button", name="Open chat").wait_for()
    page.evaluate("window.count = 0; window.stop = chatgate.on('open', () => window.count++); chatgate.open(); stop();")
    page.evaluate("chatgate.close(); chatgate.open()")
    assert page.evaluate("window.count") == 1


def test_sound_is_off_until_switched_on_and_the_choice_stays(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    bell = frame.get_by_role("button", name="Sound for new messages")
    expect(bell).to_have_attribute("aria-pressed", "false")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    page.reload()
    bell = widget(page).get_by_role("button", name="Sound for new messages")
    expect(bell).to_have_attribute("aria-pressed", "true")


def test_on_a_phone_the_panel_is_what_the_keyboard_leaves(new_window: Any, server: Server) -> None:
    page = new_window(viewport={"width": 390, "height": 844}, has_touch=True)
    # The on-screen keyboard takes 300 pixels: the visual viewport shrinks, the page's own does not.
    page.add_init_script(
        """const view = new EventTarget(); Object.assign(view, { height: 844, offsetTop: 0 });
        Object.defineProperty(window, "visualViewport", { get: () => view });
        window.keyboard = (height) => { view.height = 844 - height; view.dispatchEvent(new Event("resize")); };"""
    )
    visit_store(page, server)
    page.get_by_role("button", name="Open chat").click()
    accept(widget(page))
    page.evaluate("keyboard(300)")
    wanted = {"x": 0, "y": 0, "width": 390, "height": 544}
    until(page, lambda: page.locator("iframe").bounding_box() == wanted, "the panel is as high as what is left")
    assert page.evaluate("document.documentElement.style.overflow") == "hidden"
    widget(page).get_by_role("button", name="Close the chat window").click()
    page.wait_for_function("document.documentElement.style.overflow === ''")
