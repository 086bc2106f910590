"""Who is here now, in memory: a hint for people, never a fact for a rule."""

from collections import Counter
from collections.abc import Iterable


class LivePresence:
    """Counts open sockets, of this process and of those it hears of. Implements ``services.core.Presence``.

    A seat is one socket of an agent: its sid here, with the other process's name before it elsewhere.
    """

    def __init__(self) -> None:
        self._visitors: Counter[str] = Counter()
        self._elsewhere: dict[str, set[str]] = {}
        self._agents: dict[str, tuple[str, bool]] = {}
        self._told = False

    def visitor_came(self, conversation_id: str) -> bool:
        """Note a visitor's socket; return whether it is the first of the conversation in this process."""
        self._visitors[conversation_id] += 1
        return self._visitors[conversation_id] == 1

    def visitor_went(self, conversation_id: str) -> bool:
        """Forget a visitor's socket; return whether it was the last of the conversation in this process."""
        self._visitors[conversation_id] -= 1
        if self._visitors[conversation_id] <= 0:
            del self._visitors[conversation_id]
            return True
        return False

    def visitor_present(self, conversation_id: str) -> bool:
        """Return whether a socket of this conversation's visitor is open, anywhere."""
        return self._visitors.get(conversation_id, 0) > 0 or any(
            conversation_id in present for present in self._elsewhere.values()
        )

    def visitors_here(self) -> list[str]:
        """Return the conversations whose visitors have a socket in this process."""
        return list(self._visitors)

    def visitors_of(self, process: str, conversation_ids: Iterable[str]) -> None:
        """Note all conversations whose visitors have a socket in another process."""
        self._elsewhere[process] = set(conversation_ids)

    def visitor_elsewhere(self, process: str, conversation_id: str, present: bool) -> None:
        """Note that a visitor came to another process, or left it."""
        known = self._elsewhere.setdefault(process, set())
        if present:
            known.add(conversation_id)
        else:
            known.discard(conversation_id)

    def forget_process(self, process: str) -> None:
        """Forget the visitors of a process that is gone."""
        self._elsewhere.pop(process, None)

    def agent_came(self, seat: str, agent_id: str, online: bool = True) -> None:
        """Note an agent's socket."""
        self._agents[seat] = (agent_id, online)

    def agent_went(self, seat: str) -> str:
        """Forget an agent's socket; return whose it was."""
        return self._agents.pop(seat, ("", False))[0]

    def agent_state(self, agent_id: str, online: bool) -> None:
        """Note whether an agent takes chats, on all of their sockets."""
        for seat, (known, _online) in list(self._agents.items()):
            if known == agent_id:
                self._agents[seat] = (known, online)

    def seats(self) -> dict[str, tuple[str, bool]]:
        """Return each seat's agent, and whether they take chats."""
        return dict(self._agents)

    def agents_online(self, _site_id: str) -> bool:
        """Return whether any agent takes chats; today every agent answers for every site."""
        return any(online for _agent, online in self._agents.values())

    def agent_state_of(self, agent_id: str) -> str:
        """Return ``online``, ``away`` or ``offline``."""
        states = [online for known, online in self._agents.values() if known == agent_id]
        return "offline" if not states else "online" if any(states) else "away"

    def agents_changed(self) -> bool:
        """Return whether the answer of :meth:`agents_online` changed since this was last asked."""
        now = self.agents_online("")
        changed, self._told = now != self._told, now
        return changed
