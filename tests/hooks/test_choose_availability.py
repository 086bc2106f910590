"""choose_availability: says on the notice that the shop is closed, before anybody has agreed to anything."""

from datetime import UTC, datetime

import pytest

from chatgate import Closed, Manifest, Refusal, hookimpl
from chatgate.testing import availability_context, chain_of

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)


def says(answer):
    class Saying:
        manifest = Manifest()

        @hookimpl
        def choose_availability(self, context):
            return answer

    return chain_of(Saying).choose("choose_availability", None, context=availability_context())


def test_it_is_asked_without_a_consent():
    assert says(Closed(MONDAY, messages=True)) == Closed(MONDAY, messages=True)


def test_no_answer_says_nothing():
    assert says(None) is None


@pytest.mark.parametrize(
    "answer",
    [False, "closed", MONDAY, Closed(datetime(2026, 11, 30)), Closed(messages=1)],
    ids=lambda one: repr(one)[:30],
)
def test_anything_else_is_a_failed_middleware(answer):
    with pytest.raises(Refusal, match="middleware_error"):
        says(answer)
