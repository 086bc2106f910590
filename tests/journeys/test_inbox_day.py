"""A day of two agents and three visitors: lists, filters, languages, presence, suggestions, sign-ins, news."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from chatgate.services.desk import canned, tags
from tests.cast import EWA, decision, hire_adam
from tests.desks import hired
from tests.journeys.browsing import show, sign_in, until, violations
from tests.journeys.test_training_chain import states
from tests.live import Server, VisitorClient

pytestmark = pytest.mark.journey

Visit = Callable[..., VisitorClient]

RECORDER = """() => {
  window.told = [];
  window.Notification = class {
    static permission = 'granted';
    static requestPermission = async () => 'granted';
    constructor(title, options) { window.told.push([title, options]); }
  };
}"""
ABOVE = """() => [...document.querySelectorAll('.bubble')].at(-1).getBoundingClientRect().bottom
  <= document.querySelector('.canned').getBoundingClientRect().top"""
LEFT = "() => Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })"


@pytest.fixture
def shop(start_server: Callable[..., Server]) -> Server:
    """Return a server with Adam and Ewa."""
    server = start_server()
    hire_adam(server.core, EWA, "Ewa")
    return server


@pytest.fixture
def three(shop: Server, visitor: Visit) -> list[VisitorClient]:
    """Return three visitors who wait: Vera agreed to training, Wanda reads Polish, and Xenia's chat is tagged."""
    vera, xenia = visitor(shop, training=True), visitor(shop)
    wanda = visitor(shop, auth=decision(shop.notice("pl")))
    for one, words in ((vera, "Hello"), (wanda, "Dzień dobry"), (xenia, "My cup is broken")):
        one.writes(words)
        shop.clock.advance(seconds=10)
    tags.add_tag(shop.core, hired(shop.core, "Otto"), xenia.conversation_id, "damaged")
    return [vera, wanda, xenia]


def rows(inbox: Any) -> list[str]:
    """Return the ids of the rows on the screen, in their order."""
    found: list[str] = inbox.locator(".row").evaluate_all("(all) => all.map((one) => one.id.slice(4))")
    return found


def counts(inbox: Any) -> list[str]:
    """Return the numbers at the tabs: mine, unassigned, open."""
    found: list[str] = inbox.locator(".tab-count").all_inner_texts()
    return found


def test_lists_count_what_each_agent_has_and_each_filter_holds(
    window: Any, shop: Server, three: list[VisitorClient]
) -> None:
    vera, wanda, xenia = (one.conversation_id for one in three)
    adam, ewa = window(shop), window(shop, EWA)
    for inbox in (adam, ewa):
        until(inbox, lambda inbox=inbox: counts(inbox) == ["0", "3", "3"], "nobody has one")
    show(adam, wanda)
    adam.keyboard.press("a")
    until(adam, lambda: counts(adam) == ["1", "2", "3"], "Adam has one")
    until(ewa, lambda: counts(ewa) == ["0", "2", "3"], "Ewa sees that")
    ewa.keyboard.press("2")
    until(ewa, lambda: rows(ewa) == [vera, xenia], "who waits longest stands first")
    ewa.keyboard.press("1")
    ewa.get_by_role("heading", name="No chat is assigned to you").wait_for()
    ewa.keyboard.press("4")
    ewa.get_by_role("heading", name="No closed chats yet").wait_for()
    ewa.keyboard.press("3")
    ewa.get_by_role("button", name="Filters and order").click()
    for label, value, left in (
        ("Tag", "damaged", [xenia]),
        ("Agent", "me", []),
        ("Agent", "none", [vera, xenia]),
        ("Consent", "training", [vera]),
        ("Consent", "no_training", [wanda, xenia]),
        ("Language", "pl", [wanda]),
    ):
        choice = ewa.locator("#filters label", has_text=label).locator("select").first
        choice.select_option(value)
        until(ewa, lambda left=left: rows(ewa) == left, f"{label} {value}")
        choice.select_option("")
    until(ewa, lambda: set(rows(ewa)) == {vera, wanda, xenia}, "all of them again")
    assert violations(ewa) == []


def test_each_agent_has_read_as_far_as_they_have_read(window: Any, shop: Server, three: list[VisitorClient]) -> None:
    vera, _wanda, xenia = three
    adam, ewa = window(shop), window(shop, EWA)
    for inbox in (adam, ewa):
        show(inbox, vera.conversation_id)
    show(ewa, xenia.conversation_id)
    vera.writes("Anybody there?")
    adam.get_by_role("log").get_by_text("Anybody there?").wait_for()
    vera.told("conversation_changed", lambda data: data["conversation"]["agent_seen_seq"] == 2)
    # Adam read it as it came; Ewa, who was elsewhere, finds where she stopped.
    show(ewa, vera.conversation_id)
    expect(ewa.locator(".new-line + .bubble")).to_have_text("Anybody there?")
    show(adam, xenia.conversation_id)
    show(adam, vera.conversation_id)
    expect(adam.locator(".new-line")).to_have_count(0)


def test_a_canned_reply_comes_first_in_the_language_of_the_visitor(
    window: Any, shop: Server, three: list[VisitorClient]
) -> None:
    otto = hired(shop.core, "Olga")
    canned.save_canned(shop.core, otto, None, "en", "hello", "", "Hello, how can I help?")
    canned.save_canned(shop.core, otto, None, "pl", "hello", "", "Dzień dobry, w czym mogę pomóc?")
    vera, wanda, _xenia = three
    inbox = window(shop)
    for one, first in ((vera, "Hello, how can I help?"), (wanda, "Dzień dobry, w czym mogę pomóc?")):
        show(inbox, one.conversation_id)
        inbox.locator("#composer").press_sequentially("/hel")
        expect(inbox.get_by_role("option").first).to_contain_text(first)
        inbox.keyboard.press("Enter")
        expect(inbox.locator("#composer")).to_have_value(first)
    # What the visitor asked stays in view above the list, and a slip is not sent.
    inbox.locator("#composer").fill("/hel")
    inbox.get_by_role("option").first.wait_for()
    until(inbox, lambda: inbox.evaluate(ABOVE), "the last message stands above the list")
    inbox.locator("#composer").fill("/helo wrld")
    inbox.get_by_text("No canned reply has these words.").wait_for()
    inbox.keyboard.press("Enter")
    expect(inbox.locator("#composer")).to_have_value("/helo wrld")
    expect(inbox.locator(".run-agent")).to_have_count(0)


def test_an_agent_who_is_away_is_seen_to_be_so_and_comes_back(
    window: Any, shop: Server, three: list[VisitorClient]
) -> None:
    vera = three[0]
    adam, ewa = window(shop), window(shop, EWA)
    show(adam, vera.conversation_id)
    choice = adam.get_by_label("To whom")
    ewa.get_by_role("button", name="Online").click()
    ewa.get_by_role("button", name="Away").wait_for()
    choice.get_by_role("option", name="Ewa (away, 0 open)").wait_for(state="attached")
    ewa.get_by_role("button", name="Away").click()
    choice.get_by_role("option", name="Ewa (here, 0 open)").wait_for(state="attached")


def test_a_suggestion_is_taken_by_one_key_says_its_sources_and_can_be_switched_off(
    window: Any, start_server: Callable[..., Server], visitor: Visit
) -> None:
    chain = {"middleware": ["consent_gate", "training_router", "assistant"], "middleware_settings": {}}
    server = start_server(settings=chain)
    inbox = window(server)
    first = visitor(server, training=True)
    first.writes("Does the blue cup survive a dishwasher?")
    show(inbox, first.conversation_id)
    inbox.locator("#composer").fill("Yes, every zanzibar-glazed cup does.")
    inbox.locator("#composer").press("Enter")
    first.told("message_stored", lambda data: data["message"]["author_kind"] == "agent")
    inbox.get_by_role("button", name="Close chat").click()
    inbox.get_by_role("button", name="Close now").click()
    until(inbox, lambda: states(server) == ["admitted"], "it is in the training store")
    second = visitor(server)
    second.writes("can the cup go into my dishwasher")
    show(inbox, second.conversation_id)
    card = inbox.get_by_label("Suggested reply")
    card.get_by_text("from 1 chat whose visitor agreed").wait_for()
    assert violations(inbox) == []
    inbox.keyboard.press("Control+Enter")
    expect(inbox.locator("#composer")).to_have_value("Yes, every zanzibar-glazed cup does.")
    expect(inbox.locator("#composer")).to_be_focused()
    assert "message_stored" not in [name for name in second.names() if name == "message_stored"][1:], "nothing is sent"
    inbox.locator("#composer").fill("")
    card.get_by_role("button", name="Switch suggestions off").click()
    expect(card).to_have_count(0)
    inbox.get_by_role("link", name="Your account", exact=True).click()
    expect(inbox.get_by_label("Suggested replies")).not_to_be_checked()


def test_a_sign_in_that_is_ended_elsewhere_keeps_the_half_written_answer(
    window: Any, shop: Server, three: list[VisitorClient]
) -> None:
    vera = three[0]
    office, tram = window(shop, EWA), window(shop, EWA)
    show(tram, vera.conversation_id)
    tram.locator("#composer").fill("half a sen")
    office.get_by_role("link", name="Your account", exact=True).click()
    office.get_by_role("button", name="Sign out there").click()
    expect(office.get_by_role("button", name="Sign out there")).to_have_count(0)
    tram.get_by_text("Your drafts are safe.").wait_for()
    sign_in(tram, shop, EWA)
    show(tram, vera.conversation_id)
    expect(tram.locator("#composer")).to_have_value("half a sen")


def test_the_overlay_of_shortcuts_opens_by_a_key_and_gives_the_focus_back(
    window: Any, shop: Server, three: list[VisitorClient]
) -> None:
    inbox = window(shop)
    row = inbox.locator(f"#row-{three[0].conversation_id}")
    row.wait_for()
    inbox.keyboard.press("j")
    expect(row).to_be_focused()
    inbox.keyboard.press("?")
    inbox.get_by_role("dialog", name="Keyboard").wait_for()
    assert violations(inbox) == []
    inbox.keyboard.press("Escape")
    expect(inbox.get_by_role("dialog")).to_have_count(0)
    expect(row).to_be_focused()


def test_an_agent_reads_polish_and_the_clock_of_where_the_agent_is(
    new_window: Callable[..., Any], shop: Server, three: list[VisitorClient]
) -> None:
    stored = three[0].told("message_stored")["message"]["stored_at"] if "message_stored" in three[0].names() else None
    page = new_window(locale="pl-PL", timezone_id="Asia/Tokyo", viewport={"width": 1440, "height": 800})
    page.goto(f"{shop.url}/inbox")
    page.locator("#email").fill(EWA)
    page.locator("#password").fill("correct horse battery")
    page.keyboard.press("Enter")
    page.locator(".desk").wait_for()
    page.get_by_role("button", name="Wolne").wait_for()
    show(page, three[0].conversation_id)
    page.get_by_role("button", name="Przypisz do mnie").click()
    page.locator(".head").get_by_text("Przypisana do Ciebie").wait_for()
    mark = page.locator(".run-mark time").first
    shown = mark.inner_text()
    at = stored or mark.get_attribute("datetime")
    options = "{ hour: 'numeric', minute: '2-digit', timeZone: 'Asia/Tokyo' }"
    assert shown == page.evaluate(f"(at) => new Date(at).toLocaleTimeString('pl-PL', {options})", at)
    assert violations(page) == []


def test_a_browser_is_told_of_a_message_without_a_word_of_it(
    window: Any, shop: Server, three: list[VisitorClient]
) -> None:
    inbox = window(shop)
    inbox.get_by_role("link", name="Your account", exact=True).click()
    inbox.evaluate(RECORDER)
    inbox.get_by_label("Notifications of this browser").check()
    inbox.evaluate(LEFT)
    three[0].writes("A secret about my order")
    until(inbox, lambda: inbox.evaluate("window.told.length") == 1, "one notification")
    assert inbox.evaluate("window.told") == [["A visitor wrote", {"tag": three[0].conversation_id}]]


def test_whoever_is_still_writing_is_told_that_a_colleague_has_answered(
    window: Any, shop: Server, three: list[VisitorClient]
) -> None:
    vera = three[0]
    adam, ewa = window(shop), window(shop, EWA)
    for inbox in (adam, ewa):
        show(inbox, vera.conversation_id)
        inbox.locator("#composer").fill("I am on it")
    told = adam.get_by_text("Ewa has answered meanwhile. Read that before you send yours.")
    expect(told).to_have_count(0)
    ewa.locator("#composer").press("Enter")
    told.wait_for()
    assert violations(adam) == []
    adam.locator("#composer").fill("")
    expect(told).to_have_count(0)
