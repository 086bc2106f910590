"""The example shop with accounts: it vouches for its customer, has a policy of its own, and checks webhooks."""

import base64
import importlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from chatgate.services import sites, visitors
from tests.cast import SITE
from tests.journeys.browsing import accept, open_widget, until, write

SHOP = Path(__file__).parents[2] / "examples" / "flask_store"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"w" * 32).decode()


@pytest.fixture
def shop_module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the example as ``flask --app shop`` finds it in its directory."""
    monkeypatch.syspath_prepend(str(SHOP))
    monkeypatch.delitem(sys.modules, "shop", raising=False)
    return importlib.import_module("shop")


@pytest.fixture
def shop(shop_module: ModuleType, start_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return the running shop and its chat, on two origins."""
    web = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)
    url = f"http://127.0.0.1:{web.server_port}"
    endpoint = {
        "url": f"{url}/webhooks/chat",
        "secret": WEBHOOK_SECRET,
        "events": ["session_opened", "message_stored"],
    }
    chain = ["consent_gate", "rate_limit", "webhooks", "training_router"]
    chat = start_server(settings={"middleware": chain, "middleware_settings": {"webhooks": {"endpoints": [endpoint]}}})
    sites.set_site(chat.core, SITE, {"allowed_origins": [url]})
    monkeypatch.setenv("CHAT_URL", chat.url)
    monkeypatch.setenv("CHAT_SITE", SITE)
    monkeypatch.setenv("CHAT_SITE_SECRET", visitors.site_secret(chat.core, SITE))
    monkeypatch.setenv("CHAT_WEBHOOK_SECRET", WEBHOOK_SECRET)
    web.app = app = shop_module.create_app()
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    yield url, chat, app
    web.shutdown()
    thread.join(30)
    web.server_close()


@pytest.mark.journey
def test_the_shop_vouches_for_its_customer_and_the_policy_lets_nothing_else_in(
    shop: Any, page: Any, window: Any
) -> None:
    url, chat, app = shop
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text) if message.type == "error" else None)
    page.goto(url)
    page.get_by_role("button", name="Sign in as Vera").click()
    frame = open_widget(page)
    accept(frame)
    write(frame, "Is the shade washable?")
    desk = window(chat)
    desk.locator("[id^=row-]").get_by_text("Vera Kowalska").click()
    desk.get_by_text("K-1042").wait_for()
    assert blocked == []
    seen = app.config["SEEN_EVENTS"]
    until(page, lambda: len(seen) == 2, "the session and the message are told by webhook")


def test_a_webhook_with_a_wrong_or_old_signature_is_refused(shop: Any) -> None:
    _url, _chat, app = shop
    signed = {"webhook-id": "e1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
    for headers in ({}, signed, {**signed, "webhook-timestamp": "x"}):
        assert app.test_client().post("/webhooks/chat", data=b"{}", headers=headers).status_code == 401
    assert app.config["SEEN_EVENTS"] == {}


def test_nobody_is_vouched_for_before_they_sign_in(shop: Any) -> None:
    _url, _chat, app = shop
    assert b"identify" not in app.test_client().get("/").data
