"""A small Flask shop with the chat: a strict content security policy, a signed identity, order context, webhooks.

Settings come from the environment; README.md says where each value is printed. ``flask --app shop run --port 5000``.
"""

import base64
import hashlib
import hmac
import logging
import os
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, session
from werkzeug.wrappers import Response as AnyResponse

LOG = logging.getLogger("shop")
WEBHOOK_MAX_AGE_SECONDS = 300
SEEN_AT_MOST = 10_000


@dataclass(frozen=True)
class Customer:
    """Somebody with an account at the shop."""

    id: str
    name: str
    email: str
    last_order: str


CUSTOMERS = {"42": Customer("42", "Vera Kowalska", "vera@example.org", "K-1042")}
"""A real shop has a database here."""


def create_app() -> Flask:
    """Return the shop. Every ``CHAT_...`` variable is read here, once."""
    app = Flask(__name__)
    app.secret_key = os.environ.get("SHOP_SECRET_KEY") or secrets.token_bytes(32)
    app.config.update(
        CHAT_URL=os.environ.get("CHAT_URL", "http://127.0.0.1:8000").rstrip("/"),
        CHAT_SITE=os.environ.get("CHAT_SITE", "shop"),
        CHAT_SITE_SECRET=os.environ.get("CHAT_SITE_SECRET", ""),
        CHAT_WEBHOOK_SECRET=os.environ.get("CHAT_WEBHOOK_SECRET", ""),
        SEEN_EVENTS={},
    )
    app.before_request(_make_nonce)
    app.after_request(_secure)
    app.add_url_rule("/", view_func=home)
    app.add_url_rule("/sign-in", view_func=sign_in, methods=["POST"])
    app.add_url_rule("/sign-out", view_func=sign_out, methods=["POST"])
    app.add_url_rule("/webhooks/chat", view_func=chat_event, methods=["POST"])
    return app


def home() -> str:
    """``GET /``: the shop's page. For a customer it carries the signature of who they are."""
    customer = CUSTOMERS.get(session.get("customer", ""))
    return render_template("home.html", customer=customer, identity=identity_of(customer))


def identity_of(customer: Customer | None) -> dict[str, str] | None:
    """Return what ``chatgate.identify`` takes, signed with the site's secret; None for who is not signed in."""
    secret = current_app.config["CHAT_SITE_SECRET"]
    if customer is None or not secret:
        return None
    signed = f"{customer.id}\n{customer.email}\n{customer.name}"
    signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
    return {"id": customer.id, "email": customer.email, "name": customer.name, "signature": signature}


def sign_in() -> AnyResponse:
    """``POST /sign-in``: a real shop asks for a password here."""
    session["customer"] = "42"
    return redirect("/")


def sign_out() -> AnyResponse:
    """``POST /sign-out``."""
    session.clear()
    return redirect("/")


def chat_event() -> tuple[str, int]:
    """``POST /webhooks/chat``: what happened in chats. It may come more than once, and each is handled once."""
    body = request.get_data(cache=False)
    if not is_authentic(body):
        abort(401)
    seen: dict[str, None] = current_app.config["SEEN_EVENTS"]
    event_id = request.headers["webhook-id"]
    if event_id not in seen:
        seen[event_id] = None
        while len(seen) > SEEN_AT_MOST:
            seen.pop(next(iter(seen)))
        LOG.info("chat event %s", event_id)  # a real shop reads the body and does something with it
    return "", 204


def is_authentic(body: bytes) -> bool:
    """Return whether a webhook comes from the chat and is fresh. Source: Standard Webhooks 1.0.0."""
    sent_at = request.headers.get("webhook-timestamp", "")
    if not sent_at.isdigit() or abs(time.time() - int(sent_at)) > WEBHOOK_MAX_AGE_SECONDS:
        return False
    key = base64.b64decode(current_app.config["CHAT_WEBHOOK_SECRET"].removeprefix("whsec_"))
    signed = f"{request.headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    given = request.headers.get("webhook-signature", "").split()
    return bool(key) and any(hmac.compare_digest(expected, one) for one in given)


def _make_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def _secure(response: Response) -> Response:
    chat = "{0.scheme}://{0.netloc}".format(urlsplit(current_app.config["CHAT_URL"]))
    # The chat needs its own address in these two directives and nothing else of the shop's policy.
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; img-src data:; "
        f"script-src 'nonce-{g.nonce}' {chat}; frame-src {chat}"
    )
    return response
