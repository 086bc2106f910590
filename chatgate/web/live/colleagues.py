"""Which agents have which conversation on the screen, in memory: a hint against answering twice."""

from dataclasses import dataclass, field
from typing import Any

State = str
RANK = {"viewing": 1, "typing": 2}


@dataclass(slots=True)
class _Seat:
    """One socket of an agent, and what it shows."""

    agent_id: str
    name: str
    states: dict[str, State] = field(default_factory=dict)


class Colleagues:
    """Counts sockets, tells agents: somebody with two windows is one colleague."""

    def __init__(self) -> None:
        self._seats: dict[str, _Seat] = {}

    def show(self, sid: str, agent_id: str, name: str, conversation_id: str, state: State) -> dict[str, Any] | None:
        """Note that a socket shows a conversation (``viewing``), writes in it (``typing``) or left it (``gone``).

        Returns:
            The event ``colleague`` when the agent's state in this conversation is another one now.
        """
        before = self._state(agent_id, conversation_id)
        seat = self._seats.setdefault(sid, _Seat(agent_id, name))
        if state == "gone":
            seat.states.pop(conversation_id, None)
        else:
            seat.states[conversation_id] = state
        after = self._state(agent_id, conversation_id)
        return None if after == before else _event(agent_id, name, conversation_id, after)

    def left(self, sid: str) -> list[dict[str, Any]]:
        """Forget a socket; return the events to send."""
        seat = self._seats.get(sid)
        if seat is None:
            return []
        shown = list(seat.states)
        events = [self.show(sid, seat.agent_id, seat.name, known, "gone") for known in shown]
        del self._seats[sid]
        return [event for event in events if event is not None]

    def shown(self) -> list[tuple[str, str, str, str, State]]:
        """Return seat, agent's id and name, conversation and state, for everything that is on a screen."""
        return [
            (sid, seat.agent_id, seat.name, conversation_id, state)
            for sid, seat in self._seats.items()
            for conversation_id, state in seat.states.items()
        ]

    def others(self, agent_id: str, conversation_id: str) -> list[dict[str, Any]]:
        """Return the other agents who have a conversation on the screen (``ColleagueView``)."""
        names = {
            seat.agent_id: seat.name
            for seat in self._seats.values()
            if seat.agent_id != agent_id and conversation_id in seat.states
        }
        return [
            {"agent": {"id": known, "name": name}, "state": self._state(known, conversation_id)}
            for known, name in sorted(names.items())
        ]

    def _state(self, agent_id: str, conversation_id: str) -> State:
        states = [
            seat.states[conversation_id]
            for seat in self._seats.values()
            if seat.agent_id == agent_id and conversation_id in seat.states
        ]
        return max(states, key=RANK.__getitem__, default="gone")


def _event(agent_id: str, name: str, conversation_id: str, state: State) -> dict[str, Any]:
    return {"conversation_id": conversation_id, "agent": {"id": agent_id, "name": name}, "state": state}
