"""Which questions and answers are taken from a transcript."""

from chatgate import Transcript, TranscriptLine
from chatgate.middleware.assistant.index import Pair
from chatgate.middleware.assistant.pairs import pairs_of


def transcript(*lines: str) -> Transcript:
    kinds = {"V": "visitor", "A": "agent", "B": "bot", "S": "system"}
    return Transcript(
        "en", tuple(TranscriptLine(seq, kinds[line[0]], line[2:]) for seq, line in enumerate(lines, start=1))
    )


def test_a_turn_is_answered_by_the_next_turn_of_the_agent() -> None:
    chat = transcript("V Hi", "V Where is my parcel?", "A Hello!", "A It is on its way.", "V Thanks")
    assert pairs_of(chat) == (Pair("Hi\nWhere is my parcel?", "Hello!\nIt is on its way."),)


def test_what_an_agent_says_first_answers_nothing() -> None:
    assert pairs_of(transcript("A Hello, can I help?", "V Do you have size 42?")) == ()


def test_automated_answers_are_not_learned() -> None:
    chat = transcript("V Where is my parcel?", "B Somewhere.", "S A person was asked for.", "A It arrives today.")
    assert pairs_of(chat) == (Pair("Where is my parcel?", "It arrives today."),)


def test_a_question_of_placeholders_and_numbers_only_is_none() -> None:
    assert pairs_of(transcript("V [PHONE_1] 12345", "A Thank you, noted.")) == ()


def test_a_story_is_not_learned() -> None:
    assert pairs_of(transcript("V " + "long " * 300, "A I see.")) == ()
