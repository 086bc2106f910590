"""Answers without a person: they say so, a person is one click away, and takes over with everything that was said."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.browsing import start_chat, until, violations, write
from tests.journeys.test_training_chain import closed_chat, states
from tests.live import Server

pytestmark = pytest.mark.journey

QUESTION, ANSWER = "Do you ship teapots to Norway?", "Yes, within five days."


@pytest.fixture
def server(start_server: Any) -> Server:
    """Return a shop whose assistant answers visitors by itself."""
    started: Server = start_server(
        settings={
            "middleware": ["consent_gate", "training_router", "assistant"],
            "middleware_settings": {"assistant": {"answer_visitors": True}},
        }
    )
    return started


def test_an_automated_answer_says_so_and_a_person_takes_over_with_the_whole_chat(
    server: Server,
    window: Callable[..., Any],
    new_window: Callable[..., Any],
) -> None:
    inbox = window(server)
    first = new_window()
    closed_chat(server, first, inbox, QUESTION, ANSWER, training=True)
    until(first, lambda: states(server) == ["admitted"], "the chat is learned from")

    page = new_window()
    frame = start_chat(page, server)
    write(frame, QUESTION)
    frame.get_by_text(ANSWER, exact=True).wait_for()
    frame.get_by_text("Assistant (automated answer)", exact=True).wait_for()
    frame.get_by_role("button", name="Talk to a person").click()
    frame.get_by_text("A person of the shop was asked for.", exact=True).wait_for()

    write(frame, "Do you ship teapots to Norway? I mean by ship")
    page.wait_for_timeout(1500)
    assert frame.get_by_text(ANSWER, exact=True).count() == 1, "after that only a person answers"
    inbox.get_by_text("I mean by ship").first.click()
    log = inbox.get_by_role("log")
    for said in (QUESTION, ANSWER, "A person of the shop was asked for.", "I mean by ship"):
        log.get_by_text(said).first.wait_for()
    log.get_by_text("Assistant").first.wait_for()
    assert violations(inbox) == []
