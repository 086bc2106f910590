"""What agents add to a conversation: notes, tags, canned replies, drafts, read marks, blocks; on both databases."""

from typing import Any

import pytest

from chatgate.errors import Refusal
from chatgate.services import messages
from chatgate.services.core import Core
from chatgate.services.desk import blocking, canned, drafts, handover, inbox, notes, tags
from chatgate.services.desk.notes import NewNote
from chatgate.services.rights import erasure
from tests.cast import Vera, welcome
from tests.desks import hired


@pytest.fixture
def desk(any_core: Core) -> Any:
    """Return Adam, Bea and Vera."""
    return any_core, hired(any_core), hired(any_core, "Bea"), welcome(any_core)


def refused(code: str, call: Any, *arguments: Any) -> Refusal:
    """Call, expect a refusal with this code, and return it."""
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    assert caught.value.code == code
    return caught.value


def opened(core: Core, agent: Any, vera: Vera) -> dict[str, Any]:
    """Open Vera's conversation."""
    return inbox.open_conversation(core, agent, vera.conversation_id)


def test_a_note_is_stored_once_and_agents_see_where_it_was_written(desk: Any) -> None:
    core, adam, bea, vera = desk
    vera.writes()
    new = NewNote(vera.conversation_id, "note-0001", "Asked twice already.")
    first = notes.add_note(core, adam, new)
    assert notes.add_note(core, adam, new) == first
    shown = opened(core, bea, vera)
    assert [note["body"] for note in shown["notes"]] == ["Asked twice already."]
    assert shown["notes"][0]["after_seq"] == 1
    assert shown["conversation"]["note_count"] == 1


def test_a_note_never_reaches_the_visitor(desk: Any) -> None:
    core, adam, _bea, vera = desk
    told: list[str] = []
    core.broadcast.to_visitor = lambda _conversation, event, payload: told.append(f"{event} {payload}")
    notes.add_note(core, adam, NewNote(vera.conversation_id, "note-0001", "canary-note"))
    assert not any("canary-note" in line for line in told)


def test_a_tag_is_the_same_in_any_spelling_and_goes_with_its_last_use(desk: Any) -> None:
    core, adam, _bea, vera = desk
    tags.add_tag(core, adam, vera.conversation_id, "Zwróć  uwagę")
    answer = tags.add_tag(core, adam, vera.conversation_id, "zwroc uwage")
    assert [tag["name"] for tag in answer["conversation"]["tags"]] == ["Zwróć uwagę"]
    assert [tag["count"] for tag in tags.list_tags(core, adam)["tags"]] == [1]
    tags.remove_tag(core, adam, vera.conversation_id, "ZWRÓĆ UWAGĘ")
    assert tags.list_tags(core, adam)["tags"] == []


@pytest.mark.parametrize("name", ["", "  ", "#", "--", "a\x00b"])
def test_a_tag_needs_a_letter(desk: Any, name: str) -> None:
    core, adam, _bea, vera = desk
    refused("payload_invalid", tags.add_tag, core, adam, vera.conversation_id, name)
    assert tags.list_tags(core, adam)["tags"] == []


def test_a_canned_reply_with_an_unknown_variable_is_refused_by_its_name(desk: Any) -> None:
    core, adam, _bea, _vera = desk
    refusal = refused(
        "payload_invalid", canned.save_canned, core, adam, None, "en", "hi", "", "Hello {{ visitor_nmae }}"
    )
    assert refusal.detail["problem"] == "unknown_variable"
    assert refusal.detail["variable"] == "visitor_nmae"
    assert canned.list_canned(core, None)["replies"] == []


def test_a_canned_reply_is_filled_in_and_values_are_no_variables(desk: Any) -> None:
    core, adam, _bea, vera = desk
    from chatgate.services import conversations

    conversations.set_profile(core, vera.conversation_id, {"name": "{{agent_name}}"})
    body = "Hi {{visitor_name}}, {{ agent_name }} of {{shop_name}} here."
    reply = canned.save_canned(core, adam, None, "en", "Hi", "", body)["reply"]
    assert reply["shortcut"] == "hi"
    rendered = canned.render_canned(core, adam, reply["id"], vera.conversation_id)
    assert rendered == {"body": "Hi {{agent_name}}, Adam of Kiln & Cup here.", "unfilled": []}


def test_a_name_that_is_not_known_is_replaced_by_what_follows_the_bar(desk: Any) -> None:
    core, adam, _bea, vera = desk
    body = "Hi {{visitor_name|there}}, {{visitor_name}}?"
    reply = canned.save_canned(core, adam, None, "en", "hi", "", body)["reply"]
    rendered = canned.render_canned(core, adam, reply["id"], vera.conversation_id)
    assert rendered == {"body": "Hi there, {{visitor_name}}?", "unfilled": ["visitor_name"]}


@pytest.mark.parametrize("body", ["Hi {{visitor_name|}}, ok", "Hi{{visitor_name|}}, ok"])
def test_a_name_that_is_replaced_by_nothing_leaves_no_gap(body: str) -> None:
    assert canned.fill(body, {}) == {"body": "Hi, ok", "unfilled": []}
    assert canned.fill(body, {"visitor_name": "Vera"})["body"] in ("Hi Vera, ok", "HiVera, ok")


def test_an_unknown_variable_that_is_stored_already_is_named_when_it_is_used() -> None:
    filled = canned.fill("{{order|none}} of {{ shop_name }}", {"shop_name": "Kiln & Cup"})
    assert filled == {"body": "{{order|none}} of Kiln & Cup", "unfilled": ["order"]}


def test_a_shortcut_is_unique_for_its_locale(desk: Any) -> None:
    core, adam, _bea, _vera = desk
    canned.save_canned(core, adam, None, "en", "hi", "", "Hi")
    canned.save_canned(core, adam, None, "pl", "hi", "", "Dzień dobry")
    refused("payload_invalid", canned.save_canned, core, adam, None, "en", "HI", "", "Hi again")
    assert len(canned.list_canned(core, None)["replies"]) == 2
    assert len(canned.list_canned(core, "pl")["replies"]) == 1


def test_a_draft_belongs_to_its_author_and_an_empty_one_is_forgotten(desk: Any) -> None:
    core, adam, bea, vera = desk
    drafts.set_draft(core, adam, vera.conversation_id, "reply", "Dear Ve")
    drafts.set_draft(core, adam, vera.conversation_id, "note", "ask Ewa")
    assert {draft["body"] for draft in opened(core, adam, vera)["drafts"]} == {"Dear Ve", "ask Ewa"}
    assert opened(core, bea, vera)["drafts"] == []
    drafts.set_draft(core, adam, vera.conversation_id, "reply", "  ")
    assert [draft["kind"] for draft in opened(core, adam, vera)["drafts"]] == ["note"]


def test_each_agent_has_read_marks_of_their_own(desk: Any) -> None:
    core, adam, bea, vera = desk
    vera.writes()
    vera.writes("Hello?")
    inbox.mark_seen(core, adam, vera.conversation_id, 2)
    inbox.mark_seen(core, adam, vera.conversation_id, 1)
    inbox.mark_seen(core, bea, vera.conversation_id, 1)
    assert opened(core, adam, vera)["conversation"]["my_seen_seq"] == 2
    assert opened(core, bea, vera)["conversation"]["my_seen_seq"] == 1
    counts = inbox.list_conversations(core, bea, view="open", limit=10)["counts"]
    assert (counts["unread"], counts["my_unread"]) == (0, 1)


def test_a_transfer_stores_note_and_assignment_together_or_nothing(desk: Any) -> None:
    core, adam, bea, vera = desk
    note = NewNote(vera.conversation_id, "note-0001", "Speaks Polish.")
    gone = refused("not_found", handover.transfer, core, adam, vera.conversation_id, "nobody", note)
    assert gone.detail == {"field": "agent_id"}, "the inbox says that the colleague is gone, not the chat"
    assert opened(core, adam, vera)["notes"] == []
    answer = handover.transfer(core, adam, vera.conversation_id, bea.id, note)
    assert answer["conversation"]["assigned_agent"]["name"] == "Bea"
    assert len(opened(core, bea, vera)["notes"]) == 1


def test_closing_keeps_the_reason_for_agents_and_reopening_forgets_it(desk: Any) -> None:
    core, adam, _bea, vera = desk
    vera.writes()
    closed = handover.close(core, adam, vera.conversation_id, "solved")["conversation"]
    assert (closed["state"], closed["closed_reason"], closed["resolution"]) == ("closed", "agent", "solved")
    again = handover.reopen(core, adam, vera.conversation_id)["conversation"]
    assert (again["state"], again["closed_reason"], again["resolution"]) == ("open", None, None)
    assert again["waiting_since"] is not None


def test_a_blocked_visitor_is_refused_and_the_conversation_stays_closed(desk: Any) -> None:
    core, adam, _bea, vera = desk
    refused("payload_invalid", blocking.block_visitor, core, adam, vera.conversation_id, " ")
    shown = blocking.block_visitor(core, adam, vera.conversation_id, "insults")["conversation"]
    assert (shown["state"], shown["blocked"]) == ("closed", True)
    refused("closed", vera.writes)
    refused("closed", handover.reopen, core, adam, vera.conversation_id)
    blocking.unblock_visitor(core, adam, vera.conversation_id)
    handover.reopen(core, adam, vera.conversation_id)
    vera.writes()


def test_two_agents_who_answer_at_once_are_both_stored_in_order(desk: Any) -> None:
    core, adam, bea, vera = desk
    first = messages.queue_agent_message(core, adam, vera.conversation_id, "adam-0001", "Hello")
    second = messages.queue_agent_message(core, bea, vera.conversation_id, "bea-00001", "Hi")
    assert [first.result()["seq"], second.result()["seq"]] == [1, 2]


def test_erasing_a_conversation_takes_notes_drafts_marks_and_its_last_tag_along(desk: Any) -> None:
    core, adam, _bea, vera = desk
    vera.writes()
    where = vera.conversation_id
    notes.add_note(core, adam, NewNote(where, "note-0001", "a note"))
    tags.add_tag(core, adam, where, "Mrs Kowalska")
    drafts.set_draft(core, adam, where, "reply", "Dear")
    inbox.mark_seen(core, adam, where, 1)
    blocking.block_visitor(core, adam, where, "insults")
    handover.close(core, adam, where, "spam")
    erasure.erase_conversation(core, where, "request-1")
    counts = core.storage.row_counts(
        ("note", "tag", "conversation_tag", "draft", "agent_read", "blocked_visitor", "closing", "message")
    )
    assert set(counts.values()) == {0}
