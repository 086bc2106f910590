"""Measuring the assistant on labelled questions."""

from chatgate.middleware.assistant.evaluate import evaluate

LINES = [
    {"split": "train", "text": "where is my parcel", "intent": "parcel_where"},
    {"split": "train", "text": "has my parcel been sent", "intent": "parcel_where"},
    {"split": "train", "text": "i want my money back", "intent": "refund"},
    {"split": "train", "text": "how do i get a refund", "intent": "refund"},
    {"split": "test", "text": "where is the parcel", "intent": "parcel_where"},
    {"split": "test", "text": "refund please", "intent": "refund"},
    {"split": "oos_test", "text": "sing quantum songs", "intent": "oos"},
]


def test_figures_are_shares_of_what_was_asked() -> None:
    found = evaluate(LINES)
    assert set(found) == {"top1", "top3", "oos_rejected", "ms_per_question", "index_bytes", "learned"}
    assert (found["top1"], found["top3"], found["oos_rejected"], found["learned"]) == (1.0, 1.0, 1.0, 4)


def test_a_file_without_questions_gives_zeros() -> None:
    found = evaluate([])
    assert (found["top1"], found["oos_rejected"], found["learned"]) == (0.0, 0.0, 0)
