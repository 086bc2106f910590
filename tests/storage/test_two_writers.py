"""Two processes write to one database: locks taken in opposite order cost a second try, never a lost write."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatgate.errors import Refusal
from chatgate.services import consents, sessions
from chatgate.services.consents import ChangeRequest
from chatgate.services.evidence import ledger
from chatgate.storage.queries import conversations
from chatgate.storage.queries import ledger as leaves
from tests.cast import decision, request_of, shown, welcome

PATIENCE = 30


class Held:
    """The writer of one process, kept busy until everything is queued that shall go into one batch."""

    def __init__(self, core):
        self.go, busy = threading.Event(), threading.Event()
        core.storage.write(lambda _db: busy.set() or self.go.wait(PATIENCE))
        assert busy.wait(PATIENCE)


@pytest.fixture
def processes(make_core, database):
    """Return the services of two processes on one database."""
    return make_core(database_url=database), make_core(database_url=database)


# SQLite has one writer at a time, and so nothing that waits in a circle.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_locks_in_opposite_order_lose_nothing(processes):
    here, there = processes
    vera = welcome(here, training=True)
    at_here, at_there = threading.Event(), threading.Event()

    def meeting(mine, theirs):
        # Run again, it goes on at once.
        return lambda _db: mine.set() or theirs.wait(PATIENCE)

    def lock_row(db):
        return conversations.change(db, vera.conversation_id, {}).rev

    def lock_ledger(db):
        return leaves.lock(db) or "locked"

    held = Held(here), Held(there)
    results = [here.storage.write(job) for job in (lock_row, meeting(at_here, at_there), lock_ledger)]
    results += [there.storage.write(job) for job in (lock_ledger, meeting(at_there, at_here), lock_row)]
    for writer in held:
        writer.go.set()
    outcomes = [result.result(PATIENCE) for result in results]
    assert sorted((outcomes[0], outcomes[5])) == [2, 3]
    assert outcomes[1:5] == [True, "locked", "locked", True]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_messages_and_decisions_of_the_same_chats_cross_between_processes(processes):
    here, there = processes
    visitors = [welcome(here, training=True) for _ in range(6)]

    def write(number):
        return visitors[number % 6].writes(f"message {number}")["seq"]

    def decide(number):
        # Each process meets the chats in its own order.
        core, at = (there, 5 - number % 6) if number % 2 else (here, number % 6)
        request = ChangeRequest({"training": False}) if number % 3 else agreeing(core)
        consents.change_consent(core, visitors[at].conversation_id, request)

    def agreeing(core):
        answer = decision(shown(core), True)
        return ChangeRequest({"training": True}, answer["display_token"], answer["rendered_sha256"])

    with ThreadPoolExecutor(12) as pool:
        work = [pool.submit(job, number) for number in range(60) for job in (write, decide)]
        for one in work:
            one.result(PATIENCE)
    with here.storage.read() as db:
        stored = db.exec_driver_sql("SELECT count(*), count(DISTINCT (conversation_id, seq)) FROM message").one()
    assert tuple(stored) == (60, 60)
    assert ledger.verify_ledger(there).holds


def test_one_answer_that_reaches_two_processes_opens_one_chat(processes):
    here, _there = processes
    requests = [request_of(decision(shown(here))) for _ in range(20)]
    with ThreadPoolExecutor(8) as pool:
        opening = [pool.submit(sessions.open_session, core, request) for request in requests for core in processes]
        opened = [one.result(PATIENCE)["conversation"]["id"] for one in opening]
    assert opened[::2] == opened[1::2]
    assert here.storage.row_counts(["conversation", "ledger_leaf"]) == {"conversation": 20, "ledger_leaf": 20}


def test_the_same_token_from_somebody_else_is_refused_by_every_process(processes):
    here, there = processes
    payload = decision(shown(here))
    sessions.open_session(here, request_of(payload))
    with pytest.raises(Refusal, match="display_token_invalid"):
        sessions.open_session(there, request_of({**payload, "client_id": "somebody else's, 128 bits"}))
    assert there.storage.row_counts(["conversation"]) == {"conversation": 1}


def test_checkpoints_of_two_processes_follow_each_other(processes):
    here = processes[0]

    def busy(core):
        for _ in range(5):
            welcome(core)
            ledger.make_checkpoint(core)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(busy, processes))
    checked = ledger.verify_ledger(here)
    assert (checked.holds, checked.checkpoints) == (True, 11)
