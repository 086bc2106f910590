"""Stateless signed tokens: the display token of a notice and the session token of a conversation."""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from chatgate.errors import Refusal


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _mac(key: bytes, kind: str, body: str) -> bytes:
    return hmac.digest(key, f"chatgate/{kind}/v1\n{body}".encode(), hashlib.sha256)


def sign(key: bytes, kind: str, payload: dict[str, Any]) -> str:
    """Return ``kind.payload.mac`` in URL-safe text; nothing is stored.

    Args:
        key: 32 secret bytes.
        kind: ``display`` or ``session``; a token of one kind is never valid as the other.
        payload: JSON values; ``expires_at`` (seconds since 1970, UTC) ends its life.
    """
    body = _encode(json.dumps(payload, separators=(",", ":"), sort_keys=True).encode())
    return f"{kind}.{body}.{_encode(_mac(key, kind, body))}"


def read(key: bytes, kind: str, token: str, at: datetime, *, code: str) -> dict[str, Any]:
    """Return the payload of a token that :func:`sign` made and that still lives.

    Raises:
        Refusal: ``code`` when the token is forged, of another kind, or expired.
    """
    try:
        found_kind, body, mac = token.split(".")
        # Compared as text: base64 has several spellings of the same bytes, and a token has one.
        genuine = found_kind == kind and hmac.compare_digest(mac.encode(), _encode(_mac(key, kind, body)).encode())
        payload = json.loads(_decode(body)) if genuine else None
    except (ValueError, binascii.Error):
        payload = None
    if not isinstance(payload, dict) or payload.get("expires_at", 0) <= at.timestamp():
        raise Refusal(code)
    return payload
