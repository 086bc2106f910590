"""no_links: no foreign links from visitors, and a count of each day's chats."""

import chatgate_no_links
import pytest

from chatgate import Refusal
from chatgate.testing import agreed, chain_of, conversation_closed, message_context

SETTINGS = {"no_links": {"allowed_hosts": ["shop.example"]}}


def chain(services=None):
    return chain_of(no_links=chatgate_no_links, settings=SETTINGS, services=services)


def send(body, **changes):
    chain().check("check_message", agreed("support"), context=message_context(**changes), body=body)


@pytest.mark.parametrize(
    "body", ["see http://evil.example/x", "HTTPS://EVIL.example", "https://shop.example@evil.example/"]
)
def test_a_visitor_cannot_link_foreign_sites(body):
    with pytest.raises(Refusal) as refused:
        send(body)
    assert refused.value.as_dict() == {"code": "message_refused", "detail": {"reason": "link"}}


@pytest.mark.parametrize("body", ["Where is my parcel?", "https://shop.example/lamp", "https://SHOP.example?x=1"])
def test_other_messages_pass(body):
    send(body)


def test_agents_may_link_whatever_they_like():
    send("https://parcels.example/1", author_kind="agent")


def test_a_chat_is_counted_once_though_its_event_comes_twice(fake_services):
    watched = chain(fake_services)
    for _ in range(2):
        watched.deliver("no_links", "on_conversation_closed", agreed("support"), event=conversation_closed())
    assert fake_services.stores["no_links"].keys("closed/2026-03-02/") == ("closed/2026-03-02/conversation-1",)


def test_what_is_counted_is_erased_with_the_conversation(fake_services):
    chain(fake_services).deliver("no_links", "on_conversation_closed", agreed("support"), event=conversation_closed())
    assert fake_services.stores["no_links"].erase("conversation-1") == 1
