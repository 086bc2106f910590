"""The widget has a clear state and a way on when the server, the browser or another tab does not play along."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from chatgate.models.tables import METADATA
from chatgate.services import sites
from chatgate.services.core import Core
from tests.journeys.browsing import accept, inside, open_widget, start_chat, visit_store, widget, write
from tests.live import Server

pytestmark = pytest.mark.journey


def fill_chat(core: Core, body: str, count: int) -> None:
    """Store many more messages in the chat that has this one."""

    def job(db: Connection) -> None:
        first = db.exec_driver_sql("SELECT * FROM message WHERE body = ?", (body,)).one()._mapping
        table = METADATA.tables["message"]
        rows = [
            {
                "id": f"bulk-{number}",
                "conversation_id": first["conversation_id"],
                "seq": number,
                "author_kind": "visitor",
            }
            | {"client_id": None, "body": f"Message {number}", "stored_at": core.clock.now()}
            for number in range(2, count + 1)
        ]
        db.execute(table.insert(), rows)
        query = "UPDATE conversation SET last_seq = ?, rev = rev + 1 WHERE id = ?"
        db.exec_driver_sql(query, (count, first["conversation_id"]))

    core.storage.write_now(job)


def test_two_tabs_share_one_chat(context: Any, server: Server) -> None:
    first, second = context.new_page(), context.new_page()
    visit_store(second, server)
    other = open_widget(second)
    other.get_by_role("button", name="Start chat").wait_for()
    write(start_chat(first, server), "from the first tab")
    other.get_by_text("from the first tab").wait_for()
    write(other, "from the second tab")
    widget(first).get_by_text("from the second tab").wait_for()


def test_a_withdrawal_in_one_tab_ends_the_chat_in_the_other(context: Any, server: Server) -> None:
    first, second = context.new_page(), context.new_page()
    write(start_chat(first, server), "both of us")
    visit_store(second, server)
    other = open_widget(second)
    other.get_by_text("both of us").wait_for()
    widget(first).get_by_role("button", name="Change").click()
    widget(first).locator("[aria-labelledby=purpose-support] button").click()
    other.get_by_text("You withdrew your agreement.").wait_for()


def test_where_storage_is_blocked_the_chat_lives_as_long_as_the_page_and_says_so(page: Any, server: Server) -> None:
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        "  Object.defineProperty(window, name, { get() { throw new DOMException('', 'SecurityError'); } })"
    )
    frame = start_chat(page, server)
    write(frame, "in memory only")
    frame.get_by_role("button", name="Change").click()
    frame.get_by_text("It lasts as long as this page is open.").wait_for()


def test_a_server_that_is_down_at_the_click_leaves_the_page_alone(
    page: Any, start_server: Callable[..., Server]
) -> None:
    server = start_server()
    visit_store(page, server)
    frame = open_widget(page)
    frame.get_by_role("button", name="Start chat").wait_for()
    frame.locator("#clause-support").check()
    server.kill()
    frame.get_by_role("button", name="Start chat").click()
    frame.get_by_text("Your choices are safe.").wait_for()
    server.start()
    frame.get_by_label("Your message").wait_for()


def test_a_notice_that_does_not_come_can_be_asked_for_again(page: Any, server: Server) -> None:
    page.route("**/v1/sites/demo/notice**", lambda route: route.abort())
    visit_store(page, server)
    frame = open_widget(page)
    frame.get_by_role("heading", name="No connection").wait_for()
    page.unroute("**/v1/sites/demo/notice**")
    frame.get_by_role("button", name="Try again").click()
    accept(frame)


def test_two_thousand_messages_stay_smooth(page: Any, server: Server) -> None:
    frame = start_chat(page, server)
    write(frame, "the first of many")
    fill_chat(server.core, "the first of many", 2000)
    page.reload()
    frame = widget(page)
    frame.get_by_text("Message 2000", exact=True).wait_for()
    typical = inside(page).evaluate(
        """async () => { const box = document.querySelector(".messages-scroll");
        let last = performance.now(); const took = [];
        for (let step = 0; step < 40; step++) { box.scrollTop -= 400; await new Promise(requestAnimationFrame);
          const now = performance.now(); took.push(now - last); last = now; }
        return took.sort((a, b) => a - b)[20]; }"""
    )
    assert typical < 500, "every other frame took half a second"
    write(frame, "and still quick to type in")


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "javascript:alert(1)", "\u202e evil \u2066", "👩‍👩‍👧‍👦𝄞"]
)
def test_hostile_text_is_only_text(page: Any, server: Server, text: str) -> None:
    raised: list[str] = []
    page.on("dialog", lambda dialog: raised.append(dialog.message))
    frame = start_chat(page, server)
    write(frame, text)
    bubble = frame.locator(".bubble").last
    assert bubble.text_content() == text
    assert bubble.locator("img, a").count() == 0
    assert raised == []


def test_a_site_that_is_switched_off_draws_no_button(page: Any, start_server: Callable[..., Server]) -> None:
    server = start_server()
    sites.set_site(server.core, "demo", {"active": False})
    visit_store(page, server)
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("button", name="Open chat").count() == 0


def test_the_shops_banner_is_asked_at_the_click_and_never_before(page: Any, server: Server) -> None:
    page.add_init_script(
        "window.asked = 0; window.chatgate = [['consentBanner', async () => { window.asked++; return window.allows; }]]"
    )
    visit_store(page, server)
    button = page.get_by_role("button", name="Open chat")
    button.wait_for()
    assert page.evaluate("window.asked") == 0
    button.click()
    page.wait_for_function("window.asked === 1")
    assert page.locator("iframe").count() == 0
    page.evaluate("window.allows = true")
    button.click()
    widget(page).get_by_role("button", name="Start chat").wait_for()


def test_a_greeting_rule_draws_on_its_pages_without_request_or_storage(page: Any, server: Server) -> None:
    rule = {"text": {"en": "Still choosing?"}, "path": "/store/cup*", "after_seconds": 1}
    sites.set_site(server.core, "demo", {"greeting_rules": [rule]})
    try:
        visit_store(page, server)
        page.wait_for_timeout(1300)
        assert page.get_by_role("button", name="Still choosing?").count() == 0
        visit_store(page, server, "cup.html")
        page.wait_for_load_state("networkidle")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.get_by_role("button", name="Still choosing?").wait_for()
        assert asked == []
        assert page.evaluate("Object.keys(sessionStorage).length + Object.keys(localStorage).length") == 0
    finally:
        sites.set_site(server.core, "demo", {"greeting_rules": []})


def test_the_loader_as_served_has_at_most_three_kilobytes(server: Server) -> None:
    body = server.request("/widget.js?site=demo").body
    assert len(gzip.compress(body, 9)) <= 3 * 1024
