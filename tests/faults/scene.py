"""A shop under load that things happen to: servers behind a line, visitors with their agents, a check in the end."""

import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from chatgate.services.accounts import agents
from tests.cast import ADAM, PASSWORD
from tests.faults.checker import Report, compare, stored_messages
from tests.faults.ground import Ground
from tests.faults.line import Line
from tests.faults.people import Agent, Person, Visitor
from tests.live import Server

PAIRS = 3
SETTLE_SECONDS = 60


class Scene:
    """Runs visitors and agents in pairs while `happen` breaks things, and compares when all has come to rest.

    Args:
        ground: where it is set.
        servers: how many there are.
        polling: everybody polls, through a sticky proxy; otherwise everybody has a WebSocket.
        settings: of every server.
    """

    def __init__(self, ground: Ground, servers: int = 1, *, polling: bool = False, **settings: Any) -> None:
        self.random = random.Random(ground.seed)
        self.seed = ground.seed
        self.stutters = 0.0
        self.servers: list[Server] = []
        ground.open.callback(self.close)
        for _ in range(servers):
            self.servers.append(Server(ground.base, settings=settings))
        ports = [int(server.url.rsplit(":", 1)[1]) for server in self.servers]
        self.line = Line(ports, ground.seed, sticky=polling)
        ground.open.callback(self.line.close)
        self._polling = polling
        self.faults: Counter[str] = Counter()
        self._visitors: list[Visitor] = []
        self._agents: list[Agent] = []
        self._ended_at: dict[str, int] = {}

    def close(self) -> None:
        """Send everybody home."""
        for person in [*self._visitors, *self._agents]:
            person.leave()
        for server in self.servers:
            server.close()

    def fault(self, kind: str, do: Callable[[], Any]) -> None:
        """Break something, and count it."""
        self.faults[kind] += 1
        do()

    def kill_a_server(self) -> None:
        """Kill one server as a power cut would, and start it again."""
        server = self.random.choice(self.servers)
        self.fault("server killed", server.kill)
        time.sleep(self.random.uniform(0, 0.5))
        server.start()

    def play(self, happen: Callable[[int], None], times: int) -> Report:
        """Have everybody talk while things happen; return what the checker found."""
        self._open()
        for number in range(times):
            self._chatter(self.random.uniform(0.2, 0.8))
            happen(number)
        self._chatter(0.5)
        self.line.delay_seconds = self.line.late_seconds = 0.0
        self._withdraw(self._visitors[0])
        self._rest()
        return self._report()

    def _open(self) -> None:
        token = agents.sign_in(self.servers[0].core, ADAM, PASSWORD, "key")
        for number in range(PAIRS):
            visitor = Visitor(self.line.port, f"Vera {number}", self.seed + number)
            self._visitors.append(visitor)
            self._start(visitor, 2 * number)
            assert visitor.opened.wait(60), "no session opened"
            agent = Agent(self.line.port, f"Adam {number}", self.seed - number, token, visitor.side.conversation_id)
            self._agents.append(agent)
            self._start(agent, 2 * number + 1)

    def _start(self, person: Person, number: int) -> None:
        person.stutters = self.stutters
        if self._polling:
            person.polls_from = f"127.0.0.{10 + number}"
        person.start()

    def _chatter(self, seconds: float) -> None:
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            person: Person = self.random.choice([*self._visitors, *self._agents])
            if len(person.side.sent) - len(person.side.acked) < 5:
                person.says(f"{person.side.name}, line {len(person.side.sent) + 1}")
            time.sleep(self.random.uniform(0, 0.02))

    def _withdraw(self, visitor: Visitor) -> None:
        """Take a consent back while both sides write, and note which number was the last."""
        for _ in range(5):
            visitor.says("before or after?")
            self._agents[0].says("still there?")
        visitor.withdraws()
        assert visitor.withdrawn.wait(SETTLE_SECONDS), "the withdrawal was never acknowledged"
        with self.servers[0].core.storage.read() as db:
            place = visitor.side.conversation_id
            self._ended_at[place] = sum(one.conversation_id == place for one in stored_messages(db))
        self._agents[0].says("after")

    def _rest(self) -> None:
        """Wait until everything is answered and both sides have the same."""
        limit = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < limit:
            pairs = list(zip(self._visitors, self._agents, strict=True))[1:]
            idle = all(person.is_idle for person in [*self._visitors, *self._agents])
            same = all(one.side.last_seq == other.side.last_seq for one, other in pairs)
            if idle and same and not any(person.side.hole() for pair in pairs for person in pair):
                break
            time.sleep(0.1)
        time.sleep(0.5)

    def _report(self) -> Report:
        with self.servers[0].core.storage.read() as db:
            stored = stored_messages(db)
        # Whoever withdrew sees nothing more; what the other side shows is compared for everybody.
        sides = [person.side for person in [*self._visitors[1:], *self._agents]]
        report = compare(stored, sides, self._ended_at)
        self.faults.update(self.line.faults)
        self.faults["packets sent twice"] = sum(person.stuttered for person in [*self._visitors, *self._agents])
        report.faults = +self.faults
        report.counts["connections"] = sum(person.connections for person in [*self._visitors, *self._agents])
        return report
