"""The one-box form: training carries the chat, its end ends it, and its records are marked and left out of releases."""

from pathlib import Path

import pytest

from chatgate.errors import OperatorError, Refusal
from chatgate.models.purposes import Purpose
from chatgate.policy.consent import ConsentState
from chatgate.policy.notice_file import read_notice_file
from chatgate.services import consents, conversations, sessions
from chatgate.services.consents import ChangeRequest
from chatgate.services.desk import handover
from chatgate.services.learning import releases
from chatgate.services.learning.releases import ReleaseRequest
from chatgate.services.rights import retention
from chatgate.worker import Worker
from tests.cast import (
    SINGLE_NOTICE,
    SINGLE_SETTINGS,
    decision,
    hire_adam,
    open_shop,
    request_of,
    shown,
    signed_in,
    welcome,
)

SUPPORT, TRAINING = Purpose.SUPPORT, Purpose.TRAINING


@pytest.fixture
def core(make_core, database):
    """Return the services of a shop with the shipped one-box notice."""
    made = make_core(shop=False, consent=SINGLE_SETTINGS, database_url=database)
    open_shop(made, notice=SINGLE_NOTICE)
    return made


def withdraw(vera):
    """Withdraw the one consent."""
    return consents.change_consent(vera.core, vera.conversation_id, ChangeRequest({"training": False}))


def work_off(core):
    """Do what the worker does."""
    worker = Worker(core)
    worker.drain()
    worker.sweep()
    worker.drain()


@pytest.mark.parametrize("locale", [0, 1])
def test_the_shipped_notice_says_that_the_chat_depends_on_the_box(locale):
    notice = read_notice_file(SINGLE_NOTICE, "demo")[locale]
    assert [(clause.purpose, clause.required) for clause in notice.clauses] == [(TRAINING, True)]


def test_support_is_covered_while_the_session_is_open_and_not_after(core):
    vera = welcome(core, training=True)
    assert consents.covers_now(core, vera.conversation_id).covers([SUPPORT])
    conversations.close_conversation(core, vera.conversation_id, "visitor")
    after = consents.covers_now(core, vera.conversation_id)
    assert (after.covers([SUPPORT]), after.covers([TRAINING]), after.covers([])) == (False, True, True)


def test_in_the_usual_form_closing_changes_nothing_about_what_is_covered(make_core, database):
    core = make_core(database_url=database)
    vera = welcome(core, training=True)
    conversations.close_conversation(core, vera.conversation_id, "visitor")
    assert consents.covers_now(core, vera.conversation_id).covers([SUPPORT, TRAINING])


def test_a_closed_chat_may_be_opened_again_while_the_consent_stands(core):
    hire_adam(core)
    vera = welcome(core, training=True)
    conversations.close_conversation(core, vera.conversation_id, "agent")
    handover.reopen(core, signed_in(core), vera.conversation_id)
    assert consents.covers_now(core, vera.conversation_id).covers([SUPPORT])
    assert vera.writes()["seq"] == 1


def test_withdrawing_ends_the_session_and_takes_the_copy_back(core):
    vera = welcome(core, training=True)
    vera.writes()
    conversations.close_conversation(core, vera.conversation_id, "visitor")
    work_off(core)
    assert len(core.sinks["database"].item_ids()) == 1
    answer = withdraw(vera)
    assert answer["consent"]["may_talk"] is False
    assert answer["receipt"]["content"]["choices"] == {"training": False}
    work_off(core)
    assert core.sinks["database"].item_ids() == []
    for late in (vera.writes, lambda: sessions.resume_session(core, vera.session, 0)):
        with pytest.raises(Refusal, match="consent_withdrawn"):
            late()


def test_a_release_leaves_conditional_chats_out_unless_a_reason_is_given(core, tmp_path: Path):
    vera = welcome(core, training=True)
    vera.writes("Learn from this")
    conversations.close_conversation(core, vera.conversation_id, "visitor")
    work_off(core)
    with pytest.raises(OperatorError, match="no transcript may be released"):
        releases.build_release(core, ReleaseRequest("chats", "Model team", 90), tmp_path / "without")
    reason = "DPIA-7 allows it for this model"
    included = releases.build_release(core, ReleaseRequest("more", "Model team", 90, reason), tmp_path / "with")
    assert included["items"] == 1
    assert reason in (tmp_path / "with" / "manifest.json").read_text(encoding="utf-8")


def test_the_days_of_the_one_clause_end_the_chat_itself(core, clock):
    vera = welcome(core, training=True)
    conversations.close_conversation(core, vera.conversation_id, "visitor")
    clock.advance(days=364)
    assert retention.due(core) == []
    clock.advance(days=2)
    assert [item["retention_days"] for item in retention.due(core)] == [365]


def test_no_answer_without_the_box_opens_anything(core, fingerprint):
    payload = decision(shown(core), training=False)
    before = fingerprint(core)
    with pytest.raises(Refusal) as refused:
        sessions.open_session(core, request_of(payload))
    assert refused.value.code == "consent_required"
    assert refused.value.detail["notice"]["notice"]["equivalent_channel"] == SINGLE_SETTINGS["equivalent_channel"]
    assert fingerprint(core) == before


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("preset", ["split", "single"])
def test_what_covers_support(preset, given, is_open):
    purpose = TRAINING if preset == "single" else SUPPORT
    state = ConsentState({purpose: given}, {}, preset, open=is_open)
    assert state.may_talk is given
    assert state.covers([SUPPORT]) is (given and (is_open or preset == "split"))
