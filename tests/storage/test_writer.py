"""The one writer: groups commit together, a failing job is undone alone, and a result means a commit."""

import threading

import pytest

from chatgate import metrics
from chatgate.errors import Refusal
from chatgate.storage import fulltext
from chatgate.storage.queries import desk
from chatgate.storage.queries.messages import NewMessage, append_messages
from chatgate.storage.writing.writer import MAX_QUEUED
from tests.cast import welcome


@pytest.fixture
def held(any_core):
    """Return the services with the writer busy, and the event that lets it go on."""
    go, busy = threading.Event(), threading.Event()

    def wait(_db):
        busy.set()
        go.wait(10)

    any_core.storage.write(wait)
    busy.wait(10)
    yield any_core, go
    go.set()


def keep(name, value="v"):
    """Return a job that inserts a row."""
    return lambda db: db.exec_driver_sql(f"INSERT INTO erasure_permit (row_id) VALUES ('{name}')") and value


def kept(core):
    """Return the rows that such jobs left."""
    with core.storage.read() as db:
        return sorted(db.exec_driver_sql("SELECT row_id FROM erasure_permit").scalars())


def commits():
    """Return how many commits there were in this process."""
    return sum(metrics.COMMIT_JOBS.numbers)


def test_what_waits_together_is_committed_together(held):
    core, go = held
    futures = [core.storage.write(keep(f"row-{number}", number)) for number in range(20)]
    before = commits()
    go.set()
    assert [future.result(10) for future in futures] == list(range(20))
    assert len(kept(core)) == 20
    assert commits() - before <= 2


def test_a_failing_job_is_undone_alone(held):
    core, go = held

    def fails(db):
        keep("half-done")(db)
        raise Refusal("closed")

    before, failing, after = core.storage.write(keep("a")), core.storage.write(fails), core.storage.write(keep("b"))
    go.set()
    assert before.result(10)
    assert after.result(10)
    with pytest.raises(Refusal, match="closed"):
        failing.result(10)
    assert kept(core) == ["a", "b"]


def test_a_result_is_given_after_the_commit_and_not_before(held):
    core, go = held
    future = core.storage.write(keep("a"))
    assert not future.done()
    assert kept(core) == []
    go.set()
    future.result(10)
    assert kept(core) == ["a"]


def test_a_queue_that_is_full_refuses(held):
    core, _go = held
    job = keep("one")
    for _ in range(MAX_QUEUED):
        core.storage.write(job)
    with pytest.raises(Refusal, match="rate_limited"):
        core.storage.write(job)
    core.storage._writer._queue.clear()


def message(vera, body, client_id=None, **changes):
    """Return a message that passed the gate."""
    values = {
        "id": f"message-{body}",
        "conversation_id": vera.conversation_id,
        "client_id": client_id or f"client-{body}",
        "author_kind": "visitor",
        "author_id": None,
        "author_name": None,
        "body": body,
        "at": vera.core.clock.now(),
        "event_id": None,
    }
    return NewMessage(**{**values, **changes})


def test_a_group_gives_numbers_in_order_and_finds_its_own_doubles(any_core):
    vera, other = welcome(any_core), welcome(any_core)
    new = [message(vera, "a"), message(other, "b"), message(vera, "c"), message(vera, "again", "client-a")]
    stored = any_core.storage.write_now(lambda db: append_messages(db, new))
    assert [(one.message["body"], one.message["seq"], one.fresh) for one in stored] == [
        ("a", 1, True),
        ("b", 1, True),
        ("c", 2, True),
        ("a", 1, False),
    ]


def test_one_bad_message_of_a_group_does_not_take_the_others_with_it(any_core):
    vera = welcome(any_core)
    go, busy = threading.Event(), threading.Event()
    any_core.storage.write(lambda _db: busy.set() or go.wait(10))
    busy.wait(10)
    new = [message(vera, "a"), message(vera, "b", id="message-a"), message(vera, "c"), message(vera, "d", id=None)]
    new.insert(2, message(vera, "lost", conversation_id="nowhere"))
    futures = [any_core.storage.write_grouped(append_messages, item) for item in new]
    go.set()
    outcomes = []
    for future in futures:
        error = future.exception(10)
        outcomes.append(type(error).__name__ if error else future.result().message["seq"])
    assert outcomes == [1, "IntegrityError", "Refusal", 2, "IntegrityError"]
    assert any_core.storage.row_counts(["message"])["message"] == 2


def found(core, word):
    """Return the bodies of the messages that have a word."""
    with core.storage.read() as db:
        keys = fulltext.matching(db, fulltext.MESSAGES, fulltext.words_of(word), None, 10)
        return [row.body for row in desk.messages_by_n(db, keys)]


def test_messages_of_a_group_are_found_by_their_words_and_a_failing_one_leaves_none(any_core):
    vera = welcome(any_core)
    go, busy = threading.Event(), threading.Event()
    any_core.storage.write(lambda _db: busy.set() or go.wait(10))
    busy.wait(10)
    new = [message(vera, "kettle one"), message(vera, "kettle two"), message(vera, "kettle lost", id=None)]
    futures = [any_core.storage.write_grouped(append_messages, item) for item in new]
    go.set()
    assert [future.exception(10) is None for future in futures] == [True, True, False]
    assert found(any_core, "kettle") == ["kettle two", "kettle one"]
    assert found(any_core, "lost") == []


def test_a_deleted_newest_message_makes_no_place_where_the_next_is_not_found(any_core):
    vera = welcome(any_core)
    any_core.storage.write_grouped(append_messages, message(vera, "kettle")).result(10)
    any_core.storage.write_now(lambda db: db.exec_driver_sql("DELETE FROM message"))
    any_core.storage.write_grouped(append_messages, message(vera, "teapot")).result(10)
    assert found(any_core, "kettle") == []
    assert found(any_core, "teapot") == ["teapot"]


def test_readers_cannot_write(core):
    with core.storage.read() as db, pytest.raises(Exception, match="readonly"):
        db.exec_driver_sql("DELETE FROM message")


def test_stopping_commits_what_is_queued(make_core):
    core = make_core()
    future = core.storage.write(keep("last"))
    core.storage.close()
    assert future.result(0)
    with pytest.raises(Refusal, match="rate_limited"):
        core.storage.write(keep("too late"))
