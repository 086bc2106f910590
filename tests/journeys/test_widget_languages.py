"""Every language of the widget, in every state: nothing ticked, equal buttons, its own words, no violation."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from chatgate.i18n import locales, text_direction
from tests.journeys.browsing import violations
from tests.live import Server

pytestmark = pytest.mark.journey

ENGLISH = ("Start chat", "No, thanks", "Optional", "Needed for the chat", "Back to the choice", "Write a message")
ENGLISH += ("Leave message", "The shop is closed", "Nobody is here", "The chat is closed", "does not offer")


@pytest.fixture(params=locales())
def window(request: pytest.FixtureRequest, new_window: Callable[..., Any]) -> tuple[Any, str]:
    """Return an empty page and its language; every other language in the dark."""
    locale = request.param
    scheme = "dark" if locales().index(locale) % 2 else "light"
    viewport = {"width": 380, "height": 640}
    return new_window(color_scheme=scheme, bypass_csp=True, reduced_motion="reduce", viewport=viewport), locale


@pytest.fixture
def visit(window: tuple[Any, str], server: Server) -> tuple[Any, str]:
    """Return the widget as a page of its own, showing the notice, and its language."""
    page, locale = window
    page.goto(f"{server.url}/widget/demo?locale={locale}")
    page.locator(".equal-buttons").wait_for()
    return page, locale


def is_native(page: Any, locale: str) -> bool:
    """Return whether none of the English words stand on the screen, where the language is not English."""
    text = page.locator("#app").inner_text()
    return locale == "en" or not any(word in text for word in ENGLISH)


def box(page: Any, place: int) -> tuple[float, float]:
    found = page.locator(".equal-buttons button").nth(place).bounding_box()
    return found["width"], found["height"]


def style(page: Any, place: int) -> list[str]:
    script = (
        "(one) => { const s = getComputedStyle(one); return [s.color, s.backgroundColor, s.fontSize, s.fontWeight] }"
    )
    found: list[str] = page.locator(".equal-buttons button").nth(place).evaluate(script)
    return found


def test_the_notice_is_fair_in_every_language(visit: tuple[Any, str]) -> None:
    page, locale = visit
    assert page.evaluate("document.documentElement.lang") == locale
    assert page.evaluate("document.documentElement.dir") == text_direction(locale)
    assert page.locator("input:checked").count() == 0
    assert box(page, 0) == pytest.approx(box(page, 1), abs=1)
    assert style(page, 0) == style(page, 1)
    assert is_native(page, locale)
    for text in page.locator("[data-clause-text]").all_inner_texts():
        assert len(re.findall(r"\S+", text)) <= 60
    for link in page.locator(".clause-links a").all():
        address = link.get_attribute("href")
        if address.startswith("/"):
            assert page.request.get(page.url.split("/widget/")[0] + address).status == 200
    assert violations(page) == []


def test_starting_without_the_box_explains_and_refusing_shows_a_way(visit: tuple[Any, str]) -> None:
    page, locale = visit
    page.locator("button[type=submit]").click()
    page.locator(".clause-problem").wait_for()
    assert is_native(page, locale)
    assert violations(page) == []
    page.locator(".equal-buttons button").nth(1).click()
    page.locator(".plain h2").wait_for()
    assert page.evaluate("localStorage.length") == 0
    assert is_native(page, locale)
    assert violations(page) == []


def test_chat_privacy_and_end_speak_the_language_and_break_no_rule(visit: tuple[Any, str]) -> None:
    page, locale = visit
    page.locator("#clause-support").check()
    page.locator("button[type=submit]").click()
    page.locator("textarea").fill("1 < 2 & 🫖")
    page.keyboard.press("Enter")
    page.locator("[data-state=stored]").wait_for()
    assert is_native(page, locale)
    assert violations(page) == []
    page.locator(".consent-line button").click()
    page.locator("[aria-labelledby=rights-title]").wait_for()
    assert is_native(page, locale)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    assert violations(page) == []
    page.locator("[aria-labelledby=purpose-support] button").click()
    page.locator(".plain h2").wait_for()
    assert page.evaluate("localStorage.length") == 0
    assert is_native(page, locale)
    assert violations(page) == []


def test_the_form_of_a_closed_shop_and_what_it_leaves_speak_the_language(
    window: tuple[Any, str], closed_shop: Server
) -> None:
    page, locale = window
    page.goto(f"{closed_shop.url}/widget/demo?locale={locale}")
    page.locator("form.notice time").wait_for()
    assert violations(page) == []
    page.locator("#clause-support").check()
    page.locator("button[type=submit]").click()
    page.locator(".leave").wait_for()
    page.mouse.move(0, 0)  # From where Start chat was: one of the two buttons may stand there now, and be hovered.
    assert is_native(page, locale)
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    assert box(page, 0) == pytest.approx(box(page, 1), abs=1)
    assert style(page, 0) == style(page, 1)
    assert violations(page) == []
    page.locator("textarea").fill("🫖?")
    page.locator("button[type=submit]").click()
    page.locator("[data-state=stored]").wait_for()
    assert is_native(page, locale)
    assert violations(page) == []


def test_a_chat_that_is_not_there_is_said_in_the_language(window: tuple[Any, str], server: Server) -> None:
    page, locale = window
    page.goto(f"{server.url}/widget/no-such?locale={locale}")
    page.locator(".plain h2").wait_for()
    assert page.evaluate("document.documentElement.dir") == text_direction(locale)
    assert is_native(page, locale)
    assert violations(page) == []
