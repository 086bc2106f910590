"""A new version of the notice comes out while a chat is open: each step does what it says, and no word is lost."""

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from chatgate.cli.serve import shipped_notice
from chatgate.services import notices
from chatgate.services.evidence import ledger
from tests.cast import SITE, next_version
from tests.journeys.browsing import inside, open_widget, start_chat, violations, visit_store, widget, write
from tests.live import Server

pytestmark = pytest.mark.journey


@pytest.fixture
def server(start_server: Any) -> Server:
    """Return a server of this test alone: publishing changes what everybody is asked."""
    started: Server = start_server()
    return started


def minor_version() -> str:
    """Return the shipped notice with another contact: people are told of it, and not asked."""
    return shipped_notice("split").replace('version = "1.0.0"', 'version = "1.1.0"').replace("privacy@", "data@")


def rows(server: Server, query: str) -> list[Any]:
    """Return the first column of a query."""
    with server.core.storage.read() as db:
        return list(db.exec_driver_sql(query).scalars())


def eventually(server: Server, query: str, expected: list[Any]) -> None:
    """Wait until a query gives what is expected; its last answer is compared."""
    limit = time.monotonic() + 30
    while rows(server, query) != expected and time.monotonic() < limit:
        time.sleep(0.1)
    assert rows(server, query) == expected


KINDS = "SELECT kind FROM consent_event ORDER BY number"
BODIES = "SELECT body FROM message ORDER BY seq"


def come_back(page: Any, server: Server) -> Any:
    """Load the shop's page anew; the chat reopens by itself."""
    visit_store(page, server)
    frame = widget(page)
    frame.get_by_text("You agreed to:").wait_for()
    return frame


def test_a_major_version_asks_again_in_the_open_chat_and_sends_what_was_typed(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    write(frame, "Before the new text")
    frame.get_by_label("Your message").fill("Typed before I was asked")
    # Published by another process than the server, as from the command line: nothing is sent, and nobody reloads.
    notices.publish_notice(server.core, SITE, next_version("2.0.0"))
    frame.get_by_role("button", name="Read the new text").click()
    frame.get_by_text("This text has changed").wait_for()
    expect(frame.locator("#clause-support")).not_to_be_checked()
    frame.locator("#clause-support").check()
    frame.get_by_role("button", name="Start chat").click()
    expect(frame.get_by_label("Your message")).to_have_value("Typed before I was asked")
    frame.get_by_role("button", name="Send", exact=True).click()
    eventually(server, BODIES, ["Before the new text", "Typed before I was asked"])
    assert rows(server, KINDS) == ["answered", "renewed"]
    assert ledger.verify_ledger(server.core).holds


def test_who_comes_back_to_a_major_version_reads_on_and_keeps_the_draft(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    write(frame, "Before the new text")
    frame.get_by_label("Your message").fill("Half a sentence")
    notices.publish_notice(server.core, SITE, next_version("2.0.0"))
    frame = come_back(page, server)
    frame.get_by_text("Before the new text").wait_for()
    frame.get_by_text("What you typed is kept.").wait_for()
    expect(frame.get_by_label("Your message")).to_have_count(0)
    assert violations(inside(page)) == []
    frame.get_by_role("button", name="Read the new text").click()
    frame.locator("#clause-support").check()
    frame.get_by_role("button", name="Start chat").click()
    field = frame.get_by_label("Your message")
    expect(field).to_have_value("Half a sentence")
    assert rows(server, KINDS) == ["answered", "renewed"]
    assert rows(server, BODIES) == ["Before the new text"]


def test_no_thanks_to_a_major_version_ends_the_chat_with_a_receipt(page: Any, server: Server) -> None:
    frame = start_chat(page, server, training=True)
    notices.publish_notice(server.core, SITE, next_version("2.0.0"))
    frame = come_back(page, server)
    frame.get_by_role("button", name="Read the new text").click()
    frame.get_by_role("button", name="No, thanks").click()
    frame.get_by_text("You withdrew your agreement.").wait_for()
    frame.get_by_role("button", name="Save receipt").wait_for()
    assert rows(server, KINDS) == ["answered", "withdrawn"]
    assert rows(server, "SELECT state FROM conversation") == ["closed"]
    kept = inside(page).evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length")
    assert kept == 0


def test_a_minor_version_is_told_once(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    write(frame, "Before the new text")
    notices.publish_notice(server.core, SITE, minor_version())
    frame.get_by_text("has changed a little").wait_for()
    link = frame.get_by_role("link", name="Read the full clause")
    page.request.get(server.url + link.get_attribute("href")).text().index("data@kilnandcup.example")
    eventually(server, KINDS, ["answered", "informed"])
    assert violations(inside(page)) == []
    write(frame, "Nothing stopped me")
    frame.get_by_role("button", name="Close this note").click()
    frame.get_by_text("has changed a little").wait_for(state="detached")
    frame = come_back(page, server)
    write(frame, "And nothing was said again")
    assert frame.get_by_text("has changed a little").count() == 0
    assert rows(server, KINDS) == ["answered", "informed"]


def test_a_patch_does_nothing(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    text = shipped_notice("split").replace('version = "1.0.0"', 'version = "1.0.1"')
    notices.publish_notice(server.core, SITE, text.replace("Read the full clause", "The full clause"))
    frame = come_back(page, server)
    write(frame, "Nobody asked me anything")
    assert frame.get_by_text("changed").count() == 0
    assert rows(server, KINDS) == ["answered"]


def test_who_comes_new_sees_the_new_text_only(page: Any, server: Server) -> None:
    notices.publish_notice(server.core, SITE, next_version("2.0.0"))
    visit_store(page, server)
    frame = open_widget(page)
    frame.get_by_text("(2.0.0)").first.wait_for()
    assert frame.get_by_text("changed").count() == 0
