"""Vera takes her chat with her, asks for her data, has it erased, and says how she liked it."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from chatgate.services import sessions, sites, visitors
from tests.journeys.browsing import inside, start_chat, until, visit_store, write
from tests.live import Server

pytestmark = pytest.mark.journey
QUESTIONS = [{"name": "name", "label": {"en": "Your name"}}, {"name": "order", "label": {"en": "Order number"}}]


@pytest.fixture
def chat(page: Any, server: Server) -> Any:
    """Return the widget's frame with a chat of one message, the privacy view open."""
    frame = start_chat(page, server)
    write(frame, "Is the cup <b>blue</b>?")
    frame.get_by_role("button", name="Change").click()
    frame.get_by_role("heading", name="Your data").wait_for()
    return frame


def answer_rights(page: Any, status: int, body: dict[str, Any]) -> None:
    """Let the server answer a request for a right like this."""
    text = json.dumps(body)
    page.route(
        "**/v1/subject-requests", lambda route: route.fulfill(status=status, body=text, content_type="application/json")
    )


def stored(server: Server, query: str) -> list[tuple[Any, ...]]:
    """Return rows of the database."""
    with server.core.storage.read() as db:
        return [tuple(row) for row in db.exec_driver_sql(query)]


def test_the_chat_is_saved_as_text_and_as_data(page: Any, chat: Any) -> None:
    with page.expect_download() as text:
        chat.get_by_role("button", name="Save chat as text").click()
    assert "You: Is the cup <b>blue</b>?" in Path(text.value.path()).read_text(encoding="utf-8")
    with page.expect_download() as data:
        chat.get_by_role("button", name="As data (JSON)").click()
    told = json.loads(Path(data.value.path()).read_text(encoding="utf-8"))
    assert [(one["author"], one["text"]) for one in told["messages"]] == [("visitor", "Is the cup <b>blue</b>?")]


def test_all_data_is_saved_as_a_file(page: Any, chat: Any) -> None:
    with page.expect_download() as file:
        chat.get_by_role("button", name="Save all my data").click()
    assert file.value.suggested_filename == "my-data.zip"
    with zipfile.ZipFile(file.value.path()) as found:
        assert found.testzip() is None
        assert "Is the cup <b>blue</b>?" in found.read("messages.jsonl").decode()
        assert "Is the cup &lt;b&gt;blue&lt;/b&gt;?" in found.read("index.html").decode()


def test_a_request_that_takes_time_says_until_when(page: Any, chat: Any) -> None:
    answer_rights(page, 202, {"state": "received", "due_at": "2026-12-23T12:00:00Z"})
    chat.get_by_role("button", name="Save all my data").click()
    chat.get_by_text("answers by 23 December 2026").wait_for()


def test_erasing_asks_once_and_leaves_nothing_on_either_side(page: Any, chat: Any, server: Server) -> None:
    token = inside(page).evaluate("JSON.parse(localStorage.getItem('chatgate:demo')).token")
    conversation_id = sessions.read_session(server.core, token).conversation_id
    chat.get_by_role("button", name="Erase this chat").click()
    expect(chat.get_by_role("button", name="Keep it")).to_be_focused()
    chat.get_by_role("button", name="Keep it").click()
    chat.get_by_role("button", name="Erase this chat").click()
    chat.get_by_role("button", name="Erase", exact=True).click()
    chat.get_by_role("heading", name="This chat was erased.").wait_for()
    until(page, lambda: inside(page).evaluate("Object.keys(localStorage)") == [], "nothing is left on the device")
    assert stored(server, f"SELECT id FROM conversation WHERE id = '{conversation_id}'") == []


def test_an_erasure_without_a_connection_changes_nothing(page: Any, chat: Any) -> None:
    page.route("**/v1/subject-requests", lambda route: route.abort())
    chat.get_by_role("button", name="Erase this chat").click()
    chat.get_by_role("button", name="Erase", exact=True).click()
    chat.get_by_text("No connection, so nothing happened.").wait_for()
    assert inside(page).evaluate("Object.keys(localStorage)") == ["chatgate:demo"]


def test_after_the_chat_the_visitor_may_rate_it(chat: Any, server: Server) -> None:
    chat.get_by_role("button", name="End this chat").click()
    chat.get_by_text("You ended this chat.").wait_for()
    chat.locator(".face").nth(3).click()
    chat.get_by_label("What made it so?").fill("quick and kind")
    chat.get_by_role("button", name="Send answer").click()
    chat.get_by_text("Thank you.").wait_for()
    assert (4, "quick and kind") in stored(server, "SELECT score, comment FROM rating")


def test_questions_come_after_the_decision_and_may_be_skipped(page: Any, server: Server) -> None:
    sites.set_site(server.core, "demo", {"prechat": QUESTIONS})
    try:
        visit_store(page, server)
        page.get_by_role("button", name="Open chat").click()
        frame = page.frame_locator("iframe")
        frame.locator("#clause-support").check()
        assert frame.get_by_label("Your name").count() == 0
        frame.get_by_role("button", name="Start chat").click()
        frame.get_by_label("Order number").fill("K-1042")
        frame.get_by_role("button", name="Continue").click()
        frame.get_by_label("Your message").wait_for()
        assert ("order", "K-1042") in stored(server, "SELECT field, value FROM visitor_profile")
        page.reload()
        page.frame_locator("iframe").get_by_label("Your message").wait_for()
    finally:
        sites.set_site(server.core, "demo", {"prechat": []})


def test_an_identity_reaches_the_server_only_after_the_consent(page: Any, server: Server) -> None:
    secret = visitors.site_secret(server.core, "demo")
    identity = {"id": "77", "email": "", "name": "Vera K.", "signature": ""}
    identity["signature"] = visitors.identity_signature(secret, "77", "", "Vera K.")
    page.add_init_script(
        f"window.chatgate = [['identify', {json.dumps(identity)}], ['setContext', {{basket: '2 cups'}}]]"
    )
    told = "SELECT field, value FROM visitor_profile WHERE value IN ('77', 'Vera K.', '2 cups')"
    visit_store(page, server)
    page.get_by_role("button", name="Open chat").click()
    frame = page.frame_locator("iframe")
    frame.locator("#clause-support").check()
    assert stored(server, told) == []
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_label("Your message").wait_for()
    until(page, lambda: len(stored(server, told)) == 3, "the three are stored")
    assert sorted(stored(server, told)) == [("basket", "2 cups"), ("customer_id", "77"), ("name", "Vera K.")]
