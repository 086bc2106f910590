"""Bad clocks, slow and dying servers, tabs that disagree, hostile words in every field: a clear state and a way on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from chatgate.services import sites
from tests.journeys.browsing import (
    accept,
    inside,
    open_widget,
    start_chat,
    until,
    violations,
    visit_store,
    widget,
    write,
)
from tests.live import Server

pytestmark = pytest.mark.journey

HOSTILE = "<img src=x onerror=alert(1)>\u202e\u2066 👩‍👩‍👧𝄞"


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_wrong_by_a_day_changes_nothing_but_the_times(page: Any, server: Server, days: int) -> None:
    page.clock.set_system_time(datetime.now(UTC) + timedelta(days=days))
    frame = start_chat(page, server)
    write(frame, "my clock is wrong")
    page.reload()
    widget(page).get_by_text("my clock is wrong").wait_for()
    write(widget(page), "and it still works")


def test_a_slow_server_shows_a_skeleton_and_then_the_notice(page: Any, server: Server) -> None:
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/v1/sites/demo/notice**", hold)
    visit_store(page, server)
    frame = open_widget(page)
    frame.locator(".skeleton").first.wait_for()
    until(page, lambda: held != [], "the notice is asked for")
    for route in held:
        route.continue_()
    accept(frame)


def test_a_server_that_dies_in_the_middle_of_a_sentence_loses_no_word_of_it(
    page: Any, start_server: Callable[..., Server]
) -> None:
    server = start_server()
    frame = start_chat(page, server)
    write(frame, "before")
    field = frame.get_by_label("Your message")
    field.fill("half a sen")
    server.kill()
    field.press_sequentially("tence")
    field.press("Enter")
    frame.get_by_text("Your text is safe.").wait_for()
    field.fill("typed meanwhile")
    server.start()
    frame.locator("[data-state=stored]", has_text="half a sentence").wait_for(timeout=60_000)
    expect(field).to_have_value("typed meanwhile")
    with server.core.storage.read() as db:
        bodies = [row.body for row in db.exec_driver_sql("SELECT body FROM message ORDER BY seq")]
    assert bodies == ["before", "half a sentence"]


def test_a_tab_that_refused_follows_the_one_that_accepted_and_only_on_the_screen(context: Any, server: Server) -> None:
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        visit_store(page, server)
        open_widget(page).get_by_role("button", name="Start chat").wait_for()
    widget(first).get_by_role("button", name="No, thanks").click()
    widget(first).get_by_text("That is fine.").wait_for()
    rows = server.core.storage.row_counts(["consent_record"])
    accept(widget(second))
    write(widget(second), "the second tab agreed")
    widget(first).get_by_text("the second tab agreed").wait_for()
    assert server.core.storage.row_counts(["consent_record"])["consent_record"] == rows["consent_record"] + 1


def test_two_tabs_that_start_at_once_both_have_a_chat(context: Any, server: Server) -> None:
    pages = [context.new_page(), context.new_page()]
    for page in pages:
        visit_store(page, server)
        open_widget(page).locator("#clause-support").check()
    for page in pages:
        button = inside(page).query_selector("button[type=submit]")
        if button:
            button.evaluate("(one) => one.click()")
    for page in pages:
        widget(page).get_by_label("Your message").wait_for()
        write(widget(page), "here I am")


@pytest.mark.parametrize(("site", "drawn"), [("demo", 1), ("no-such", 0)])
def test_a_site_that_does_not_exist_leaves_the_shops_page_as_it_is(
    page: Any, server: Server, site: str, drawn: int
) -> None:
    body = f'<p>Cups</p><script src="{server.url}/widget.js?site={site}"></script>'
    page.route("**/shop.html", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{server.url}/shop.html")
    hosts = "[...document.querySelectorAll('*')].filter((one) => one.shadowRoot).length"
    expect(page.get_by_role("button")).to_have_count(drawn)
    assert page.evaluate(hosts) == drawn
    assert page.locator("body > :not(p, script)").count() == drawn


@pytest.mark.parametrize(
    ("address", "title", "words"),
    [
        ("/widget/no-such?locale=en", "The chat is closed here", "This shop does not offer the chat"),
        ("/widget/no-such?locale=pl", "Czat jest tu nieczynny", "Sklep nie prowadzi teraz czatu"),
        ("/widget/no%20such!", "The chat is closed here", "This shop does not offer the chat"),
    ],
)
def test_the_page_of_a_site_that_does_not_exist_says_so_in_words(
    page: Any, server: Server, address: str, title: str, words: str
) -> None:
    answer = page.goto(server.url + address)
    page.get_by_role("heading", name=title).wait_for()
    assert answer.status == 404
    assert words in page.locator("#app").inner_text()
    assert page.get_by_role("button").count() == 0
    assert violations(page) == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_shop_page_that_still_has_the_button_of_a_site_switched_off_says_so_in_words(
    page: Any, start_server: Callable[..., Server]
) -> None:
    server = start_server()
    visit_store(page, server)
    page.get_by_role("button", name="Open chat").wait_for()
    sites.set_site(server.core, "demo", {"active": False})
    open_widget(page).get_by_role("heading", name="The chat is closed here").wait_for()


def test_hostile_words_in_every_field_of_the_shop_are_only_words(page: Any, server: Server) -> None:
    raised: list[str] = []
    page.on("dialog", lambda dialog: raised.append(dialog.message))
    page.on("pageerror", lambda error: raised.append(str(error)))
    before = {"name": "Kiln & Cup", "greeting": {}, "reply_time": None, "channels": [], "prechat": []}
    channel = {"kind": "other", "label": HOSTILE, "url": "https://shop.example/<script>"}
    question = {"name": "name", "label": {"en": HOSTILE}}
    sites.set_site(
        server.core,
        "demo",
        {
            "name": HOSTILE,
            "greeting": {"en": HOSTILE},
            "reply_time": HOSTILE,
            "channels": [channel],
            "prechat": [question],
        },
    )
    try:
        visit_store(page, server)
        page.get_by_role("button", name="onerror").wait_for()
        frame = open_widget(page)
        expect(frame.locator("h1")).to_have_text(HOSTILE)
        frame.get_by_role("button", name="No, thanks").click()
        assert HOSTILE in frame.locator(".channels").inner_text()
        frame.get_by_role("button", name="Back to the choice").click()
        frame.locator("#clause-support").check()
        frame.get_by_role("button", name="Start chat").click()
        frame.get_by_label("onerror").fill(HOSTILE)
        frame.get_by_role("button", name="Continue").click()
        write(frame, HOSTILE)
        assert frame.locator("img").count() == 0
        assert raised == []
    finally:
        sites.set_site(server.core, "demo", before)


def test_what_a_page_says_of_the_visitor_may_be_anything(page: Any, server: Server) -> None:
    raised: list[str] = []
    page.on("pageerror", lambda error: raised.append(str(error)))
    visit_store(page, server)
    for said in ("null", "'text'", "[1, 2]", "{id: 1}", "{order: {deep: 1}, note: '\\u202e<b>'}"):
        page.evaluate(f"chatgate.identify({said}); chatgate.setContext({said})")
    page.evaluate("chatgate.push(['no such command']); chatgate.push(['setContext', {order: 'K-1042'}])")
    frame = open_widget(page)
    accept(frame)
    write(frame, "nothing broke")
    assert raised == []
