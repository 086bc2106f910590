"""Lists and search of the inbox, on both databases."""

import time
from datetime import timedelta
from typing import Any

import pytest

from chatgate.errors import Refusal
from chatgate.services.conversations import set_profile
from chatgate.services.core import Core
from chatgate.services.desk import handover, inbox, notes, search, tags
from chatgate.services.desk.notes import NewNote
from chatgate.storage.queries.inbox import Filters
from tests.cast import Vera, welcome
from tests.clocks import SettableClock
from tests.desks import hired


@pytest.fixture
def adam(any_core: Core) -> Any:
    """Return Adam, signed in."""
    return hired(any_core)


def found(core: Core, adam: Any, query: str, **filters: Any) -> list[str]:
    """Return the snippets that a search finds."""
    answer = search.search(core, adam, query, inbox.filters_of(adam, **filters), 30)
    return [hit["snippet"] for hit in answer["hits"]]


def ids(answer: dict[str, Any]) -> list[str]:
    """Return the ids of a list."""
    return [row["id"] for row in answer["conversations"]]


def several(core: Core, clock: SettableClock, number: int) -> list[Vera]:
    """Let visitors come, a minute apart."""
    made = []
    for _ in range(number):
        clock.advance(seconds=60)
        made.append(welcome(core))
        made[-1].writes()
    return made


def test_pages_join_without_a_gap_or_a_double(any_core: Core, adam: Any, clock: SettableClock) -> None:
    made = several(any_core, clock, 7)
    seen: list[str] = []
    before = None
    while True:
        answer = inbox.list_conversations(any_core, adam, view="open", limit=3, before=before)
        seen += ids(answer)
        before = answer["next"]
        if before is None:
            break
    assert seen == [vera.conversation_id for vera in reversed(made)]


def test_who_waits_longest_comes_first_and_who_was_answered_stands_below(
    any_core: Core, adam: Any, clock: SettableClock
) -> None:
    from chatgate.services import messages

    first, second, third, fourth = several(any_core, clock, 4)
    for number, answered in enumerate((second, fourth)):
        messages.post_agent_message(any_core, adam, answered.conversation_id, f"adam-000{number}", "Yes.")
        clock.advance(seconds=1)
    expected = [one.conversation_id for one in (first, third, fourth, second)]
    whole = inbox.list_conversations(any_core, adam, view="open", limit=10, waiting=True)
    assert ids(whole) == expected
    assert whole["next"] is None
    for limit in (1, 2, 3):
        read: list[str] = []
        place = None
        while place is not None or not read:
            page = inbox.list_conversations(any_core, adam, view="open", limit=limit, waiting=True, before=place)
            read, place = read + ids(page), page["next"]
        assert read == expected


def test_an_answer_takes_a_conversation_that_nobody_has_and_no_other(any_core: Core, adam: Any) -> None:
    from chatgate.services import messages

    bea = hired(any_core, "Bea")
    free, taken = welcome(any_core), welcome(any_core)
    handover.assign(any_core, bea, taken.conversation_id, "me")
    for one in (free, taken):
        messages.post_agent_message(any_core, adam, one.conversation_id, "adam-0001", "Good morning")

    def owner(vera: Vera) -> Any:
        return inbox.open_conversation(any_core, adam, vera.conversation_id)["conversation"]["assigned_agent"]

    # The taking follows the answer's commit in one of its own.
    limit = time.monotonic() + 30
    while owner(free) is None and time.monotonic() < limit:
        time.sleep(0.02)
    assert (owner(free)["name"], owner(taken)["name"]) == ("Adam", "Bea")


def test_filters_all_hold(any_core: Core, adam: Any, clock: SettableClock) -> None:
    plain, trained = welcome(any_core), welcome(any_core, training=True)
    handover.assign(any_core, adam, plain.conversation_id, "me")
    tags.add_tag(any_core, adam, trained.conversation_id, "Gift")

    def listed(**asked: Any) -> list[str]:
        filters = inbox.filters_of(adam, **asked)
        return ids(inbox.list_conversations(any_core, adam, view="open", limit=10, filters=filters))

    assert listed(tag="gift") == [trained.conversation_id]
    assert listed(assigned="me") == [plain.conversation_id]
    assert listed(assigned="none") == [trained.conversation_id]
    assert listed(consent="training") == [trained.conversation_id]
    assert listed(consent="no_training") == [plain.conversation_id]
    assert listed(consent="withdrawn") == []
    assert len(listed(locale="en")) == 2
    assert listed(active_from=(clock.now() + timedelta(hours=1)).isoformat()) == []
    assert listed(tag="gift", assigned="me") == []


@pytest.mark.parametrize("before", ["", "x", "2026-01-01T00:00:00|a", "|"])
def test_a_malformed_cursor_is_refused(any_core: Core, adam: Any, before: str) -> None:
    with pytest.raises(Refusal) as caught:
        inbox.list_conversations(any_core, adam, view="open", limit=10, before=before)
    assert caught.value.code == "payload_invalid"


def test_words_are_found_by_their_beginning_without_case_and_accents(any_core: Core, adam: Any) -> None:
    vera = welcome(any_core)
    vera.writes("Czy żółta Filiżanka przetrwa zmywarkę?")
    for query in ("zolt", "ŻÓŁTA", "filiz zmywar", "  filiżanka ", "Zmywarke"):
        assert len(found(any_core, adam, query)) == 1, query
    assert found(any_core, adam, "kubek") == []
    assert found(any_core, adam, "zolta kubek") == []


@pytest.mark.parametrize(
    "query", ['"', "OR", "a AND", "NEAR(a b)", "body:x", "*", "'; --", "\\", "(", "-cup", "cup*", "c & | !", ":*"]
)
def test_operators_and_quotes_are_no_commands(any_core: Core, adam: Any, query: str) -> None:
    welcome(any_core).writes("A cup.")
    found(any_core, adam, query)


def test_marks_count_as_javascript_does(any_core: Core, adam: Any) -> None:
    welcome(any_core).writes("😀 the kettle")
    hit = search.search(any_core, adam, "kettle", Filters(), 5)["hits"][0]
    [start, end] = hit["marks"][0]
    assert hit["snippet"].encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le") == "kettle"


def test_notes_names_and_tags_are_found_too(any_core: Core, adam: Any) -> None:
    vera = welcome(any_core)
    set_profile(any_core, vera.conversation_id, {"name": "Wiesława Łuk"})
    notes.add_note(any_core, adam, NewNote(vera.conversation_id, "note-0001", "wholesale buyer"))
    tags.add_tag(any_core, adam, vera.conversation_id, "Returns")
    kinds = [
        search.search(any_core, adam, query, Filters(), 5)["hits"][0]["found_in"]
        for query in ("wieslawa luk", "wholesale", "return")
    ]
    assert kinds == ["name", "note", "tag"]


def test_search_pages_go_on_where_the_one_before_ended(any_core: Core, adam: Any, clock: SettableClock) -> None:
    made = several(any_core, clock, 5)
    first = search.search(any_core, adam, "dishwasher", Filters(), 2)
    second = search.search(any_core, adam, "dishwasher", Filters(), 10, first["next"])
    ids_found = [hit["conversation"]["id"] for hit in [*first["hits"], *second["hits"]]]
    assert ids_found == [vera.conversation_id for vera in reversed(made)]


def test_what_is_deleted_is_found_no_more_and_its_words_leave_the_file(make_core: Any, settings: Any) -> None:
    core = make_core()
    adam = hired(core)
    vera = welcome(core)
    vera.writes("xylophonecanary")

    def job(db: Any) -> None:
        db.exec_driver_sql("DELETE FROM message")

    core.storage.write_now(job)
    assert found(core, adam, "xylophonecanary") == []
    assert core.storage.scrub()
    for path in core.settings.data_dir.glob("chatgate.db*"):
        assert b"xylophonecanary" not in path.read_bytes()


def test_a_restricted_conversation_is_in_no_list_and_no_search(any_core: Core, adam: Any) -> None:
    vera = welcome(any_core)
    vera.writes()

    def job(db: Any) -> None:
        db.exec_driver_sql("UPDATE conversation SET restricted = true")

    any_core.storage.write_now(job)
    assert ids(inbox.list_conversations(any_core, adam, view="open", limit=10)) == []
    assert found(any_core, adam, "dishwasher") == []
    with pytest.raises(Refusal) as caught:
        inbox.open_conversation(any_core, adam, vera.conversation_id)
    assert caught.value.code == "restricted"
