"""The loop that does what can wait: outbox delivery, transcripts whose cooling-off is over, idle conversations."""

import threading
import time
from datetime import date
from typing import Final

from chatgate.logs import failure, log
from chatgate.services import attachments, conversations, outbox
from chatgate.services.core import Core
from chatgate.services.evidence import ledger
from chatgate.services.learning import releases, training
from chatgate.services.rights import erasure, expiry, outside, retention
from chatgate.services.upkeep import housekeeping
from chatgate.web.live.peers import Peers
from chatgate.web.live.presence import LivePresence
from chatgate.web.live.reach import Reach
from chatgate.web.live.seats import Nobody, Seats

IDLE_SECONDS: Final = 2.0
SWEEP_SECONDS: Final = 60.0
WORK: Final = "work"
"""The channel on which a server without a worker of its own says that there is something to deliver."""


class Worker:
    """Runs beside the server (a greenlet) or alone (``chatgate worker``)."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._feeds_of: date | None = None
        self._failures = 0
        self._noted_seq = -1
        core.wake_worker = self._wake.set

    def start(self) -> None:
        """Run in the background until :meth:`stop`."""
        self._thread = threading.Thread(target=self.run, name="chatgate-worker", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    def end(self) -> None:
        """End after the event that is being delivered; what was claimed beyond it comes back by itself."""
        self._stopping = True
        self._wake.set()

    def stop(self) -> None:
        """Finish what is being delivered and end."""
        self.end()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def run(self) -> None:
        """Work until :meth:`stop`; a failing round is logged and tried again."""
        swept_at = 0.0
        while not self._stopping:
            self._wake.clear()
            self._core.worker_seen = time.monotonic()
            now = self._core.clock.now().timestamp()
            busy = False
            try:
                busy = outbox.deliver_due(self._core, stopping=lambda: self._stopping) > 0
                if abs(now - swept_at) >= SWEEP_SECONDS:  # also when the clock went back
                    with self._core.storage.alone("sweep") as alone:
                        if alone:
                            self.sweep()
                    swept_at = now
            except Exception as error:
                self._failures += 1
                log("worker", "round_failed", error=error, failure=failure(error), count=self._failures)
            else:
                self._failures = 0
            if not busy:
                self._wake.wait(min(SWEEP_SECONDS, IDLE_SECONDS * 2 ** min(self._failures, 5)))

    def sweep(self) -> None:
        """Do what comes with time."""
        conversations.close_idle(self._core)
        expiry.expire_due(self._core)
        training.export_due(self._core)
        housekeeping.forget_spent_tokens(self._core)
        attachments.forget_unsent(self._core)
        ledger.checkpoint_if_due(self._core)
        self._core.storage.catch_up()
        erasure.go_on(self._core)
        self._noted_seq = outside.catch_up(self._core, self._noted_seq)
        today = self._core.clock.now().date()
        if today != self._feeds_of:
            retention.sweep(self._core)
            attachments.delete_strays(self._core)
            releases.refresh_feeds(self._core)
            self._feeds_of = today

    def drain(self, rounds: int = 50) -> None:
        """Deliver everything that is due now (tests and one-off commands)."""
        for _ in range(rounds):
            if not outbox.deliver_due(self._core):
                return


def listen(core: Core, loop: Worker) -> None:
    """Have a worker without a server hear when there is work, and who is online; without Redis it looks by itself."""
    if core.link is None:
        return
    presence = LivePresence()
    peers = Peers(core.link, presence, Seats(presence, Nobody()), Reach(core.link))
    core.presence = presence

    def heard(name: str, body: bytes) -> None:
        if name == WORK:
            loop.wake()
        else:
            peers.hear(body)

    core.link.heard = heard
    core.link.changed = lambda up: peers.came_back() if up else None
    core.link.follow([WORK])
    peers.start()
    core.link.start()
