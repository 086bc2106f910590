"""Every state of the widget and the inbox is usable with a keyboard and a screen reader, in light and dark."""

from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe

from tests.journeys.browsing import accept, open_widget, sign_in, visit_store, widget, write
from tests.live import Server

pytestmark = pytest.mark.journey


def violations(target: Any) -> list[str]:
    """Return the rules that axe finds broken in a page or frame, with the elements."""
    found = Axe().run(target)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def frame_of(page: Any) -> Any:
    """Return the widget's frame as one in which axe can run."""
    return next(frame for frame in page.frames if "/widget/" in frame.url)


@pytest.fixture(params=["light", "dark"])
def window(browser: Any, request: pytest.FixtureRequest) -> Any:
    """Return a page in each colour scheme. Axe is a script of ours, so the frame's policy is put aside for it."""
    context = browser.new_context(locale="en-GB", color_scheme=request.param, bypass_csp=True, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_the_notice_the_chat_and_the_privacy_view_have_no_violation(window: Any, server: Server) -> None:
    visit_store(window, server)
    frame = open_widget(window)
    frame.get_by_role("button", name="Start chat").wait_for()
    assert violations(frame_of(window)) == []
    accept(frame)
    write(frame, "Good morning")
    assert violations(frame_of(window)) == []
    frame.get_by_role("button", name="Change").click()
    window.wait_for_timeout(300)
    assert violations(frame_of(window)) == []


def test_the_refusal_view_has_no_violation(window: Any, server: Server) -> None:
    visit_store(window, server)
    frame = open_widget(window)
    frame.get_by_role("button", name="No, thanks").click()
    frame.get_by_text("That is fine.").wait_for()
    assert violations(frame_of(window)) == []


def test_the_store_with_the_widget_has_no_violation(window: Any, server: Server) -> None:
    visit_store(window, server)
    assert violations(window) == []


def test_the_inbox_has_no_violation(window: Any, server: Server) -> None:
    window.goto(f"{server.url}/inbox")
    window.get_by_role("button", name="Sign in").wait_for()
    assert violations(window) == []
    sign_in(window, server)
    window.wait_for_timeout(500)
    assert violations(window) == []


def test_the_full_text_has_no_violation(window: Any, server: Server) -> None:
    window.goto(server.url + server.notice()["notice"]["full_text_url"])
    assert violations(window) == []


def test_a_chat_can_be_started_with_the_keyboard_alone(page: Any, server: Server) -> None:
    visit_store(page, server)
    page.get_by_role("button", name="Open chat").focus()
    page.keyboard.press("Enter")
    frame = widget(page)
    frame.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("Tab")
        if frame.get_by_role("button", name="Start chat").evaluate("(one) => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    frame.get_by_label("Your message").wait_for()
    page.keyboard.type("typed without a mouse")
    page.keyboard.press("Enter")
    frame.get_by_text("typed without a mouse").wait_for()
