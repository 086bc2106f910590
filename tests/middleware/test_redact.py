"""redact: takes out of a transcript what only this shop knows to be personal."""

import pytest

from chatgate import OperatorError
from chatgate.middleware.redact import Redact
from chatgate.testing import agreed, chain_of, training_export_context, transcript


def redacted(settings, *bodies):
    result = chain_of(Redact, settings={"redact": settings}).transform(
        "transform_transcript",
        "transcript",
        agreed("training"),
        context=training_export_context(),
        transcript=transcript(*bodies),
    )
    return [line.body for line in result.lines]


def test_the_same_value_gets_the_same_placeholder():
    settings = {"patterns": {"customer_number": "KD-[0-9]{4}"}}
    assert redacted(settings, "I am KD-1111, not KD-2222.", "Hello KD-1111!") == [
        "I am [CUSTOMER_NUMBER_1], not [CUSTOMER_NUMBER_2].",
        "Hello [CUSTOMER_NUMBER_1]!",
    ]


def test_numbers_start_anew_in_each_conversation():
    settings = {"patterns": {"loyalty": "LC[0-9]+"}}
    assert redacted(settings, "LC2") == redacted(settings, "LC3") == ["[LOYALTY_1]"]


def test_words_go_wherever_they_stand_alone():
    assert redacted({"words": ["Ann", "Ann-Marie"]}, "ANN, Ann-Marie and Annette") == ["[WORD_1], [WORD_2] and Annette"]


def test_without_settings_nothing_changes():
    assert redacted({}, "KD-1111") == ["KD-1111"]


def test_a_result_is_not_redacted_again():
    settings = {"patterns": {"number": "[0-9]{4}"}, "words": ["number"]}
    once = redacted(settings, "number 1234")
    assert redacted(settings, *once) == once


@pytest.mark.parametrize(
    "settings",
    [{"patterns": {"a": "("}}, {"patterns": {"a": "x*"}}, {"patterns": {"No Label": "x"}}, {"words": ["x"]}],
    ids=["no expression", "matches everywhere", "no label", "one letter"],
)
def test_settings_that_make_no_sense_stop_the_start(settings):
    with pytest.raises(OperatorError, match=r"\[middleware_settings.redact\] (patterns|words)"):
        chain_of(Redact, settings={"redact": settings})
