"""What inboxes are told: at once in quiet times and of what is open, in bundles otherwise."""

import time
from collections.abc import Iterator
from typing import Any

import gevent
import orjson
import pytest
import socketio

from chatgate.sharing.telling import conversation_of, event_json
from chatgate.web.live import inbox_feed
from chatgate.web.live.inbox_feed import INBOXES_AT_ONCE, OPEN_CONVERSATIONS, InboxFeed
from tests.web.test_transport import stock_json  # noqa: F401


class Sockets:
    """A server with agents in one site, whose sockets keep what they are sent."""

    def __init__(self) -> None:
        self.server = socketio.Server(async_mode="gevent")
        self.sids: dict[str, str] = {}
        self.got: dict[str, list[Any]] = {}
        self.hire("adam", "eva")

    def hire(self, *names: str) -> None:
        for name in names:
            sid = self.server.manager.connect(f"session-{name}", inbox_feed.NAMESPACE)
            self.server.enter_room(sid, "demo", namespace=inbox_feed.NAMESPACE)
            self.sids[name], self.got[f"session-{name}"] = sid, []

    def send(self, _server: Any, session: str, packets: list[Any]) -> None:
        self.got[session] += [packet.for_polling().encode().partition('"')[2] for packet in packets]

    def told(self, name: str) -> list[str]:
        return self.got[f"session-{name}"]


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch, stock_json: None) -> Sockets:  # noqa: F811
    sockets = Sockets()
    monkeypatch.setattr(inbox_feed.transport, "send_packets", sockets.send)
    return sockets


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What was put off, as (seconds, function, argument)."""
    put_off: list[Any] = []
    monkeypatch.setattr(inbox_feed.gevent, "spawn_later", lambda *call: put_off.append(call))
    return put_off


def message(conversation: str, seq: int) -> dict[str, Any]:
    return {"message": {"conversation_id": conversation, "seq": seq}}


def tell(feed: InboxFeed, event: str, payload: dict[str, Any]) -> None:
    feed.tell("demo", conversation_of(payload), event, event_json(event, payload))


def stored(conversation: str, seq: int) -> str:
    return f'message_stored",{{"message":{{"conversation_id":"{conversation}","seq":{seq}}}}}]'


def test_the_first_event_after_a_quiet_time_goes_to_everybody_at_once(sockets: Sockets, later: list[Any]) -> None:
    tell(InboxFeed(sockets.server), "message_stored", message("c1", 1))
    assert sockets.told("adam") == sockets.told("eva") == [stored("c1", 1)]
    assert later == []


def test_who_has_it_open_is_told_at_once_and_once(sockets: Sockets, later: list[Any]) -> None:
    feed = InboxFeed(sockets.server)
    feed.opened(sockets.sids["adam"], "c1")
    for seq in (1, 2, 3):
        tell(feed, "message_stored", message("c1", seq))
    assert sockets.told("adam") == [stored("c1", 1), stored("c1", 2), stored("c1", 3)]
    assert sockets.told("eva") == [stored("c1", 1)]


def test_the_others_get_the_latest_of_each_kind_and_conversation_in_one_bundle(
    sockets: Sockets, later: list[Any]
) -> None:
    feed = InboxFeed(sockets.server)
    tell(feed, "message_stored", message("c0", 1))
    tell(feed, "message_stored", message("c1", 1))
    tell(feed, "message_stored", message("c2", 1))
    tell(feed, "message_stored", message("c1", 2))
    tell(feed, "conversation_changed", {"conversation": {"id": "c1"}})
    assert len(later) == 1
    seconds, send, site = later[0]
    assert 0 < seconds <= inbox_feed.SOONEST_SECONDS
    send(site)
    expected = [stored("c2", 1), stored("c1", 2), 'conversation_changed",{"conversation":{"id":"c1"}}]']
    assert sockets.told("eva")[1:] == expected


def test_of_many_opened_conversations_the_latest_count(sockets: Sockets, later: list[Any]) -> None:
    feed = InboxFeed(sockets.server)
    for number in range(OPEN_CONVERSATIONS + 1):
        feed.opened(sockets.sids["adam"], f"c{number}")
    tell(feed, "message_stored", message("x", 1))
    tell(feed, "message_stored", message("c0", 1))
    tell(feed, "message_stored", message("c1", 1))
    assert sockets.told("adam") == [stored("x", 1), stored("c1", 1)]


def test_a_socket_that_left_is_forgotten(sockets: Sockets, later: list[Any]) -> None:
    feed = InboxFeed(sockets.server)
    feed.opened(sockets.sids["adam"], "c1")
    feed.left(sockets.sids["adam"])
    sockets.server.manager.disconnect(sockets.sids["adam"], inbox_feed.NAMESPACE)
    tell(feed, "message_stored", message("c1", 1))
    assert sockets.told("adam") == []
    assert sockets.told("eva") == [stored("c1", 1)]


def test_the_more_inboxes_there_are_the_longer_is_the_pause_between_bundles(sockets: Sockets, later: list[Any]) -> None:
    feed = InboxFeed(sockets.server)
    for number in range(60):
        sid = sockets.server.manager.connect(f"session-{number}", inbox_feed.NAMESPACE)
        sockets.server.enter_room(sid, "demo", namespace=inbox_feed.NAMESPACE)
        sockets.got[f"session-{number}"] = []
    tell(feed, "message_stored", message("c1", 1))
    tell(feed, "message_stored", message("c1", 2))
    [(seconds, _send, _site)] = later
    assert inbox_feed.SOONEST_SECONDS < seconds <= inbox_feed.BUNDLE_SECONDS


def test_many_inboxes_are_told_some_at_a_time_and_each_in_order(sockets: Sockets) -> None:
    sockets.hire(*(f"agent{number}" for number in range(INBOXES_AT_ONCE * 2)))
    feed = InboxFeed(sockets.server)
    for number in range(3):
        feed.tell("demo", None, "presence", orjson.dumps(["presence", number]))
    assert sum(bool(told) for told in sockets.got.values()) == INBOXES_AT_ONCE
    until = time.monotonic() + 30
    while feed._line and time.monotonic() < until:
        gevent.sleep(0.01)
    assert all(told == [f'presence",{number}]' for number in range(3)] for told in sockets.got.values())
