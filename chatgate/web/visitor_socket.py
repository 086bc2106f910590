"""The ``/visitor`` namespace: a socket is let in by an accepted consent or by a session, and by nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import BaseModel

from chatgate.errors import Refusal
from chatgate.services import consents, conversations, messages, notices, sessions, sites, visitors
from chatgate.services.consents import ChangeRequest
from chatgate.services.core import Core
from chatgate.services.learning import assistance
from chatgate.services.sessions import OpenRequest, VisitorSession
from chatgate.sharing.telling import conversation_name
from chatgate.web import guard, protocol
from chatgate.web.entrance import Answer, Entrance, Event, parse
from chatgate.web.live.peers import Peers
from chatgate.web.live.presence import LivePresence
from chatgate.web.live.reach import Reach


@dataclass(frozen=True, slots=True)
class Visitor:
    """A socket that was let in."""

    session: VisitorSession
    limiter_key: str
    sid: str


def open_request(payload: protocol.OpenSession, limiter_key: str) -> OpenRequest:
    """Return the service's request for a parsed OpenSession."""
    return OpenRequest(
        site=payload.site,
        client_id=payload.client_id,
        display_token=payload.display_token,
        rendered_sha256=payload.rendered_sha256,
        choices=payload.choices,
        locale=payload.locale,
        page_path=payload.page_path,
        method=payload.method,
        widget_build=payload.widget_build,
        minor=payload.minor,
        written=payload.written,
        limiter_key=limiter_key,
    )


def change_request(payload: protocol.ConsentChange) -> ChangeRequest:
    """Return the service's request for a parsed ConsentChange."""
    return ChangeRequest(payload.choices, payload.display_token, payload.rendered_sha256)


class VisitorNamespace(Entrance):
    """Sockets of visitors, each bound to one conversation."""

    def __init__(
        self,
        core: Core,
        presence: LivePresence,
        limiter_secret: guard.Secret,
        peers: Peers | None = None,
        reach: Reach | None = None,
    ) -> None:
        super().__init__("/visitor")
        self._core = core
        self._presence = presence
        self._limiter_secret = limiter_secret
        self._peers = peers
        self._reach = reach
        self._visitors: dict[str, Visitor] = {}
        self.leaving = False
        """Whether this process stops: then nobody is told of each visitor who goes."""

    def admit(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        """Open or resume a session; refused anywhere, nothing is written."""
        core, key = self._core, guard.limiter_key(environ, self._limiter_secret)
        if isinstance(auth, dict) and "session_token" in auth:
            resume: protocol.ResumeSession = parse(protocol.ResumeSession, auth)
            session = sessions.read_session(core, resume.session_token)
            self._check_origin(environ, session.site_id)
            with self._followed(session.conversation_id):
                answer = sessions.resume_session(core, session, resume.last_seq)
                self._enter(sid, Visitor(session, key, sid))
            self.emit("session_resumed", answer, to=sid)
            return
        if not isinstance(auth, dict) or not auth:
            raise Refusal("consent_required")
        if "site" in auth and "choices" not in auth:
            raise self._without_decision(environ, auth)
        request: protocol.OpenSession = parse(protocol.OpenSession, auth)
        self._check_origin(environ, request.site)
        answer = sessions.open_session(core, open_request(request, key))
        session = sessions.read_session(core, answer["session_token"])
        with self._followed(session.conversation_id):
            # Of a session that was opened before, another process may have stored a message meanwhile.
            answer["messages"] += sessions.missed_since(core, session, answer["messages"])
            self._enter(sid, Visitor(session, key, sid))
        self.emit("session_opened", answer, to=sid)

    def _without_decision(self, environ: dict[str, Any], auth: dict[str, Any]) -> Refusal:
        """Answer a socket that skips the notice: with the notice."""
        site = str(auth.get("site"))[:64]
        self._check_origin(environ, site)
        locale = auth.get("locale")
        answer = notices.notice_answer(self._core, site, locale if isinstance(locale, str) else "en")
        return Refusal("consent_required", notice=answer)

    def _check_origin(self, environ: dict[str, Any], site_id: str) -> None:
        site = sites.active_site(self._core, site_id)
        guard.check_origin(environ, self._core.settings, site.allowed_origins)

    @contextmanager
    def _followed(self, conversation_id: str) -> Iterator[None]:
        """Hear what other processes say of a conversation before it is read, so that nothing falls in between."""
        reach, names = self._reach, [conversation_name(conversation_id)]
        if reach is not None:
            reach.follow(names)
        try:
            yield
        except BaseException:
            if reach is not None:
                reach.unfollow(names)
            raise

    def _enter(self, sid: str, visitor: Visitor) -> None:
        self._visitors[sid] = visitor
        conversation_id = visitor.session.conversation_id
        self.enter_room(sid, conversation_id)
        if self._presence.visitor_came(conversation_id):
            self._tell_presence(conversation_id, True)

    def who(self, sid: str) -> Visitor:
        """Return the visitor of this socket.

        Raises:
            Refusal: ``consent_required``: no session, no event.
        """
        visitor = self._visitors.get(sid)
        if visitor is None:
            raise Refusal("consent_required")
        return visitor

    def left(self, sid: str) -> None:
        """Tell the inbox when a conversation's last socket is gone."""
        visitor = self._visitors.pop(sid, None)
        if visitor is None or self.leaving:
            return
        conversation_id = visitor.session.conversation_id
        if self._reach is not None:
            self._reach.unfollow([conversation_name(conversation_id)])
        if self._presence.visitor_went(conversation_id):
            self._tell_presence(conversation_id, False)

    def _tell_presence(self, conversation_id: str, present: bool) -> None:
        if self._peers is not None:
            self._peers.say("visitor", conversation_id, present)
        conversations.tell_presence(self._core, conversation_id)

    # -- events ----------------------------------------------------------------------------------------------

    def _message_send(self, visitor: Visitor, payload: protocol.MessageSend) -> Answer:
        return messages.queue_visitor_message(
            self._core, visitor.session, payload.client_id, payload.body, visitor.limiter_key, payload.attachment_ids
        )

    def _typing(self, visitor: Visitor, payload: protocol.Typing) -> Answer:
        conversations.tell_typing(self._core, visitor.session.conversation_id, payload.on)
        return {}

    def _message_seen(self, visitor: Visitor, payload: protocol.MessageSeen) -> Answer:
        conversations.mark_seen(self._core, visitor.session.conversation_id, payload.seq, "visitor")
        return {}

    def _profile_set(self, visitor: Visitor, payload: protocol.ProfileSet) -> Answer:
        conversations.set_profile(self._core, visitor.session.conversation_id, payload.fields)
        return {}

    def _identity_set(self, visitor: Visitor, payload: protocol.IdentitySet) -> Answer:
        visitors.identify(self._core, visitor.session, payload.id, payload.email, payload.name, payload.signature)
        return {}

    def _rating_set(self, visitor: Visitor, payload: protocol.RatingSet) -> Answer:
        visitors.rate_conversation(self._core, visitor.session.conversation_id, payload.score, payload.comment)
        return {}

    def _human_request(self, visitor: Visitor, _payload: BaseModel) -> Answer:
        return assistance.request_human(self._core, visitor.session.conversation_id)

    def _session_close(self, visitor: Visitor, _payload: BaseModel) -> Answer:
        conversations.close_conversation(self._core, visitor.session.conversation_id, "visitor")
        return {}

    def _consent_change(self, visitor: Visitor, payload: protocol.ConsentChange) -> Answer:
        return consents.change_consent(self._core, visitor.session.conversation_id, change_request(payload))

    events: ClassVar[Mapping[str, Event]] = MappingProxyType(
        {
            "message_send": Event(protocol.MessageSend, _message_send),
            "typing": Event(protocol.Typing, _typing),
            "message_seen": Event(protocol.MessageSeen, _message_seen),
            "profile_set": Event(protocol.ProfileSet, _profile_set),
            "identity_set": Event(protocol.IdentitySet, _identity_set),
            "rating_set": Event(protocol.RatingSet, _rating_set),
            "human_request": Event(protocol.Empty, _human_request),
            "session_close": Event(protocol.Empty, _session_close),
            "consent_change": Event(protocol.ConsentChange, _consent_change),
        }
    )
