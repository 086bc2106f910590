"""The ``/agent`` namespace: the inbox's socket, for signed-in agents on our own origin only."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

import gevent

from chatgate.errors import Refusal
from chatgate.services import agents, assistance, inbox, messages
from chatgate.services.core import Core
from chatgate.web import guard, protocol
from chatgate.web.agent_desk import DESK_EVENTS, Desk, DeskEvents
from chatgate.web.entrance import Answer, Event, unexpected
from chatgate.web.inbox_feed import InboxFeed
from chatgate.web.presence import LivePresence

WATCH_SECONDS: Final = 5.0
"""How long a socket may outlive a sign-in that was ended elsewhere (the command line, another process)."""


class AgentNamespace(DeskEvents):
    """Sockets of agents; the sign-in is read again from the database for every event."""

    def __init__(self, core: Core, presence: LivePresence, feed: InboxFeed) -> None:
        super().__init__(core)
        self._feed = feed
        self._presence = presence
        self._watch: gevent.Greenlet | None = None

    def admit(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        """Let a signed-in agent in."""
        guard.check_origin(environ, self._core.settings)
        token = guard.cookie_token(environ)
        agent = agents.signed_in_agent(self._core, token)
        self._tokens[sid] = token or ""
        self._roles[sid] = agent.role
        for site_id in agents.site_ids(self._core, agent):
            self.enter_room(sid, site_id)
        before = self._presence.agent_state_of(agent.id)
        self._presence.agent_came(sid, agent.id)
        self._tell_presence(agent.id, agent.name, before)
        if self._watch is None:
            self._watch = gevent.spawn(self._watch_sign_ins)
        self.emit("agent_ready", agents.agent_view(self._core, agent), to=sid)

    def who(self, sid: str) -> Desk:
        """Return the agent of this socket, as signed in now.

        Raises:
            Refusal: ``sign_in_required``.
        """
        token = self._tokens.get(sid)
        return Desk(agents.signed_in_agent(self._core, token), token or "", sid)

    def left(self, sid: str) -> None:
        """Tell colleagues, and visitors when the last agent is gone."""
        self._feed.left(sid)
        for event in self._colleagues.left(sid):
            self.emit("colleague", event)
        self._roles.pop(sid, None)
        if self._tokens.pop(sid, None) is not None:
            agent_id, before = self._presence.agent_of(sid)
            self._presence.agent_went(sid)
            self._tell_presence(agent_id, None, before)

    def end_sign_in(self, token: str) -> None:
        """Close every socket of a cookie that was signed out."""
        for sid in [sid for sid, known in self._tokens.items() if known == token]:
            self.disconnect(sid)

    def _watch_sign_ins(self) -> None:
        while self._tokens:
            gevent.sleep(WATCH_SECONDS)
            try:
                self.end_stale()
            except Exception as error:
                unexpected("/agent watch", error)
        self._watch = None

    def _tell_presence(self, agent_id: str, name: str | None, before: str) -> None:
        """Tell colleagues when an agent's state is another one now, and visitors when the shop's is."""
        now = self._presence.agent_state_of(agent_id)
        if now != before:
            known = name or inbox.agent_name(self._core, agent_id)
            self.emit("presence", {"agent": {"id": agent_id, "name": known}, "state": now})
        if self._presence.agents_changed():
            online = self._presence.agents_online("")
            self.server.emit("agent_presence", {"agents_online": online}, namespace="/visitor")

    # -- events ----------------------------------------------------------------------------------------------

    def _conversation_open(self, desk: Desk, payload: protocol.ConversationRef) -> Answer:
        # Told from now on: what comes between the note and the answer comes twice, and clients drop by id.
        self._feed.opened(desk.sid, payload.conversation_id)
        answer = inbox.open_conversation(self._core, desk.agent, payload.conversation_id, payload.after_seq)
        return {**answer, "colleagues": self._colleagues.others(desk.agent.id, payload.conversation_id)}

    def _message_send(self, desk: Desk, payload: protocol.MessageSend) -> Answer:
        if payload.conversation_id is None:
            raise Refusal("payload_invalid", field="conversation_id")
        return messages.queue_agent_message(
            self._core, desk.agent, payload.conversation_id, payload.client_id, payload.body, payload.attachment_ids
        )

    def _suggestion_list(self, _desk: Desk, payload: protocol.ConversationRef) -> Answer:
        return assistance.suggestions(self._core, payload.conversation_id)

    def _suggestion_use(self, _desk: Desk, payload: protocol.SuggestionUse) -> Answer:
        return assistance.use_suggestion(self._core, payload.conversation_id, payload.text)

    def _typing(self, desk: Desk, payload: protocol.Typing) -> Answer:
        if payload.conversation_id is None:
            raise Refusal("payload_invalid", field="conversation_id")
        event = {
            "conversation_id": payload.conversation_id,
            "author_kind": "agent",
            "author_name": desk.agent.name,
            "on": payload.on,
        }
        self._core.broadcast.to_visitor(payload.conversation_id, "typing", event)
        self.show(desk, payload.conversation_id, "typing" if payload.on else "viewing")
        return {}

    def _presence_set(self, desk: Desk, payload: protocol.Presence) -> Answer:
        before = self._presence.agent_state_of(desk.agent.id)
        self._presence.agent_state(desk.sid, payload.state == "online")
        self._tell_presence(desk.agent.id, desk.agent.name, before)
        return {"state": payload.state}

    events: ClassVar[Mapping[str, Event]] = MappingProxyType(
        {
            **DESK_EVENTS,
            "conversation_open": Event(protocol.ConversationRef, _conversation_open),
            "message_send": Event(protocol.MessageSend, _message_send),
            "suggestion_list": Event(protocol.ConversationRef, _suggestion_list),
            "suggestion_use": Event(protocol.SuggestionUse, _suggestion_use),
            "typing": Event(protocol.Typing, _typing),
            "presence": Event(protocol.Presence, _presence_set),
        }
    )
