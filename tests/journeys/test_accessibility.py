"""Every state of the widget and the inbox is usable with a keyboard and a screen reader, in light and dark."""

from collections.abc import Callable
from typing import Any

import pytest

from chatgate.services import notices, sites
from tests.journeys.browsing import accept, inside, open_widget, sign_in, violations, visit_store, widget, write
from tests.journeys.test_evidence_new_version import minor_version, next_version
from tests.live import Server

pytestmark = pytest.mark.journey


@pytest.fixture(params=["light", "dark"])
def window(new_window: Callable[..., Any], request: pytest.FixtureRequest) -> Any:
    """Return a page in each colour scheme. Axe is a script of ours, so the frame's policy is put aside for it."""
    return new_window(color_scheme=request.param, bypass_csp=True, reduced_motion="reduce")


def test_the_notice_the_chat_and_the_privacy_view_have_no_violation(window: Any, server: Server) -> None:
    visit_store(window, server)
    frame = open_widget(window)
    frame.get_by_role("button", name="Start chat").wait_for()
    assert violations(inside(window)) == []
    accept(frame)
    write(frame, "Good morning")
    assert violations(inside(window)) == []
    frame.get_by_role("button", name="Change").click()
    frame.get_by_role("heading", name="Your data").wait_for()
    assert violations(inside(window)) == []


def test_the_views_around_the_chat_have_no_violation(window: Any, server: Server) -> None:
    sites.set_site(server.core, "demo", {"prechat": [{"name": "name", "label": {"en": "Your name"}}]})
    visit_store(window, server)
    frame = open_widget(window)
    frame.locator("#clause-support").check()
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_role("button", name="Skip").wait_for()
    sites.set_site(server.core, "demo", {"prechat": []})
    assert violations(inside(window)) == []
    frame.get_by_role("button", name="Skip").click()
    write(frame, "Good morning")
    frame.get_by_role("button", name="Change").click()
    frame.get_by_role("button", name="Erase this chat").click()
    frame.get_by_role("button", name="Keep it").wait_for()
    assert violations(inside(window)) == []
    frame.get_by_role("button", name="End this chat").click()
    frame.locator(".face").nth(4).click()
    frame.get_by_role("button", name="Send answer").wait_for()
    assert violations(inside(window)) == []


def test_a_notice_that_does_not_come_and_a_start_without_a_box_have_no_violation(window: Any, server: Server) -> None:
    window.route("**/v1/sites/demo/notice**", lambda route: route.abort())
    visit_store(window, server)
    frame = open_widget(window)
    frame.get_by_role("heading", name="No connection").wait_for()
    assert violations(inside(window)) == []
    window.unroute("**/v1/sites/demo/notice**")
    frame.get_by_role("button", name="Try again").click()
    frame.get_by_role("button", name="Start chat").click()
    frame.locator(".clause-problem").wait_for()
    assert violations(inside(window)) == []


def test_a_lost_line_an_end_and_a_rating_have_no_violation(window: Any, start_server: Callable[..., Server]) -> None:
    server = start_server()
    visit_store(window, server)
    frame = open_widget(window)
    frame.locator("#clause-support").check()
    server.kill()
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_text("Your choices are safe.").wait_for()
    assert violations(inside(window)) == []
    server.start()
    frame.get_by_label("Your message").wait_for()
    write(frame, "before")
    server.kill()
    frame.get_by_label("Your message").fill("meanwhile")
    frame.get_by_label("Your message").press("Enter")
    frame.locator(".line-notice").wait_for()
    frame.get_by_text("Your text is safe.").wait_for()
    assert violations(inside(window)) == []
    server.start()
    frame.locator("[data-state=stored]", has_text="meanwhile").wait_for(timeout=60_000)
    frame.get_by_role("button", name="Change").click()
    frame.get_by_role("button", name="End this chat").click()
    frame.get_by_text("You ended this chat.").wait_for()
    assert violations(inside(window)) == []
    frame.locator(".face").nth(4).click()
    frame.get_by_role("button", name="Send answer").click()
    frame.get_by_text("Thank you.").wait_for()
    assert violations(inside(window)) == []


@pytest.mark.parametrize("locale", ["ar", "pl", "uk"])
def test_another_language_and_direction_have_no_violation(window: Any, server: Server, locale: str) -> None:
    window.goto(f"{server.url}/widget/demo?locale={locale}")
    window.locator("#clause-support").check()
    assert violations(window) == []
    assert window.evaluate("document.documentElement.dir") == ("rtl" if locale == "ar" else "ltr")
    window.locator("button[type=submit]").click()
    window.locator("textarea").fill("Good morning")
    window.keyboard.press("Enter")
    window.locator("[data-state=stored]").wait_for()
    assert violations(window) == []
    window.locator(".consent-line button").click()
    window.locator("[aria-labelledby=rights-title]").wait_for()
    assert violations(window) == []


@pytest.mark.parametrize(("locale", "scheme"), [("pl", "light"), ("ar", "dark"), ("de", "dark")])
def test_an_age_a_new_text_an_end_and_a_lost_line_have_no_violation_where_storage_is_blocked(
    new_window: Callable[..., Any], start_server: Callable[..., Server], locale: str, scheme: str
) -> None:
    server = start_server()
    sites.set_site(server.core, "demo", {"offered_to_children": True})
    page = new_window(color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('', 'SecurityError') } })"
    )
    page.goto(f"{server.url}/widget/demo?locale={locale}")

    def answered() -> None:
        page.locator("#clause-support").check()
        page.locator("button[type=submit]").click()

    answered()
    page.locator(".age .clause-problem").wait_for()
    assert violations(page) == []
    page.get_by_role("radio").last.check()
    page.locator("button[type=submit]").click()
    page.locator("textarea").fill("Good morning")
    page.keyboard.press("Enter")
    page.locator("[data-state=stored]").wait_for()
    notices.publish_notice(server.core, "demo", minor_version())
    page.locator(".news").wait_for()
    assert violations(page) == []
    notices.publish_notice(server.core, "demo", next_version("2.0.0"))
    page.locator(".ask-again").wait_for()
    assert violations(page) == []
    page.locator(".ask-again button").click()
    page.locator(".notice .callout-info").first.wait_for()
    assert violations(page) == []
    answered()
    page.locator(".consent-line button").click()
    page.locator(".privacy .actions").nth(1).locator("button").nth(1).click()
    page.locator(".face").nth(4).click()
    assert violations(page) == []
    server.kill()
    page.locator(".rating button[type=submit]").click()
    page.locator(".rating [role=status]:not(:empty), .rating [role=alert]:not(:empty), .line-notice").first.wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("locale", ["en", "pl", "de", "ar"])
def test_nothing_is_cut_off_at_320_pixels_and_twice_the_size(
    new_window: Callable[..., Any], server: Server, locale: str
) -> None:
    # 320 pixels at 200 % zoom are 160 of the page's own.
    for width in (320, 160):
        page = new_window(viewport={"width": width, "height": 480})
        page.goto(f"{server.url}/widget/demo?locale={locale}")
        page.locator("#clause-support").check()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("button[type=submit]").click()
        page.locator("textarea").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("textarea").fill("Hello")
        page.keyboard.press("Enter")
        page.locator("[data-state=stored]").wait_for()
        page.locator(".consent-line button").click()
        page.locator(".privacy .actions").nth(1).locator("button").nth(1).click()
        page.locator(".face").nth(4).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".face").nth(4).bounding_box()["x"] + 44 <= width


def test_the_refusal_view_has_no_violation(window: Any, server: Server) -> None:
    visit_store(window, server)
    frame = open_widget(window)
    frame.get_by_role("button", name="No, thanks").click()
    frame.get_by_text("That is fine.").wait_for()
    assert violations(inside(window)) == []


def test_the_store_with_the_widget_has_no_violation(window: Any, server: Server) -> None:
    visit_store(window, server)
    assert violations(window) == []


def test_the_inbox_has_no_violation(window: Any, server: Server) -> None:
    window.goto(f"{server.url}/inbox")
    window.get_by_role("button", name="Sign in").wait_for()
    assert violations(window) == []
    sign_in(window, server)
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
