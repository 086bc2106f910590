"""A restricted conversation is stored and nothing else (Art. 18): nobody works with it, no middleware is given it."""

from collections.abc import Callable
from typing import Any

import pytest

from chatgate import Manifest, MessageStored, Purpose, Refusal, Suggestion, SuggestionContext, hookimpl
from chatgate.ids import new_token
from chatgate.services import conversations, outbox, visitors
from chatgate.services.consents import ChangeRequest, change_consent
from chatgate.services.core import Core
from chatgate.services.desk import drafts, handover, inbox, notes, tags
from chatgate.services.learning import assistance
from chatgate.services.rights import subjects
from tests.cast import Vera, hire_adam, signed_in, welcome

CANARY = "canary-restricted-5d1e"


class Curious:
    """Wants every text."""

    manifest = Manifest(purposes=[Purpose.SUPPORT])

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def on_message_stored(self, event: MessageStored) -> None:
        """Take the text."""
        self.heard.append(event.body)

    @hookimpl
    def choose_suggestions(self, context: SuggestionContext) -> tuple[Suggestion, ...]:
        """Take the question."""
        self.heard.append(context.question)
        return ()


class Told:
    """Notes which events go to the inboxes."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def to_agents(self, _site_id: str, event: str, _payload: Any) -> None:
        self.events.append(event)

    def to_visitor(self, *_told: Any) -> None:
        pass

    def to_both(self, site_id: str, _conversation_id: str, event: str, payload: Any) -> None:
        self.to_agents(site_id, event, payload)

    def end_session(self, *_told: Any) -> None:
        pass


@pytest.fixture
def vera(any_core: Core) -> Vera:
    """Return Vera, whose chat is restricted."""
    hire_adam(any_core)
    vera = welcome(any_core, training=True)
    vera.writes(CANARY)
    subjects.ask(any_core, vera.conversation_id, "restriction")
    return vera


USES: dict[str, Callable[[Core, Vera], Any]] = {
    "profile": lambda core, vera: conversations.set_profile(core, vera.conversation_id, {"name": "Vera"}),
    "rating": lambda core, vera: visitors.rate_conversation(core, vera.conversation_id, 5, None),
    "typing": lambda core, vera: conversations.tell_typing(core, vera.conversation_id, True),
    "note": lambda core, vera: notes.add_note(
        core, signed_in(core), notes.NewNote(vera.conversation_id, new_token("n"), "look")
    ),
    "tag": lambda core, vera: tags.add_tag(core, signed_in(core), vera.conversation_id, "vip"),
    "draft": lambda core, vera: drafts.set_draft(core, signed_in(core), vera.conversation_id, "reply", "Dear"),
    "assign": lambda core, vera: handover.assign(core, signed_in(core), vera.conversation_id, signed_in(core).id),
    "read": lambda core, vera: inbox.mark_seen(core, signed_in(core), vera.conversation_id, 1),
}


@pytest.mark.parametrize("use", USES)
def test_nobody_works_with_it(any_core: Core, vera: Vera, use: str) -> None:
    tables = ["note", "draft", "rating", "visitor_profile", "conversation_tag", "agent_read"]
    before = any_core.storage.row_counts(tables)
    with pytest.raises(Refusal) as refused:
        USES[use](any_core, vera)
    assert refused.value.code == "restricted"
    assert any_core.storage.row_counts(tables) == before


def test_a_text_that_waits_for_delivery_is_given_to_no_middleware_any_more(make_core: Any) -> None:
    curious = Curious()
    core = make_core(middleware={"curious": curious})
    seen, kept = welcome(core), welcome(core)
    seen.writes("is delivered")
    kept.writes(CANARY)
    subjects.ask(core, kept.conversation_id, "restriction")
    outbox.deliver_due(core)
    assert curious.heard == ["is delivered"]


def test_no_answer_is_suggested_from_it(make_core: Any) -> None:
    curious = Curious()
    core = make_core(middleware={"curious": curious})
    hire_adam(core)
    vera = welcome(core)
    vera.writes(CANARY)
    subjects.ask(core, vera.conversation_id, "restriction")
    assert assistance.suggestions(core, vera.conversation_id)["suggestions"] == []
    assert curious.heard == []


def test_open_inboxes_forget_it_and_hear_no_more_of_it(any_core: Core) -> None:
    told = Told()
    vera = welcome(any_core, training=True)
    any_core.broadcast = told
    subjects.ask(any_core, vera.conversation_id, "restriction")
    assert told.events == ["conversation_erased"]
    change_consent(any_core, vera.conversation_id, ChangeRequest({"training": False}))
    conversations.tell_presence(any_core, vera.conversation_id)
    assert told.events == ["conversation_erased"]


def test_a_withdrawal_still_works(any_core: Core, vera: Vera) -> None:
    done = change_consent(any_core, vera.conversation_id, ChangeRequest({"support": False, "training": False}))
    assert not done["consent"]["may_talk"]
