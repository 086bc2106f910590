"""The widget on a shop of another site, whose own policy is strict: it works there and neither side reads the other."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chatgate.services import sites
from tests.cast import SHOP_ORIGIN, SITE
from tests.journeys.browsing import accept, inside, open_widget, start_chat, widget, write
from tests.live import Server

pytestmark = pytest.mark.journey

BLOCK_STORAGE = """if (location.pathname.startsWith("/widget/"))
  for (const name of ["localStorage", "sessionStorage", "indexedDB"])
    Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });"""


class Shop:
    """A shop on its own server, under another site (localhost is another site than 127.0.0.1)."""

    def __init__(self, server: Server) -> None:
        chat = server.url
        policy = (
            f"default-src 'none'; script-src {chat}; frame-src {chat}; img-src data:; base-uri 'none'; "
            "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )
        page = f"""<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">
            <script src="{chat}/widget.js?site={SITE}" async></script></head><body><main>Cups</main></body></html>"""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://localhost:{self._server.server_port}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def shop(server: Server) -> Iterator[Shop]:
    """Return the shop, allowed to show the chat."""
    shop = Shop(server)
    sites.set_site(server.core, SITE, {"allowed_origins": [SHOP_ORIGIN, shop.url]})
    yield shop
    sites.set_site(server.core, SITE, {"allowed_origins": [SHOP_ORIGIN]})
    shop.close()


def test_a_chat_works_under_a_strict_policy_and_breaks_no_rule_of_it(page: Any, shop: Shop) -> None:
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(shop.url)
    frame = open_widget(page)
    accept(frame)
    write(frame, "from a strict shop: <b>https://shop.example</b>")
    frame.get_by_role("button", name="Change").click()
    frame.get_by_role("button", name="Erase this chat").wait_for()
    assert broken == []


def test_neither_side_can_read_the_other(page: Any, shop: Shop) -> None:
    page.goto(shop.url)
    accept(open_widget(page))
    host = "[...document.body.children].find((one) => one.shadowRoot).shadowRoot.querySelector('iframe')"
    assert page.evaluate(f"{host}.contentDocument") is None
    read = "try { return parent.document.title } catch (error) { return error.name }"
    assert inside(page).evaluate(f"() => {{ {read} }}") == "SecurityError"


def test_beside_the_shop_the_chat_goes_on_on_the_next_page(page: Any, server: Server, shop: Shop) -> None:
    """As on chat.shop.example: another origin of the same site, whose storage no browser blocks."""
    beside = shop.url.replace("localhost", "127.0.0.1")
    sites.set_site(server.core, SITE, {"allowed_origins": [beside]})
    page.goto(beside)
    frame = open_widget(page)
    accept(frame)
    write(frame, "first page")
    page.goto(f"{beside}/next")
    widget(page).get_by_text("first page").wait_for()


def test_where_third_party_storage_is_blocked_the_chat_lasts_as_long_as_the_page_and_says_so(
    page: Any, server: Server, shop: Shop
) -> None:
    """As in private windows of some browsers: the next page asks anew, and begins a conversation of its own."""
    page.add_init_script(BLOCK_STORAGE)
    page.goto(shop.url)
    frame = open_widget(page)
    accept(frame)
    write(frame, "in memory only")
    frame.get_by_role("button", name="Change").click()
    frame.get_by_text("It lasts as long as this page is open.").wait_for()
    page.goto(f"{shop.url}/next")
    frame = widget(page)
    frame.get_by_role("button", name="Start chat").wait_for()
    assert frame.get_by_text("in memory only").count() == 0
    assert frame.locator("input:checked").count() == 0
    before = server.core.storage.row_counts(["conversation"])["conversation"]
    accept(frame)
    write(frame, "asked anew")
    assert frame.get_by_text("in memory only").count() == 0
    assert server.core.storage.row_counts(["conversation"])["conversation"] == before + 1


def test_a_shop_that_is_not_allowed_gets_no_frame(page: Any, server: Server, shop: Shop) -> None:
    sites.set_site(server.core, SITE, {"allowed_origins": [SHOP_ORIGIN]})
    page.goto(shop.url)
    page.get_by_role("button", name="Open chat").click()
    page.wait_for_timeout(500)
    frames = [frame for frame in page.frames if "/widget/" in frame.url]
    assert all("notice" not in frame.content() for frame in frames)


def test_the_frame_accepts_no_markup_as_text(page: Any, server: Server) -> None:
    start_chat(page, server)
    assign = "document.body.innerHTML = '<p>markup</p>'"
    tried = f"() => {{ try {{ {assign}; return 'taken' }} catch (error) {{ return error.name }} }}"
    assert inside(page).evaluate(tried) == "TypeError"
