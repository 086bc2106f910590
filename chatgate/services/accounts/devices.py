"""The browsers that agents asked to be told in when the inbox is closed, and the shop's own key for their services."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import Connection

from chatgate.clock import Clock
from chatgate.errors import Refusal
from chatgate.hooks.kit import Device
from chatgate.ids import token_hash
from chatgate.services.accounts import roles
from chatgate.services.core import Core, View
from chatgate.storage.database import Storage
from chatgate.storage.files.keyfiles import load_or_create_key
from chatgate.storage.queries import conversations, devices

MIDDLEWARE: Final = "push"
PER_SIGN_IN: Final = 5
POINT_BYTES: Final = 65
AUTH_BYTES: Final = 16
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def push_key(core: Core) -> View:
    """Return the key that a browser subscribes with (``PushKey``); None when the shop does not send pushes."""
    if MIDDLEWARE not in core.settings.middleware:
        return {"public_key": None}
    return {
        "public_key": base64.urlsafe_b64encode(public_point(vapid_key(core.settings.data_dir))).decode().rstrip("=")
    }


def subscribe(core: Core, token: str, endpoint: str, p256dh: str, auth: str) -> View:
    """Tell this browser from now on, until its sign-in ends.

    Raises:
        Refusal: ``payload_invalid`` for what no browser sends; ``not_found`` when the shop does not send pushes.

    Stores: the browser's address at its push service and its keys, for *work*, until the sign-in ends.
    """
    if MIDDLEWARE not in core.settings.middleware:
        raise Refusal("not_found")
    if urlsplit(endpoint).scheme not in ("https", "http") or not urlsplit(endpoint).hostname:
        raise Refusal("payload_invalid", field="endpoint")
    for field, value, size in (("p256dh", p256dh, POINT_BYTES), ("auth", auth, AUTH_BYTES)):
        if len(_decoded(value)) != size:
            raise Refusal("payload_invalid", field=field)
    hashed, now = token_hash(token), core.clock.now()
    values = {
        "id": device_id(endpoint),
        "token_hash": hashed,
        "endpoint": endpoint,
        "p256dh": p256dh,
        "auth": auth,
        "created_at": now,
    }

    def job(db: Connection) -> None:
        devices.drop_ended(db, now)
        devices.put(db, values)
        if devices.number_of(db, hashed) > PER_SIGN_IN:
            raise Refusal("payload_invalid", problem="too_many_devices")

    core.storage.write_now(job)
    return {}


def unsubscribe(core: Core, token: str, endpoint: str) -> View:
    """Tell this browser no longer; one that is not told is no mistake."""
    core.storage.write_now(lambda db: devices.drop(db, device_id(endpoint), token_hash(token)))
    return {}


def device_id(endpoint: str) -> str:
    """Return the id of a browser: the same one whenever it subscribes again."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def vapid_key(data_dir: Path) -> bytes:
    """Return the shop's own VAPID key; it is made when it is first needed."""
    return load_or_create_key(data_dir / "keys" / "push.key", "push", _scalar)


def public_point(key: bytes) -> bytes:
    """Return the public half of a VAPID key as an uncompressed point."""
    # Imported on use: most processes never tell a browser.
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = ec.derive_private_key(int.from_bytes(key), ec.SECP256R1()).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class KitDevices:
    """What middlewares see of the browsers of agents. Implements ``hooks.kit.Devices``."""

    def __init__(self, storage: Storage, clock: Clock, key: Callable[[], bytes]) -> None:
        self._storage = storage
        self._clock = clock
        self.key = key

    def of_conversation(self, conversation_id: str) -> tuple[Device, ...]:
        """Return the devices of the agent who has the conversation, or of all who answer when nobody has it."""
        with self._storage.read() as db:
            row = conversations.conversation(db, conversation_id)
            if row is None or row.state != "open" or row.restricted:
                return ()
            found = devices.live(db, self._clock.now(), roles.ACTIONS["message_send"], row.assigned_agent_id)
        return tuple(Device(one.id, one.agent_id, one.endpoint, one.p256dh, one.auth) for one in found)

    def forget(self, device_id: str) -> None:
        """Delete a device that its push service no longer knows."""
        self._storage.write_now(lambda db: devices.drop(db, device_id))


def _scalar() -> bytes:
    return (secrets.randbelow(P256_ORDER - 1) + 1).to_bytes(32)


def _decoded(words: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))
    except (binascii.Error, ValueError):
        return b""
