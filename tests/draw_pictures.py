"""Draws the pictures of docs/: ``python -m tests.draw_pictures``; needs Chromium and a build."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from chatgate.services import sites
from chatgate.services.conversations import set_profile
from chatgate.services.core import Core
from chatgate.services.desk import canned, handover, notes, tags
from chatgate.services.desk.notes import NewNote
from tests.cast import SITE
from tests.conftest import CHROMIUM_FLAGS
from tests.desks import hired
from tests.journeys.browsing import open_widget, sign_in, visit_store
from tests.live import Server, VisitorClient, handshake

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
CHATS = (
    ("Marta", "pl", ["Dzień dobry", "Czy ten kubek nadaje się do zmywarki?"], False),
    ("Jonas", "de", ["Kommt das Paket noch vor Freitag?"], True),
    ("Vera", "en", ["Hello", "The handle of my teapot came off in the parcel.", "Can I send it back?"], True),
    ("", "en", ["Do you ship to Norway?"], False),
    ("Ines", "es", ["¿Tienen el cuenco en azul?"], True),
)
CANNED = (
    ("returns", "en", "Sending something back", "Hello {{visitor_name|there}}, you have 30 days. {{agent_name}}"),
    ("norway", "en", "Countries we ship to", "We ship to the EU, Norway and Switzerland, in three to five days."),
    ("zwrot", "pl", "Zwrot towaru", "Dzień dobry, na zwrot jest 30 dni. Pozdrowienia, {{agent_name}}"),
)


def main() -> None:
    """Fill a shop with a morning's work and photograph it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        # They came a while ago: the clocks at the rows say so.
        server.clock.advance(seconds=-40 * sum(len(words) for _name, _locale, words, _training in CHATS) - 30)
        visitors = [come(server, *chat) for chat in CHATS]
        try:
            work(server.core, visitors)
            photograph(browser, server, visitors[2].conversation_id)
        finally:
            for one in visitors:
                one.close()
            browser.close()
            server.close()


def come(server: Server, name: str, locale: str, words: list[str], training: bool) -> VisitorClient:
    """Let a visitor come, give a name and write."""
    # The shop's notices are in English and Polish: the others read English and write their own language.
    visitor = VisitorClient(server, handshake(server, training))
    if name:
        set_profile(server.core, visitor.conversation_id, {"name": name})
    for line in words:
        visitor.writes(line)
        server.clock.advance(seconds=40)
    return visitor


def work(core: Core, visitors: list[VisitorClient]) -> None:
    """Do some of the work: canned replies, a note, a tag, a colleague."""
    ewa = hired(core, "Ewa")
    for shortcut, locale, title, body in CANNED:
        canned.save_canned(core, ewa, None, locale, shortcut, title, body)
    where = visitors[2].conversation_id
    tags.add_tag(core, ewa, where, "damaged")
    notes.add_note(core, ewa, NewNote(where, "note-0001", "Third broken handle this week: ask the packers."))
    handover.assign(core, ewa, visitors[1].conversation_id, "me")


def photograph(browser: Any, server: Server, chat: str) -> None:
    """Take the pictures."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="light")
    sign_in(page, server)
    page.locator(f"#row-{chat}").click()
    page.locator("#composer").press_sequentially("/re")
    page.get_by_role("option", name="/returns").wait_for()
    page.screenshot(path=PICTURES / "inbox.png")
    page.locator("#composer").fill("")
    page.get_by_role("link", name="Canned replies").click()
    page.get_by_role("button", name="/returns").click()
    page.screenshot(path=PICTURES / "inbox-canned.png")
    page.close()
    size = {"width": 390, "height": 780}
    phone = browser.new_page(viewport=size, has_touch=True, is_mobile=True, locale="en-GB", color_scheme="dark")
    sign_in(phone, server)
    phone.locator(".row").first.wait_for()
    phone.screenshot(path=PICTURES / "inbox-phone.png")
    # The agent at the phone is still there, so the notice says how soon somebody answers.
    shop = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="light")
    sites.set_site(server.core, SITE, {"reply_time": "5"})
    visit_store(shop, server)
    open_widget(shop).get_by_role("button", name="Start chat").wait_for()
    shop.mouse.move(600, 780)
    shop.screenshot(path=PICTURES / "widget.png", animations="disabled")


if __name__ == "__main__":
    main()
