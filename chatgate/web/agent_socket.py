"""The ``/agent`` namespace: the inbox's socket, for signed-in agents on our own origin only."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

import gevent

from chatgate.errors import Refusal
from chatgate.services import messages
from chatgate.services.accounts import agents
from chatgate.services.core import Core
from chatgate.services.desk import inbox
from chatgate.services.learning import assistance
from chatgate.sharing.telling import event_json, site_name
from chatgate.web import guard, protocol
from chatgate.web.agent_desk import DESK_EVENTS, Desk, DeskEvents
from chatgate.web.entrance import Answer, Event, unexpected
from chatgate.web.live.inbox_feed import InboxFeed
from chatgate.web.live.peers import Peers
from chatgate.web.live.seats import Seats

WATCH_SECONDS: Final = 5.0
"""How long a socket may outlive a sign-in that was ended elsewhere (the command line, another process)."""


class AgentNamespace(DeskEvents):
    """Sockets of agents; the sign-in is read again from the database for every event."""

    def __init__(self, core: Core, seats: Seats, feed: InboxFeed, peers: Peers | None) -> None:
        super().__init__(core, seats, peers)
        self._feed = feed
        seats.teller = self
        if peers is not None:
            peers.doing("agents_hear", self.emit)
            peers.doing("sign_ins_changed", lambda: gevent.spawn(self._end_stale))
        self._watch: gevent.Greenlet | None = None

    def admit(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        """Let a signed-in agent in."""
        guard.check_origin(environ, self._core.settings)
        token = guard.cookie_token(environ)
        agent = agents.signed_in_agent(self._core, token)
        self._tokens[sid] = token or ""
        self._roles[sid] = agent.role
        site_ids = agents.site_ids(self._core, agent)
        self._feed.follow(map(site_name, site_ids))
        for site_id in site_ids:
            self.enter_room(sid, site_id)
        self._seats.came(sid, agent.id, agent.name)
        self.say("came", sid, agent.id, agent.name)
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
        self._roles.pop(sid, None)
        if self._tokens.pop(sid, None) is not None:
            self._seats.went(sid)
            self.say("went", sid)

    def end_sign_in(self, token: str) -> None:
        """Close every socket of a cookie that was signed out."""
        for sid in [sid for sid, known in self._tokens.items() if known == token]:
            self.disconnect(sid)
        self.say("sign_ins_changed")

    def _watch_sign_ins(self) -> None:
        while self._tokens:
            gevent.sleep(WATCH_SECONDS)
            self._end_stale()
        self._watch = None

    def _end_stale(self) -> None:
        try:
            self.end_stale()
        except Exception as error:
            unexpected("/agent watch", error)

    # -- telling the sockets of this process -------------------------------------------------------------------

    def tell_agent_state(self, agent: dict[str, str], state: str) -> None:
        """Tell colleagues that an agent came, went, or takes chats or not."""
        self.emit("presence", {"agent": agent, "state": state})

    def tell_shop(self, online: bool) -> None:
        """Tell visitors whether anybody takes chats."""
        self.server.emit("agent_presence", {"agents_online": online}, namespace="/visitor")

    def tell_colleague(self, site_id: str | None, event: dict[str, Any]) -> None:
        """Tell colleagues what one of them has on the screen."""
        if site_id is None:
            self.emit("colleague", event)
        else:
            self._feed.tell(site_id, event["conversation_id"], "colleague", event_json("colleague", event))

    # -- events ----------------------------------------------------------------------------------------------

    def _conversation_open(self, desk: Desk, payload: protocol.ConversationRef) -> Answer:
        # Told from now on: what comes between the note and the answer comes twice, and clients drop by id.
        self._feed.opened(desk.sid, payload.conversation_id)
        answer = inbox.open_conversation(self._core, desk.agent, payload.conversation_id, payload.after_seq)
        return {**answer, "colleagues": self._seats.colleagues.others(desk.agent.id, payload.conversation_id)}

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
        online = payload.state == "online"
        self._seats.turned(desk.agent.id, online)
        self.say("turned", desk.agent.id, online)
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
