"""Files over HTTP: uploads as plain bodies read piece by piece, downloads that no browser runs or keeps."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote, unquote

import gevent
from flask import Response, g, request
from pydantic import TypeAdapter, ValidationError

from chatgate.errors import Refusal
from chatgate.services import attachments, sessions
from chatgate.services.accounts import roles
from chatgate.services.attachments import Author, Upload
from chatgate.services.core import Core, View
from chatgate.web import guard
from chatgate.web.api import answer
from chatgate.web.protocol.fields import ClientId

MOST_AT_ONCE: Final = 32
"""Uploads in the memory of one process."""
MOST_OF_ONE: Final = 3
IDLE_SECONDS: Final = 30.0
"""How long the next piece of an upload may take."""
CLIENT_ID: Final[TypeAdapter[str]] = TypeAdapter(ClientId)


class Attachments:
    """The views of uploads and downloads, for both sides."""

    def __init__(self, core: Core, limiter_secret: guard.Secret) -> None:
        self._core = core
        self._limiter_secret = limiter_secret
        self._under_way: Counter[str] = Counter()

    def upload(self, conversation_id: str) -> Response:
        """``POST /v1/conversations/<id>/attachments``: the body is the file; the name stands in a header."""
        author = self._visitor(conversation_id)
        return self._store(conversation_id, author)

    def upload_for(self, conversation_id: str) -> Response:
        """``POST /inbox/conversations/<id>/attachments``: an agent's, from our own origin only."""
        return self._store(conversation_id, self._agent())

    def download(self, conversation_id: str, attachment_id: str) -> Response:
        """``GET /v1/conversations/<id>/attachments/<attachment>``: with the session as a bearer, never by address."""
        self._visitor(conversation_id)
        return _file(*attachments.read_attachment(self._core, attachment_id, conversation_id))

    def download_for(self, attachment_id: str) -> Response:
        """``GET /inbox/attachments/<attachment>``."""
        roles.check(g.agent.role, "conversation_open")
        return _file(*attachments.read_attachment(self._core, attachment_id, None))

    def discard(self, conversation_id: str, attachment_id: str) -> Response:
        """``DELETE /v1/conversations/<id>/attachments/<attachment>``: what was uploaded and will not be sent."""
        author = self._visitor(conversation_id)
        attachments.discard_attachment(self._core, conversation_id, author, attachment_id)
        return answer({})

    def discard_for(self, conversation_id: str, attachment_id: str) -> Response:
        """``DELETE /inbox/conversations/<id>/attachments/<attachment>``."""
        attachments.discard_attachment(self._core, conversation_id, self._agent(), attachment_id)
        return answer({})

    def _visitor(self, conversation_id: str) -> Author:
        """Return the visitor of the bearer; a receipt is for rights and not for talking."""
        token = guard.bearer_token(request.environ) or ""
        if conversation_id != g.conversation_id or token.startswith("cgr_"):
            raise Refusal("not_found")
        session = sessions.read_session(self._core, token)
        return Author("visitor", session.visitor_id, guard.limiter_key(request.environ, self._limiter_secret))

    def _agent(self) -> Author:
        roles.check(g.agent.role, "message_send")
        return Author("agent", g.agent.id, g.agent.id)

    def _store(self, conversation_id: str, author: Author) -> Response:
        upload = Upload(
            client_id=_client_id(request.headers.get("X-Client-Id", "")),
            name=unquote(request.headers.get("X-File-Name", ""))[:500],
            length=request.content_length,
            read=_patient(request.environ["wsgi.input"].read),
        )
        with self._one_more(conversation_id):
            stored = attachments.store_attachment(self._core, conversation_id, author, upload)
        return answer({"attachment": stored}, 201)

    @contextmanager
    def _one_more(self, conversation_id: str) -> Iterator[None]:
        """Bound what lies in memory at once: of everybody, and of one conversation."""
        if self._under_way.total() >= MOST_AT_ONCE or self._under_way[conversation_id] >= MOST_OF_ONE:
            raise Refusal("rate_limited", retry_after_seconds=2)
        self._under_way[conversation_id] += 1
        try:
            yield
        finally:
            self._under_way[conversation_id] -= 1
            self._under_way += Counter()  # drops those at zero


def _client_id(given: str) -> str:
    try:
        return CLIENT_ID.validate_python(given)
    except ValidationError:
        raise Refusal("payload_invalid", field="X-Client-Id") from None


def _patient(read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Return the reading of a body that gives up on a client who stalls or breaks off."""

    def piece(size: int) -> bytes:
        try:
            with gevent.Timeout(IDLE_SECONDS):
                return read(size)
        except (gevent.Timeout, OSError):
            raise Refusal("attachment_refused", reason="broken") from None

    return piece


def _file(view: View, data: bytes) -> Response:
    response = Response(data, mimetype=view["media_type"])
    headers: dict[str, Any] = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(view['name'], safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    response.headers.update(headers)
    return response
