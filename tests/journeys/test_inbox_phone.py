"""An agent answers from the tram: every page and the whole way of an answer on narrow screens, under a thumb."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.cast import ADAM, PASSWORD, Vera
from tests.journeys.browsing import sign_in, until, violations
from tests.journeys.crowded import LONG_TITLE, crowd
from tests.journeys.test_training_chain import states
from tests.live import ROOT, Server

pytestmark = pytest.mark.journey

PAGES: dict[str, tuple[str, str] | None] = {
    "canned": (".reply-line", ".reply-form"),
    "training": (".reply-line", ".script"),
    "agents": ("#add-agent", ".reply-form"),
    "privacy": None,
    "audit": None,
    "account": (".page .card:nth-last-child(2) .button", "#factor-code"),
}
"""Held to the code by ``test_every_page_of_the_code_is_walked``."""
PHONES = {390: 844, 320: 568}
KEYBOARD = 260
TARGET = 44

TOO_SMALL = """(least) => {
  const inline = (one) => one.matches('a, .link-button') && getComputedStyle(one).display === 'inline';
  const reach = (one) => {
    const label = one.matches('input') ? one.closest('label') : null;
    return (label ?? one).getBoundingClientRect();
  };
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role=option]')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.visually-hidden'))
    .filter((one) => !one.matches('.visually-hidden') && !inline(one))
    .map((one) => [one, reach(one)])
    .filter(([, box]) => box.width > 0 && (box.height < least || box.width < least))
    .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${Math.round(box.width)}x${Math.round(box.height)}`);
}"""
SIDEWAYS = """() => [...document.querySelectorAll('html, body, .desk *')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
  .filter((one) => one === document.documentElement || ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
  .map((one) => `${one.tagName}.${one.className} ${one.scrollWidth}>${one.clientWidth}`)"""


@pytest.fixture
def shop(start_server: Callable[..., Server]) -> tuple[Server, list[Vera]]:
    """Return a shop in which every page has something, and its visitors."""
    server = start_server()
    visitors = crowd(server.core)
    server.clock.advance(seconds=400)
    awaited(lambda: "held" in states(server))
    return server, visitors


@pytest.fixture
def phone(new_window: Callable[..., Any]) -> Callable[..., Any]:
    """Return a maker of phones of a width."""

    def opened(width: int, **options: Any) -> Any:
        viewport = {"width": width, "height": PHONES[width]}
        return new_window(
            viewport=viewport, is_mobile=True, has_touch=True, bypass_csp=True, reduced_motion="reduce", **options
        )

    return opened


def awaited(holds: Callable[[], bool]) -> None:
    """Wait until the server's own worker has done something, at most thirty seconds."""
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("the worker did not come to it")


def misfits(page: Any, what: str) -> list[str]:
    """Return what stands outside the screen or scrolls sideways, each control that a finger misses, and axe's rules."""
    wide = [] if page.evaluate("document.documentElement.scrollWidth <= innerWidth") else ["the page is too wide"]
    found = [*wide, *page.evaluate(SIDEWAYS), *page.evaluate(TOO_SMALL, TARGET), *violations(page)]
    return [f"{what}: {one}" for one in found]


def go(page: Any, name: str) -> None:
    """Open a page by its address, and wait until what it shows is there."""
    page.evaluate("(name) => { location.hash = `#/${name}`; }", name)
    page.locator(f".desk[data-page={name}] .page-body").wait_for()
    page.locator("[aria-busy=true]").first.wait_for(state="detached")
    shown = {"canned": ".reply-line", "training": ".reply-line", "account": ".lines li"}
    page.locator(shown.get(name, "tbody tr")).first.wait_for()


def test_every_page_of_the_code_is_walked() -> None:
    routes = (ROOT / "widget" / "src" / "inbox" / "routes.ts").read_text(encoding="utf-8")
    found = re.search(r"^const PAGES: .*? = \[(.*?)\];", routes, re.MULTILINE)
    assert found is not None
    assert list(PAGES) == re.findall(r'"(\w+)"', found[1])


@pytest.mark.parametrize(("width", "locale"), [(390, "en-GB"), (320, "pl-PL"), (320, "en-GB")])
def test_every_page_fits_a_phone(
    phone: Callable[..., Any], shop: tuple[Server, list[Vera]], width: int, locale: str
) -> None:
    server, visitors = shop
    page = phone(width, locale=locale)
    page.goto(f"{server.url}/inbox")
    page.locator("#email").wait_for()
    found = misfits(page, "sign-in")
    page.locator("#email").fill(ADAM)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(f"#row-{visitors[0].conversation_id}").wait_for()
    found += misfits(page, "list")
    page.locator(f"#row-{visitors[0].conversation_id}").click()
    page.locator(".messages .bubble").first.wait_for()
    found += misfits(page, "chat")
    page.locator("#context-toggle").click()
    page.locator(".desk[data-drawer] .purposes").wait_for()
    found += misfits(page, "consent")
    page.locator(".context-close").click()
    for name, inner in PAGES.items():
        go(page, name)
        found += misfits(page, name)
        if inner is not None:
            press, shown = inner
            page.locator(press).first.click()
            page.locator(shown).first.wait_for()
            found += misfits(page, f"{name} within")
    assert not found, "\n".join(found)


KEYBOARD_OVER_THE_PAGE = """() => {
  const seen = new EventTarget();
  Object.assign(seen, { height: innerHeight, scale: 1 });
  Object.defineProperty(window, 'visualViewport', { value: seen });
  addEventListener('resize', () => { seen.height = innerHeight; });
}"""
IN_SIGHT = """(one) => {
  const { top, bottom, left, right } = one.getBoundingClientRect();
  return top >= 0 && left >= 0 && right <= innerWidth && bottom <= visualViewport.height;
}"""

AT_ITS_END = "(box) => box.clientHeight >= 88 && box.scrollTop + box.clientHeight >= box.scrollHeight - 2"


class Keyboard:
    """The keyboard of a phone: Android makes the page smaller, iOS lays it over the page."""

    def __init__(self, page: Any, covers: bool) -> None:
        self.page, self.covers, self.size = page, covers, dict(page.viewport_size)
        if covers:
            page.add_init_script(f"({KEYBOARD_OVER_THE_PAGE})()")

    def show(self, up: bool) -> None:
        """Bring it up or let it go."""
        height = self.size["height"] - (KEYBOARD if up else 0)
        if self.covers:
            self.page.evaluate(
                "(height) => { visualViewport.height = height; visualViewport.dispatchEvent(new Event('resize')); }",
                height,
            )
        else:
            self.page.set_viewport_size({**self.size, "height": height})


@pytest.mark.parametrize(("width", "covers"), [(390, True), (320, False)])
def test_an_agent_answers_and_withdraws_a_consent_from_the_tram(
    phone: Callable[..., Any], shop: tuple[Server, list[Vera]], width: int, covers: bool
) -> None:
    server, visitors = shop
    page = phone(width)
    keyboard = Keyboard(page, covers)
    sign_in(page, server)
    row = page.locator(f"#row-{visitors[0].conversation_id}")
    row.tap()
    page.locator(".run-agent .bubble").first.wait_for()
    expect(page.locator(".rail")).to_be_hidden()

    composer, send = page.locator("#composer"), page.get_by_role("button", name="Send", exact=True)
    composer.tap()
    keyboard.show(up=True)
    for part in (composer, send, page.locator(".head-back")):
        until(page, lambda part=part: part.evaluate(IN_SIGHT), f"in sight above the keyboard: {part}")
    until(page, lambda: page.get_by_role("log").evaluate(AT_ITS_END), "the last words are in sight")
    assert misfits(page, "keyboard") == []
    page.keyboard.type("Three days, to the door")
    send.tap()
    page.locator(".run-agent .bubble:not(.bubble-pending)", has_text="Three days").wait_for()

    page.keyboard.type("/returns")
    reply = page.get_by_role("option", name="/returns-of-one")
    reply.wait_for()
    assert reply.get_by_text(LONG_TITLE).evaluate(
        "(one) => one.scrollWidth <= one.clientWidth || one.clientWidth === 0"
    )
    until(page, lambda: reply.evaluate(IN_SIGHT), "the canned reply is in sight above the keyboard")
    reply.tap()
    expect(composer).to_have_value("Hello Vera, you have thirty days.")
    send.tap()
    page.locator(".run-agent .bubble:not(.bubble-pending)", has_text="thirty days").wait_for()
    keyboard.show(up=False)

    page.locator("#context-toggle").tap()
    training = page.locator("#context .purpose", has_text="Training")
    training.get_by_role("button", name="Withdraw on request").tap()
    training.get_by_role("textbox").fill("asked for it on the phone")
    keyboard.show(up=True)
    training.get_by_role("button", name="Withdraw on request").tap()
    training.get_by_text("Withdrawn").wait_for()
    keyboard.show(up=False)
    page.get_by_role("button", name="Close the details").tap()
    page.get_by_role("button", name="Back to the list").tap()
    expect(page.locator(".rail")).to_be_visible()
    expect(row).to_be_visible()
    assert misfits(page, "list again") == []


TABLES_TOO_WIDE = """() => [...document.querySelectorAll('.table-place')]
  .filter((place) => place.querySelector('table').getBoundingClientRect().width > place.clientWidth)
  .map((place) => place.getAttribute('aria-label'))"""


@pytest.mark.parametrize("locale", ["en-GB", "pl-PL"])
def test_no_table_is_wider_than_its_place_at_any_width(
    new_window: Callable[..., Any], shop: tuple[Server, list[Vera]], locale: str
) -> None:
    server, _visitors = shop
    page = new_window(viewport={"width": 1440, "height": 900}, locale=locale, bypass_csp=True)
    page.goto(f"{server.url}/inbox")
    page.locator("#email").fill(ADAM)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".desk").wait_for()
    for name in ("agents", "audit", "privacy"):
        go(page, name)
        for width in (3840, 1440, 1000, 840, 760, 700):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(TABLES_TOO_WIDE) == [], (name, width)
        assert page.locator("thead").evaluate("(one) => getComputedStyle(one).position") == "absolute", "cards at 700"
        assert page.get_by_role("columnheader").count() >= 4, "a card has the heads of its columns for screen readers"
        assert page.get_by_role("rowheader").count() >= 1
        assert violations(page) == []
