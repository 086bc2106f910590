"""Delivery: each middleware is isolated and retried alone, and consent is read again every time."""

from datetime import timedelta

import pytest

from chatgate import Manifest, Purpose, hookimpl
from chatgate.services import consents, conversations, outbox, sessions
from chatgate.services.consents import ChangeRequest
from chatgate.storage.queries import work
from chatgate.storage.queries.conversations import conversation as conversation_row
from chatgate.worker import Worker
from tests.cast import decision, request_of, shown, welcome
from tests.fingerprint import holding

SUPPORT = Manifest(purposes=[Purpose.SUPPORT])
BOTH = Manifest(purposes=[Purpose.SUPPORT, Purpose.TRAINING])


class Ears:
    """Hears everything, and fails as often as it is told to."""

    manifest = SUPPORT

    def __init__(self, failures=0, error=RuntimeError):
        self.failures = failures
        self.error = error
        self.heard = []

    def _hear(self, event):
        self.heard.append(event)
        if self.failures:
            self.failures -= 1
            raise self.error("canary-in-a-message")

    @hookimpl
    def on_session_opened(self, event):
        self._hear(event)

    @hookimpl
    def on_message_stored(self, event):
        self._hear(event)

    @hookimpl
    def on_conversation_closed(self, event):
        self._hear(event)

    @hookimpl
    def on_consent_changed(self, event):
        self._hear(event)


class LearningEars(Ears):
    """Hears messages only where training is agreed to."""

    manifest = BOTH


@pytest.fixture
def any_database_core(make_core, database):
    """Return a function that makes services with middlewares, on SQLite, then on PostgreSQL."""
    return lambda middleware: make_core(middleware=middleware, database_url=database)


def kinds(ears):
    """Return the kinds of what was heard."""
    return [type(event).__name__ for event in ears.heard]


def test_every_watcher_hears_every_event_once(make_core):
    first, second = Ears(), Ears()
    core = make_core(middleware={"first": first, "second": second})
    vera = welcome(core)
    vera.writes("hello")
    consents.change_consent(core, vera.conversation_id, ChangeRequest({"support": False}))
    worker = Worker(core)
    worker.drain()
    worker.drain()
    assert sorted(kinds(first)) == sorted(kinds(second))
    assert kinds(first).count("ConsentChangedEvent") == 1
    assert outbox.pending(core) == 0


@pytest.mark.parametrize("error", [RuntimeError, SystemExit, KeyboardInterrupt])
def test_a_failing_watcher_is_tried_again_alone_and_its_words_are_in_no_log(make_core, clock, caplog, error):
    failing, fine = Ears(failures=2, error=error), Ears()
    core = make_core(middleware={"failing": failing, "fine": fine})
    welcome(core)
    for _ in range(4):
        Worker(core).drain()
        clock.advance(seconds=300)
    assert len(failing.heard) == 3
    assert len(fine.heard) == 1
    assert len({event.event_id for event in failing.heard}) == 1
    assert outbox.pending(core) == 0
    assert "canary-in-a-message" not in caplog.text
    assert holding(core.settings.data_dir, "canary-in-a-message") == []


def test_a_watcher_that_always_fails_ends_after_a_dozen_tries(make_core, clock):
    failing = Ears(failures=10**6)
    core = make_core(middleware={"failing": failing})
    welcome(core)
    for _ in range(30):
        Worker(core).drain()
        clock.advance(hours=2)
    assert len(failing.heard) == outbox.MAX_ATTEMPTS
    assert outbox.pending(core) == 0


def test_a_round_that_was_cut_short_is_told_again_to_those_who_did_not_hear(make_core, clock, monkeypatch):
    failing, late = Ears(failures=1), Ears()
    core = make_core(middleware={"failing": failing, "late": late})
    welcome(core)
    real = outbox._tell_one

    class PowerCutError(BaseException):
        """Ends the process."""

    def cut(core, event, hook, name, payload, row):
        if name == "late" and not late.heard and monkeypatch is not None and cut.armed:
            cut.armed = False
            raise PowerCutError
        return real(core, event, hook, name, payload, row)

    cut.armed = True
    monkeypatch.setattr(outbox, "_tell_one", cut)
    with pytest.raises(PowerCutError):
        outbox.deliver_due(core)
    for _ in range(3):
        clock.advance(seconds=120)
        Worker(core).drain()
    assert len(late.heard) == 1
    assert len(failing.heard) == 2
    assert outbox.pending(core) == 0


@pytest.mark.parametrize("ahead", [{"hours": 2}, {"days": 400}])
def test_what_was_noted_while_the_clock_was_ahead_is_delivered_when_it_is_right_again(any_database_core, clock, ahead):
    """An event that was stored, one that was claimed by a worker that died, and a retry after a failure."""
    failing = Ears(failures=1)
    core = any_database_core({"failing": failing})
    clock.advance(**ahead)
    welcome(core)
    outbox.deliver_due(core)  # fails, and is to be tried again
    welcome(core)
    now = clock.now()
    until = now + timedelta(seconds=outbox.CLAIM_SECONDS)
    held = core.storage.write_now(lambda db: work.claim_due(db, now, until, (until, until), 10))
    assert [event.attempts for event in held] == [1]
    welcome(core)
    clock.advance(**{unit: -count for unit, count in ahead.items()})
    Worker(core).drain()
    assert outbox.pending(core) == 0
    assert len({event.event_id for event in failing.heard}) == 3


def test_a_claim_and_a_retry_of_a_worker_whose_clock_is_a_little_ahead_hold(any_database_core, clock):
    """Two clocks are never the same: what is claimed elsewhere is not taken, and what failed is not tried at once."""
    failing = Ears(failures=1)
    core = any_database_core({"failing": failing})
    welcome(core)
    clock.advance(seconds=30)
    outbox.deliver_due(core)
    welcome(core)
    now = clock.now()
    until = now + timedelta(seconds=outbox.CLAIM_SECONDS)
    core.storage.write_now(lambda db: work.claim_due(db, now, until, (until, until), 10))
    clock.advance(seconds=-30)
    assert outbox.deliver_due(core) == 0
    assert len(failing.heard) == 1


def test_a_text_reaches_only_whom_the_consent_of_now_covers(make_core):
    learning = LearningEars()
    core = make_core(middleware={"learning": learning})
    refused, agreed, withdrawn = welcome(core), welcome(core, training=True), welcome(core, training=True)
    for vera in (refused, agreed, withdrawn):
        vera.writes(f"said by {vera.conversation_id}")
    consents.change_consent(core, withdrawn.conversation_id, ChangeRequest({"training": False}))
    Worker(core).drain()
    texts = [event.body for event in learning.heard if hasattr(event, "body")]
    assert texts == [f"said by {agreed.conversation_id}"]
    assert kinds(learning).count("ConsentChangedEvent") == 1


def test_an_event_that_is_claimed_is_not_taken_twice(make_core, database):
    ears = Ears()
    here = make_core(database_url=database, middleware={"ears": ears})
    there = make_core(database_url=database, middleware={"ears": Ears()})
    welcome(here)
    now = here.clock.now()
    until = now + timedelta(seconds=60)
    taken = here.storage.write_now(lambda db: work.claim_due(db, now, until, (until, until), 10))
    assert len(taken) == 1
    assert there.storage.write_now(lambda db: work.claim_due(db, now, until, (until, until), 10)) == []


def test_an_idle_conversation_is_closed_and_a_busy_one_is_not(make_core, clock):
    core = make_core(idle_close_hours=24)
    idle, busy = welcome(core), welcome(core)
    clock.advance(hours=23)
    busy.writes()
    clock.advance(hours=1.1)
    assert conversations.close_idle(core) == 1
    assert conversations.close_idle(core) == 0
    with core.storage.read() as db:
        rows = dict(db.exec_driver_sql("SELECT id, closed_reason FROM conversation").all())
    assert rows == {idle.conversation_id: "idle", busy.conversation_id: None}


def test_a_closed_conversation_takes_no_more_messages(core):
    vera = welcome(core)
    first = vera.writes()
    conversations.close_conversation(core, vera.conversation_id, "agent")
    with pytest.raises(Exception, match="closed"):
        vera.writes()
    again = conversations.close_conversation(core, vera.conversation_id, "visitor")["conversation"]
    assert (again["closed_reason"], again["last_seq"]) == ("agent", first["seq"])
    assert outbox.pending(core) == 1


class Breaker:
    """A middleware that fails in every way while a chat goes on."""

    manifest = SUPPORT

    def __init__(self, error):
        self.error = error

    @hookimpl
    def check_message(self, context, body):
        raise self.error

    @hookimpl
    def check_session_open(self, context):
        context.choices["support"] = True


@pytest.mark.parametrize("error", [RuntimeError("canary-x"), SystemExit(1), KeyboardInterrupt()])
def test_a_broken_middleware_refuses_and_ends_nothing(make_core, caplog, error):
    core = make_core(middleware={"breaker": Breaker(error)})
    with pytest.raises(Exception, match="middleware_error"):
        sessions.open_session(core, request_of(decision(shown(core), choices={"support": False, "training": False})))
    assert core.storage.row_counts(["visitor", "conversation"]) == {"visitor": 0, "conversation": 0}
    core.chain._hooks["check_session_open"] = ()
    vera = welcome(core)
    with pytest.raises(Exception, match="middleware_error"):
        vera.writes("hello")
    assert core.storage.row_counts(["message"]) == {"message": 0}
    assert "canary-x" not in caplog.text
    core.chain._hooks["check_message"] = ()
    assert vera.writes("hello")["seq"] == 1


def test_a_chat_with_news_is_not_closed_as_idle(any_core, clock):
    """Somebody may write between the look for idle chats and the closing."""
    vera = welcome(any_core)
    since = clock.now() - timedelta(hours=1)
    conversations.close_conversation(any_core, vera.conversation_id, "idle", quiet_since=since)
    with any_core.storage.read() as db:
        assert conversation_row(db, vera.conversation_id).state == "open"


def test_what_a_stopping_worker_claimed_is_given_back(any_core):
    """Another worker has it at once, and no try is counted."""
    vera = welcome(any_core)
    conversations.close_conversation(any_core, vera.conversation_id, "agent")
    assert outbox.deliver_due(any_core, stopping=lambda: True) == 1
    assert outbox.deliver_due(any_core) == 1
    with any_core.storage.read() as db:
        assert db.exec_driver_sql("SELECT max(attempts) FROM outbox_event").scalar_one() == 1
