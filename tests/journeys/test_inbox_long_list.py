"""Ten thousand open chats in one list: the last of them is on the screen, and little of the rest is."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.benchmarks.inbox import fill
from tests.cast import signed_in
from tests.journeys.browsing import until
from tests.live import Server, VisitorClient

pytestmark = pytest.mark.journey

MANY = 10_000
BOX = ".pane-list .pane-scroll"
READ_TO_THE_END = "() => document.querySelector('.rows-more') === null"


def test_ten_thousand_chats_are_scrolled_to_the_last_one(
    window: Any, start_server: Callable[..., Server], visitor: Callable[..., VisitorClient]
) -> None:
    server = start_server()
    visitor(server).writes("The one that is copied")
    fill(server.core, signed_in(server.core).id, MANY, 0)
    inbox = window(server)
    inbox.locator(".rows .row").first.wait_for()
    assert inbox.locator(BOX).evaluate("(box) => box.scrollHeight") >= MANY * 80, "the scroll bar covers all of it"
    inbox.locator(BOX).evaluate("(box) => { box.scrollTop = box.scrollHeight; }")
    inbox.wait_for_function(READ_TO_THE_END, timeout=60_000)
    inbox.locator(BOX).evaluate("(box) => { box.scrollTop = box.scrollHeight; }")
    until(
        inbox, lambda: inbox.locator(BOX).evaluate("(box) => box.scrollTop + box.clientHeight >= box.scrollHeight - 1")
    )
    inbox.locator(".rows .row").last.click()
    last = inbox.locator(".rows .row").last.get_attribute("id")
    inbox.locator(f"#{last}[aria-current]").wait_for(state="attached")
    inbox.keyboard.press("k")
    inbox.locator(f"#{last}:not([aria-current])").wait_for(state="attached")
    assert inbox.locator(".rows .row[aria-current]").count() == 1, "at depth the neighbour is chosen and drawn"
    assert inbox.locator(".rows .row").count() < 60
