"""Adam and Ewa, three visitors at once, and the pages beside the chats: canned replies, agents, audit, account."""

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from playwright.sync_api import expect

from chatgate.services.accounts import agents, sign_ins
from chatgate.services.desk import canned
from tests.cast import ADAM, EWA, PASSWORD, hire_adam
from tests.desks import hired
from tests.journeys.browsing import show, until, violations
from tests.live import Server, VisitorClient

pytestmark = pytest.mark.journey

Visit = Callable[..., VisitorClient]
NOTHING_HELD = "Object.keys(localStorage).filter((key) => key.includes('drafts')).length"


@pytest.fixture
def shop(start_server: Callable[..., Server]) -> Server:
    """Return a server with Adam, an admin, and Ewa, an agent."""
    server = start_server()
    hire_adam(server.core, EWA, "Ewa")
    return server


def go(inbox: Any, page: str) -> None:
    """Open a page from the rail, by its link."""
    inbox.get_by_role("link", name=page, exact=True).click()
    inbox.get_by_role("heading", name=page, exact=True).wait_for()


def rows(inbox: Any) -> list[str]:
    """Return the ids of the rows on the screen, in their order."""
    found: list[str] = inbox.locator(".row").evaluate_all("(all) => all.map((one) => one.id.slice(4))")
    return found


def test_a_canned_reply_is_written_mended_used_deleted_and_brought_back(
    window: Any,
    shop: Server,
    visitor: Visit,
) -> None:
    vera = visitor(shop)
    vera.writes("How do I send it back?")
    inbox, ewa = window(shop), window(shop, EWA)
    go(inbox, "Canned replies")
    inbox.get_by_role("button", name="Write the first one").click()
    inbox.get_by_label("Shortcut").fill("/Returns")
    inbox.get_by_label("Text", exact=True).fill("Hello {{visitor_name|there}}, thirty days. {{ordr}}")
    inbox.locator(".place-unknown").get_by_text("{{ordr}}").wait_for()
    assert violations(inbox) == []
    inbox.get_by_role("button", name="Save").click()
    inbox.get_by_role("alert").get_by_text("{{ordr}} is no variable").wait_for()
    inbox.get_by_label("Text", exact=True).fill("Hello {{visitor_name|there}}, thirty days. ")
    inbox.get_by_role("button", name="your name").click()
    inbox.get_by_role("button", name="Save").click()
    inbox.get_by_role("button", name="/returns").wait_for()
    assert violations(inbox) == []

    # A colleague's list follows by itself; the reply is taken by keyboard alone.
    show(ewa, vera.conversation_id)
    ewa.locator("#composer").press_sequentially("/ret")
    ewa.get_by_role("option", name="/returns").wait_for()
    ewa.keyboard.press("Enter")
    expect(ewa.locator("#composer")).to_have_value("Hello there, thirty days. Ewa")

    inbox.get_by_role("button", name="/returns").click()
    inbox.get_by_role("button", name="Delete").click()
    inbox.get_by_text("No canned replies yet").wait_for()
    inbox.keyboard.press("z")
    inbox.get_by_role("button", name="/returns").wait_for()


def test_a_place_that_nobody_filled_is_marked_before_it_is_sent(window: Any, shop: Server, visitor: Visit) -> None:
    canned.save_canned(shop.core, hired(shop.core, "Otto"), None, "en", "hi", "", "Dear {{visitor_name}}, hello")
    vera = visitor(shop)
    vera.writes("Good morning")
    inbox = window(shop)
    show(inbox, vera.conversation_id)
    inbox.locator("#composer").press_sequentially("/hi")
    inbox.get_by_role("option", name="/hi").wait_for()
    inbox.keyboard.press("Tab")
    inbox.get_by_text("One place could not be filled").wait_for()
    until(inbox, lambda: inbox.evaluate("document.getSelection().toString()") == "{{visitor_name}}")
    inbox.keyboard.type("Vera")
    expect(inbox.locator("#composer")).to_have_value("Dear Vera, hello")


def test_an_answer_takes_a_chat_and_hands_it_back_on_undo_while_three_wait_by_their_time(
    window: Any,
    shop: Server,
    visitor: Visit,
) -> None:
    waiting = []
    for words in ("first", "second", "third"):
        vera = visitor(shop)
        vera.writes(words)
        shop.clock.advance(seconds=60)
        waiting.append(vera)
    first, second, third = (one.conversation_id for one in waiting)
    adam, ewa = window(shop), window(shop, EWA)
    until(adam, lambda: rows(adam) == [first, second, third])
    icon = adam.evaluate("document.querySelector('link[rel=icon]').href")
    assert icon.startswith("data:image/png")

    show(adam, first)
    adam.keyboard.press("Enter")
    adam.keyboard.type("I am on it")
    adam.keyboard.press("Enter")
    adam.get_by_text("Your answer took this chat").wait_for()
    ewa.locator(f"#row-{first}").get_by_text("Adam", exact=True).wait_for()
    # The row keeps its place while it is on the screen: the next one is below it, and who was answered sinks then.
    until(ewa, lambda: rows(ewa) == [second, third, first])
    assert rows(adam) == [first, second, third]
    assert violations(adam) == []
    adam.keyboard.press("Escape")
    adam.keyboard.press("j")
    adam.locator(f"#row-{second}[aria-current]").wait_for(state="attached")
    until(adam, lambda: rows(adam) == [second, third, first])
    adam.get_by_role("button", name="Undo").click()
    ewa.locator(f"#row-{first}").get_by_text("Unassigned").wait_for()

    # Both answer the third in the same moment: one has it, both answers are there, and both screens agree.
    for inbox in (adam, ewa):
        show(inbox, third)
        inbox.locator("#composer").fill("Hello from me")
    for inbox in (adam, ewa):
        inbox.locator("#composer").press("Enter")
    expect(adam.locator(".run-agent .bubble:not(.bubble-pending)")).to_have_count(2)
    until(ewa, lambda: sum(inbox.locator(".head").get_by_text("Assigned to you").count() for inbox in (adam, ewa)) == 1)
    adam.get_by_role("button", name="Mine").click()
    until(adam, lambda: set(rows(adam)) <= {first, third})


def test_a_colleague_is_switched_off_and_on_and_removed_with_a_reason(
    window: Any,
    shop: Server,
    visitor: Visit,
) -> None:
    vera = visitor(shop)
    vera.writes("Hello")
    adam, ewa = window(shop), window(shop, EWA)
    show(ewa, vera.conversation_id)
    ewa.keyboard.press("a")
    ewa.get_by_text("Assigned to you").wait_for()
    ewa.locator("#composer").fill("half a sen")
    until(ewa, lambda: bool(ewa.evaluate(NOTHING_HELD)))
    go(adam, "Agents")
    line = adam.get_by_role("row", name="Ewa")
    line.get_by_role("button", name="Switch off").click()
    adam.get_by_text("Ewa is switched off").wait_for()
    ewa.get_by_text("Your drafts are safe.").wait_for()
    line.get_by_text("Switched off").wait_for()
    adam.get_by_role("button", name="Undo").click()
    line.get_by_text("Not here").wait_for()
    ewa.get_by_label("E-mail").fill(EWA)
    ewa.get_by_label("Password").fill(PASSWORD)
    ewa.keyboard.press("Enter")
    ewa.locator("#composer").wait_for()
    expect(ewa.locator("#composer")).to_have_value("half a sen")
    # Taking the switch back gives her chat back too.
    ewa.locator(".head").get_by_text("Assigned to you").wait_for()

    line.get_by_role("button", name="Switch off").click()
    line.get_by_role("button", name="Remove the account").click()
    line.get_by_label("Why? What Ewa wrote stays").fill("left the shop")
    assert violations(adam) == []
    adam.keyboard.press("Enter")
    adam.get_by_text("The account of Ewa is removed").wait_for()
    line.wait_for(state="detached")
    go(adam, "Audit log")
    adam.get_by_role("row", name="removed an account").get_by_text("left the shop").wait_for()


def test_an_admin_adds_an_agent_by_keyboard_and_hands_the_password_over(
    window: Any, new_window: Callable[..., Any], shop: Server
) -> None:
    ewa_id = next(one["id"] for one in agents_of(shop) if one["email"] == EWA)
    sign_ins.change_agent(shop.core, None, ewa_id, "agent", None, "new post")
    adam, ewa = window(shop), window(shop, EWA)
    adam.context.grant_permissions(["clipboard-read", "clipboard-write"])
    go(ewa, "Agents")
    ewa.get_by_text("Only an admin changes roles.").wait_for()
    assert ewa.get_by_role("button", name="Add an agent").count() == 0
    go(adam, "Agents")
    adam.get_by_role("button", name="Add an agent").press("Enter")
    adam.keyboard.type("zoe")
    adam.keyboard.press("Enter")
    adam.get_by_role("alert").get_by_text("This is no e-mail address").wait_for()
    adam.get_by_label("E-mail").fill(EWA)
    adam.keyboard.press("Enter")
    adam.get_by_role("alert").get_by_text("has an account with this address already").wait_for()
    assert violations(adam) == []
    expect(adam.locator("#new-email")).to_be_focused()
    adam.get_by_label("E-mail").fill("zoe@kilnandcup.example")
    adam.keyboard.press("Tab")
    adam.keyboard.type("Zoe")
    adam.keyboard.press("Enter")
    adam.get_by_role("heading", name="Zoe can sign in").wait_for()
    assert violations(adam) == []
    password = adam.get_by_label("Password to hand over").input_value()
    adam.get_by_role("button", name="Copy the password").press("Enter")
    adam.get_by_text("Copied").wait_for()
    assert adam.evaluate("navigator.clipboard.readText()") == password
    for inbox in (adam, ewa):
        inbox.get_by_role("row", name="Zoe").wait_for()
    adam.get_by_role("button", name="I have handed it over").press("Enter")
    expect(adam.locator("#add-agent")).to_be_focused()
    assert password not in adam.content()
    page = new_window(locale="pl-PL", viewport={"width": 390, "height": 844})
    page.goto(f"{shop.url}/inbox")
    page.locator("input[type=email]").fill("zoe@kilnandcup.example")
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    page.locator(".desk").wait_for()


def test_a_role_taken_away_switches_the_open_screen_off(window: Any, shop: Server, visitor: Visit) -> None:
    vera = visitor(shop)
    vera.writes("Hello")
    ewa = window(shop, EWA)
    show(ewa, vera.conversation_id)
    ewa.get_by_role("link", name="Canned replies").wait_for()
    ewa_id = next(one["id"] for one in agents_of(shop) if one["email"] == EWA)
    # By the operator at the command line, in another process: the open socket learns of it all the same.
    sign_ins.change_agent(shop.core, None, ewa_id, "privacy_officer", None, "new post")
    ewa.get_by_role("link", name="Canned replies").wait_for(state="detached")
    ewa.get_by_text("Your role is now: Privacy officer").wait_for()
    expect(ewa.get_by_role("button", name="Reply", exact=True)).to_be_disabled()
    expect(ewa.get_by_role("link", name="Audit log")).to_have_count(1)


def test_a_chat_is_handed_over_from_the_palette_and_taken_back(window: Any, shop: Server, visitor: Visit) -> None:
    vera = visitor(shop)
    vera.writes("Hello")
    inbox = window(shop)
    show(inbox, vera.conversation_id)
    inbox.keyboard.press("Control+k")
    inbox.keyboard.type("hand ewa")
    inbox.get_by_role("option", name="Hand over to Ewa").wait_for()
    inbox.keyboard.press("Enter")
    inbox.get_by_text("Ewa has this chat now").wait_for()
    inbox.get_by_text("Assigned to Ewa").wait_for()
    inbox.get_by_role("button", name="Undo").click()
    inbox.locator(".head").get_by_text("Unassigned").wait_for()


def agents_of(server: Server) -> list[dict[str, Any]]:
    """Return every agent."""
    return agents.list_agents(server.core)


def test_a_second_factor_is_set_up_and_asked_for(window: Any, shop: Server) -> None:
    inbox = window(shop)
    go(inbox, "Your account")
    inbox.get_by_role("button", name="Set up").click()
    secret = inbox.locator(".factor-secret, .mono").first.inner_text().replace(" ", "")
    code = pyotp.TOTP(secret).at(shop.clock.now())
    inbox.locator("#factor-code").fill(code)
    inbox.keyboard.press("Enter")
    inbox.locator(".codes").wait_for()
    assert violations(inbox) == []
    recovery = inbox.locator(".codes > *").first.inner_text()
    inbox.get_by_role("button", name="Sign out", exact=True).first.click()
    inbox.get_by_label("E-mail").fill(ADAM)
    inbox.get_by_label("Password").fill(PASSWORD)
    inbox.keyboard.press("Enter")
    inbox.get_by_label("Code").fill(recovery)
    inbox.keyboard.press("Enter")
    inbox.locator(".desk").wait_for()


def test_what_people_paste_and_type_does_no_harm(window: Any, shop: Server, visitor: Visit) -> None:
    vera = visitor(shop)
    vera.writes('Zażółć gęślą jaźń, "quoted" but 100% sure')
    inbox = window(shop)
    show(inbox, vera.conversation_id)
    lines = "\n".join(f"line {number}" for number in range(5_000))
    inbox.locator("#composer").focus()
    inbox.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData('text/plain', text);
          document.getElementById('composer').dispatchEvent(
            new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        lines,
    )
    inbox.get_by_text("characters too many").wait_for()
    expect(inbox.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    expect(inbox.locator("#composer")).to_have_value(lines)
    inbox.locator("#composer").fill("")
    for query in ("zazolc", "GĘŚLĄ jaźń", '"quoted"', "quoted*", "100%", "gęślą AND jaźń -"):
        inbox.get_by_label("Search in all chats").fill(query)
        if query.startswith("gęślą AND"):
            # AND is a word as any other: nothing has all three.
            inbox.get_by_text("Nothing found").wait_for()
        elif query == "100%":
            inbox.locator(f"#row-{vera.conversation_id} mark").get_by_text("100").wait_for()
        else:
            inbox.locator(f"#row-{vera.conversation_id} mark").first.wait_for()
    for query in ("' OR 1=1 --", "NEAR(a b)", "{} ^ : \\", '"', "*"):
        inbox.get_by_label("Search in all chats").fill(query)
        inbox.wait_for_timeout(350)
        assert inbox.locator(".remark").count() == 0, query


def test_every_page_fits_every_width_in_light_and_dark(window: Any, shop: Server, visitor: Visit) -> None:
    visitor(shop).writes("Hello")
    inbox = window(shop)
    for theme in ("light", "dark"):
        inbox.emulate_media(color_scheme=theme)
        for page in ("Canned replies", "Agents", "Audit log", "Your account"):
            for width in (1440, 700, 320):
                inbox.set_viewport_size({"width": width, "height": 800})
                go(inbox, page)
                assert inbox.evaluate("document.documentElement.scrollWidth") == width, (page, width)
            assert violations(inbox) == [], (page, theme)


def test_a_restart_with_forty_open_chats_loses_no_row_and_no_draft(window: Any, shop: Server, visitor: Visit) -> None:
    ids = []
    for number in range(40):
        vera = visitor(shop)
        vera.writes(f"Question {number}")
        ids.append(vera.conversation_id)
    inbox = window(shop)
    show(inbox, ids[7])
    inbox.locator("#composer").fill("half an answer")
    shop.kill()
    inbox.get_by_text("No connection.").wait_for()
    shop.start()
    inbox.get_by_text("No connection.").wait_for(state="detached", timeout=60_000)
    until(inbox, lambda: set(rows(inbox)) == set(ids))
    expect(inbox.locator("#composer")).to_have_value("half an answer")
    inbox.locator("#composer").press("Enter")
    inbox.locator(".run-agent .bubble:not(.bubble-pending)").get_by_text("half an answer").wait_for()
    expect(inbox.locator(f"#row-{ids[7]}").get_by_text("Mine")).to_have_count(1)
