"""Workers that are killed while they deliver webhooks, export transcripts and sweep: what is done is compared."""

import base64
import json
import os
import random
import subprocess
import sys
import time
from typing import Any

from sqlalchemy import text

from chatgate.app import create_core
from chatgate.config import Settings, load_settings
from chatgate.services import consents, conversations, outbox
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from tests.cast import open_shop, welcome
from tests.clocks import FileClock
from tests.faults.checker import Report
from tests.faults.ground import Ground
from tests.faults.receiver import Receiver
from tests.live import ROOT

CHATS = 6
SETTLE_SECONDS = 60
SECRET = "whsec_" + base64.b64encode(b"a secret of the fault tests, 32+").decode()
EVENTS = ["session_opened", "message_stored", "conversation_closed", "consent_changed", "training_retracted"]
CONFIG = """
data_dir = "{data_dir}"
database_url = "{database_url}"
training_database_url = "{training_url}"
redis_url = "{redis_url}"
run_worker = false
middleware = ["consent_gate", "training_router", "webhooks"]
[training]
cooling_off_days = 1
[middleware_settings.webhooks]
endpoints = [{{ url = "{url}", secret = "{secret}", events = {events} }}]
"""


class Workplace:
    """`chatgate worker` processes, chats for them to work on, and a receiver of their webhooks."""

    def __init__(self, ground: Ground, workers: int, postgresql: bool) -> None:
        self.random = random.Random(ground.seed)
        self.report = Report()
        self.clock = FileClock(ground.base / "clock")
        self.receiver = Receiver()
        ground.open.callback(self.receiver.close)
        self._base = ground.base
        urls = {"database_url": "", "training_url": "", "redis_url": ""}
        if postgresql:
            urls = {
                "database_url": ground.database(),
                "training_url": ground.database(),
                "redis_url": ground.redis_url,
            }
        (ground.base / "chatgate.toml").write_text(
            CONFIG.format(
                data_dir=ground.base / "data",
                url=self.receiver.url,
                secret=SECRET,
                events=json.dumps(EVENTS),
                **urls,
            )
        )
        settings: Settings = load_settings(ground.base / "chatgate.toml")
        self.core: Core = create_core(settings, self.clock)
        ground.open.callback(self.core.close)
        ground.open.callback(self.core.sinks["database"].close)  # type: ignore[attr-defined]
        open_shop(self.core)
        self._log = ground.open.enter_context((ground.base / "worker.log").open("ab"))
        self.workers: list[subprocess.Popen[bytes]] = []
        ground.open.callback(self._stop)
        for _ in range(workers):
            self.workers.append(self._start())

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.shifted", str(self._base / "clock"), "worker"]
        command += ["--config", str(self._base / "chatgate.toml")]
        return subprocess.Popen(command, cwd=ROOT, env={**os.environ}, stderr=self._log, stdout=self._log)

    def _stop(self) -> None:
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            try:
                worker.wait(30)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    def kill(self, kind: str) -> None:
        """Kill one worker as a power cut would."""
        worker = self.random.choice(self.workers)
        worker.kill()
        worker.wait()
        self.report.faults[f"worker killed {kind}"] += 1

    def start_again(self) -> None:
        """Start those that were killed; what they held is free after a minute."""
        self.workers = [one if one.poll() is None else self._start() for one in self.workers]

    def chats(self) -> None:
        """Have visitors chat: some agree to training, some take that back, some leave without a word."""
        for number in range(CHATS):
            vera = welcome(self.core, training=number % 3 != 0)
            for line in range(self.random.randint(1, 3)):
                vera.writes(f"Is cup {number} blue, or is it {line}?")
            if number % 2:
                conversations.close_conversation(self.core, vera.conversation_id, "visitor")
            if number % 3 == 1 and self.random.random() < 0.7:
                self._withdraw(vera.conversation_id)

    def withdraw_some(self) -> None:
        """Take the consent to training back in some chats, wherever their transcripts are."""
        for row in self._rows("SELECT id FROM conversation WHERE may_train"):
            if self.random.random() < 0.3:
                self._withdraw(row[0])

    def _withdraw(self, conversation_id: str) -> None:
        consents.change_consent(self.core, conversation_id, ChangeRequest({"training": False}))
        self.report.counts["withdrawals"] += 1

    def _rows(self, sql: str) -> list[Any]:
        with self.core.storage.read() as db:
            return list(db.execute(text(sql)).all())

    def wait_for_work(self, events: int) -> None:
        """Wait until the receiver heard so many more events."""
        until = sum(self.receiver.came.values()) + events
        limit = time.monotonic() + SETTLE_SECONDS
        while sum(self.receiver.came.values()) < until and outbox.pending(self.core) and time.monotonic() < limit:
            time.sleep(0.02)

    def rest(self) -> None:
        """Let time pass until nothing waits any more: claims run out, chats idle, cooling-off ends."""
        self.clock.advance(days=1, hours=1)
        limit = time.monotonic() + SETTLE_SECONDS
        left = True
        while left and time.monotonic() < limit:
            time.sleep(0.3)
            self.clock.advance(seconds=61)
            waiting = "SELECT 1 FROM training_lineage WHERE state IN ('waiting', 'pending', 'quarantined')"
            awake = "SELECT 1 FROM conversation WHERE state <> 'closed'"
            undecided = "SELECT 1 FROM conversation c WHERE NOT EXISTS (SELECT 1 FROM training_lineage t"
            undecided += " WHERE t.conversation_id = c.id)"
            left = bool(self._rows(waiting) or self._rows(awake) or self._rows(undecided))
            left = left or outbox.pending(self.core) > 0
            if left and self.random.random() < 0.2:
                self.clock.advance(days=1)  # closed by the sweep just now: its own day has to pass

    def compare(self) -> Report:
        """Compare what was to be done with what was done."""
        wrong, counts = self.report.wrong, self.report.counts
        if outbox.pending(self.core):
            wrong.append(f"never delivered: {outbox.pending(self.core)} events")
        quoted = ", ".join(f"'{kind}'" for kind in EVENTS)
        due = {row[0] for row in self._rows(f"SELECT id FROM outbox_event WHERE kind IN ({quoted})")}
        came = set(self.receiver.came)
        if due - came:
            wrong.append(f"lost: {len(due - came)} events never came")
        if came - due or self.receiver.changed:
            wrong.append(f"events that are none, or changed: {sorted(came - due) + self.receiver.changed}")
        self._compare_items()
        counts["events"] = len(due)
        counts["came again"] = sum(self.receiver.came.values()) - len(came)
        return self.report

    def _compare_items(self) -> None:
        wrong = self.report.wrong
        kept: list[str] = self.core.sinks["database"].item_ids()  # type: ignore[attr-defined]
        admitted: dict[str, list[str]] = {}
        for item_id, place in self._rows(
            "SELECT item_id, conversation_id FROM training_lineage WHERE state = 'admitted'"
        ):
            admitted.setdefault(place, []).append(item_id)
        for place, may_train, last_seq, state in self._rows("SELECT id, may_train, last_seq, state FROM conversation"):
            items = admitted.get(place, [])
            wanted = int(bool(may_train) and last_seq > 0 and state == "closed")
            if state != "closed":
                wrong.append(f"{place}: not closed though nobody came back")
            if len(items) != wanted:
                wrong.append(f"{place}: {len(items)} training items in place of {wanted} (lost, withdrawn or twice)")
        ids = sorted(item for items in admitted.values() for item in items)
        if sorted(kept) != ids:
            wrong.append(f"the training store holds {len(kept)} items, {len(ids)} are admitted")
        self.report.counts["training items"] = len(ids)


def _work(ground: Ground, rounds: int, workers: int, postgresql: bool) -> Report:
    place = Workplace(ground, workers, postgresql)
    for number in range(rounds):
        place.chats()
        if number % 2:
            place.wait_for_work(place.random.randint(1, 12))
            time.sleep(place.random.uniform(0, 0.2))
            place.kill("beside its work")
        else:
            place.receiver.kill_after(place.random.randint(1, 12), lambda: place.kill("in a webhook"))
            limit = time.monotonic() + SETTLE_SECONDS
            while all(one.poll() is None for one in place.workers) and time.monotonic() < limit:
                time.sleep(0.02)
        place.withdraw_some()
        place.start_again()
        place.clock.advance(days=1, hours=1)  # what closed cooled off, what is open idles: a sweep is due
        place.wait_for_work(place.random.randint(1, 4))
        time.sleep(place.random.uniform(0, 0.6))
        place.kill("in a sweep")
        place.start_again()
    place.rest()
    return place.compare()


def worker_killed(ground: Ground, rounds: int) -> Report:
    """Kill the only worker, on SQLite, again and again."""
    return _work(ground, rounds, 1, postgresql=False)


def one_of_two_workers_killed(ground: Ground, rounds: int) -> Report:
    """Kill one of two workers, on PostgreSQL: the other takes over what it held."""
    return _work(ground, rounds, 2, postgresql=True)


WORKING = (worker_killed, one_of_two_workers_killed)
