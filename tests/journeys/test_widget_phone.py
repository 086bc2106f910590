"""The widget under a thumb: the notice on small and tall screens, and what a tap leaves behind."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.live import Server

pytestmark = pytest.mark.journey


@pytest.fixture
def notice(new_window: Callable[..., Any], server: Server) -> Callable[[int, int, str], Any]:
    """Return a function that shows the notice on a phone of a size, in a language."""

    def shown(width: int, height: int, locale: str) -> Any:
        viewport = {"width": width, "height": height}
        page = new_window(viewport=viewport, is_mobile=True, has_touch=True, reduced_motion="reduce")
        page.goto(f"{server.url}/widget/demo?locale={locale}")
        page.locator(".equal-buttons button").nth(1).wait_for()
        return page

    return shown


def test_what_a_tap_left_hovered_looks_as_before(notice: Callable[[int, int, str], Any]) -> None:
    page = notice(390, 844, "en")
    refuse = page.get_by_role("button", name="No, thanks")
    colour = "(one) => getComputedStyle(one).backgroundColor"
    refuse.hover()
    assert refuse.evaluate("(one) => one.matches(':hover')")
    assert refuse.evaluate(colour) == page.get_by_role("button", name="Start chat").evaluate(colour)


@pytest.mark.parametrize("locale", ["de", "pl", "ar"])
def test_both_buttons_stand_under_the_clauses_and_on_every_screen(
    notice: Callable[[int, int, str], Any], locale: str
) -> None:
    tall = notice(390, 844, locale)
    clauses, buttons = (tall.locator(one).bounding_box() for one in (".clauses", ".equal-buttons"))
    assert 8 <= buttons["y"] - clauses["y"] - clauses["height"] <= 32
    small = notice(320, 568, locale)
    body = small.locator(".notice-body")
    for end in (0, 9_999):
        body.evaluate("(one, end) => one.scrollTo(0, end)", end)
        box = small.locator(".equal-buttons").bounding_box()
        assert box["y"] + box["height"] <= 568
