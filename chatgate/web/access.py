"""Which HTTP route needs what: denied unless it says so when it is registered."""

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, g, request

from chatgate.errors import Refusal
from chatgate.ids import token_hash
from chatgate.services import consents, sessions, sites
from chatgate.services.accounts import agents
from chatgate.services.core import Core
from chatgate.web import guard

PUBLIC: Final = "public"
"""Anybody, before any consent: it writes nothing (or is the gate itself)."""
SESSION: Final = "session"
"""A session token or a receipt's capability, as a bearer."""
AGENT: Final = "agent"
"""A signed-in agent's cookie; writes from our own origin only."""

View = Callable[..., Any]


class Routes:
    """Registers routes with the access that each needs, and enforces it before every request."""

    def __init__(self, app: Flask, core: Core) -> None:
        self._app = app
        self._core = core
        self.access: dict[str, str] = {}
        app.before_request(self._enforce)

    def add(self, rule: str, view: View, access: str, methods: tuple[str, ...] = ("GET",)) -> None:
        """Register a route."""
        endpoint = f"{'_'.join(methods).lower()} {rule}".replace(".", "_")
        self.access[endpoint] = access
        self._app.add_url_rule(rule, endpoint, view, methods=list(methods), provide_automatic_options=False)

    def _enforce(self) -> None:
        if request.endpoint is None:
            raise Refusal("not_found")
        access = self.access.get(request.endpoint)
        if access == PUBLIC:
            return
        if access == SESSION:
            g.conversation_id = conversation_of_bearer(self._core)
        elif access == AGENT:
            if request.method not in ("GET", "HEAD"):
                guard.check_origin(request.environ, self._core.settings)
            g.agent = agents.signed_in_agent(self._core, guard.cookie_token(request.environ))
        else:
            raise Refusal("forbidden")


def conversation_of_bearer(core: Core) -> str:
    """Return the conversation of the request's bearer token.

    Raises:
        Refusal: ``consent_required`` without a token, ``session_invalid`` with a wrong one,
            ``origin_not_allowed`` from a page that is not the site's.
    """
    token = guard.bearer_token(request.environ)
    if token is None:
        raise Refusal("consent_required")
    if token.startswith("cgr_"):
        return consents.conversation_of_receipt(core, token_hash(token))
    session = sessions.read_session(core, token)
    check_site_origin(core, session.site_id)
    return session.conversation_id


def check_site_origin(core: Core, site_id: str) -> None:
    """Refuse a page that is neither ours nor the site's."""

    guard.check_origin(request.environ, core.settings, sites.active_site(core, site_id).allowed_origins)
