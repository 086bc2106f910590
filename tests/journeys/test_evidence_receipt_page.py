"""A visitor without an account and without the device opens the link on the receipt, withdraws, and erases."""

import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import start_chat

pytestmark = pytest.mark.journey


def test_the_link_on_the_receipt_opens_every_right_and_leaves_no_token_behind(
    server: Any, visitor: Callable[..., Any], page: Any, tmp_path: Any
) -> None:
    vera = visitor(server, training=True)
    receipt = vera.opened["receipt"]
    token = receipt["token"]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/receipt#{token}")
    page.get_by_text("Agreed", exact=True).first.wait_for()
    assert token not in page.url
    page.locator("button[data-purpose=training]").click()
    page.get_by_text("Withdrawn. It takes effect at once.").wait_for()
    expect(page.get_by_text("Not agreed", exact=True)).to_have_count(1)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save receipt").click()
    data = json.loads(saved.value.path().read_bytes())
    assert data["content"]["kind"] == "withdrawn"
    with page.expect_download() as copy:
        page.get_by_role("button", name="Save a copy of my data").click()
    with zipfile.ZipFile(copy.value.path()) as found:
        assert {"index.html", "data.json", "manifest.json"} <= set(found.namelist())
    page.get_by_role("button", name="Erase everything").click()
    page.get_by_role("button", name="Yes, erase everything").click()
    page.get_by_text("Everything was erased.").or_(page.get_by_text("Your data is deleted.")).wait_for()
    assert not [url for url in asked if token in url]
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.reload()
    page.get_by_text("Open the link on your receipt").wait_for()


def test_a_saved_receipt_opens_the_page_too(server: Any, visitor: Callable[..., Any], page: Any, tmp_path: Any) -> None:
    file = tmp_path / "chat-receipt.json"
    file.write_text(json.dumps(visitor(server).opened["receipt"], indent=2) + "\n", encoding="utf-8")
    page.goto(f"{server.url}/receipt")
    page.get_by_label("Receipt file").set_input_files(file)
    page.get_by_role("heading", name="What you decided").wait_for()


def test_the_widget_leads_to_the_page_and_keeps_the_token_out_of_every_address(page: Any, server: Any) -> None:
    frame = start_chat(page, server, training=True)
    frame.get_by_role("button", name="Change").click()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Your receipt as a page").click()
    receipt = opened.value
    receipt.get_by_role("heading", name="What you decided").wait_for()
    receipt.locator("button[data-purpose=training]").click()
    receipt.get_by_text("Withdrawn. It takes effect at once.").wait_for()
    # The chat in the other window hears of it at once.
    frame.get_by_text("Not agreed", exact=True).wait_for()
    assert "cgr_" not in receipt.url
    assert not [url for url in asked if "cgr_" in url.split("#")[0]]
