"""The assistant as a middleware: off until switched on, bound to its purposes, forgetting in memory and in store."""

from typing import Any

import pytest

from chatgate import Purpose
from chatgate.middleware.assistant import Assistant
from chatgate.testing import (
    FakeServices,
    agreed,
    chain_of,
    reply_context,
    suggestion_context,
    training_exported,
    training_retracted,
    transcript,
)

CHAT = transcript("Where is my parcel?", "It is on its way.")
SUPPORT = agreed("support")
BOTH = agreed("support", "training")


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


def assistant(services: FakeServices, **settings: Any) -> Any:
    return chain_of(Assistant, settings={"assistant": settings}, services=services)


def learn(chain: Any, item_id: str = "item-1", conversation_id: str = "conversation-1", **changes: Any) -> None:
    event = training_exported(
        **{"event_id": f"learn-{item_id}", "item_id": item_id, "conversation_id": conversation_id, "transcript": CHAT}
        | changes
    )
    chain.deliver("assistant", "on_training_exported", BOTH, event=event)


def suggested(chain: Any, **changes: Any) -> list[str]:
    found = chain.choose("choose_suggestions", SUPPORT, context=suggestion_context(**changes))
    return [one.text for one in found or ()]


def test_an_agent_is_offered_what_an_agent_answered_with_its_source(services: FakeServices) -> None:
    chain = assistant(services)
    learn(chain)
    (found,) = chain.choose("choose_suggestions", SUPPORT, context=suggestion_context())
    assert (found.text, found.item_ids) == ("It is on its way.", ("item-1",))
    assert 0.3 <= found.score <= 1


def test_nothing_is_learned_without_consent_to_training(services: FakeServices) -> None:
    chain = assistant(services)
    assert chain.deliver("assistant", "on_training_exported", SUPPORT, event=training_exported()) == "skipped"
    assert suggested(chain) == []


def test_a_retracted_item_is_forgotten_in_memory_and_in_the_store(services: FakeServices) -> None:
    chain = assistant(services)
    learn(chain)
    learn(chain, "item-2", "conversation-2", transcript=transcript("Where is my parcel now?", "Ask the courier."))
    chain.deliver("assistant", "on_training_retracted", None, event=training_retracted(item_id="item-1"))
    assert suggested(chain) == ["Ask the courier."]
    assert services.stores["assistant"].keys("item:") == ("item:item-2",)


def test_after_a_restart_the_same_is_known(services: FakeServices) -> None:
    learn(assistant(services))
    assert suggested(assistant(services)) == ["It is on its way."]


def test_another_process_hears_of_both(services: FakeServices) -> None:
    web, worker = assistant(services), assistant(services)
    assert suggested(web) == []
    learn(worker)
    assert suggested(web) == ["It is on its way."]
    worker.deliver("assistant", "on_training_retracted", None, event=training_retracted(item_id="item-1"))
    assert suggested(web) == []


def test_one_shop_does_not_answer_with_the_chats_of_another(services: FakeServices) -> None:
    chain = assistant(services)
    learn(chain)
    assert suggested(chain, site_id="another") == []


def test_what_is_stored_is_labelled_for_training_and_belongs_to_the_conversation(services: FakeServices) -> None:
    learn(assistant(services))
    _value, purpose, conversation_id = services.stores["assistant"].rows["item:item-1"]
    assert (purpose, conversation_id) == (Purpose.TRAINING, "conversation-1")


def test_visitors_are_not_answered_until_it_is_switched_on(services: FakeServices) -> None:
    chain = assistant(services)
    learn(chain)
    assert chain.choose("choose_reply", SUPPORT, context=reply_context()) is None


def test_visitors_are_answered_when_the_answer_is_sure(services: FakeServices) -> None:
    chain = assistant(services, answer_visitors=True)
    learn(chain)
    assert chain.choose("choose_reply", SUPPORT, context=reply_context()).text == "It is on its way."
    strange = reply_context(question="Do you sell quantum bicycles?")
    assert chain.choose("choose_reply", SUPPORT, context=strange) is None


@pytest.mark.parametrize(
    ("settings", "answer"),
    [({"least_sources": 2}, "It is on its way."), ({}, "Hello [NAME_1], it is on its way.")],
)
def test_no_visitor_is_answered_from_too_few_chats_or_with_a_placeholder(
    services: FakeServices, settings: dict[str, int], answer: str
) -> None:
    chain = assistant(services, answer_visitors=True, **settings)
    learn(chain, transcript=transcript("Where is my parcel?", answer))
    assert chain.choose("choose_reply", SUPPORT, context=reply_context()) is None


def test_erasing_a_conversation_empties_the_memory(services: FakeServices) -> None:
    chain = assistant(services)
    learn(chain)
    (data,) = chain.register("register_subject_data")
    services.stores["assistant"].erase("conversation-1")
    data.erase("conversation-1")
    assert suggested(chain) == []
    assert (data.export("conversation-1"), data.scrub()) == ({}, True)


def test_suggestions_can_be_switched_off(services: FakeServices) -> None:
    chain = assistant(services, suggestions=0)
    learn(chain)
    assert suggested(chain) == []
