"""Builds the Flask application with its sockets, and serves it under gevent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from chatgate.services.core import Core
from chatgate.web import guard, problems
from chatgate.web.access import AGENT, PUBLIC, SESSION, Routes
from chatgate.web.agent_socket import AgentNamespace
from chatgate.web.api import Api
from chatgate.web.attachments import Attachments
from chatgate.web.live.broadcast import LocalBroadcaster
from chatgate.web.live.inbox_feed import InboxFeed
from chatgate.web.live.peers import Peers
from chatgate.web.live.presence import LivePresence
from chatgate.web.live.reach import Reach
from chatgate.web.live.seats import Nobody, Seats
from chatgate.web.live.together import Together
from chatgate.web.operations import Operations
from chatgate.web.pages import Pages
from chatgate.web.rights import Rights
from chatgate.web.visitor_socket import VisitorNamespace
from chatgate.web.wire import transport

MAX_REQUEST_BYTES = 262_144
SETTLE_SECONDS: Final = 5.0
HANG_UP_SECONDS: Final = 3.0


def build(core: Core) -> Flask:
    """Return the Flask application; ``app.extensions["socketio"]`` has the socket server."""
    app = Flask("chatgate", template_folder=str(Path(__file__).parent / "templates"), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    socketio = SocketIO(app, manage_session=False, **transport.socketio_options())
    transport.install(socketio.server)
    socketio.server.namespaces = []  # only what is registered: "/" would let anybody in
    presence = LivePresence()
    core.presence = presence
    feed = InboxFeed(socketio.server)
    seats = Seats(presence, Nobody())
    reach = Reach(core.link) if core.link is not None else None
    peers = Peers(core.link, presence, seats, reach) if core.link is not None and reach is not None else None
    core.broadcast = LocalBroadcaster(socketio.server, feed)
    limiter_secret = guard.limiter_secret(core)
    agent_sockets = AgentNamespace(core, seats, feed, peers)
    socketio.server.register_namespace(VisitorNamespace(core, presence, limiter_secret, peers, reach))
    socketio.server.register_namespace(agent_sockets)
    problems.install(app)
    routes = Routes(app, core)
    _register(routes, Pages(core), Api(core, limiter_secret, agent_sockets), Rights(core))
    _register_operations(routes, Operations(core, socketio.server))
    _register_attachments(routes, Attachments(core, limiter_secret))
    app.after_request(_headers)
    if core.link is not None and peers is not None and reach is not None:
        together = Together(core, socketio.server, feed, presence, peers, reach, core.link)
        app.extensions["together"] = together
    proxies = core.settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    return app


def _register(routes: Routes, pages: Pages, api: Api, rights: Rights) -> None:
    routes.add("/", pages.home, PUBLIC)
    routes.add("/widget.js", pages.loader, PUBLIC)
    routes.add("/widget/<site_id>", pages.frame, PUBLIC)
    routes.add("/notices/<sha256>", pages.notice, PUBLIC)
    routes.add("/assets/<path:name>", pages.asset, PUBLIC)
    routes.add("/inbox", pages.inbox, PUBLIC)
    routes.add("/inbox/push.js", pages.push_worker, PUBLIC)
    routes.add("/store/", pages.store, PUBLIC)
    routes.add("/store/<path:name>", pages.store, PUBLIC)
    routes.add("/demo/rows", pages.rows, PUBLIC)
    routes.add("/v1/sites/<site_id>/notice", api.notice, PUBLIC)
    routes.add("/v1/sites/<site_id>/sessions", api.open_session, PUBLIC, ("POST",))
    routes.add("/v1/conversations/<conversation_id>/messages", api.post_message, SESSION, ("POST",))
    routes.add("/v1/consent", api.consent, SESSION)
    routes.add("/v1/consent", api.change_consent, SESSION, ("PATCH",))
    routes.add("/inbox/sign-in", api.sign_in, PUBLIC, ("POST",))
    routes.add("/inbox/sign-out", api.sign_out, AGENT, ("POST",))
    routes.add("/inbox/me", api.me, AGENT)
    routes.add("/receipt", rights.page, PUBLIC)
    routes.add("/v1/receipt", rights.printable, SESSION)
    routes.add("/v1/subject-requests", rights.ask, SESSION, ("POST",))
    routes.add("/inbox/subject-requests", rights.requests, AGENT)
    routes.add("/inbox/subject-requests", rights.ask_for, AGENT, ("POST",))
    routes.add("/inbox/proof", rights.proof, AGENT, ("POST",))
    routes.add("/inbox/proof/pack", rights.proof_pack, AGENT, ("POST",))


def _register_operations(routes: Routes, operations: Operations) -> None:
    routes.add("/healthz", operations.health, PUBLIC)
    routes.add("/readyz", operations.ready, PUBLIC)
    routes.add("/metrics", operations.numbers, PUBLIC)  # public is the way to its own token


def _headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response


def _register_attachments(routes: Routes, files: Attachments) -> None:
    routes.add("/v1/conversations/<conversation_id>/attachments", files.upload, SESSION, ("POST",))
    routes.add("/v1/conversations/<conversation_id>/attachments/<attachment_id>", files.download, SESSION)
    routes.add("/v1/conversations/<conversation_id>/attachments/<attachment_id>", files.discard, SESSION, ("DELETE",))
    routes.add("/inbox/conversations/<conversation_id>/attachments", files.upload_for, AGENT, ("POST",))
    routes.add(
        "/inbox/conversations/<conversation_id>/attachments/<attachment_id>", files.discard_for, AGENT, ("DELETE",)
    )
    routes.add("/inbox/attachments/<attachment_id>", files.download_for, AGENT)


class _Silent:
    """An error log that says how many errors there were and nothing of what a client sent."""

    def write(self, text: str) -> None:
        """Drop it: pywsgi writes peers and raw bytes."""

    def flush(self) -> None:
        """Nothing is kept."""


def serve(app: Flask, host: str, port: int) -> Any:
    """Bind and return a started gevent server; ``server_port`` is the real one.

    Raises:
        OSError: the address is in use or not ours.
    """
    from gevent.pywsgi import WSGIServer

    server = WSGIServer((host, port), app, log=None, error_log=_Silent())
    if "together" in app.extensions:
        app.extensions["together"].start()
    server.start()
    return server


def drain(server: Any, core: Core, stop_worker: Callable[[], None]) -> None:
    """Stop a server as its clients can bear it: nothing new comes in, what was begun is stored and acknowledged.

    Sockets are closed with the code 1012 (service restart), after which clients come back by themselves.
    """
    app: Flask = server.application
    server.close()
    stop_worker()
    sockets = app.extensions["socketio"].server
    sockets.namespace_handlers["/visitor"].leaving = True
    core.storage.settle(SETTLE_SECONDS)
    transport.hang_up(sockets, HANG_UP_SECONDS)
    server.stop(timeout=1)
    core.storage.close()
    together = app.extensions.get("together")
    if together is not None:
        together.stop()
