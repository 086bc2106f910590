"""Adam closes the inbox and is told all the same: by his browser's push service, without a word of the chat."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.browsing import until
from tests.live import Server, VisitorClient
from tests.push_service import Browser, PushService, signed_claims

pytestmark = pytest.mark.journey

Visit = Callable[..., VisitorClient]
CHAIN = ["consent_gate", "rate_limit", "redact", "training_router", "push"]


@pytest.fixture
def service() -> Iterator[PushService]:
    """Return a push service of our own."""
    made = PushService()
    yield made
    made.close()


@pytest.fixture
def shop(start_server: Callable[..., Server]) -> Server:
    """Return a server that sends pushes."""
    settings = {
        "rate_limit": {"sessions": 1000, "messages": 1000},
        "push": {"contact": "mailto:shop@shop.example", "services": ["127.0.0.1"], "quiet_seconds": 0},
    }
    return start_server(settings={"middleware": CHAIN, "middleware_settings": settings})


def test_a_browser_that_asks_is_told_until_its_agent_signs_out(
    window: Any,
    shop: Server,
    visitor: Visit,
    service: PushService,
) -> None:
    inbox = window(shop)
    browser = Browser(service, "adams-phone")
    inbox.context.grant_permissions(["notifications"])
    # The browser's own push service is a company's on the internet: ours stands in its place, all else is real.
    inbox.evaluate(
        """(given) => {
          const made = {
            endpoint: given.endpoint,
            toJSON: () => ({ endpoint: given.endpoint, keys: { p256dh: given.p256dh, auth: given.auth } }),
            unsubscribe: async () => { window.subscribed = null; return true; },
          };
          PushManager.prototype.subscribe = async (options) => {
            window.asked = new Uint8Array(options.applicationServerKey).length;
            return (window.subscribed = made);
          };
          PushManager.prototype.getSubscription = async () => window.subscribed ?? null;
        }""",
        browser.subscription,
    )
    inbox.get_by_role("link", name="Your account").click()
    switch = inbox.get_by_label("Tell me also while the inbox is closed")
    switch.click()
    until(inbox, lambda: bool(inbox.evaluate("window.asked === 65")))
    until(inbox, lambda: switch.is_enabled() and switch.is_checked())

    vera = visitor(shop)
    vera.writes("My secret question")
    [(_path, headers, body)] = service.wait(1)
    assert browser.opens(body) == {"conversation_id": vera.conversation_id}
    assert signed_claims(headers["authorization"])["sub"] == "mailto:shop@shop.example"

    inbox.get_by_role("button", name="Sign out").first.click()
    inbox.get_by_role("button", name="Sign in").wait_for()
    assert inbox.evaluate("window.subscribed") is None
    assert shop.core.storage.row_counts(("push_device",)) == {"push_device": 0}


def test_the_service_worker_shows_a_push_and_opens_the_chat(window: Any, shop: Server, visitor: Visit) -> None:
    vera = visitor(shop)
    vera.writes("Hello")
    inbox = window(shop)
    inbox.context.grant_permissions(["notifications"])
    line = inbox.context.new_cdp_session(inbox)
    registered: list[str] = []
    line.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registered.extend(one["registrationId"] for one in told["registrations"]),
    )
    line.send("ServiceWorker.enable")
    inbox.evaluate(
        """async () => {
          const rules = trustedTypes.createPolicy('test', { createScriptURL: (url) => url });
          const address = rules.createScriptURL('/inbox/push.js?words=Somebody');
          await navigator.serviceWorker.register(address, { scope: '/inbox' });
          await navigator.serviceWorker.ready;
        }"""
    )
    until(inbox, lambda: registered != [])
    push = {
        "origin": shop.url,
        "registrationId": registered[-1],
        "data": f'{{"conversation_id": "{vera.conversation_id}"}}',
    }

    def shown() -> list[str]:
        found: list[str] = inbox.evaluate(
            """navigator.serviceWorker.ready
            .then((one) => one.getNotifications())
            .then((all) => all.map((n) => n.title + n.tag))"""
        )
        return found

    # On the screen already: no notification beside it.
    line.send("ServiceWorker.deliverPushMessage", push)
    inbox.wait_for_timeout(500)
    assert shown() == []
    other = inbox.context.new_page()
    other.goto(f"{shop.url}/store/")
    inbox.goto("about:blank")
    inbox.wait_for_timeout(300)
    line.send("ServiceWorker.deliverPushMessage", push)
    inbox.goto(f"{shop.url}/inbox")
    until(inbox, lambda: shown() == [f"Somebody{vera.conversation_id}"])
