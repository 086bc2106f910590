"""Agents' seats, here and in other processes: who is online, who has which conversation on the screen."""

from typing import Any, Protocol

from chatgate.web.live.colleagues import Colleagues
from chatgate.web.live.presence import LivePresence

BETWEEN = "/"
"""Stands between a process's name and the sid of a seat that is elsewhere."""


class Teller(Protocol):
    """Tells the sockets of this process."""

    def tell_agent_state(self, agent: dict[str, str], state: str) -> None:
        """Tell agents that one of them is ``online``, ``away`` or ``offline`` now."""

    def tell_shop(self, online: bool) -> None:
        """Tell visitors whether anybody takes chats now."""

    def tell_colleague(self, site_id: str | None, event: dict[str, Any]) -> None:
        """Tell the agents of a site (None: all of them) what one of them has on the screen now."""


class Nobody:
    """The teller of a process without sockets."""

    def tell_agent_state(self, agent: dict[str, str], state: str) -> None:
        """Tell nobody."""

    def tell_shop(self, online: bool) -> None:
        """Tell nobody."""

    def tell_colleague(self, site_id: str | None, event: dict[str, Any]) -> None:
        """Tell nobody."""


class Seats:
    """Applies what happens at seats, wherever it happens, and tells this process's sockets what it changed."""

    def __init__(self, presence: LivePresence, teller: Teller) -> None:
        self.presence = presence
        self.colleagues = Colleagues()
        self.teller = teller
        self._names: dict[str, str] = {}

    def came(self, seat: str, agent_id: str, name: str, online: bool = True) -> None:
        """Note an agent's new socket."""
        self._names[agent_id] = name
        before = self.presence.agent_state_of(agent_id)
        self.presence.agent_came(seat, agent_id, online)
        self._tell(agent_id, before)

    def went(self, seat: str) -> None:
        """Forget an agent's socket."""
        for event in self.colleagues.left(seat):
            self.teller.tell_colleague(None, event)
        agent_id = self.presence.seats().get(seat, ("", False))[0]
        before = self.presence.agent_state_of(agent_id)
        self.presence.agent_went(seat)
        self._tell(agent_id, before)

    def turned(self, agent_id: str, online: bool) -> None:
        """Note that an agent takes chats from now on, or does not."""
        before = self.presence.agent_state_of(agent_id)
        self.presence.agent_state(agent_id, online)
        self._tell(agent_id, before)

    def shows(
        self, seat: str, agent_id: str, name: str, conversation_id: str, state: str, site_id: str | None = None
    ) -> None:
        """Note what a seat has on the screen."""
        event = self.colleagues.show(seat, agent_id, name, conversation_id, state)
        if event is not None:
            self.teller.tell_colleague(site_id, event)

    def snapshot(self) -> dict[str, list[Any]]:
        """Return the seats of this process, and what they show."""
        agents = [
            [seat, agent_id, self._names.get(agent_id, ""), online]
            for seat, (agent_id, online) in self.presence.seats().items()
            if BETWEEN not in seat
        ]
        shown = [row for row in self.colleagues.shown() if BETWEEN not in row[0]]
        return {"agents": agents, "shown": [list(row) for row in shown]}

    def replace(self, process: str, agents: list[list[Any]], shown: list[list[Any]]) -> None:
        """Take over another process's snapshot; only what differs is told. An empty one forgets the process."""
        prefix = process + BETWEEN
        present = {prefix + seat for seat, *_rest in agents}
        kept = {(prefix + seat, conversation_id) for seat, _agent, _name, conversation_id, _state in shown}
        for seat, agent_id, name, conversation_id, _state in self.colleagues.shown():
            if seat.startswith(prefix) and (seat, conversation_id) not in kept:
                self.shows(seat, agent_id, name, conversation_id, "gone")
        for seat in [seat for seat in self.presence.seats() if seat.startswith(prefix) and seat not in present]:
            self.went(seat)
        for seat, agent_id, name, online in agents:
            self.came(prefix + seat, agent_id, name, online)
        for seat, agent_id, name, conversation_id, state in shown:
            self.shows(prefix + seat, agent_id, name, conversation_id, state)

    def _tell(self, agent_id: str, before: str) -> None:
        now = self.presence.agent_state_of(agent_id)
        if agent_id and now != before:
            self.teller.tell_agent_state({"id": agent_id, "name": self._names.get(agent_id, "")}, now)
        if self.presence.agents_changed():
            self.teller.tell_shop(self.presence.agents_online(""))
