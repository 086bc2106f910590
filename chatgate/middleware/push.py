"""A web push to agents' browsers when a visitor writes; it says that, and nothing of what was written.

Without a vendor of its own: the browser's maker runs the push service, and what it carries is sealed for the browser
(RFC 8291) and signed with the shop's own key (RFC 8292).
"""

import base64
import json
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pydantic import BaseModel, ConfigDict, Field

from chatgate import Device, Kit, Manifest, MessageStored, Purpose, Recipient, StoredData, hookimpl

SECONDS: Final = 10
GONE: Final = (404, 410)
TOKEN_SECONDS: Final = 12 * 3600
SERVICES: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    "notify.windows.com",
)


class Settings(BaseModel):
    """``[middleware_settings.push]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: str = Field(pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://\S+)$")
    """Whom a push service may ask about these pushes: ``mailto:...`` or ``https://...``."""
    quiet_seconds: int = Field(default=60, ge=0, le=3600)
    """How long one conversation tells a browser nothing more."""
    hours: int = Field(default=4, ge=1, le=72)
    """How long a push service keeps a push for a browser that is switched off."""
    services: tuple[str, ...] = SERVICES
    """The hosts that pushes are sent to, and their subdomains; a browser with another push service is not told."""


manifest = Manifest(
    purposes=[Purpose.SUPPORT],
    recipients=[
        Recipient("Google (push service of Chrome)", "processor", "US", "DPF", "https://policies.google.com/privacy"),
        Recipient("Mozilla (push service of Firefox)", "processor", "US", "SCC", "https://www.mozilla.org/privacy/"),
        Recipient("Apple (push service of Safari)", "processor", "US", "SCC", "https://www.apple.com/legal/privacy/"),
        Recipient("Microsoft (push service of Edge)", "processor", "US", "DPF", "https://privacy.microsoft.com"),
    ],
    stores=[StoredData("which browser could not be told of a conversation yet", Purpose.SUPPORT)],
    settings=Settings,
    description="Tells agents' browsers that a visitor wrote: sealed, with no name and no word of the message.",
)


@hookimpl
def on_message_stored(event: MessageStored, kit: Kit) -> None:
    """Tell the browsers of the agent who has the conversation, or of everybody when nobody has it.

    Raises:
        ConnectionError: a push service did not take it; the outbox calls again, later and later.
    """
    if event.author_kind != "visitor":
        return
    failed = 0
    for device in kit.devices.of_conversation(event.conversation_id):
        if not _is_served(kit.settings.services, device) or _told_lately(kit, event, device):
            continue
        try:
            if not _send(kit, device, event.conversation_id):
                kit.devices.forget(device.id)
        except OSError:
            owed = _owed(event, device)
            kit.store.put(owed, True, purpose=Purpose.SUPPORT, conversation_id=event.conversation_id)
            failed += 1
    if failed:
        raise ConnectionError(f"{failed} push services did not answer")


def sealed(device: Device, content: bytes) -> bytes:
    """Return content that only this browser can read. Source: RFC 8291."""
    import http_ece
    from cryptography.hazmat.primitives.asymmetric import ec

    body: bytes = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_decoded(device.p256dh),
        auth_secret=_decoded(device.auth),
        version="aes128gcm",
    )
    return body


def authorization(key: bytes, endpoint: str, contact: str, now: int) -> str:
    """Return the header that says which shop sends, signed with its own key. Source: RFC 8292."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    secret = ec.derive_private_key(int.from_bytes(key), ec.SECP256R1())
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now + TOKEN_SECONDS, "sub": contact}
    signed = f"{_encoded(_json({'typ': 'JWT', 'alg': 'ES256'}))}.{_encoded(_json(claims))}"
    r, s = decode_dss_signature(secret.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    point = secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return f"vapid t={signed}.{_encoded(r.to_bytes(32) + s.to_bytes(32))}, k={_encoded(point)}"


def _send(kit: Kit, device: Device, conversation_id: str) -> bool:
    """Hand a push to the browser's service; return False when the service no longer knows the browser."""
    settings: Settings = kit.settings
    headers = {
        "Authorization": authorization(
            kit.devices.key(), device.endpoint, settings.contact, int(kit.clock.now().timestamp())
        ),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(settings.hours * 3600),
        "Urgency": "high",
    }
    body = sealed(device, _json({"conversation_id": conversation_id}))
    request = Request(device.endpoint, body, headers, method="POST")  # noqa: S310  (a host that the shop allows)
    try:
        with build_opener(_NoRedirect).open(request, timeout=SECONDS):
            return True
    except HTTPError as error:
        with error:
            if error.code in GONE:
                return False
            raise


class _NoRedirect(HTTPRedirectHandler):
    """A redirect is a failure: a push goes to the service that the browser named and nowhere else."""

    def redirect_request(self, *_arguments: Any) -> None:
        """Follow nothing."""


def _is_served(services: tuple[str, ...], device: Device) -> bool:
    """Return whether a device's address is at one of these hosts: agents must not make this server call others."""
    host = urlsplit(device.endpoint).hostname or ""
    return any(host == one or host.endswith(f".{one}") for one in services)


def _told_lately(kit: Kit, event: MessageStored, device: Device) -> bool:
    """Return whether this browser heard of this conversation a moment ago; a push that failed was not heard."""
    quiet, owed = kit.settings.quiet_seconds, _owed(event, device)
    if kit.store.get(owed):
        kit.store.delete(owed)
        return False
    if quiet == 0:
        return False
    return kit.limiter.hit("push", f"{event.conversation_id}:{device.id}", 1, quiet) is not None


def _owed(event: MessageStored, device: Device) -> str:
    return f"owed:{event.conversation_id}:{device.id}"


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))
