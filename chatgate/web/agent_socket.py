"""The ``/agent`` namespace: the inbox's socket, for signed-in agents on our own origin only."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from chatgate.errors import Refusal
from chatgate.services import agents, conversations, messages
from chatgate.services.agents import SignedInAgent
from chatgate.services.core import Core
from chatgate.web import guard, protocol
from chatgate.web.entrance import Answer, Entrance, Event
from chatgate.web.inbox_feed import InboxFeed
from chatgate.web.presence import LivePresence


@dataclass(frozen=True, slots=True)
class Desk:
    """A socket that was let in, and the cookie that let it in."""

    agent: SignedInAgent
    token: str
    sid: str


class AgentNamespace(Entrance):
    """Sockets of agents; the sign-in is read again from the database for every event."""

    def __init__(self, core: Core, presence: LivePresence, feed: InboxFeed) -> None:
        super().__init__("/agent")
        self._feed = feed
        self._core = core
        self._presence = presence
        self._tokens: dict[str, str] = {}

    def admit(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        """Let a signed-in agent in."""
        guard.check_origin(environ, self._core.settings)
        token = guard.cookie_token(environ)
        agent = agents.signed_in_agent(self._core, token)
        self._tokens[sid] = token or ""
        for site_id in agents.site_ids(self._core, agent):
            self.enter_room(sid, site_id)
        self._presence.agent_came(sid, agent.id)
        self._tell_presence()
        self.emit("agent_ready", agents.agent_view(self._core, agent), to=sid)

    def who(self, sid: str) -> Desk:
        """Return the agent of this socket, as signed in now.

        Raises:
            Refusal: ``sign_in_required``.
        """
        token = self._tokens.get(sid)
        return Desk(agents.signed_in_agent(self._core, token), token or "", sid)

    def left(self, sid: str) -> None:
        """Tell visitors when the last agent is gone."""
        self._feed.left(sid)
        if self._tokens.pop(sid, None) is not None:
            self._presence.agent_went(sid)
            self._tell_presence()

    def end_sign_in(self, token: str) -> None:
        """Close every socket of a cookie that was signed out."""
        for sid in [sid for sid, known in self._tokens.items() if known == token]:
            self.disconnect(sid)

    def _tell_presence(self) -> None:
        if self._presence.agents_changed():
            online = self._presence.agents_online("")
            self.server.emit("agent_presence", {"agents_online": online}, namespace="/visitor")

    # -- events ----------------------------------------------------------------------------------------------

    def _conversation_list(self, desk: Desk, payload: protocol.ConversationList) -> Answer:
        return conversations.list_conversations(
            self._core, desk.agent, payload.view, payload.limit, payload.before, payload.known
        )

    def _conversation_open(self, desk: Desk, payload: protocol.ConversationRef) -> Answer:
        # Told from now on: what comes between the note and the answer comes twice, and clients drop by id.
        self._feed.opened(desk.sid, payload.conversation_id)
        return conversations.open_conversation(self._core, payload.conversation_id, payload.after_seq)

    def _message_send(self, desk: Desk, payload: protocol.MessageSend) -> Answer:
        if payload.conversation_id is None:
            raise Refusal("payload_invalid", field="conversation_id")
        return {
            "message": messages.post_agent_message(
                self._core, desk.agent, payload.conversation_id, payload.client_id, payload.body
            )
        }

    def _conversation_assign(self, desk: Desk, payload: protocol.ConversationAssign) -> Answer:
        return conversations.assign_conversation(self._core, desk.agent, payload.conversation_id, payload.agent_id)

    def _conversation_close(self, _desk: Desk, payload: protocol.ConversationClose) -> Answer:
        return conversations.close_conversation(self._core, payload.conversation_id, "agent")

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
        return {}

    def _message_seen(self, _desk: Desk, payload: protocol.MessageSeen) -> Answer:
        if payload.conversation_id is None:
            raise Refusal("payload_invalid", field="conversation_id")
        conversations.mark_seen(self._core, payload.conversation_id, payload.seq, "agent")
        return {}

    def _presence_set(self, desk: Desk, payload: protocol.Presence) -> Answer:
        self._presence.agent_state(desk.sid, payload.state == "online")
        self._tell_presence()
        return {"state": payload.state}

    events: ClassVar[Mapping[str, Event]] = MappingProxyType(
        {
            "conversation_list": Event(protocol.ConversationList, _conversation_list),
            "conversation_open": Event(protocol.ConversationRef, _conversation_open),
            "message_send": Event(protocol.MessageSend, _message_send),
            "conversation_assign": Event(protocol.ConversationAssign, _conversation_assign),
            "conversation_close": Event(protocol.ConversationClose, _conversation_close),
            "typing": Event(protocol.Typing, _typing),
            "message_seen": Event(protocol.MessageSeen, _message_seen),
            "presence": Event(protocol.Presence, _presence_set),
        }
    )
