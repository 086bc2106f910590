"""The age of consent by country, and what it means for a decision, for the state of a consent and for a grant."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from chatgate.cli.serve import shipped_notice
from chatgate.errors import Refusal
from chatgate.models.purposes import Purpose
from chatgate.policy import consent
from chatgate.policy.consent import Answer
from chatgate.policy.minors import AGES, age_of_consent
from chatgate.policy.notice_file import read_notice_file

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SPLIT = read_notice_file(shipped_notice("split"), "demo")[0]


@pytest.mark.parametrize(
    ("jurisdiction", "age"),
    [
        ("PL", 16),
        ("AT", 14),
        ("DE, Bavaria", 16),
        ("Portugal (PT)", 13),
        ("UK", 13),
        ("EL", 15),
        ("AT and DE", 16),
        ("US", 16),
        ("Poland", 16),
        ("", 16),
    ],
)
def test_the_age_is_that_of_the_country_and_the_strictest_when_in_doubt(jurisdiction: str, age: int) -> None:
    assert age_of_consent(jurisdiction) == age


def test_no_country_goes_outside_of_what_the_regulation_allows() -> None:
    assert {13 <= age <= 16 for age in AGES.values()} == {True}
    # The 27 of the Union, three of the EEA, and the United Kingdom.
    assert len(AGES) == 31


def answered(minor: bool | None, **choices: bool) -> Answer:
    """An answer to the shipped notice, with what was on the screen."""
    rendered = consent.rendered_sha256([clause.text for clause in SPLIT.clauses])
    return Answer(choices, rendered, "en", NOON, "checkbox", minor=minor)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("minor", [None, False, True])
@pytest.mark.parametrize("asks_age", [False, True])
def test_a_yes_to_training_needs_somebody_of_age(asks_age: bool, minor: bool | None, training: bool) -> None:
    answer = answered(minor, support=True, training=training)
    code = "age_required" if asks_age and minor is None else "minor_blocked" if minor and training else None
    if code is None:
        accepted = consent.accept(SPLIT, answer, NOON, asks_age=asks_age)
        assert accepted.choices == {Purpose.SUPPORT: True, Purpose.TRAINING: training}
        return
    with pytest.raises(Refusal, match=code):
        consent.accept(SPLIT, answer, NOON, asks_age=asks_age)


@dataclass(frozen=True)
class Event:
    """A stored yes to everything."""

    id: str = "event"
    number: int = 1
    notice_sha256: str = SPLIT.sha256
    event_at: datetime = NOON

    @property
    def choices(self) -> dict[str, bool]:
        return {"support": True, "training": True}


def test_no_event_covers_training_for_a_minor() -> None:
    of_age = consent.state([Event()], "split", NOON)
    minor = consent.state([Event()], "split", NOON, minor=True)
    assert (of_age.may_train, of_age.may_talk) == (True, True)
    assert (minor.may_train, minor.may_talk) == (False, True)
    assert not minor.covers([Purpose.TRAINING])
    assert minor.covers([Purpose.SUPPORT])


def test_no_grant_is_made_for_a_minor() -> None:
    state = consent.state([Event()], "split", NOON, minor=True)
    assert consent.training_grant(state, closed=True, retention_days=30, at=NOON) == "minor_blocked"
    assert consent.training_grant(state, closed=False, retention_days=30, at=NOON) == "not_closed"
