"""A shop that offers to children asks for an age band before the decision, and a minor chats without training."""

from typing import Any

import pytest
from playwright.sync_api import expect

from chatgate.services import sites
from tests.cast import SINGLE_NOTICE, SINGLE_SETTINGS, SITE, hire_adam, open_shop
from tests.journeys.browsing import inside, open_widget, violations, visit_store, write
from tests.live import Server

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def server(server: Server) -> Server:
    """Return a server of a shop that offers to children."""
    sites.set_site(server.core, SITE, {"offered_to_children": True})
    return server


def records(server: Server) -> list[tuple[Any, Any]]:
    """Return what was answered about age and training, oldest first."""
    with server.core.storage.read() as db:
        rows = db.exec_driver_sql(
            "SELECT minor, choices FROM consent_record r JOIN consent_event e ON record_id = r.id ORDER BY given_at"
        ).all()
    return [(row.minor if row.minor is None else bool(row.minor), row.choices) for row in rows]


@pytest.fixture
def frame(page: Any, server: Server) -> Any:
    """Return the widget's frame with the notice and the question."""
    visit_store(page, server)
    found = open_widget(page)
    found.get_by_role("radio", name="Under 16").wait_for()
    return found


def test_nothing_is_chosen_beforehand_and_start_waits_for_an_answer(page: Any, frame: Any, server: Server) -> None:
    before = records(server)
    assert [radio.is_checked() for radio in frame.get_by_role("radio").all()] == [False, False]
    assert violations(inside(page)) == []
    frame.locator("#clause-support").check()
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_text("Please choose one of the two.").wait_for()
    expect(frame.get_by_role("radio", name="Under 16")).to_be_focused()
    assert violations(inside(page)) == []
    assert records(server) == before


def test_a_minor_cannot_tick_training_and_chats_without_it(page: Any, frame: Any, server: Server) -> None:
    frame.locator("#clause-training").check()
    frame.get_by_role("radio", name="Under 16").check()
    expect(frame.locator("#clause-training")).not_to_be_checked()
    expect(frame.locator("#clause-training")).to_be_disabled()
    frame.get_by_text("Not for somebody of your age").wait_for()
    frame.locator("#clause-support").check()
    frame.get_by_role("button", name="Start chat").click()
    write(frame, "My mother's cup is broken")
    minor, choices = records(server)[-1]
    assert minor is True
    assert '"training": false' in choices.replace('":', '": ').replace(":  ", ": ")
    frame.get_by_role("button", name="Change").click()
    frame.get_by_text("Not for somebody of your age").wait_for()
    assert frame.get_by_role("button", name="I agree").count() == 0


def test_somebody_of_age_decides_freely(page: Any, frame: Any, server: Server) -> None:
    frame.get_by_role("radio", name="16 or older").check()
    frame.locator("#clause-support").check()
    frame.locator("#clause-training").check()
    frame.get_by_role("button", name="Start chat").click()
    write(frame, "Is the cup blue?")
    assert records(server)[-1][0] is False


def test_the_one_box_form_sends_a_minor_to_the_other_way(page: Any, start_server: Any) -> None:
    server = start_server(settings={"consent": SINGLE_SETTINGS}, seed=False)
    open_shop(server.core, notice=SINGLE_NOTICE, origins=[])
    hire_adam(server.core)
    sites.set_site(server.core, SITE, {"offered_to_children": True})
    visit_store(page, server)
    frame = open_widget(page)
    frame.get_by_role("radio", name="Under 16").check()
    frame.locator("#clause-training").check()
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_text("This chat is not for somebody of your age.").wait_for()
    frame.get_by_text("hello@kilnandcup.example").wait_for()
    assert records(server) == []
