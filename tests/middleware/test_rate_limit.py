"""rate_limit: sessions by address, messages by conversation."""

import pytest

from chatgate import OperatorError, Refusal
from chatgate.middleware import rate_limit
from chatgate.testing import FakeServices, FixedClock, agreed, chain_of, message_context, session_open_context

SETTINGS = {"sessions": 2, "sessions_window_seconds": 60, "messages": 3, "messages_window_seconds": 10}


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def chain(clock):
    return chain_of(rate_limit, settings={"rate_limit": SETTINGS}, services=FakeServices(clock))


def open_session(chain, **changes):
    chain.check("check_session_open", None, context=session_open_context(**changes))


def send(chain, **changes):
    chain.check("check_message", agreed("support"), context=message_context(**changes), body="hi")


def refused(call, chain, **changes):
    with pytest.raises(Refusal) as error:
        call(chain, **changes)
    assert error.value.code == "rate_limited"
    return error.value.detail["retry_after_seconds"]


def test_an_address_opens_only_so_many_sessions(chain, clock):
    open_session(chain)
    clock.advance(seconds=20)
    open_session(chain)
    assert refused(open_session, chain) == 40
    clock.advance(seconds=40)
    open_session(chain)


def test_another_address_is_not_held_up(chain):
    open_session(chain)
    open_session(chain)
    open_session(chain, limiter_key="somebody else")


def test_a_conversation_takes_only_so_many_messages(chain, clock):
    for _ in range(3):
        send(chain)
    assert refused(send, chain) == 10
    send(chain, conversation_id="conversation-2")
    clock.advance(seconds=10)
    send(chain)


def test_waiting_as_long_as_told_always_helps(chain, clock):
    for _ in range(3):
        send(chain)
        clock.advance(seconds=0.4)
    clock.advance(seconds=refused(send, chain))
    send(chain)


def test_an_agent_is_not_counted(chain):
    for _ in range(10):
        send(chain, author_kind="agent")


@pytest.mark.parametrize("settings", [{"messages": 0}, {"sessions_window_seconds": 601}, {"message": 3}])
def test_settings_that_make_no_sense_stop_the_start(settings):
    with pytest.raises(OperatorError, match=r"\[middleware_settings.rate_limit\]"):
        chain_of(rate_limit, settings={"rate_limit": settings})
