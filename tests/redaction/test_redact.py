"""What replacing personal data promises, one behaviour each."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatgate.redaction import PlaceholderState, redact, redact_lines, redact_stream, special_categories


def kinds(text: str, *names: str) -> list[str]:
    return [span.type for span in redact(text, names=names).spans]


def test_the_same_value_gets_the_same_placeholder_in_one_conversation() -> None:
    lines = redact_lines(["mail: vera@example.org", "VERA@example.org albo vera.b@example.org"]).lines
    assert lines == ("mail: [EMAIL_1]", "[EMAIL_1] albo [EMAIL_2]")


def test_numbers_start_again_in_another_conversation() -> None:
    assert redact_lines(["tel. 600 700 800"]).lines == redact_lines(["tel. 501 502 503"]).lines


def test_a_shared_state_goes_on_counting() -> None:
    state = PlaceholderState()
    assert redact("a@example.org", state=state).text == "[EMAIL_1]"
    assert redact("b@example.org a@example.org", state=state).text == "[EMAIL_2] [EMAIL_1]"


def test_a_number_that_a_text_already_shows_is_not_given_again() -> None:
    assert redact("[EMAIL_1] and vera@example.org").text == "[EMAIL_1] and [EMAIL_2]"


def test_spans_lead_back_to_the_given_text() -> None:
    text = "Tel.: ６００ 700\u200b 800, mail jan@example.org"
    result = redact(text)
    assert [text[span.start : span.end] for span in result.spans] == ["６００ 700\u200b 800", "jan@example.org"]


def test_known_names_are_found_in_inflected_and_short_forms() -> None:
    names = ("Marek Dudek", "Katarzyna Szczęsna")
    text = "Rozmawiałem z Markiem Dudkiem, Kasią i panią Szczęsną; Marku, dzięki dla Katarzyny!"
    assert redact(text, names=names).text == (
        "Rozmawiałem z [NAME_1], [NAME_2] i panią [NAME_2]; [NAME_1], dzięki dla [NAME_2]!"
    )


def test_a_known_name_is_found_without_diacritics_and_capitals() -> None:
    assert redact("pan wojcik i Wójcika", names=["Wójcik"]).text == "pan [NAME_1] i [NAME_1]"


def test_the_name_in_an_e_mail_is_found_where_it_stands_alone() -> None:
    lines = redact_lines(["b.pacula@example.org", "Podpisano: Pacuła"]).lines
    assert lines == ("[EMAIL_1]", "Podpisano: [NAME_1]")


def test_a_name_from_the_last_line_is_found_in_the_first() -> None:
    lines = redact_lines(["Sparrowhawk ordered it", "My name is Declan Sparrowhawk"]).lines
    assert lines == ("[NAME_1] ordered it", "My name is [NAME_1]")


def test_a_mention_without_cue_follows_the_one_with_a_cue() -> None:
    lines = redact_lines(["telefon 123-45-67 wew.", "tak, 1234567"]).lines
    assert lines == ("telefon [PHONE_1] wew.", "tak, [PHONE_1]")


def test_a_question_is_a_cue_for_the_answer() -> None:
    assert redact_lines(["Proszę podać PESEL", "02070803629"]).lines[1] == "[PESEL_1]"
    assert redact_lines(["Proszę podać numer zamówienia", "600700800"]).lines[1] == "600700800"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("PESEL 44051401358", "PESEL"),
        ("NIP 526-000-12-47", "NIP"),
        ("konto 61 1090 1014 0000 0712 1981 2875", "IBAN"),
        ("karta 4111 1111 1111 1112", "CARD"),
        ("regon 123456780", "REGON"),
    ],
)
def test_a_mistyped_number_after_its_name_is_personal_too(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("jan kropka kowalski małpa wp kropka pl", "EMAIL"),
        ("jan [at] example [dot] com", "EMAIL"),
        ("sześćset siedemset osiemset", "PHONE"),
        ("call six zero zero seven double zero eight zero zero", "PHONE"),
        ("tel. 6OO 7OO 8OO", "PHONE"),
        ("PESEL 4 4 0 5 1 4 0 1 3 5 9", "PESEL"),
        ("DE136695976", "VAT"),
        ("my SSN is 536-90-4399", "NATIONAL_ID"),
        ("dowód osobisty ABC 123456", "DOCUMENT"),
        ("urodzona 12.03.1985", "BIRTH_DATE"),
        ("hasło: Kotek123!", "SECRET"),
        ("https://example.org/reset?token=abc123", "URL"),
        ("2001:db8::8a2e:370:7334", "IP"),
        ("Hauptstraße 5, 10115 Berlin", "ADDRESS"),
    ],
)
def test_other_forms_are_found(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "EAN 5901234123457, 590123412345 7",
        "zamówienie nr 600700800 i paragon 4111111111111111",
        "cena 123 456 789 zł, rabat 10 000 000 PLN",
        "rozmiar 36/38, 120x200x300 cm, 600 700 800 mm",
        "od 05.11.2023 do 2023-12-31 12:30, 2023/11/000123",
        "wersja 10.0.0.1, v2.1.0.3",
        "https://example.org/p/5901234123457/koszulka-meska-bawelniana-czarna-xl",
        "Nike Air Max 90, WX-600700800, iPhone 15 Pro 256 GB",
        "jestem zadowolona, I'm happy, this is great, best regards",
    ],
)
def test_what_belongs_to_the_shop_stays(text: str) -> None:
    assert redact(text).text == text


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_taken_and_a_second_run_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text
    assert all(0 <= span.start < span.end <= len(text) for span in once.spans)


@pytest.mark.parametrize(
    "text", ["", " ", "\x00\x07\x1b[31m", "🙂" * 500, "שלום עולם 123", "你好,世界", "a" * 4000, "1" * 4000]
)
def test_odd_texts_pass_unharmed(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    "piece", ["1 ", "a@", "at dot ", "ul. ", "Anna ", "1.", "jeden ", "a. ", "Aa 1, ", "12-", "pl ", "o1 "]
)
def test_a_huge_text_does_not_stop_the_worker(piece: str) -> None:
    """Four times the text takes about four times as long; a quadratic pattern would take sixteen."""

    def cost(characters: int) -> float:
        started = time.process_time()
        redact(piece * (characters // len(piece)))
        return time.process_time() - started

    cost(1_000)
    short, long = min(cost(5_000) for _ in range(3)), min(cost(20_000) for _ in range(2))
    assert long < 12 * short + 0.2


def test_lines_of_a_stream_stand_for_themselves_unless_they_are_one_conversation() -> None:
    lines = ["a@example.org", "b@example.org"]
    assert [result.text for result in redact_stream(lines)] == ["[EMAIL_1]", "[EMAIL_1]"]
    assert [result.text for result in redact_stream(lines, conversation=True)] == ["[EMAIL_1]", "[EMAIL_2]"]


def test_counts_and_special_categories_are_told() -> None:
    result = redact_lines(["Jestem w ciąży, tel. 600 700 800", "my trade union pays"])
    assert result.counts == {"PHONE": 1}
    assert result.special_categories == ("health", "union")


@pytest.mark.parametrize(
    "text", ["Kupiłem buty w rozmiarze 42", "I paid twice and want a refund", "Kiedy wyślecie zamówienie?"]
)
def test_an_ordinary_chat_hints_at_no_special_category(text: str) -> None:
    assert special_categories(text) == frozenset()
