"""What `chatgate middleware` and the privacy documents say about a middleware."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from chatgate.hooks.binding import BoundHook
from chatgate.hooks.discovery import Middleware
from chatgate.hooks.specs import Binding


def describe(middleware: Middleware, hooks: Mapping[str, tuple[BoundHook, ...]]) -> dict[str, Any]:
    """Return the JSON object of one middleware: name, origin, hooks with their binding, manifest."""
    own = [bound for chain in hooks.values() for bound in chain if bound.middleware == middleware.name]
    return {
        "name": middleware.name,
        "origin": middleware.origin,
        "hooks": [_hook(bound) for bound in own],
        "note": "" if own else "no hooks: it does nothing",
        "manifest": _manifest(middleware),
    }


def _hook(bound: BoundHook) -> dict[str, Any]:
    purposes = sorted(purpose.value for purpose in bound.purposes)
    return {
        "hook": bound.info.name,
        "binding": bound.info.binding.value,
        "purposes": purposes,
        "called": _called(bound, " and ".join(purposes)),
    }


def _called(bound: BoundHook, purposes: str) -> str:
    if bound.info.prefix == "register_":
        return "once, at start-up"
    if bound.info.binding is Binding.UNBOUND:
        return "always, without text" if bound.info.prefix == "on_" else "always, before a consent exists"
    if not purposes:
        return "always, without text"
    return f"only while the visitor's consent covers {purposes}; not called for other conversations"


def _manifest(middleware: Middleware) -> dict[str, Any] | None:
    manifest = middleware.manifest
    if manifest is None:
        return None
    return {
        "description": manifest.description,
        "purposes": sorted(purpose.value for purpose in manifest.purposes),
        "recipients": [asdict(recipient) for recipient in manifest.recipients],
        "stores": [asdict(stored) for stored in manifest.stores],
        "settings": sorted(manifest.settings.model_fields) if manifest.settings else [],
    }
