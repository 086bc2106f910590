"""The checker itself: it finds what it is there to find."""

import pytest

from tests.faults.checker import Side, Stored, compare


def a_side() -> Side:
    """Return a client that sent two messages, got both acknowledged and shows both."""
    side = Side("Vera", "c1", sent={"m1": "one", "m2": "two"})
    for seq, (client_id, body) in enumerate(side.sent.items(), 1):
        message = {"id": f"i{seq}", "seq": seq, "conversation_id": "c1", "body": body}
        side.acked[client_id] = message
        side.show(message)
    return side


ROWS = [Stored("i1", "c1", 1, "m1", "visitor", "one"), Stored("i2", "c1", 2, "m2", "visitor", "two")]


def test_what_agrees_is_well() -> None:
    """Nothing wrong is reported, and everything is counted."""
    report = compare(ROWS, [a_side()], {"c1": 2})
    assert report.wrong == []
    assert report.counts == {"withdrawals": 1, "acknowledged": 2, "refused": 0, "shown": 2, "stored": 2}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (ROWS[:1], "acknowledged and lost"),
        ([*ROWS, Stored("i3", "c1", 3, "m2", "visitor", "two")], "stored twice"),
        ([*ROWS, Stored("i4", "c1", 4, "m3", "agent", "x")], "numbers are"),
        ([*ROWS, Stored("i3", "c1", 3, "m3", "agent", "x")], "never shown"),
        ([*ROWS, Stored("i3", "c1", 3, "m3", "agent", "x")], "after the withdrawal"),
        ([ROWS[0], Stored("i2", "c1", 2, "m2", "visitor", "other")], "acknowledged as another"),
    ],
)
def test_what_differs_is_found(rows: list[Stored], found: str) -> None:
    """Each kind of fault has its line."""
    assert any(found in line for line in compare(rows, [a_side()], {"c1": 2}).wrong)


def test_an_unanswered_message_is_found() -> None:
    """Whoever sends gets an answer in the end."""
    side = a_side()
    side.sent["m3"] = "three"
    assert compare(ROWS, [side]).wrong == ["Vera: never answered: ['m3']"]


def test_another_order_is_found() -> None:
    """What was sent first is stored first."""
    side = a_side()
    side.sent = dict(reversed(side.sent.items()))
    assert compare(ROWS, [side]).wrong == ["Vera: stored in another order than sent"]
