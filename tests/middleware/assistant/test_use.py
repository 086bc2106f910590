"""Which suggestions were used: counted with the items they come from, and forgotten with them to the bit."""

import hashlib
from collections.abc import Callable

import pytest

from chatgate.errors import Refusal
from chatgate.middleware.assistant import Assistant
from chatgate.middleware.assistant.index import Index, Pair
from chatgate.services import consents, outbox
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.learning import assistance
from tests.cast import Vera, hire_adam, welcome
from tests.middleware.assistant.test_whole_way import ANSWER, QUESTION, deliver, finished_chat


@pytest.fixture
def core(make_core: Callable[..., Core]) -> Core:
    made = make_core(middleware={"assistant": Assistant})
    hire_adam(made)
    return made


def waiting(core: Core) -> Vera:
    vera = welcome(core)
    vera.writes(QUESTION)
    return vera


def used(core: Core) -> list[int]:
    found = assistance.suggestions(core, waiting(core).conversation_id)
    return [one["used"] for one in found["suggestions"]]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_suggestion_that_was_used_says_how_often(core: Core) -> None:
    finished_chat(core, training=True)
    assert used(core) == [0]
    for _ in range(2):
        assistance.use_suggestion(core, waiting(core).conversation_id, ANSWER)
    deliver(core)
    assert used(core) == [2]


def test_an_event_that_is_told_twice_is_one_use(core: Core) -> None:
    finished_chat(core, training=True)
    assistance.use_suggestion(core, waiting(core).conversation_id, ANSWER)
    deliver(core)
    core.storage.write_now(
        lambda db: db.exec_driver_sql(
            "UPDATE outbox_event SET done_at = NULL, next_at = created_at WHERE kind = 'suggestion_used'"
        )
    )
    assert outbox.deliver_due(core) == 1
    assert used(core) == [1]


def test_uses_go_with_the_visitor_whose_chat_it_was(core: Core) -> None:
    vera = finished_chat(core, training=True)
    assistance.use_suggestion(core, waiting(core).conversation_id, ANSWER)
    deliver(core)
    assert core.storage.row_counts(["middleware_row"])["middleware_row"] == 3
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    deliver(core)
    assert core.storage.row_counts(["middleware_row"])["middleware_row"] == 1
    finished_chat(core, training=True)
    assert used(core) == [0]


def test_a_use_that_is_told_after_the_withdrawal_leaves_nothing(core: Core) -> None:
    vera = finished_chat(core, training=True)
    assistance.use_suggestion(core, waiting(core).conversation_id, ANSWER)
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    deliver(core)
    assert core.storage.row_counts(["middleware_row"])["middleware_row"] == 1


def test_only_what_is_suggested_can_be_used(core: Core) -> None:
    finished_chat(core, training=True)
    vera = waiting(core)
    before = core.storage.row_counts(["outbox_event"])
    with pytest.raises(Refusal, match="not_found"):
        assistance.use_suggestion(core, vera.conversation_id, "Something else")
    assert core.storage.row_counts(["outbox_event"]) == before


def test_use_decides_between_answers_that_fit_about_as_well_and_changes_no_score() -> None:
    index = Index()
    index.learn("one", [Pair("does the cup go into a dishwasher", "Yes, all of them do.")])
    index.learn("two", [Pair("does the cup go into my dishwasher", "Better wash it by hand.")])
    index.learn("far", [Pair("do you ship the cup to Norway", "We ship everywhere.")])
    before = {one.text: one.score for one in index.suggest("does the cup go into dishwasher")}
    first = next(iter(before))
    second = list(before)[1]
    item = "one" if second.startswith("Yes") else "two"
    index.use(item, sha(second), ["a", "b", "c"])
    index.use("far", sha("We ship everywhere."), [str(number) for number in range(50)])
    after = index.suggest("does the cup go into dishwasher")
    assert {one.text: one.score for one in after} == before
    if before[first] - before[second] < 0.04:
        assert after[0].text == second
    assert after[-1].text == "We ship everywhere."


def test_an_index_forgets_uses_with_their_item_bit_for_bit() -> None:
    pairs = [Pair("does the cup go into a dishwasher", "Yes, all of them do.")]
    whole, without = Index(), Index()
    for index in (whole, without):
        index.learn("kept", [Pair("is it dishwasher safe", "Yes, it is.")])
        index.use("kept", sha("Yes, it is."), ["x"])
    whole.learn("gone", pairs)
    whole.use("gone", sha(pairs[0].answer), ["y", "z"])
    assert whole.digest() != without.digest()
    whole.unlearn(["gone"])
    assert whole.digest() == without.digest()
    assert whole.suggest("dishwasher") == without.suggest("dishwasher")
    whole.use("gone", sha(pairs[0].answer), ["y"])
    assert whole.digest() == without.digest()
