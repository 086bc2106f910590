"""webhooks: signed as Standard Webhooks says, repeated when not taken, without text unless configured."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chatgate import OperatorError
from chatgate.middleware import webhooks
from chatgate.testing import agreed, chain_of, conversation_closed, message_stored

KEY = b"k" * 32
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@pytest.fixture
def receiver():
    """Return a receiver on this machine: ``got`` are its requests, ``status`` is what it answers."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((dict(self.headers), body))
            self.send_response(server.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.status = got, 204
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def deliver(receiver, event, hook, **endpoint):
    given = {"url": f"http://127.0.0.1:{receiver.server_port}/hook", "secret": SECRET, **endpoint}
    chain = chain_of(webhooks, settings={"webhooks": {"endpoints": [given]}})
    return chain.deliver("webhooks", hook, agreed("support"), event=event)


def test_a_request_is_signed_and_names_its_event(receiver):
    deliver(receiver, conversation_closed(), "on_conversation_closed")
    [(headers, body)] = receiver.got
    signed = f"event-3.{headers['Webhook-Timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    assert headers["Webhook-Id"] == "event-3"
    assert headers["Webhook-Signature"] == f"v1,{expected}"
    assert json.loads(body)["type"] == "conversation_closed"


@pytest.mark.parametrize("include_text", [False, True])
def test_text_is_sent_only_where_the_shop_says_so(receiver, include_text):
    event = message_stored(body="canary")
    deliver(receiver, event, "on_message_stored", events=["message_stored"], include_text=include_text)
    assert (b"canary" in receiver.got[0][1]) is include_text


def test_an_event_that_nobody_wants_is_not_sent(receiver):
    deliver(receiver, message_stored(), "on_message_stored")
    assert receiver.got == []


@pytest.mark.parametrize("status", [500, 400, 302])
def test_what_was_not_taken_raises_so_that_the_outbox_repeats_it(receiver, status):
    receiver.status = status
    with pytest.raises(ConnectionError):
        deliver(receiver, conversation_closed(), "on_conversation_closed")
    assert len(receiver.got) == 1  # a redirect is not followed


def test_a_receiver_that_is_gone_is_not_asked_again(receiver):
    receiver.status = 410
    deliver(receiver, conversation_closed(), "on_conversation_closed")


@pytest.mark.parametrize(
    "endpoint",
    [
        {"url": "http://shop.example/hook", "secret": SECRET},
        {"url": "ftp://shop.example", "secret": SECRET},
        {"url": "https://shop.example", "secret": "whsec_c2hvcnQ="},
        {"url": "https://shop.example", "secret": "nothing"},
        {"url": "https://shop.example", "secret": SECRET, "events": ["typing"]},
    ],
)
def test_an_endpoint_that_is_not_safe_stops_the_start(endpoint):
    with pytest.raises(OperatorError):
        chain_of(webhooks, settings={"webhooks": {"endpoints": [endpoint]}})
