"""notify: an e-mail that says that somebody waits, and nothing else."""

import pytest

from chatgate.middleware import notify
from chatgate.testing import FakeServices, FixedClock, agreed, chain_of, message_stored

SETTINGS = {
    "smtp_host": "127.0.0.1",
    "sender": "chat@shop.example",
    "recipients": ["adam@shop.example"],
    "inbox_url": "https://chat.example/inbox",
}


@pytest.fixture
def sent(monkeypatch):
    """Collect e-mails instead of sending them."""
    found = []
    monkeypatch.setattr(notify, "_send", lambda _settings, message: found.append(message))
    return found


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def chain(clock):
    return chain_of(notify, settings={"notify": SETTINGS}, services=FakeServices(clock))


def deliver(chain, **changes):
    chain.deliver("notify", "on_message_stored", agreed("support"), event=message_stored(**changes))


def test_nobody_there_means_an_email_without_a_word_of_the_chat(chain, sent):
    deliver(chain, body="canary", agents_online=False)
    [message] = sent
    assert message["To"] == "adam@shop.example"
    assert "canary" not in message.as_string()
    assert "https://chat.example/inbox#conversation-1" in message.get_content()


@pytest.mark.parametrize("changes", [{"agents_online": True}, {"author_kind": "agent"}, {"author_kind": "bot"}])
def test_somebody_there_or_somebody_who_answers_sends_none(chain, sent, changes):
    deliver(chain, **changes)
    assert sent == []


def test_one_conversation_sends_one_email_in_a_while(chain, clock, sent):
    deliver(chain)
    deliver(chain, event_id="event-9")
    deliver(chain, conversation_id="conversation-2")
    assert len(sent) == 2
    clock.advance(seconds=31 * 60)
    deliver(chain)
    assert len(sent) == 3


def test_a_server_that_fails_is_tried_again(chain, clock, monkeypatch, sent):
    def fails(_settings, _message):
        raise ConnectionRefusedError

    monkeypatch.setattr(notify, "_send", fails)
    with pytest.raises(ConnectionRefusedError):
        deliver(chain)
    monkeypatch.setattr(notify, "_send", lambda _settings, message: sent.append(message))
    deliver(chain)
    assert len(sent) == 1


def test_without_consent_nothing_is_sent(chain, sent):
    outcome = chain.deliver("notify", "on_message_stored", agreed(), event=message_stored())
    assert (outcome, sent) == ("skipped", [])
