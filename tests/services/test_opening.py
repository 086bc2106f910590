"""Opening a session: what an acceptance binds to, what is stored with it, and what a refusal leaves: nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from chatgate.errors import Refusal
from chatgate.models.tables import METADATA
from chatgate.policy import tokens
from chatgate.policy.consent import rendered_sha256
from chatgate.services import consents, conversations, notices, sessions, sites
from chatgate.services.consents import ChangeRequest
from chatgate.storage.queries import consents as stored
from tests.cast import (
    SINGLE_NOTICE,
    SINGLE_SETTINGS,
    SITE,
    decision,
    next_version,
    open_shop,
    request_of,
    shown,
    welcome,
)

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def refused(core, payload):
    """Return the refusal of a handshake."""
    with pytest.raises(Refusal) as refusal:
        sessions.open_session(core, request_of(payload))
    return refusal.value


def rows(core):
    """Return the row counts of every table that is not empty."""
    counts = core.storage.row_counts(sorted(METADATA.tables))
    return {name: count for name, count in counts.items() if count}


def record_of(core, vera):
    """Return the stored record and its events."""
    with core.storage.read() as db:
        record = stored.record(db, vera.opened["consent"]["record_id"])
        return record, stored.events(db, record.id)


def test_an_acceptance_opens_a_conversation_and_stores_its_consent_with_it(any_core):
    before = rows(any_core)
    vera = welcome(any_core)
    added = {name: count - before.get(name, 0) for name, count in rows(any_core).items()}
    assert {name: count for name, count in added.items() if count} == {
        "visitor": 1,
        "consent_record": 1,
        "consent_event": 1,
        "ledger_leaf": 1,
        "conversation": 1,
        "spent_display_token": 1,
    }
    assert vera.opened["consent"]["choices"] == {"support": True, "training": False}
    assert vera.opened["conversation"]["state"] == "open"


def test_the_record_says_who_was_asked_what_and_how(any_core, clock):
    answer = shown(any_core, "pl")
    clock.advance(seconds=42)
    payload = decision(answer, training=True, page_path="/cups/?q=wife&ref=mail#top", widget_build="b1")
    opened = sessions.open_session(any_core, request_of(payload))
    with any_core.storage.read() as db:
        record = stored.record(db, opened["consent"]["record_id"])
    notice = answer["notice"]
    assert UUID7.fullmatch(record.id)
    assert UUID7.fullmatch(record.subject_id)
    assert record.subject_id != record.id
    assert (record.notice_id, record.notice_version, record.notice_sha256) == ("default", "1.0.0", notice["sha256"])
    assert record.locale == "pl"
    assert [(c["purpose"], c["legal_basis"], c["required"], c["choice"]) for c in record.clauses] == [
        ("support", "consent", True, True),
        ("training", "consent", False, True),
    ]
    assert record.controller["name"] == "Kiln & Cup"
    assert record.retention == {"support": 365, "training": 730}
    assert record.conditionality == "unconditional"
    assert record.jurisdiction == "PL"
    assert (record.method, record.widget_build, record.shown_for_ms) == ("checkbox", "b1", 42_000)
    assert record.rendered_sha256 == rendered_sha256([clause["text"] for clause in notice["clauses"]])
    assert record.served_at == clock.now() - timedelta(seconds=42)
    assert record.given_at == clock.now()
    assert record.page_path == "/cups/"
    for name in ("recipients_version", "policy_version", "policy_sha256", "storage_location", "withdrawal_method"):
        assert getattr(record, name)


def test_no_column_holds_an_address_a_user_agent_or_a_query(app):
    core = app.config["CHATGATE"]
    payload = decision(shown(core), page_path="/cups/?q=secret-wish")
    answer = app.test_client().post(
        f"/v1/sites/{SITE}/sessions",
        json=payload,
        headers={"User-Agent": "VeraBrowser/99 (Private)", "X-Forwarded-For": "203.0.113.77"},
        environ_base={"REMOTE_ADDR": "198.51.100.23"},
    )
    assert answer.status_code == 201
    for needle in ("VeraBrowser", "203.0.113.77", "198.51.100.23", "secret-wish"):
        with core.storage.read() as db:
            for name in METADATA.tables:
                assert needle not in str(db.exec_driver_sql(f'SELECT * FROM "{name}"').all()), name


def test_a_refused_optional_purpose_is_stored_as_refused(any_core):
    _record, events = record_of(any_core, welcome(any_core))
    assert [dict(event.choices) for event in events] == [{"support": True, "training": False}]


def test_the_fallback_language_is_recorded_as_the_language_that_was_shown(core):
    vera = welcome(core, locale="de")
    assert vera.opened["consent"]["locale"] == "en"
    assert shown(core, "de")["notice"]["locale"] == "en"
    assert shown(core, "pl-PL")["notice"]["locale"] == "pl"


def test_an_acceptance_of_an_older_version_is_stale_and_carries_the_new_one(core, fingerprint):
    payload = decision(shown(core))
    notices.publish_notice(core, SITE, next_version("2.0.0"))
    before = fingerprint(core)
    refusal = refused(core, payload)
    assert refusal.code == "consent_stale"
    assert refusal.detail["notice"]["notice"]["version"] == "2.0.0"
    assert fingerprint(core) == before
    recovered = decision(refusal.detail["notice"])
    assert sessions.open_session(core, request_of(recovered))["consent"]["notice_version"] == "2.0.0"


def test_the_text_that_was_agreed_to_resolves_after_ten_later_versions(core):
    vera = welcome(core)
    sha256 = vera.opened["consent"]["notice_sha256"]
    first = notices.published_notice(core, sha256)
    for number in range(2, 12):
        notices.publish_notice(core, SITE, next_version(f"{number}.0.0"))
    assert notices.published_notice(core, sha256) == first
    assert consents.current_consent(core, vera.conversation_id)["consent"]["notice_version"] == "1.0.0"


def test_a_display_token_opens_once(any_core, fingerprint):
    payload = decision(shown(any_core))
    sessions.open_session(any_core, request_of(payload))
    before = fingerprint(any_core)
    assert refused(any_core, {**payload, "client_id": "another-client"}).code == "display_token_invalid"
    assert fingerprint(any_core) == before


def test_a_lost_answer_is_given_again_to_the_same_client(any_core, fingerprint):
    payload = decision(shown(any_core))
    first = sessions.open_session(any_core, request_of(payload))
    before = fingerprint(any_core)
    again = sessions.open_session(any_core, request_of(payload))
    assert fingerprint(any_core) == before
    assert again["conversation"]["id"] == first["conversation"]["id"]
    assert sessions.read_session(any_core, again["session_token"]).visitor_id
    assert again["receipt"]["token"] == first["receipt"]["token"]


def test_a_lost_answer_is_not_given_again_after_a_withdrawal(core):
    payload = decision(shown(core))
    opened = sessions.open_session(core, request_of(payload))
    consents.change_consent(core, opened["conversation"]["id"], ChangeRequest({"support": False}))
    assert refused(core, payload).code == "consent_withdrawn"


def test_a_refused_try_does_not_use_the_token_up(core):
    payload = decision(shown(core))
    assert refused(core, {**payload, "rendered_sha256": "0" * 64}).code == "clause_mismatch"
    assert sessions.open_session(core, request_of(payload))["conversation"]["state"] == "open"


def test_a_display_token_lives_for_half_an_hour(core, clock):
    payload = decision(shown(core))
    clock.advance(seconds=30 * 60 - 1)
    sessions.open_session(core, request_of(decision(shown(core))))
    clock.advance(seconds=1)
    assert refused(core, payload).code == "display_token_invalid"


def test_a_display_token_of_another_site_is_refused(core):
    open_shop(core, site="other")
    payload = decision(shown(core, site="other"), site=SITE)
    assert refused(core, payload).code == "display_token_invalid"


def test_a_session_token_is_no_display_token_and_the_other_way_round(core):
    vera = welcome(core)
    payload = decision(shown(core), display_token=vera.opened["session_token"])
    assert refused(core, payload).code == "display_token_invalid"
    with pytest.raises(Refusal, match="session_invalid"):
        sessions.read_session(core, shown(core)["display_token"])


def test_a_token_with_any_character_changed_is_refused(core, clock):
    token = shown(core)["display_token"]
    for at, character in enumerate(token):
        changed = token[:at] + ("A" if character != "A" else "B") + token[at + 1 :]
        with pytest.raises(Refusal, match="display_token_invalid"):
            tokens.read(core.session_key, "display", changed, clock.now(), code="display_token_invalid")


def test_every_rendered_text_but_the_served_one_is_a_mismatch(core):
    answer = shown(core)
    texts = [clause["text"] for clause in answer["notice"]["clauses"]]
    for altered in ([*reversed(texts)], [texts[0]], [text.upper() for text in texts], [texts[0] + " ", texts[1]], []):
        payload = decision(answer, rendered_sha256=rendered_sha256(altered))
        assert refused(core, payload).code == "clause_mismatch"


def test_a_decomposed_rendering_of_the_same_text_is_no_mismatch():
    assert rendered_sha256(["zgodę"]) == rendered_sha256(["zgode\u0328"])


def test_no_chat_opens_where_no_notice_is_published(make_core, fingerprint):
    core = make_core(shop=False)
    sites.add_site(core, SITE, "Bare shop", [])
    before = fingerprint(core)
    with pytest.raises(Refusal, match="no_active_notice"):
        shown(core)
    payload = {"site": SITE, "client_id": "client-1234", "display_token": "x", "rendered_sha256": None}
    payload |= {"choices": {"support": True}, "locale": "en", "page_path": None}
    assert refused(core, payload).code == "no_active_notice"
    assert fingerprint(core) == before


def test_no_chat_opens_for_a_site_that_is_switched_off_or_unknown(core):
    payload = decision(shown(core))
    sites.set_site(core, SITE, {"active": False})
    for site in (SITE, "nowhere", "../demo", "demo\x00", ""):
        assert refused(core, {**payload, "site": site}).code == "site_unknown"


def test_the_optional_clause_makes_no_difference_to_the_service(make_core, tmp_path):
    heard = {}
    for training in (False, True):
        core = make_core(data_dir=tmp_path / str(training))

        class Ears:
            events: list[tuple[str, str]] = []

            def to_visitor(self, _id, name, _payload):
                self.events.append(("visitor", name))

            def to_agents(self, _id, name, _payload):
                self.events.append(("agents", name))

            def to_both(self, _site, _id, name, _payload):
                self.events.append(("both", name))

            def end_session(self, _id, reason):
                self.events.append(("visitor", f"session_closed {reason}"))

            def __getattr__(self, name):
                return lambda *_args, **_named: None

        core.broadcast = ears = Ears()
        ears.events = []
        vera = welcome(core, training)
        vera.writes()
        vera.writes("And the saucer?")
        conversations.close_conversation(core, vera.conversation_id, "visitor")
        heard[training] = ears.events
    assert heard[False] == heard[True]
    assert len(heard[True]) > 4


def test_one_box_opens_with_training_and_is_marked_conditional(make_core):
    core = make_core(shop=False, consent=SINGLE_SETTINGS)
    open_shop(core, notice=SINGLE_NOTICE)
    answer = shown(core)
    assert answer["notice"]["equivalent_channel"] == "hello@kilnandcup.example"
    assert refused(core, decision(answer, training=False)).code == "consent_required"
    opened = sessions.open_session(core, request_of(decision(answer, training=True)))
    assert opened["consent"]["may_talk"]
    with core.storage.read() as db:
        assert stored.record(db, opened["consent"]["record_id"]).conditionality == "conditional"
    answer = consents.change_consent(core, opened["conversation"]["id"], ChangeRequest({"training": False}))
    assert not answer["consent"]["may_talk"]
    with core.storage.read() as db:
        assert db.exec_driver_sql("SELECT state, closed_reason FROM conversation").all() == [
            ("closed", "consent_withdrawn")
        ]


class PowerCutError(BaseException):
    """Ends the process, as far as the writer can tell."""


def statements_of(core, job, cut_after=None):
    """Run a job and count the statements of the writer; after ``cut_after`` of them, cut the power."""
    seen = []
    engine = core.storage._write_engine

    def count(_connection, _cursor, statement, *_rest):
        if statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            return
        seen.append(statement)
        if cut_after is not None and len(seen) > cut_after:
            raise PowerCutError

    event.listen(engine, "before_cursor_execute", count)
    try:
        job()
    except PowerCutError:
        pass
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return seen


def test_a_crash_between_any_two_statements_of_the_opening_leaves_nothing(any_core):
    count = len(statements_of(any_core, lambda: welcome(any_core)))
    assert count >= 7
    before = rows(any_core)
    for cut_after in range(count):
        statements_of(any_core, lambda: welcome(any_core), cut_after)
        assert rows(any_core) == before, f"after {cut_after} statements"
    welcome(any_core)
