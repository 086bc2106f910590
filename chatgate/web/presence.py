"""Who is here now, in memory: a hint for people, never a fact for a rule."""

from collections import Counter


class LivePresence:
    """Counts open sockets. Implements ``services.core.Presence``."""

    def __init__(self) -> None:
        self._visitors: Counter[str] = Counter()
        self._agents: dict[str, tuple[str, bool]] = {}
        self._told = False

    def visitor_came(self, conversation_id: str) -> bool:
        """Note a visitor's socket; return whether it is the first of the conversation."""
        self._visitors[conversation_id] += 1
        return self._visitors[conversation_id] == 1

    def visitor_went(self, conversation_id: str) -> bool:
        """Forget a visitor's socket; return whether it was the last of the conversation."""
        self._visitors[conversation_id] -= 1
        if self._visitors[conversation_id] <= 0:
            del self._visitors[conversation_id]
            return True
        return False

    def visitor_present(self, conversation_id: str) -> bool:
        """Return whether a socket of this conversation's visitor is open."""
        return self._visitors.get(conversation_id, 0) > 0

    def agent_came(self, sid: str, agent_id: str) -> None:
        """Note an agent's socket."""
        self._agents[sid] = (agent_id, True)

    def agent_went(self, sid: str) -> None:
        """Forget an agent's socket."""
        self._agents.pop(sid, None)

    def agent_of(self, sid: str) -> tuple[str, str]:
        """Return whose socket this is, and that agent's state."""
        agent_id = self._agents.get(sid, ("", False))[0]
        return agent_id, self.agent_state_of(agent_id)

    def agent_state(self, sid: str, online: bool) -> None:
        """Note whether an agent takes chats, on all of their sockets."""
        agent_id = self._agents.get(sid, ("", False))[0]
        for other, (known, _online) in list(self._agents.items()):
            if known == agent_id:
                self._agents[other] = (known, online)

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
