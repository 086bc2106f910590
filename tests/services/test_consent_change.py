"""Withdrawal and later agreement: at once, per purpose, repeatable, and ordered against messages."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatgate.errors import Refusal
from chatgate.models.tables import METADATA
from chatgate.policy.consent import rendered_sha256
from chatgate.services import consents, conversations, notices, sessions, views
from chatgate.services.consents import ChangeRequest
from tests.cast import SITE, decision, next_version, request_of, shown, welcome


def agreeing(answer, **choices):
    """Return a change to yes by somebody who read the notice just now."""
    texts = [clause["text"] for clause in answer["notice"]["clauses"]]
    return ChangeRequest(choices, answer["display_token"], rendered_sha256(texts))


def change(vera, **choices):
    """Change choices; a yes comes with what was shown."""
    request = agreeing(shown(vera.core), **choices) if any(choices.values()) else ChangeRequest(choices)
    return consents.change_consent(vera.core, vera.conversation_id, request)


def test_withdrawing_training_keeps_the_chat_open(any_core):
    vera = welcome(any_core, training=True)
    answer = change(vera, training=False)
    assert answer["consent"]["choices"] == {"support": True, "training": False}
    assert vera.writes()["seq"] == 1


def test_withdrawing_support_ends_the_session_and_refuses_what_comes_later(any_core):
    vera = welcome(any_core, training=True)
    vera.writes()
    assert not change(vera, support=False)["consent"]["may_talk"]
    for late in (vera.writes, lambda: sessions.resume_session(any_core, vera.session, 0)):
        with pytest.raises(Refusal, match="consent_withdrawn"):
            late()
    with any_core.storage.read() as db:
        row = db.exec_driver_sql("SELECT state, closed_reason, last_seq FROM conversation").one()
    assert tuple(row) == ("closed", "consent_withdrawn", 1)


def test_a_withdrawn_session_is_not_revived_by_a_later_yes(core):
    vera = welcome(core)
    change(vera, support=False)
    with pytest.raises(Refusal, match="consent_withdrawn"):
        change(vera, support=True)


def test_withdrawing_twice_stores_one_event_and_gives_the_same_receipt(any_core, fingerprint):
    vera = welcome(any_core, training=True)
    first = change(vera, training=False)
    before = fingerprint(any_core)
    assert change(vera, training=False) == first
    assert fingerprint(any_core) == before


def test_one_display_proves_one_yes_and_a_script_cannot_give_it_again(any_core, fingerprint):
    vera = welcome(any_core)
    once = agreeing(shown(any_core), training=True)
    first = consents.change_consent(any_core, vera.conversation_id, once)
    assert consents.change_consent(any_core, vera.conversation_id, once) == first, "a lost answer is asked for again"
    change(vera, training=False)
    other = welcome(any_core)
    before = fingerprint(any_core)
    for conversation_id in (vera.conversation_id, other.conversation_id):
        with pytest.raises(Refusal, match="display_token_invalid"):
            consents.change_consent(any_core, conversation_id, once)
    assert fingerprint(any_core) == before


def test_the_display_that_opened_a_session_proves_no_later_yes(core, fingerprint):
    payload = decision(shown(core))
    opened = sessions.open_session(core, request_of(payload))
    late = ChangeRequest({"training": True}, payload["display_token"], payload["rendered_sha256"])
    before = fingerprint(core)
    with pytest.raises(Refusal, match="display_token_invalid"):
        consents.change_consent(core, opened["conversation"]["id"], late)
    assert fingerprint(core) == before


def test_a_display_that_proved_a_yes_opens_no_session(core, fingerprint):
    vera, answer = welcome(core), shown(core)
    consents.change_consent(core, vera.conversation_id, agreeing(answer, training=True))
    before = fingerprint(core)
    with pytest.raises(Refusal, match="display_token_invalid"):
        sessions.open_session(core, request_of(decision(answer)))
    assert fingerprint(core) == before


def test_a_yes_needs_what_was_shown(core, fingerprint):
    vera = welcome(core)
    answer = shown(core)
    right = agreeing(answer, training=True)
    cases = {
        "display_required": ChangeRequest({"training": True}),
        "display_token_invalid": ChangeRequest({"training": True}, "display.x.y", right.rendered_sha256),
        "clause_mismatch": ChangeRequest({"training": True}, right.display_token, "0" * 64),
        "purpose_choice_missing": ChangeRequest({"marketing": True}, right.display_token, right.rendered_sha256),
    }
    before = fingerprint(core)
    for code, request in cases.items():
        with pytest.raises(Refusal, match=code):
            consents.change_consent(core, vera.conversation_id, request)
    with pytest.raises(Refusal, match="purpose_choice_missing"):
        consents.change_consent(core, vera.conversation_id, ChangeRequest({}))
    with pytest.raises(Refusal, match="not_found"):
        consents.change_consent(core, "nobody", ChangeRequest({"training": False}))
    assert fingerprint(core) == before


def test_a_yes_to_a_superseded_text_is_stale(core):
    vera = welcome(core)
    old = agreeing(shown(core), training=True)
    notices.publish_notice(core, SITE, next_version("2.0.0"))
    with pytest.raises(Refusal, match="consent_stale"):
        consents.change_consent(core, vera.conversation_id, old)
    answer = change(vera, training=True)
    assert answer["consent"]["notice_version"] == "2.0.0"


def test_a_withdrawal_holds_when_the_clock_goes_back(core, clock):
    vera = welcome(core, training=True)
    clock.advance(hours=1)
    change(vera, training=False)
    clock.advance(hours=-2)
    state = consents.covers_now(core, vera.conversation_id)
    assert not state.may_train


def test_both_sides_are_told_of_a_withdrawal(core, monkeypatch):
    heard = []
    vera = welcome(core)
    for name in ("to_visitor", "to_agents", "end_session"):
        monkeypatch.setattr(
            type(core.broadcast), name, lambda _self, *given, name=name: heard.append((name, given)), raising=False
        )
    change(vera, support=False)
    assert ("end_session", (vera.conversation_id, "consent_withdrawn")) in heard
    assert {given[1] for name, given in heard if name == "to_agents"} >= {"consent_changed", "conversation_changed"}


MOVES = st.lists(
    st.tuples(st.sampled_from(["support", "training", "close"]), st.booleans(), st.integers(0, 90)), max_size=7
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES, training=st.booleans())
def test_the_stored_state_equals_the_fold_of_the_events(core, clock, moves, training):
    vera, seen = welcome(core, training), []
    for what, value, seconds in moves:
        clock.advance(seconds=seconds)
        try:
            if what == "close":
                conversations.close_conversation(core, vera.conversation_id, "agent")
            else:
                change(vera, **{what: value})
        except Refusal as refusal:
            seen.append(refusal.code)
        with core.storage.read() as db:
            row = db.exec_driver_sql(
                "SELECT may_talk, may_train, consent_record_id FROM conversation WHERE id = ?", (vera.conversation_id,)
            ).one()
            _record, state, view = views.read_consent(db, row.consent_record_id, clock.now())
        assert (bool(row.may_talk), bool(row.may_train)) == (state.may_talk, state.may_train)
        assert (view["may_talk"], view["may_train"]) == (state.may_talk, state.may_train)
    assert set(seen) <= {"consent_withdrawn"}


def test_a_message_and_a_withdrawal_in_the_same_moment_are_ordered(make_core, database):
    """Two processes on one database: 200 pairs; what is acknowledged is stored, and nothing after the withdrawal."""
    here = make_core(database_url=database)
    there = make_core(database_url=database)
    pairs = 200
    late: list[str] = []

    def withdraw(vera):
        consents.change_consent(there, vera.conversation_id, ChangeRequest({"support": False}))
        with there.storage.read() as db:
            query = "SELECT last_seq FROM conversation WHERE id = '" + vera.conversation_id + "'"
            return db.exec_driver_sql(query).scalar_one()

    def write(vera):
        try:
            return vera.writes()["seq"]
        except Refusal:
            return 0

    with ThreadPoolExecutor(12) as pool:
        visitors = list(pool.map(lambda _: welcome(here), range(pairs)))
        results = [(vera, pool.submit(write, vera), pool.submit(withdraw, vera)) for vera in visitors]
        for vera, written, withdrawn in results:
            if written.result() > withdrawn.result():
                late.append(vera.conversation_id)
    assert late == []
    with here.storage.read() as db:
        query = "SELECT c.id, count(m.n) FROM conversation c LEFT JOIN message m ON m.conversation_id = c.id GROUP BY 1"
        stored = dict(db.exec_driver_sql(query).all())
    acknowledged = {vera.conversation_id: written.result() for vera, written, _ in results}
    assert stored == acknowledged
    assert 0 < sum(acknowledged.values()) <= pairs


def test_nothing_but_an_acceptance_opens_a_conversation():
    column = METADATA.tables["conversation"].c.consent_record_id
    assert not column.nullable
    assert [key.target_fullname for key in column.foreign_keys] == ["consent_record.id"]
