"""A full disk, a database that may not be written, a clock that jumps: nothing acknowledged is lost.

Errors have one stable code, and the server goes on by itself when the condition ends.
"""

import random
import resource
import subprocess
import threading
from collections import Counter
from datetime import timedelta

import pytest

from chatgate.errors import Refusal
from chatgate.ids import new_token
from chatgate.services import conversations, outbox
from chatgate.services.evidence import ledger
from chatgate.services.upkeep import health
from chatgate.storage.engine import driver_connection
from chatgate.storage.writing.failures import trouble
from tests.cast import welcome
from tests.faults.checker import stored_messages
from tests.live import Server

SEED = 20261127
WAIT_SECONDS = 60


def said(client, body):
    """Send a message; return the acknowledged one, or the code of the refusal."""
    answer = client.call("message_send", {"client_id": new_token("m"), "body": body})
    return answer.get("message") or answer["error"]["code"]


def compare(server, acknowledged):
    """Assert that everything acknowledged is stored once and in order; return how many were compared."""
    with server.core.storage.read() as db:
        stored = stored_messages(db)
    assert len({message.id for message in stored}) == len(stored)
    by_id = {message.id: message for message in stored}
    for message in acknowledged:
        assert by_id[message["id"]].body == message["body"], "an acknowledged message is lost"
        assert by_id[message["id"]].seq == message["seq"]
    seqs = {}
    for message in stored:
        seqs.setdefault(message.conversation_id, []).append(message.seq)
    assert all(found == list(range(1, len(found) + 1)) for found in seqs.values()), "numbers have a hole"
    assert ledger.verify_ledger(server.core).holds
    return len(stored)


def fill_until_refused(clients, rng, acknowledged, codes):
    """Send from every client until one is refused three times."""
    for number in range(4000):
        client = rng.choice(clients)
        answer = said(client, f"{number} " + "x" * rng.randint(2500, 3900))
        if isinstance(answer, str):
            codes[answer] += 1
            if sum(codes.values()) >= 3:
                return
        else:
            acknowledged.append(answer)
    raise AssertionError("the disk never became full")


def goes_on(client, acknowledged):
    """Assert that messages are taken again without a restart."""
    for _ in range(WAIT_SECONDS * 5):
        answer = said(client, "after")
        if not isinstance(answer, str):
            acknowledged.append(answer)
            return
        threading.Event().wait(0.2)
    raise AssertionError(f"still refused: {answer}")


def limit(server, size):
    """Let no file of the server grow beyond a size; None takes the limit away."""
    hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


def test_files_that_may_not_grow(start_server, visitor):
    server = start_server()
    clients = [visitor(server) for _ in range(3)]
    acknowledged, codes = [said(client, "before") for client in clients], Counter()
    limit(server, (server.data_dir / "chatgate.db-wal").stat().st_size + 300_000)
    fill_until_refused(clients, random.Random(SEED), acknowledged, codes)
    assert set(codes) == {"storage_unavailable"}
    limit(server, 1000)
    assert server.request("/readyz").status == 503
    assert server.request("/healthz").status == 200
    refused = server.request("/v1/sites/demo/notice?locale=en")
    assert refused.status == 200, "reading goes on"
    limit(server, None)
    goes_on(clients[0], acknowledged)
    compared = compare(server, acknowledged)
    print(f"1 fault, {sum(codes.values())} refusals, {len(acknowledged)} acknowledged, {compared} compared")
    assert "SQLITE" in server.log or "storage" in server.log


@pytest.fixture
def small_disk(tmp_path):
    """Return the directory of a disk of 4 MB, or skip where that needs more rights than we have."""
    place = tmp_path / "disk" / "data"
    place.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("mounting a small disk needs root: run the suite as root to test a really full disk")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk(small_disk, visitor):
    server = Server(small_disk.parent)
    try:
        clients = [visitor(server) for _ in range(3)]
        acknowledged, codes = [said(client, "before") for client in clients], Counter()
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"x" * 1_000_000)
        fill_until_refused(clients, random.Random(SEED), acknowledged, codes)
        assert set(codes) == {"storage_unavailable"}, len(acknowledged)
        opening = server.request("/v1/sites/demo/sessions", {}, method="POST")
        assert opening.status == 400
        ballast.unlink()
        goes_on(clients[1], acknowledged)
        compared = compare(server, acknowledged)
        print(f"1 fault, {sum(codes.values())} refusals, {len(acknowledged)} acknowledged, {compared} compared")
        for client in clients:
            client.close()
    finally:
        server.close()


def only_reads(core, on):
    """Let the writer's connection of SQLite write, or not."""
    core.storage.settle(WAIT_SECONDS)
    core.storage._writer._connection._driver.execute(f"PRAGMA query_only={'ON' if on else 'OFF'}")


def test_a_read_only_database_refuses_and_nothing_is_stored(core, monkeypatch):
    vera = welcome(core)
    first = vera.writes("before")
    only_reads(core, True)
    for _ in range(3):
        with pytest.raises(Refusal) as refused:
            vera.writes("meanwhile")
        assert refused.value.as_dict() == {"code": "storage_unavailable", "detail": {"retry_after_seconds": 5}}
    with pytest.raises(Refusal, match="storage_unavailable"):
        welcome(core)
    assert health.Readiness(core).answer()["checks"]["database"] == "failed"
    only_reads(core, False)
    after = vera.writes("after")
    assert (first["seq"], after["seq"]) == (1, 2)
    assert health.Readiness(core).answer()["ready"] is False or core.lists_applied
    assert core.storage.row_counts(["message", "conversation"]) == {"message": 2, "conversation": 1}


def test_a_job_that_fills_the_disk_takes_no_other_job_with_it_half_way(make_core):
    """SQLite rolls the whole transaction back by itself; what follows in the batch must not run outside of one."""
    core = make_core(middleware_settings={"rate_limit": {"messages": 1000}})
    vera = welcome(core)
    with core.storage.read() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
    core.storage.write_now(lambda db: driver_connection(db).execute(f"PRAGMA max_page_count={pages + 3}"))
    codes = Counter()
    sent = {}
    for number in range(40):
        try:
            sent[vera.writes(f"{number} " + "y" * 3000)["id"]] = number
        except Refusal as refusal:
            codes[refusal.code] += 1
    assert set(codes) == {"storage_unavailable"}
    core.storage.write_now(lambda db: driver_connection(db).execute("PRAGMA max_page_count=1073741823"))
    last = vera.writes("room again")
    with core.storage.read() as db:
        stored = stored_messages(db)
    assert {message.id for message in stored} == {*sent, last["id"]}
    assert [message.seq for message in stored] == list(range(1, len(stored) + 1))


def test_other_errors_are_not_taken_for_trouble():
    assert trouble(ValueError("x")) is None


JUMPS = [timedelta(days=400), timedelta(hours=-26), timedelta(seconds=-3)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_clock_that_jumps_keeps_order_and_loses_nothing(core, clock, jump):
    vera = welcome(core, training=True)
    before = [vera.writes(f"before {number}") for number in range(3)]
    clock.set(clock.now() + jump)
    after, codes = [], set()
    for number in range(3):
        try:
            after.append(vera.writes(f"after {number}"))
        except Refusal as refusal:
            codes.add(refusal.code)
    # A year ahead the consent is over, and nothing is stored any more.
    assert codes <= ({"consent_stale", "consent_withdrawn", "session_invalid"} if jump.days > 0 else set())
    with core.storage.read() as db:
        stored = stored_messages(db)
    assert [message.id for message in stored] == [message["id"] for message in before + after]
    assert [message.seq for message in stored] == list(range(1, len(stored) + 1))
    conversations.close_conversation(core, vera.conversation_id, "agent")
    for _ in range(5):
        outbox.deliver_due(core)
    assert ledger.verify_ledger(core).holds
    clock.set(clock.now() - jump)
    again = welcome(core)
    assert again.writes("back")["seq"] == 1
    assert ledger.verify_ledger(core).holds
    assert outbox.pending(core) == 0
