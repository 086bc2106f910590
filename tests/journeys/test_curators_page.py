"""Olga reads what goes into the training store, lets a transcript in, and leaves another out."""

from collections.abc import Callable
from typing import Any

import pytest

from chatgate.ids import new_token
from chatgate.services import conversations, messages
from chatgate.services.accounts import agents
from tests.cast import PASSWORD, signed_in
from tests.journeys.browsing import until, violations
from tests.journeys.test_training_chain import states
from tests.live import Server, VisitorClient

pytestmark = pytest.mark.journey

OLGA, BEN = "olga@kilnandcup.example", "ben@kilnandcup.example"
SPECIAL = "I have an allergy, is the glaze safe? Write to vera@example.org"
PLAIN = "Is the cup blue? My name is Vera Zielińska"


@pytest.fixture(scope="module")
def server(server: Server) -> Server:
    """Return a server with a privacy officer and an agent who is nothing else."""
    agents.add_agent(server.core, OLGA, "Olga", "privacy_officer", PASSWORD)
    agents.add_agent(server.core, BEN, "Ben", "agent", PASSWORD)
    return server


def finished(server: Server, visitor: Callable[..., VisitorClient], body: str) -> None:
    """Let a visitor who agreed chat, and close the chat."""
    vera = visitor(server, training=True)
    vera.writes(body)
    adam = signed_in(server.core)
    messages.post_agent_message(server.core, adam, vera.conversation_id, new_token("m"), "It is, dear customer.")
    conversations.close_conversation(server.core, vera.conversation_id, "agent")


def audited(server: Server) -> list[tuple[Any, ...]]:
    with server.core.storage.read() as db:
        rows = db.exec_driver_sql("SELECT action, reason FROM audit_event WHERE action LIKE 'training%' ORDER BY id")
        return [tuple(row) for row in rows]


def test_a_transcript_is_read_without_personal_data_let_in_and_another_left_out(
    server: Server,
    visitor: Callable[..., VisitorClient],
    window: Callable[..., Any],
) -> None:
    page = window(server, OLGA)
    page.goto(f"{server.url}/inbox#/training")
    page.get_by_text("Nothing waits for you").wait_for()
    assert violations(page) == []
    finished(server, visitor, SPECIAL)
    finished(server, visitor, PLAIN)
    until(page, lambda: states(server) == ["admitted", "held"], "one is held, one is stored")

    page.get_by_role("button", name="Stored").click()
    page.get_by_role("button", name="To decide").click()
    page.get_by_text("Words about: health").wait_for()
    page.locator(".reply-line").first.focus()
    page.keyboard.press("Enter")
    text = page.get_by_label("Redacted text")
    text.locator("mark", has_text="[EMAIL_1]").wait_for()
    text.locator("mark", has_text="allergy").wait_for()
    assert "vera@" not in page.content()
    assert violations(page) == []
    page.get_by_label("Why").fill("about a glaze")
    page.get_by_role("button", name="Let it in").click()
    page.get_by_text("Nothing waits for you").wait_for()

    page.get_by_role("button", name="Sample to read").click()
    page.locator(".reply-line").first.click()
    text.locator("mark", has_text="[NAME_1]").wait_for()
    page.get_by_label("Why").fill("not about us")
    page.get_by_role("button", name="Leave it out").click()
    page.get_by_text("Everything has been read").wait_for()
    until(page, lambda: states(server) == ["admitted", "retracted"], "what was left out is gone")
    assert audited(server) == [
        ("training_read", None),
        ("training_approved", "about a glaze"),
        ("training_read", None),
        ("training_quarantined", "not about us"),
    ]


def test_an_agent_sees_no_training_store(server: Server, window: Callable[..., Any]) -> None:
    page = window(server, BEN)
    page.goto(f"{server.url}/inbox#/training")
    page.get_by_text("Your role does not allow this.").first.wait_for()
