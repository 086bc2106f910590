"""Roles, switching off and removal of agents, and what becomes of their work; on both databases."""

from typing import Any

import pytest
from argon2 import Type, extract_parameters

from chatgate.errors import Refusal
from chatgate.services import messages
from chatgate.services.accounts import audit, second_factor, sign_ins
from chatgate.services.core import Core
from chatgate.services.desk import drafts, handover, inbox, notes
from chatgate.services.desk.notes import NewNote
from tests.cast import welcome
from tests.desks import hired
from tests.passwords import PRODUCT_HASHER


@pytest.fixture
def staff(any_core: Core) -> Any:
    """Return an admin, and Bea who is about to leave."""
    return any_core, hired(any_core, "Adam", "admin"), hired(any_core, "Bea")


def test_a_removed_agent_leaves_work_to_others_and_words_to_the_visitor(staff: Any) -> None:
    core, adam, bea = staff
    answered, closed = welcome(core), welcome(core)
    for one in (answered, closed):
        handover.assign(core, bea, one.conversation_id, "me")
    messages.post_agent_message(core, bea, answered.conversation_id, "bea-00001", "I am on it")
    notes.add_note(core, bea, NewNote(answered.conversation_id, "note-0001", "call the carrier"))
    drafts.set_draft(core, bea, answered.conversation_id, "reply", "Dear")
    inbox.mark_seen(core, bea, answered.conversation_id, 1)
    second_factor.start(core, bea)
    handover.close(core, bea, closed.conversation_id, "solved")

    removed = sign_ins.remove_agent(core, adam, bea.id, "left the shop")

    assert removed == {"agent": {"id": bea.id, "name": "Bea"}, "role": "agent", "active": False}
    opened = inbox.open_conversation(core, adam, answered.conversation_id)
    assert opened["conversation"]["assigned_agent"] is None
    assert [message["author_name"] for message in opened["messages"]] == ["Bea"]
    assert [note["author"]["name"] for note in opened["notes"]] == ["Bea"]
    assert inbox.open_conversation(core, adam, closed.conversation_id)["conversation"]["assigned_agent"] is None
    counts = core.storage.row_counts(("draft", "agent_read", "agent_factor", "agent_session"))
    assert set(counts.values()) == {0}
    event = next(one for one in audit.list_events(core, 10, None)["events"] if one["action"] == "agent_removed")
    assert (event["subject_id"], event["reason"]) == (bea.id, "left the shop")
    with pytest.raises(Refusal, match="not_found"):
        handover.assign(core, adam, answered.conversation_id, bea.id)


def test_the_last_admin_is_not_removed(staff: Any) -> None:
    core, adam, _bea = staff
    with pytest.raises(Refusal) as refused:
        sign_ins.remove_agent(core, None, adam.id, "by mistake")
    assert refused.value.detail["problem"] == "last_admin"
    assert len(inbox.list_colleagues(core)["agents"]) == 2


def test_who_is_switched_off_is_listed_only_when_everybody_is_asked_for(staff: Any) -> None:
    core, adam, bea = staff
    sign_ins.change_agent(core, adam, bea.id, None, False, "on leave")
    assert [one["name"] for one in inbox.list_colleagues(core)["agents"]] == ["Adam"]
    everybody = inbox.list_colleagues(core, everybody=True)["agents"]
    assert [(one["name"], one["active"]) for one in everybody] == [("Adam", True), ("Bea", False)]


def test_the_product_hashes_passwords_at_no_less_than_the_library_advises() -> None:
    parameters = extract_parameters(PRODUCT_HASHER().hash("correct horse battery"))
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 64 * 1024  # KiB, RFC 9106's second choice
    assert parameters.time_cost >= 3
