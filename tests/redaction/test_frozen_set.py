"""The published test set: recall for every type, shop numbers that survive, and the same on fresh seeds."""

import json
from pathlib import Path
from typing import Any

import pytest

from chatgate.redaction import FIGURES, redact, redact_lines
from chatgate.redaction.spans import PLACEHOLDER
from tests.redaction.generate import SEED, generate
from tests.redaction.measure import measure
from tests.redaction.written import written_rows

FROZEN = Path(__file__).parent / "frozen.jsonl"
TYPES = {"EMAIL", "PHONE", "PESEL", "NIP", "REGON", "IBAN", "CARD", "IP", "ADDRESS", "NAME"}


def rows(part: str) -> list[dict[str, Any]]:
    lines = FROZEN.read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["part"] == part]


def test_the_frozen_file_is_what_the_generator_makes_from_its_seed() -> None:
    frozen = [json.loads(line) for line in FROZEN.read_text(encoding="utf-8").splitlines()]
    assert frozen == generate(SEED)


def test_every_type_is_found_in_at_least_99_of_100_places() -> None:
    figures = measure(rows("plain"))
    assert set(figures["recall"]) == TYPES
    assert {kind: recall for kind, recall in figures["recall"].items() if recall < 0.99} == {}


@pytest.mark.parametrize("part", ["plain", "decoy"])
def test_at_most_two_of_100_shop_numbers_are_taken_for_personal_data(part: str) -> None:
    assert measure(rows(part))["decoys_hit"] <= 0.02


def test_disguised_identifiers_are_found_mostly_and_the_figures_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    figures = measure(rows("adversarial"))
    with capsys.disabled():
        shown = ", ".join(f"{kind} {recall:.3f}" for kind, recall in figures["recall"].items())
        print(f"\nadversarial recall: {shown}")
    assert set(figures["recall"]) == TYPES
    assert min(figures["recall"].values()) > 0.85


@pytest.mark.parametrize("seed", [1, 77, 4711])
def test_a_seed_that_no_rule_was_written_for_gives_the_same_figures(seed: int) -> None:
    fresh = generate(seed)
    plain = measure([row for row in fresh if row["part"] == "plain"])
    assert {kind: recall for kind, recall in plain["recall"].items() if recall < 0.99} == {}
    assert measure([row for row in fresh if row["part"] == "decoy"])["decoys_hit"] <= 0.02


def test_a_second_run_changes_nothing_in_the_whole_set() -> None:
    for row in (*rows("plain"), *rows("adversarial"), *rows("decoy")):
        once = redact(row["text"], names=row["names"]).text
        assert redact(once, names=row["names"]).text == once


def test_a_value_is_left_out_nowhere_when_it_is_found_anywhere() -> None:
    for row in rows("plain"):
        values = {row["text"][span["start"] : span["end"]] for span in row["spans"]}
        repeated = [row["text"], *(f"Jeszcze raz: {value}." for value in values)]
        lines = redact_lines(repeated, row["names"]).lines
        assert not [value for value in values if any(value in line for line in lines)]


@pytest.mark.parametrize("seed", [3, 2026])
def test_lines_written_by_hand_are_redacted_as_well_as_generated_ones(seed: int) -> None:
    figures = measure(written_rows(seed))
    assert set(figures["recall"]) >= TYPES
    assert {kind: recall for kind, recall in figures["recall"].items() if recall < 0.99} == {}
    assert figures["decoys_hit"] <= 0.02


def test_spans_count_characters_of_the_text_as_given_also_beside_emoji_and_combining_letters() -> None:
    for row in written_rows(5, copies=1):
        for text in (row["text"], f"👩‍👩‍👧 e\u0301 \u200b{row['text']} 🙂"):
            result = redact(text, names=row["names"])
            position, rebuilt = 0, ""
            for span in result.spans:
                kept = text[position : span.start]
                assert result.text.startswith(rebuilt + kept), text
                rebuilt += kept
                label = PLACEHOLDER.match(result.text, len(rebuilt))
                assert label is not None
                assert label.group()[1:].startswith(span.type)
                rebuilt, position = rebuilt + label.group(), span.end
            assert rebuilt + text[position:] == result.text


def test_the_figures_that_every_release_tells_are_those_of_the_set() -> None:
    plain, disguised = measure(rows("plain")), measure(rows("adversarial"))
    assert FIGURES["recall"] == {kind: round(recall, 3) for kind, recall in plain["recall"].items()}
    assert FIGURES["recall_disguised"] == {kind: round(recall, 3) for kind, recall in disguised["recall"].items()}
    assert FIGURES["precision"] == round(plain["precision"], 3)
    assert FIGURES["shop_numbers_hit"] == round(measure(rows("decoy"))["decoys_hit"], 3)
