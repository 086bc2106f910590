"""The one-box form in a browser: the other channel beside the box, one consent that carries the chat, and its end."""

from typing import Any

import pytest
from playwright.sync_api import expect

from chatgate.services.learning import releases, training
from chatgate.services.learning.releases import ReleaseRequest
from tests.cast import SINGLE_NOTICE, SINGLE_SETTINGS, hire_adam, open_shop
from tests.journeys.browsing import inside, open_widget, until, violations, visit_store, write
from tests.live import Server

pytestmark = pytest.mark.journey


@pytest.fixture
def server(start_server: Any) -> Server:
    """Return a server of a shop with the shipped one-box notice."""
    started: Server = start_server(settings={"consent": SINGLE_SETTINGS}, seed=False)
    open_shop(started.core, notice=SINGLE_NOTICE, origins=[])
    hire_adam(started.core)
    return started


def rows(server: Server, query: str) -> list[Any]:
    """Return the first column of a query."""
    with server.core.storage.read() as db:
        return list(db.exec_driver_sql(query).scalars())


def agree(frame: Any) -> None:
    """Tick the one box and start."""
    frame.locator("#clause-training").check()
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_label("Your message").wait_for()


def test_the_other_way_stands_beside_the_box_and_nothing_opens_without_it(page: Any, server: Server) -> None:
    visit_store(page, server)
    frame = open_widget(page)
    frame.get_by_text("Without a chat you get the same help here: hello@kilnandcup.example").wait_for()
    expect(frame.get_by_role("checkbox")).to_have_count(1)
    assert violations(inside(page)) == []
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_text("The chat can only start with your agreement here.").wait_for()
    assert rows(server, "SELECT id FROM consent_record") == []


def test_withdrawing_the_one_consent_ends_the_chat(page: Any, server: Server) -> None:
    visit_store(page, server)
    frame = open_widget(page)
    agree(frame)
    write(frame, "Does the cup survive a dishwasher?")
    frame.get_by_text("You agreed to: improving answers.").wait_for()
    frame.get_by_role("button", name="Change").click()
    frame.get_by_role("button", name="Withdraw").click()
    frame.get_by_text("You withdrew your agreement.").wait_for()
    assert rows(server, "SELECT conditionality FROM consent_record") == ["conditional"]
    assert rows(server, "SELECT closed_reason FROM conversation") == ["consent_withdrawn"]
    assert rows(server, "SELECT kind FROM consent_event ORDER BY number") == ["answered", "withdrawn"]
    until(page, lambda: inside(page).evaluate("localStorage.length") == 0, "nothing is left on the device")


def test_a_chat_that_ended_by_itself_is_released_only_with_a_reason(page: Any, server: Server, tmp_path: Any) -> None:
    visit_store(page, server)
    frame = open_widget(page)
    agree(frame)
    write(frame, "Does the cup survive a dishwasher?")
    frame.get_by_role("button", name="Change").click()
    frame.get_by_role("button", name="End this chat").click()
    frame.get_by_text("You ended this chat.").wait_for()
    until(page, lambda: training.training_stats(server.core)["admitted"] == 1, "the transcript is let in")
    with pytest.raises(Exception, match="no transcript may be released"):
        releases.build_release(server.core, ReleaseRequest("chats", "Model team", 90), tmp_path / "without")
    made = releases.build_release(server.core, ReleaseRequest("more", "Model team", 90, "DPIA-7"), tmp_path / "with")
    assert made["items"] == 1
