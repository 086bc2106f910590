"""opening_hours: in the shop's own time, with the moment of the next opening."""

from datetime import UTC, datetime

import pytest

from chatgate import Closed, OperatorError, Refusal
from chatgate.middleware import opening_hours
from chatgate.testing import availability_context, chain_of, session_open_context

WEEK = {"time_zone": "Europe/Warsaw", "mon": ["09:00-12:00", "13:00-17:00"], "tue": ["09:00-17:00"]}


def chain(**hours):
    return chain_of(opening_hours, settings={"opening_hours": {"sites": {"demo": {**WEEK, **hours}}}})


def opens(chain, *at, written=False):
    """Try to open at a moment (UTC); return None when let in, else the next opening."""
    context = session_open_context(now=datetime(*at, tzinfo=UTC), written=written)
    try:
        chain.check("check_session_open", None, context=context)
    except Refusal as refusal:
        return refusal.detail["opens_at"] if refusal.code == "outside_opening_hours" else refusal.code
    return "open"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ((2026, 11, 23, 8, 0), "open"),  # Monday, 9:00 in Warsaw
        ((2026, 11, 23, 7, 59), "2026-11-23T09:00:00+01:00"),
        ((2026, 11, 23, 11, 0), "2026-11-23T13:00:00+01:00"),  # lunch
        ((2026, 11, 23, 16, 0), "2026-11-24T09:00:00+01:00"),  # the end is excluded
        ((2026, 11, 24, 16, 30), "2026-11-30T09:00:00+01:00"),  # until next Monday
        ((2026, 7, 6, 7, 0), "open"),  # summer time
    ],
)
def test_hours_are_those_of_the_shop(at, expected):
    assert opens(chain(), *at) == expected


def test_a_closed_day_has_no_hours():
    assert opens(chain(closed_on=["2026-11-23"]), 2026, 11, 23, 9) == "2026-11-24T09:00:00+01:00"


def test_a_shop_without_any_hours_says_no_time():
    assert opens(chain_of(opening_hours, settings={"opening_hours": {"sites": {"demo": {}}}}), 2026, 11, 23, 9) is None


def test_a_message_can_be_left_outside_the_hours():
    assert opens(chain(), 2026, 11, 23, 7, written=True) == "open"


def test_a_shop_that_takes_no_messages_refuses_them_too():
    assert opens(chain(messages=False), 2026, 11, 23, 7, written=True) == "2026-11-23T09:00:00+01:00"


@pytest.mark.parametrize("messages", [True, False])
def test_the_refusal_says_whether_a_message_can_be_left(messages):
    context = session_open_context(now=datetime(2026, 11, 23, 7, tzinfo=UTC))
    with pytest.raises(Refusal) as refused:
        chain(messages=messages).check("check_session_open", None, context=context)
    assert refused.value.detail["messages"] is messages


def test_a_site_that_is_not_named_is_always_open():
    assert opens(chain_of(opening_hours), 2026, 11, 22, 3) == "open"


@pytest.mark.parametrize(
    "hours", [{"mon": ["9-17"]}, {"mon": ["22:00-02:00"]}, {"time_zone": "Europe/Warszawa"}, {"monday": []}]
)
def test_hours_that_cannot_be_are_refused_at_start(hours):
    with pytest.raises(OperatorError):
        chain(**hours)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ((2026, 11, 23, 8, 0), None),
        ((2026, 11, 24, 16, 30), Closed(datetime(2026, 11, 30, 8, tzinfo=UTC), messages=True)),
    ],
    ids=["open", "closed"],
)
def test_the_notice_says_when_the_shop_opens_again(at, expected):
    context = availability_context(now=datetime(*at, tzinfo=UTC))
    assert chain().choose("choose_availability", None, context=context) == expected


def test_the_notice_says_nothing_of_a_site_without_hours():
    context = availability_context(site_id="other", now=datetime(2026, 11, 22, tzinfo=UTC))
    assert chain().choose("choose_availability", None, context=context) is None
