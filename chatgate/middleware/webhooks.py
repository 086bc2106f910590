"""Tells other systems of the shop what happened: signed requests, retried by the outbox (Standard Webhooks)."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from chatgate import (
    ConsentChangedEvent,
    ConversationClosed,
    Kit,
    Manifest,
    MessageStored,
    Purpose,
    Recipient,
    SessionOpened,
    TrainingRetracted,
    hookimpl,
)

EventName = Literal["session_opened", "message_stored", "conversation_closed", "consent_changed", "training_retracted"]
SECONDS: Final = 10
GONE: Final = 410
SECRET_PREFIX: Final = "whsec_"  # noqa: S105  (a marker, no secret)


class Endpoint(BaseModel):
    """One receiver. It drops repeats by the ``webhook-id`` header: a request may come more than once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    secret: SecretStr
    """``whsec_`` and 24 to 64 random bytes in base64."""
    events: tuple[EventName, ...] = ("session_opened", "conversation_closed")
    include_text: bool = False
    """Whether ``message_stored`` carries what was written; without it ids only."""

    @field_validator("url")
    @classmethod
    def _encrypted(cls, value: str) -> str:
        parts = urlsplit(value)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise ValueError("a webhook goes to https:// (http:// only to this machine)")
        return value

    @field_validator("secret")
    @classmethod
    def _strong(cls, value: SecretStr) -> SecretStr:
        if not 24 <= len(key_of(value)) <= 64:
            raise ValueError("a webhook's secret is whsec_ and 24 to 64 bytes in base64")
        return value


class Settings(BaseModel):
    """``[middleware_settings.webhooks]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoints: tuple[Endpoint, ...] = Field(default=(), max_length=10)


manifest = Manifest(
    purposes=[Purpose.SUPPORT],
    recipients=[Recipient(name="The receivers of the shop's webhooks", role="processor", country="ZZ")],
    settings=Settings,
    description="Sends what happened in chats to the addresses that the shop configured, text only where it says so.",
)


@hookimpl
def on_session_opened(event: SessionOpened, kit: Kit) -> None:
    """Tell that a conversation began."""
    _send(kit, "session_opened", event.event_id, event.at, _of(event))


@hookimpl
def on_message_stored(event: MessageStored, kit: Kit) -> None:
    """Tell that a message was stored."""
    data = {**_of(event), "message_id": event.message_id, "seq": event.seq, "author_kind": event.author_kind}
    _send(kit, "message_stored", event.event_id, event.at, data, text={"body": event.body})


@hookimpl
def on_conversation_closed(event: ConversationClosed, kit: Kit) -> None:
    """Tell that a conversation ended."""
    _send(kit, "conversation_closed", event.event_id, event.at, {**_of(event), "reason": event.reason})


@hookimpl
def on_consent_changed(event: ConsentChangedEvent, kit: Kit) -> None:
    """Tell that a consent is another one now, so that a receiver can forget."""
    _send(kit, "consent_changed", event.event_id, event.at, {**_of(event), "choices": dict(event.choices)})


@hookimpl
def on_training_retracted(event: TrainingRetracted, kit: Kit) -> None:
    """Tell that a transcript left the training store, so that a receiver can forget."""
    data = {"conversation_id": event.conversation_id, "item_id": event.item_id, "reason": event.reason}
    _send(kit, "training_retracted", event.event_id, event.at, data)


def signature(secret: SecretStr, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the ``webhook-signature`` header.

    Source: Standard Webhooks 1.0.0, symmetric signatures.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()


def key_of(secret: SecretStr) -> bytes:
    """Return the bytes of a secret; empty when it is none."""
    words = secret.get_secret_value()
    try:
        return base64.b64decode(words.removeprefix(SECRET_PREFIX), validate=True) if words[:6] == SECRET_PREFIX else b""
    except binascii.Error:
        return b""


def _of(event: Any) -> dict[str, Any]:
    return {"site_id": event.site_id, "conversation_id": event.conversation_id}


def _send(
    kit: Kit,
    name: EventName,
    event_id: str,
    at: datetime,
    data: Mapping[str, Any],
    text: Mapping[str, Any] | None = None,
) -> None:
    """Send to every endpoint that wants this event; one that fails does not keep the others from hearing it.

    Raises:
        ConnectionError: an endpoint did not take it; the outbox calls again, later and later.
    """
    failed = 0
    for endpoint in kit.settings.endpoints:
        if name not in endpoint.events:
            continue
        given = {**data, **(text or {})} if endpoint.include_text else data
        body = json.dumps({"type": name, "timestamp": at.isoformat(), "data": given}, ensure_ascii=False).encode()
        try:
            _post(endpoint, event_id, int(kit.clock.now().timestamp()), body)
        except OSError:
            failed += 1
    if failed:
        raise ConnectionError(f"{failed} webhook endpoints did not answer")


def _post(endpoint: Endpoint, event_id: str, timestamp: int, body: bytes) -> None:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "ChatGate",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(endpoint.secret, event_id, timestamp, body),
    }
    request = Request(endpoint.url, data=body, headers=headers, method="POST")  # noqa: S310  (the operator's own URL)
    try:
        with _opener().open(request, timeout=SECONDS):
            return
    except HTTPError as error:
        if error.code != GONE:  # the receiver wants no more of it: repeating would not help
            raise


class _NoRedirect(HTTPRedirectHandler):
    """A redirect is a failure: a signed request goes where the operator said and nowhere else."""

    def redirect_request(self, *_arguments: Any) -> None:
        """Follow nothing."""


def _opener() -> OpenerDirector:
    return build_opener(_NoRedirect)
