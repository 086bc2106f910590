"""Who may speak to us: origins, the caller's limiter key, and the tokens in a request."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from chatgate.config import Settings
from chatgate.errors import Refusal
from chatgate.services.core import Core

Secret = Callable[[], bytes]
COOKIE = "chatgate_agent"


def check_origin(environ: Mapping[str, Any], settings: Settings, allowed: Iterable[str] = ()) -> None:
    """Refuse a browser's request from a foreign page. No Origin header, or our own, passes.

    Args:
        environ: the WSGI environment.
        settings: for ``public_url``.
        allowed: the site's own list; empty for the inbox and every write with a cookie: that is the CSRF rule.

    Raises:
        Refusal: ``origin_not_allowed``.
    """
    origin = environ.get("HTTP_ORIGIN")
    if origin is None or origin in own_origins(environ, settings) or origin in allowed:
        return
    raise Refusal("origin_not_allowed")


def own_origins(environ: Mapping[str, Any], settings: Settings) -> set[str]:
    """Return the origins under which this request reached us."""
    own = {f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', '')}"}
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        own.add(f"{parts.scheme}://{parts.netloc}")
    return own


def limiter_secret(core: Core) -> Secret:
    """Return what gives the key under which callers are counted: made at start, or for several processes each day."""
    if core.link is None:
        own = secrets.token_bytes(32)
        return lambda: own

    def of_today() -> bytes:
        day = core.clock.now().date().isoformat()
        return hmac.digest(core.session_key, f"chatgate/callers/{day}".encode(), hashlib.sha256)

    return of_today


def limiter_key(environ: Mapping[str, Any], secret: Secret) -> str:
    """Return what stands for the caller's address in limits: an HMAC, never stored.

    Behind trusted proxies the address in ``environ`` is already the caller's (ProxyFix put it there).
    """
    address = str(environ.get("REMOTE_ADDR", ""))
    return hmac.digest(secret(), address.encode(), hashlib.sha256).hex()[:32]


def cookie_token(environ: Mapping[str, Any]) -> str | None:
    """Return the agent's token from the Cookie header."""
    for part in str(environ.get("HTTP_COOKIE", "")).split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return None


def bearer_token(environ: Mapping[str, Any]) -> str | None:
    """Return the token of ``Authorization: Bearer ...``."""
    scheme, _, token = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
