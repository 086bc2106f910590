"""From the tick box to the suggestion and back: what one visitor agreed to helps another, until it is withdrawn."""

from collections.abc import Callable

import pytest

from chatgate.ids import new_token
from chatgate.middleware.assistant import Assistant
from chatgate.services import consents, conversations, messages, outbox
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.learning import assistance
from chatgate.storage.queries.messages import after
from tests.cast import Vera, hire_adam, signed_in, welcome
from tests.clocks import SettableClock
from tests.fingerprint import holding

QUESTION, ANSWER = "Does the blue cup survive a dishwasher?", "Yes, every zanzibar-glazed cup does."


@pytest.fixture
def core(make_core: Callable[..., Core]) -> Core:
    made = make_core(middleware={"assistant": Assistant}, middleware_settings={"assistant": {"answer_visitors": True}})
    hire_adam(made)
    return made


def deliver(core: Core) -> None:
    while outbox.deliver_due(core):
        pass


def finished_chat(core: Core, training: bool) -> Vera:
    vera = welcome(core, training=training)
    vera.writes(QUESTION)
    messages.post_agent_message(core, signed_in(core), vera.conversation_id, new_token("m"), ANSWER)
    conversations.close_conversation(core, vera.conversation_id, "agent")
    deliver(core)
    return vera


def offered(core: Core, body: str = "can the cup go into my dishwasher") -> list[str]:
    visitor = welcome(core)
    visitor.writes(body)
    return [one["text"] for one in assistance.suggestions(core, visitor.conversation_id)["suggestions"]]


def test_only_a_chat_whose_visitor_agreed_is_learned_from(core: Core) -> None:
    finished_chat(core, training=False)
    assert offered(core) == []
    finished_chat(core, training=True)
    assert offered(core) == [ANSWER]


def test_after_a_withdrawal_nothing_derives_from_the_chat_even_with_the_worker_down(core: Core) -> None:
    vera = finished_chat(core, training=True)
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    assert offered(core) == []


def test_after_the_worker_ran_nothing_of_the_chat_is_kept_by_the_assistant(core: Core) -> None:
    vera = finished_chat(core, training=True)
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    deliver(core)
    assert offered(core) == []
    # One row is left, the one that tells other processes: it holds an event's id.
    assert core.storage.row_counts(["middleware_row"])["middleware_row"] == 1


def test_after_a_withdrawal_the_sealed_pairs_are_in_no_file_of_any_database(core: Core) -> None:
    vera = finished_chat(core, training=True)
    with core.storage.read() as db:
        kept = db.exec_driver_sql("SELECT value FROM middleware_row WHERE conversation_id IS NOT NULL").scalar_one()
    data = core.settings.data_dir
    assert [name for name in holding(data, kept) if name.startswith("chatgate.db")]
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
    deliver(core)
    assert holding(data, kept) == []


def test_a_reader_in_the_way_delays_the_forgetting_in_the_files_and_it_is_tried_again(
    core: Core, clock: SettableClock
) -> None:
    vera = finished_chat(core, training=True)
    with core.storage.read() as db:
        kept = db.exec_driver_sql("SELECT value FROM middleware_row WHERE conversation_id IS NOT NULL").scalar_one()
        consents.change_consent(core, vera.conversation_id, ChangeRequest({"training": False}))
        deliver(core)
        assert outbox.pending(core) == 1
    clock.advance(seconds=10)
    deliver(core)
    assert outbox.pending(core) == 0
    assert holding(core.settings.data_dir, kept) == []


def test_a_visitor_is_answered_by_the_assistant_and_told_so(core: Core) -> None:
    finished_chat(core, training=True)
    other = welcome(core)
    other.writes(QUESTION)
    deliver(core)
    with core.storage.read() as db:
        stored = after(db, other.conversation_id, 0)
    assert [(line.author_kind, line.body) for line in stored] == [("visitor", QUESTION), ("bot", ANSWER)]


def test_what_was_learned_is_in_no_log(core: Core, caplog: pytest.LogCaptureFixture) -> None:
    finished_chat(core, training=True)
    offered(core)
    assert "zanzibar" not in caplog.text
