"""What people do in the browser: Vera in the store, Adam in the inbox."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cast import ADAM, PASSWORD
from tests.live import Server

AXE = Path(__file__).parents[2] / "widget" / "node_modules" / "axe-core" / "axe.min.js"


def violations(target: Any) -> list[str]:
    """Return the rules that axe finds broken in a page or frame, with the elements."""
    if not target.evaluate("'axe' in window"):
        target.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = target.evaluate("axe.run().then((found) => JSON.stringify(found.violations))")
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in json.loads(found)]


def inside(page: Any) -> Any:
    """Return the widget's frame as one in which scripts can run."""
    return next(frame for frame in page.frames if "/widget/" in frame.url)


def visit_store(page: Any, server: Server, path: str = "") -> None:
    """Open a page of the example store."""
    page.goto(f"{server.url}/store/{path}")


def open_widget(page: Any) -> Any:
    """Press the chat button and return the widget's frame, ready for a decision."""
    page.get_by_role("button", name="Open chat").click()
    return widget(page)


def widget(page: Any) -> Any:
    """Return the widget's frame."""
    return page.frame_locator("iframe")


def accept(frame: Any, training: bool = False) -> None:
    """Tick the required box, the optional one when asked to, press Start chat, and wait for the composer."""
    frame.locator("#clause-support").check()
    if training:
        frame.locator("#clause-training").check()
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_label("Your message").wait_for()


def start_chat(page: Any, server: Server, training: bool = False) -> Any:
    """Visit the store, open the widget, accept; return the frame."""
    visit_store(page, server)
    frame = open_widget(page)
    accept(frame, training)
    return frame


def write(frame: Any, text: str) -> None:
    """Write a message as the visitor, and wait until this one is stored."""
    frame.get_by_label("Your message").fill(text)
    frame.get_by_role("button", name="Send", exact=True).click()
    frame.locator(".message[data-state=stored]", has_text=text).last.wait_for()


def withdraw(frame: Any, purpose: str) -> None:
    """Take one consent back in the visitor's open privacy view: one press."""
    card = frame.locator(f"section[aria-labelledby='purpose-{purpose}']")
    card.get_by_role("button", name="Withdraw").click()


def sign_in(page: Any, server: Server, email: str = ADAM, password: str = PASSWORD) -> None:
    """Sign in to the inbox and wait for the lists."""
    page.goto(f"{server.url}/inbox")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".desk").wait_for()


def show(inbox: Any, conversation_id: str) -> None:
    """Choose a conversation in the list and wait for its messages."""
    inbox.locator(f"#row-{conversation_id}").click()
    inbox.locator(f"#row-{conversation_id}[aria-current]").wait_for(state="attached")
    inbox.get_by_role("log").locator(".bubble").first.wait_for()


def until(page: Any, holds: Callable[[], bool], what: str = "it holds") -> None:
    """Wait until something holds, at most thirty seconds, while the browser goes on."""
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"waited for: {what}")
