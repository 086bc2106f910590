"""A major version of the notice comes out while a chat is open: the visitor is asked again, and loses no word."""

import time
from typing import Any

import pytest

from chatgate.services import ledger, notices
from tests.cast import SITE, next_version
from tests.journeys.browsing import start_chat, write
from tests.live import Server

pytestmark = pytest.mark.journey


def stored(server: Server) -> list[str]:
    """Return every message once both are there."""
    for _ in range(100):
        with server.core.storage.read() as db:
            bodies = list(db.exec_driver_sql("SELECT body FROM message ORDER BY n").scalars())
        if len(bodies) >= 2:
            break
        time.sleep(0.1)
    return bodies


def test_an_open_chat_asks_again_and_sends_what_was_typed(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    write(frame, "Before the new text")
    notices.publish_notice(server.core, SITE, next_version("2.0.0"))
    frame.get_by_label("Your message").fill("Typed before I was asked")
    frame.get_by_role("button", name="Send", exact=True).click()
    frame.get_by_text("This text has changed").wait_for()
    assert frame.locator("#clause-support").is_checked() is False
    frame.locator("#clause-support").check()
    frame.get_by_role("button", name="Start chat").or_(frame.get_by_role("button", name="Continue")).first.click()
    frame.get_by_label("Your message").wait_for()
    frame.get_by_text("Delivered").or_(frame.get_by_text("Seen", exact=True)).first.wait_for()
    bodies = stored(server)
    with server.core.storage.read() as db:
        kinds = db.exec_driver_sql("SELECT kind FROM consent_event ORDER BY number").scalars().all()
    assert bodies[-2:] == ["Before the new text", "Typed before I was asked"]
    assert kinds == ["answered", "renewed"]
    assert ledger.verify_ledger(server.core).holds
