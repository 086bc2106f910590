"""A change of what people agreed to needs the version step that asks them again."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatgate.errors import OperatorError, Refusal
from chatgate.policy.version_diff import (
    VersionLevel,
    check_version_level,
    diff_lines,
    notice_changes,
    required_level,
    version_step,
)
from tests.policy.evidence import NOTICE

Edit = Callable[[dict[str, Any]], object]


def changed(edit: Edit, version: str = "1.0.0") -> dict[str, Any]:
    content = copy.deepcopy(NOTICE)
    edit(content)
    return {**content, "version": version}


def put(*path: Any) -> Edit:
    *steps, last, value = path

    def edit(content: Any) -> None:
        for step in steps:
            content = content[step]
        content[last] = value

    return edit


MARKETING = {**NOTICE["clauses"][1], "purpose": "marketing", "text": "Kiln & Cup może pisać do mnie."}
MAJOR = {
    "a new purpose": lambda c: c["clauses"].append(MARKETING),
    "another controller": put("controller", "name", "Kiln & Cup International"),
    "a new recipient": lambda c: c["recipients"].append({"name": "Mailer", "role": "processor", "country": "US"}),
    "a new category of data": put("data_categories", ["voice"]),
    "longer retention": put("clauses", 1, "retention_days", 731),
    "automated decisions": put("automation", True),
    "another legal basis": put("clauses", 0, "legal_basis", "contract"),
    "an optional clause that becomes required": put("clauses", 1, "required", True),
    "other words in a clause": put("clauses", 1, "text", "Kiln & Cup może sprzedać tę rozmowę."),
    "another preset": put("preset", "single"),
    "another jurisdiction": put("jurisdiction", "DE"),
}
MINOR = {
    "shorter retention": put("clauses", 1, "retention_days", 30),
    "a purpose that is gone": lambda c: c["clauses"].pop(),
    "a new mailbox": put("controller", "contact", "gdpr@kilnandcup.example"),
    "a new address": put("controller", "address", "ul. Nowa 1"),
    "another place of storage": put("storage_location", "Germany"),
    "other words in the full text": put("full_text", "Inny tekst klauzuli."),
    "other words in the policy": put("policy_text", "Nowa polityka."),
    "another authority": put("complaint_authority", "UODO"),
}
PATCH = {
    "white space": put("clauses", 0, "text", NOTICE["clauses"][0]["text"].replace(" ", "  ")),
    "typographic quotes": put("full_text", "Pełny\ntekst  klauzuli."),
    "a label": put("full_text_label", "Pełna klauzula"),
    "the order of clauses": lambda c: c["clauses"].reverse(),
    "a moved policy": put("policy_url", "https://kilnandcup.example/privacy"),
}
CASES = [
    *[pytest.param(edit, VersionLevel.MAJOR, id=name) for name, edit in MAJOR.items()],
    *[pytest.param(edit, VersionLevel.MINOR, id=name) for name, edit in MINOR.items()],
    *[pytest.param(edit, VersionLevel.PATCH, id=name) for name, edit in PATCH.items()],
]
STEPS = {VersionLevel.PATCH: "1.0.1", VersionLevel.MINOR: "1.1.0", VersionLevel.MAJOR: "2.0.0"}


@pytest.mark.parametrize(("edit", "level"), CASES)
def test_each_change_needs_its_step(edit: Edit, level: VersionLevel) -> None:
    assert required_level(NOTICE, changed(edit)) is level


@pytest.mark.parametrize(("edit", "level"), CASES)
def test_a_disguised_change_is_refused_and_an_honest_one_is_not(edit: Edit, level: VersionLevel) -> None:
    for step, version in STEPS.items():
        new = changed(edit, version)
        if step >= level:
            assert check_version_level(NOTICE, new) is step
            continue
        with pytest.raises(Refusal) as caught:
            check_version_level(NOTICE, new)
        assert caught.value.code == "version_level_too_low"
        assert (caught.value.detail["needed"], caught.value.detail["got"]) == (level.word, step.word)
        assert caught.value.detail["changes"]


def test_the_same_content_needs_no_step() -> None:
    assert notice_changes(NOTICE, NOTICE) == []
    assert check_version_level(NOTICE, changed(lambda c: None, "1.0.1")) is VersionLevel.PATCH
    assert check_version_level(NOTICE, NOTICE) is VersionLevel.NONE


@pytest.mark.parametrize("version", ["1.0.0", "0.9.9", "0.0.1"])
def test_a_number_that_does_not_rise_is_refused_for_any_change(version: str) -> None:
    with pytest.raises(Refusal, match="version_level_too_low"):
        check_version_level(NOTICE, changed(PATCH["a label"], version))


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("1.0.0", "2.0.0", VersionLevel.MAJOR),
        ("1.9.9", "10.0.0", VersionLevel.MAJOR),
        ("1.2.3", "1.10.0", VersionLevel.MINOR),
        ("1.2.3", "1.2.4", VersionLevel.PATCH),
        ("1.2.3", "1.2.3", VersionLevel.NONE),
        ("2.0.0", "1.9.0", VersionLevel.NONE),
    ],
)
def test_steps_are_counted_in_numbers_and_not_in_letters(old: str, new: str, step: VersionLevel) -> None:
    assert version_step(old, new) is step


def test_a_version_that_is_no_version_is_named() -> None:
    with pytest.raises(OperatorError, match=r"major\.minor\.patch"):
        version_step("1.0.0", "2")


@given(st.sets(st.sampled_from(sorted({**MAJOR, **MINOR, **PATCH})), max_size=4))
def test_several_changes_need_the_largest_of_their_steps(names: set[str]) -> None:
    edits = {**MAJOR, **MINOR, **PATCH}
    # A clause that is gone takes its own changes with it.
    names -= {"a purpose that is gone", "the order of clauses", "a new purpose"}
    levels = [required_level(NOTICE, changed(edits[name])) for name in names]

    def apply(content: dict[str, Any]) -> None:
        for name in sorted(names - {"white space", "shorter retention", "typographic quotes"}):
            edits[name](content)

    kept = [
        level
        for name, level in zip(names, levels, strict=True)
        if name not in ("white space", "shorter retention", "typographic quotes")
    ]
    assert required_level(NOTICE, changed(apply)) is max(kept, default=VersionLevel.NONE)


def test_the_diff_reads_like_a_diff_with_the_weightiest_first() -> None:
    def edit(content: dict[str, Any]) -> None:
        content["clauses"][1]["retention_days"] = 3650
        content["full_text_label"] = "Pełna klauzula"
        content["recipients"].append({"name": "Mailer", "role": "processor", "country": "US"})

    assert diff_lines(NOTICE, changed(edit)) == [
        "major: retention_days of training",
        "  - 730",
        "  + 3650",
        "major: recipient Mailer is new",
        "  + US, Mailer, processor",
        "patch: full_text_label",
        "  - Przeczytaj pełną klauzulę",
        "  + Pełna klauzula",
    ]


def test_only_the_changed_lines_of_a_long_text_are_shown() -> None:
    old = changed(put("full_text", "one\ntwo\nthree"))
    new = changed(put("full_text", "one\n2\nthree"))
    assert diff_lines(old, new) == ["minor: full_text", "  - two", "  + 2"]


def test_a_recipient_with_another_country_asks_again() -> None:
    old = changed(put("recipients", [{"name": "Mailer", "country": "PL"}]))
    new = changed(put("recipients", [{"name": "Mailer", "country": "US"}]))
    assert required_level(old, new) is VersionLevel.MAJOR
    assert required_level(new, changed(put("recipients", []))) is VersionLevel.MINOR
    assert required_level(changed(put("recipients", ["a"])), changed(put("recipients", ["b"]))) is VersionLevel.MAJOR
