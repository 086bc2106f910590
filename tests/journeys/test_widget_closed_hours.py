"""Outside the shop's hours a visitor can leave a message, behind the same gate, and nothing is kept of who does not."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fingerprint import holding
from tests.journeys.browsing import inside, open_widget, until, violations, visit_store, widget, write
from tests.journeys.conftest import open_at
from tests.live import Server, handshake

pytestmark = pytest.mark.journey

CANARY = "canary-7d10c2"


def press_start(page: Any, server: Server) -> Any:
    """Visit the store, agree, press Start chat and wait for the answer that the shop is closed."""
    visit_store(page, server)
    frame = open_widget(page)
    frame.locator("#clause-support").check()
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_role("heading", name="The shop is closed just now").wait_for()
    return frame


def test_the_widget_says_when_the_shop_opens_and_stores_nothing(page: Any, closed_shop: Server) -> None:
    before = closed_shop.fingerprint()
    frame = press_start(page, closed_shop)
    assert "Monday" in frame.locator("time").inner_text()
    frame.get_by_label("Your message").fill(CANARY)
    frame.get_by_role("button", name="No, thanks").click()
    frame.get_by_text("Nothing was stored").wait_for()
    assert closed_shop.fingerprint() == before
    assert holding(closed_shop.data_dir, CANARY) == []
    until(page, lambda: inside(page).evaluate("localStorage.length") == 0, "nothing is kept on the device")


def test_the_notice_says_it_before_anything_is_agreed_to_and_in_the_visitors_own_time(
    new_window: Callable[..., Any], closed_shop: Server
) -> None:
    page = new_window(timezone_id="Asia/Tokyo")
    visit_store(page, closed_shop)
    before = closed_shop.fingerprint()
    frame = open_widget(page)
    frame.get_by_text("The shop is closed just now").wait_for()
    # Nine in the morning in Warsaw is four or five in the afternoon in Tokyo, by summer time.
    told = frame.locator("time").inner_text()
    assert "Monday" in told
    assert any(hour in told for hour in ("16:00", "17:00")), told
    assert frame.get_by_role("button", name="Start chat").is_visible()
    assert closed_shop.fingerprint() == before


def test_a_message_that_is_left_is_an_ordinary_conversation(page: Any, closed_shop: Server) -> None:
    frame = press_start(page, closed_shop)
    frame.get_by_label("Your message").fill("Do you ship to Gdańsk? 🫖")
    frame.get_by_label("E-mail").fill("vera@example.org")
    frame.get_by_role("button", name="Leave message").click()
    frame.get_by_text("Delivered", exact=True).wait_for()
    frame.get_by_text("the answer appears here").wait_for()
    with closed_shop.core.storage.read() as db:
        body = db.exec_driver_sql("SELECT body FROM message").scalar_one()
        told = db.exec_driver_sql("SELECT field, value FROM visitor_profile").one()
        consents = db.exec_driver_sql("SELECT count(*) FROM consent_record").scalar_one()
    assert (body, tuple(told), consents) == ("Do you ship to Gdańsk? 🫖", ("email", "vera@example.org"), 1)
    page.reload()
    widget(page).get_by_text("Do you ship to Gdańsk?").wait_for()
    write(widget(page), "and one line more")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"choices": {"support": False, "training": True}}, "consent_required"),
        ({"display_token": "forged"}, "display_token_invalid"),
        ({"rendered_sha256": "0" * 64}, "clause_mismatch"),
    ],
)
def test_a_message_that_is_left_meets_the_whole_gate(
    closed_shop: Server, visitor: Any, changes: dict[str, Any], code: str
) -> None:
    auth = handshake(closed_shop, written=True, page_path=f"/{CANARY}", **changes)
    before = closed_shop.fingerprint()
    mallory = visitor(closed_shop, auth=auth)
    assert mallory.refusal["data"]["code"] == code
    assert closed_shop.fingerprint() == before
    assert holding(closed_shop.data_dir, CANARY) == []


def test_a_wrong_address_is_told_in_the_form(page: Any, closed_shop: Server) -> None:
    frame = press_start(page, closed_shop)
    frame.get_by_label("Your message").fill("Hello")
    frame.get_by_label("E-mail").fill("not an address")
    frame.get_by_role("button", name="Leave message").click()
    assert frame.locator("input:invalid").count() == 1
    assert frame.get_by_role("heading", name="The shop is closed just now").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_has_no_violation(new_window: Callable[..., Any], closed_shop: Server, scheme: str) -> None:
    page = new_window(color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    press_start(page, closed_shop)
    assert violations(inside(page)) == []


def test_a_shop_that_takes_no_messages_says_so_and_shows_other_ways(
    page: Any, start_server: Callable[..., Server]
) -> None:
    frame = press_start(page, start_server(settings=open_at(messages=False)))
    assert frame.get_by_label("Your message").count() == 0
    assert frame.locator("time").count() == 0


def test_a_shop_that_opened_meanwhile_takes_the_chat(page: Any, start_server: Callable[..., Server]) -> None:
    server = start_server(settings=open_at())
    frame = press_start(page, server)
    frame.get_by_label("Your message").fill("typed while it was closed")
    server.stop()
    server._options["settings"] = {}
    server.start()
    frame.get_by_role("button", name="Leave message").click()
    frame.get_by_text("typed while it was closed").wait_for()
