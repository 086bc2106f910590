"""The HTTP API: for the widget's first request, the inbox's sign-in, and clients without a socket."""

from typing import Any, TypeVar

import orjson
from flask import Response, g, request
from pydantic import BaseModel

from chatgate.errors import Refusal
from chatgate.services import consents, messages, notices, sessions
from chatgate.services.accounts import agents
from chatgate.services.core import Core
from chatgate.web import guard, protocol
from chatgate.web.access import check_site_origin
from chatgate.web.agent_socket import AgentNamespace
from chatgate.web.entrance import parse
from chatgate.web.visitor_socket import change_request, open_request

M = TypeVar("M", bound=BaseModel)


def answer(value: Any, status: int = 200) -> Response:
    """Return a JSON answer that nobody caches."""
    response = Response(orjson.dumps(value), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def payload(model: type[M]) -> M:
    """Return the request's JSON body as its model.

    Raises:
        Refusal: ``payload_invalid``.
    """
    try:
        data = orjson.loads(request.get_data(cache=False) or b"{}")
    except orjson.JSONDecodeError:
        raise Refusal("payload_invalid", problem="json") from None
    parsed: M = parse(model, data)
    return parsed


class Api:
    """The views of ``/v1`` and of the inbox's sign-in."""

    def __init__(self, core: Core, limiter_secret: guard.Secret, agent_sockets: AgentNamespace) -> None:
        self._core = core
        self._limiter_secret = limiter_secret
        self._agent_sockets = agent_sockets

    def _key(self) -> str:
        return guard.limiter_key(request.environ, self._limiter_secret)

    def notice(self, site_id: str) -> Response:
        """``GET /v1/sites/<site>/notice``: no cookie, no storage, no socket."""
        check_site_origin(self._core, site_id)
        return answer(notices.notice_answer(self._core, site_id, request.args.get("locale", "en")[:35]))

    def open_session(self, site_id: str) -> Response:
        """``POST /v1/sites/<site>/sessions``: the same service as the handshake."""
        check_site_origin(self._core, site_id)
        parsed = payload(protocol.OpenSession)
        if parsed.site != site_id:
            raise Refusal("payload_invalid", field="site")
        return answer(sessions.open_session(self._core, open_request(parsed, self._key())), 201)

    def post_message(self, conversation_id: str) -> Response:
        """``POST /v1/conversations/<id>/messages``: for the offline form and clients without a socket."""
        token = guard.bearer_token(request.environ) or ""
        if conversation_id != g.conversation_id or token.startswith("cgr_"):
            raise Refusal("not_found")
        session = sessions.read_session(self._core, token)
        parsed = payload(protocol.MessageSend)
        return answer(
            messages.post_visitor_message(
                self._core, session, parsed.client_id, parsed.body, self._key(), parsed.attachment_ids
            ),
            201,
        )

    def consent(self) -> Response:
        """``GET /v1/consent``."""
        return answer(consents.current_consent(self._core, g.conversation_id))

    def change_consent(self) -> Response:
        """``PATCH /v1/consent``."""
        parsed = payload(protocol.ConsentChange)
        return answer(consents.change_consent(self._core, g.conversation_id, change_request(parsed)))

    def sign_in(self) -> Response:
        """``POST /inbox/sign-in``: from our own origin only; sets an HttpOnly cookie."""
        guard.check_origin(request.environ, self._core.settings)
        parsed = payload(protocol.SignIn)
        token = agents.sign_in(self._core, parsed.email, parsed.password, self._key(), parsed.code)
        agent = agents.signed_in_agent(self._core, token)
        response = answer(agents.agent_view(self._core, agent))
        response.set_cookie(
            guard.COOKIE,
            token,
            max_age=self._core.settings.agent_session_hours * 3600,
            httponly=True,
            samesite="Strict",
            secure=request.is_secure,
            path="/",
        )
        return response

    def sign_out(self) -> Response:
        """``POST /inbox/sign-out``: ends the sign-in and its sockets."""
        token = guard.cookie_token(request.environ) or ""
        agents.sign_out(self._core, token)
        self._agent_sockets.end_sign_in(token)
        response = answer({})
        response.delete_cookie(guard.COOKIE, path="/", httponly=True, samesite="Strict")
        return response

    def me(self) -> Response:
        """``GET /inbox/me``."""
        return answer(agents.agent_view(self._core, g.agent))
