"""The assistant's index: it learns, answers, and forgets as if it had never learned."""

import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatgate.middleware.assistant.index import Index, Pair, kind_of

SENTENCE = "gdzie jest moja paczka kiedy dotrze zamówienie zwrot reklamacja where is my parcel refund size colour 42"
WORDS = SENTENCE.split()
ANSWERS = ("Jest w drodze.", "It is on its way.", "Zwrot trwa 14 dni.", "A refund takes 14 days.", "Tak!", "No, sorry.")


def some_items(seed: int, count: int) -> dict[str, list[Pair]]:
    rng = random.Random(seed)
    return {
        f"item-{number}": [
            Pair(" ".join(rng.choices(WORDS, k=rng.randrange(1, 7))), rng.choice(ANSWERS))
            for _ in range(rng.randrange(1, 4))
        ]
        for number in range(count)
    }


def learned(items: dict[str, list[Pair]], order: list[str] | None = None) -> Index:
    index = Index()
    for item_id in order or list(items):
        index.learn(item_id, items[item_id])
    return index


@given(st.integers(0, 10**6), st.sets(st.integers(0, 24)), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_unlearning_is_learning_without(seed: int, gone: set[int], rng: random.Random) -> None:
    items = some_items(seed, 25)
    forget = [f"item-{number}" for number in gone]
    order = list(items)
    rng.shuffle(order)
    index = learned(items, order)
    index.unlearn(forget)
    rest = learned({item_id: pairs for item_id, pairs in items.items() if item_id not in forget})
    assert index.digest() == rest.digest()
    for question in ("gdzie paczka", "refund my order"):
        assert index.suggest(question) == rest.suggest(question)


def test_what_comes_and_goes_a_thousand_times_leaves_nothing() -> None:
    index, items = Index(), some_items(1, 60)
    empty = index.digest()
    rng = random.Random(2)
    for _ in range(1000):
        item_id = rng.choice(list(items))
        if rng.random() < 0.5:
            index.learn(item_id, items[item_id])
        else:
            index.unlearn([item_id])
    index.unlearn(items)
    assert index.digest() == empty
    assert len(index) == 0
    assert index.suggest("gdzie jest moja paczka") == []


def test_every_item_changes_the_digest() -> None:
    items = some_items(3, 20)
    whole = learned(items).digest()
    for item_id in items:
        assert learned({other: pairs for other, pairs in items.items() if other != item_id}).digest() != whole


def test_learning_an_item_again_replaces_it() -> None:
    index = learned({"a": [Pair("where is my parcel", "On its way.")]})
    index.learn("a", [Pair("do you have size 42", "Yes, we do.")])
    assert index.digest() == learned({"a": [Pair("do you have size 42", "Yes, we do.")]}).digest()


def test_unlearning_an_unknown_item_is_no_error() -> None:
    assert Index().unlearn(["nobody"]) == 0


def test_an_answer_names_every_item_that_said_it() -> None:
    index = learned(
        {
            "a": [Pair("Gdzie jest moja paczka?", "Jest w drodze.")],
            "b": [Pair("gdzie paczka", "Jest w drodze.")],
            "c": [Pair("Jak zwrócić buty?", "Proszę wypełnić formularz.")],
        }
    )
    best = index.suggest("Gdzie moja paczka")[0]
    assert (best.text, sorted(best.item_ids)) == ("Jest w drodze.", ["a", "b"])


def test_no_answer_derives_from_a_forgotten_item() -> None:
    index = learned({"a": [Pair("where is my parcel", "On its way.")], "b": [Pair("my parcel", "Ask the courier.")]})
    index.unlearn(["a"])
    assert [one.item_ids for one in index.suggest("where is my parcel")] == [("b",)]


def test_an_answer_is_found_without_diacritics_and_with_another_ending() -> None:
    index = learned(
        {
            "a": [Pair("Czy mogę zwrócić używane buty?", "Tylko nieużywane.")],
            "b": [Pair("Kiedy dojdzie moje zamówienie?", "Jutro.")],
        }
    )
    assert index.suggest("chcialbym zwrocic buty")[0].text == "Tylko nieużywane."


def test_a_question_like_none_scores_lower_than_a_known_one() -> None:
    index = learned(some_items(5, 40) | {"x": [Pair("where is my parcel", "On its way.")]})
    strange = index.suggest("quantum chromodynamics lecture")
    known = index.suggest("where is my parcel")
    assert known[0].score > 0.5
    assert not strange or strange[0].score < known[0].score / 2


def test_answers_that_differ_in_case_marks_and_numbers_are_of_one_kind() -> None:
    assert kind_of("Zwrot trwa 14 dni!") == kind_of("zwrot trwa 30 dni")
    assert kind_of("change_speed") != kind_of("change_volume")


@pytest.mark.parametrize("question", ["", " ", "🙂🙂", "!?", "\x00", "a" * 4000, "你好", "[NAME_1]"])
def test_odd_questions_are_answered_or_not_but_do_no_harm(question: str) -> None:
    index = learned(some_items(7, 30))
    assert len(index.suggest(question)) <= 3
    assert Index().suggest(question) == []
    index.learn("odd", [Pair(question, "An answer."), Pair("a question", question)])
    index.unlearn(["odd"])
    assert index.digest() == learned(some_items(7, 30)).digest()


def test_several_threads_may_ask_and_teach() -> None:
    index, items = Index(), some_items(9, 80)
    failures: list[BaseException] = []

    def work(part: int) -> None:
        try:
            for number, (item_id, pairs) in enumerate(items.items()):
                if number % 4 == part:
                    index.learn(item_id, pairs)
                    index.suggest("gdzie paczka")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert index.digest() == learned(items).digest()
