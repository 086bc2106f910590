"""What a worker or a command says to the sockets of the servers: what it is about, and the first byte of each body."""

import orjson
import pytest

from chatgate.sharing import telling
from chatgate.sharing.telling import RemoteBroadcaster


class Published:
    """A link that keeps what is published: nothing here depends on Redis."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bytes]] = []

    def publish(self, name: str, body: bytes) -> None:
        """Keep it, as who hears it takes it."""
        assert name == telling.EVERYBODY, "who does not know who follows what tells everybody"
        self.said.append(telling.taken_apart(body))


@pytest.fixture
def link() -> Published:
    """Return the link."""
    return Published()


@pytest.fixture
def broadcast(link: Published) -> RemoteBroadcaster:
    """Return what a worker broadcasts with."""
    return RemoteBroadcaster(link)  # type: ignore[arg-type]


def test_the_visitor_is_told_on_the_conversation_alone(link: Published, broadcast: RemoteBroadcaster) -> None:
    """No inbox hears what is for the visitor."""
    broadcast.to_visitor("c1", "agent_presence", {"agents_online": True})
    assert link.said == [("c:c1", b'V["agent_presence",{"agents_online":true}]')]


def test_agents_hear_on_the_conversation_and_on_the_site(link: Published, broadcast: RemoteBroadcaster) -> None:
    """Those who have it open at once, the other inboxes in a bundle."""
    payload = {"conversation": {"id": "c1"}}
    broadcast.to_agents("s1", "conversation_changed", payload)
    text = b'["conversation_changed",{"conversation":{"id":"c1"}}]'
    assert link.said[0] == ("c:c1", b"A" + text)
    name, body = link.said[1]
    assert (name, body[:1]) == ("s:s1", telling.BUNDLE)
    assert orjson.loads(body[1:]) == [["c1", text.decode()]]


def test_what_is_about_no_conversation_goes_to_the_site_only(link: Published, broadcast: RemoteBroadcaster) -> None:
    """There is no channel for nothing."""
    broadcast.to_agents("s1", "presence", {"state": "away"})
    assert [name for name, _body in link.said] == ["s:s1"]


def test_both_sides_get_one_body(link: Published, broadcast: RemoteBroadcaster) -> None:
    """The text of a message is encoded once."""
    broadcast.to_both("s1", "c1", "message_stored", {"message": {"conversation_id": "c1"}})
    assert link.said[0][0] == "c:c1"
    assert link.said[0][1][:1] == telling.BOTH
    assert [name for name, _body in link.said] == ["c:c1", "s:s1"]


def test_an_ended_session_carries_its_reason(link: Published, broadcast: RemoteBroadcaster) -> None:
    """And nothing else."""
    broadcast.end_session("c1", "consent_withdrawn")
    assert link.said == [("c:c1", b"Econsent_withdrawn")]


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"message": {"conversation_id": "c1"}}, "c1"),
        ({"conversation": {"id": "c2"}}, "c2"),
        ({"conversation_id": "c3"}, "c3"),
        ({"state": "away"}, None),
    ],
)
def test_an_event_tells_which_conversation_it_is_about(payload: dict[str, object], found: str | None) -> None:
    """Wherever it stands."""
    assert telling.conversation_of(payload) == found
