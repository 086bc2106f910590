"""What a middleware gets to work with: settings, clock, a store of its own, limiter, background."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from chatgate.clock import Clock
from chatgate.hooks.failures import isolated
from chatgate.hooks.limiter import Limiter
from chatgate.hooks.manifest import Manifest
from chatgate.models.purposes import Purpose


class Store(Protocol):
    """Rows of one middleware: JSON under keys, labelled with a purpose, erased with their conversation."""

    def get(self, key: str) -> Any | None:
        """Return the value, or None."""
        ...

    def put(self, key: str, value: Any, *, purpose: Purpose, conversation_id: str | None = None) -> None:
        """Store a JSON value; with a conversation's id it is exported and erased with that conversation."""
        ...

    def delete(self, key: str) -> None:
        """Delete the row if it is there."""
        ...

    def keys(self, prefix: str = "") -> tuple[str, ...]:
        """Return the keys that start with ``prefix``, sorted."""
        ...

    def erase(self, conversation_id: str) -> int:
        """Delete every row of the conversation and return how many there were."""
        ...


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that an agent asked to be told in. Source: W3C Push API, RFC 8291."""

    id: str
    agent_id: str
    endpoint: str
    p256dh: str
    auth: str


class Devices(Protocol):
    """The browsers of agents, for a middleware that tells agents of chats."""

    def of_conversation(self, conversation_id: str) -> tuple[Device, ...]:
        """Return the devices of the agent who has the conversation, or of all who answer when nobody has it."""
        ...

    def forget(self, device_id: str) -> None:
        """Delete a device that its push service no longer knows."""
        ...

    def key(self) -> bytes:
        """Return the shop's own VAPID key, the 32 bytes of a P-256 secret. Source: RFC 8292."""
        ...


class NoDevices:
    """Implements :class:`Devices` where nobody asked to be told."""

    def of_conversation(self, conversation_id: str) -> tuple[Device, ...]:
        """Return none."""
        return ()

    def forget(self, device_id: str) -> None:
        """Do nothing."""

    def key(self) -> bytes:
        """Return a key that no service knows."""
        return bytes(31) + b"\x01"


class KitServices(Protocol):
    """What the application provides so that kits can be made."""

    @property
    def clock(self) -> Clock:
        """The installation's clock."""
        ...

    @property
    def limiter(self) -> Limiter:
        """The installation's limiter."""
        ...

    def store(self, middleware: str) -> Store:
        """Return the store that holds this middleware's rows and no others."""
        ...

    def background(self, job: Callable[[], None]) -> None:
        """Run the job soon, outside the request, isolated: a failure is logged and forgotten."""
        ...


@dataclass(frozen=True, slots=True)
class Kit:
    """The only door of a middleware, for built-ins too. A hook gets it by naming the argument ``kit``.

    ``settings`` is an instance of the manifest's settings model (None without one). ``directory`` is the
    middleware's own place under the data directory, not made yet; None where the application has none. ``devices``
    are the browsers that agents asked to be told in.
    """

    middleware: str
    settings: Any
    clock: Clock
    store: Store
    limiter: Limiter
    background: Callable[[Callable[[], None]], None]
    directory: Path | None = None
    devices: Devices = field(default_factory=NoDevices)


class DeclaredStore:
    """A store that takes only what the manifest declares, so that the documents tell the truth."""

    def __init__(self, middleware: str, store: Store, manifest: Manifest | None) -> None:
        self._middleware = middleware
        self._store = store
        self._declared = frozenset(data.purpose for data in manifest.stores) if manifest else frozenset()

    def get(self, key: str) -> Any | None:
        """Return the value, or None."""
        return self._store.get(key)

    def put(self, key: str, value: Any, *, purpose: Purpose, conversation_id: str | None = None) -> None:
        """Store a JSON value.

        Raises:
            ValueError: the purpose is not in the manifest's ``stores``.
        """
        if purpose not in self._declared:
            raise ValueError(f"the manifest of {self._middleware} stores nothing for {purpose}")
        self._store.put(key, value, purpose=Purpose(purpose), conversation_id=conversation_id)

    def delete(self, key: str) -> None:
        """Delete the row if it is there."""
        self._store.delete(key)

    def keys(self, prefix: str = "") -> tuple[str, ...]:
        """Return the keys that start with ``prefix``, sorted."""
        return self._store.keys(prefix)

    def erase(self, conversation_id: str) -> int:
        """Delete every row of the conversation and return how many there were."""
        return self._store.erase(conversation_id)


def make_kit(middleware: str, manifest: Manifest | None, settings: Any, services: KitServices) -> Kit:
    """Return the kit of one middleware."""
    data_dir: Path | None = getattr(services, "data_dir", None)
    return Kit(
        middleware=middleware,
        settings=settings,
        clock=services.clock,
        store=DeclaredStore(middleware, services.store(middleware), manifest),
        limiter=services.limiter,
        background=lambda job: services.background(isolated(middleware, job)),
        directory=None if data_dir is None else data_dir / "middleware" / middleware,
        devices=getattr(services, "devices", None) or NoDevices(),
    )
