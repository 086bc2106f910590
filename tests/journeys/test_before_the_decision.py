"""Before the visitor decides, the shop's page loads one file and nothing is kept anywhere."""

from typing import Any

import pytest

from chatgate.services import sites
from tests.journeys.browsing import accept, inside, open_widget, visit_store, widget
from tests.live import Server

pytestmark = pytest.mark.journey
STORED = """async () => ({
  cookies: document.cookie,
  local: Object.keys(localStorage),
  session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map((one) => one.name),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING = {"cookies": "", "local": [], "session": [], "databases": [], "caches": [], "workers": 0}


@pytest.fixture
def requests(page: Any, server: Server) -> list[str]:
    """Return the list into which every request of the page goes."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url.removeprefix(server.url)))
    page.on("websocket", lambda socket: seen.append(f"websocket {socket.url}"))
    return seen


def rows(server: Server) -> Any:
    """Return the row counts of the installation."""
    return server.request("/demo/rows").json["tables"]


def test_a_shop_page_loads_the_loader_and_nothing_else_of_the_chat(
    page: Any, server: Server, requests: list[str]
) -> None:
    visit_store(page, server)
    page.wait_for_load_state("networkidle")
    assert [path for path in requests if not path.startswith("/store/")] == ["/widget.js?site=demo"]


def test_nothing_is_on_the_device_before_the_click(page: Any, server: Server) -> None:
    visit_store(page, server)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(STORED) == NOTHING
    assert page.context.cookies() == []


def test_reading_the_notice_stores_nothing_on_either_side(page: Any, server: Server, requests: list[str]) -> None:
    before = server.fingerprint()
    visit_store(page, server)
    frame = open_widget(page)
    frame.get_by_role("button", name="Start chat").wait_for()
    assert inside(page).evaluate(STORED) == NOTHING
    assert page.evaluate(STORED) == NOTHING
    assert page.context.cookies() == []
    assert not [path for path in requests if path.startswith("websocket")]
    assert server.fingerprint() == before


def test_every_request_goes_to_the_shop_or_the_chat(page: Any, server: Server, requests: list[str]) -> None:
    visit_store(page, server)
    accept(open_widget(page))
    foreign = [url for url in requests if not url.startswith("/") and "websocket ws://127.0.0.1" not in url]
    assert [url for url in foreign if not url.startswith("data:")] == []


def test_no_box_is_ticked_and_starting_without_the_required_one_explains(page: Any, server: Server) -> None:
    before = rows(server)
    visit_store(page, server)
    frame = open_widget(page)
    boxes = frame.get_by_role("checkbox")
    boxes.first.wait_for()
    assert [boxes.nth(number).is_checked() for number in range(boxes.count())] == [False, False]
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_text("One box still needs your decision.").wait_for(state="attached")
    assert rows(server) == before


@pytest.mark.parametrize("press", ["Enter", "Escape", "End"])
def test_no_key_is_an_acceptance(page: Any, server: Server, press: str) -> None:
    before = rows(server)
    visit_store(page, server)
    frame = open_widget(page)
    frame.get_by_role("checkbox").first.focus()
    page.keyboard.press(press)
    page.wait_for_timeout(300)
    assert rows(server) == before


def test_refusing_is_as_easy_as_accepting(page: Any, server: Server) -> None:
    visit_store(page, server)
    frame = open_widget(page)
    sizes, colours = [], []
    for name in ("Start chat", "No, thanks"):
        button = frame.get_by_role("button", name=name)
        box = button.bounding_box()
        sizes.append((round(box["width"]), round(box["height"])))
        colours.append(button.evaluate("(one) => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"))
    assert sizes[0] == sizes[1]
    assert colours[0] == colours[1]


def test_who_refuses_is_shown_other_ways_and_is_not_asked_again(page: Any, server: Server) -> None:
    channel = {"kind": "email", "label": "Write to us", "url": "mailto:hello@shop.example"}
    sites.set_site(server.core, "demo", {"channels": [channel]})
    before = server.fingerprint()
    visit_store(page, server)
    frame = open_widget(page)
    frame.get_by_role("button", name="No, thanks").click()
    frame.get_by_role("link", name="Write to us").wait_for()
    assert frame.get_by_role("checkbox").count() == 0
    assert inside(page).evaluate(STORED) == NOTHING
    assert server.fingerprint() == before


def test_the_links_of_the_notice_answer(page: Any, server: Server) -> None:
    visit_store(page, server)
    frame = open_widget(page)
    links = frame.get_by_role("link")
    links.first.wait_for()
    targets = {links.nth(number).get_attribute("href") for number in range(links.count())}
    assert targets
    for target in targets:
        path = target.removeprefix(server.url).partition("#")[0]
        assert server.request(path).status == 200, target


def test_after_the_acceptance_there_is_one_entry_and_one_flag_and_all_the_rows(page: Any, server: Server) -> None:
    before = rows(server)
    visit_store(page, server)
    accept(open_widget(page), training=True)
    kept = inside(page).evaluate(STORED)
    # The example store and the frame share an origin here; a shop's page has only the flag.
    assert kept["local"] == ["chatgate:demo"]
    assert kept["session"] == ["chatgate:open"]
    assert page.context.cookies() == []
    after = rows(server)
    grown = {name: after[name] - before[name] for name in before}
    assert grown["visitor"] == grown["consent_record"] == grown["consent_event"] == grown["conversation"] == 1


def test_an_altered_clause_is_refused(page: Any, server: Server) -> None:
    before = rows(server)
    visit_store(page, server)
    frame = open_widget(page)
    frame.locator("#clause-support").check()
    inside(page).evaluate(
        """() => { const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) { const node = walker.currentNode;
          if (node.data.includes("may process this chat")) { node.data = "I agree to everything."; return; } } }"""
    )
    frame.get_by_role("button", name="Start chat").click()
    page.wait_for_timeout(1000)
    assert rows(server) == before
    assert widget(page).get_by_label("Your message").count() == 0
