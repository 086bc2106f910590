"""The policy of the hooks: order, consent, time limits and what happens when a middleware fails."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from chatgate.hooks.binding import BoundHook, bind
from chatgate.hooks.calling import call_contributor, call_or_refuse, call_watcher
from chatgate.hooks.description import describe
from chatgate.hooks.discovery import Middleware, find
from chatgate.hooks.kit import KitServices
from chatgate.hooks.specs import HOOKS
from chatgate.models.purposes import Purpose

Covers = Callable[[frozenset[Purpose]], bool]
"""The one question to the current consent of a conversation; None where no consent can exist yet."""


class Chain:
    """The listed middlewares, in their order. Services call this and never a middleware.

    Every method but :meth:`register` may be called from any greenlet or thread.
    """

    def __init__(self, middlewares: Sequence[Middleware], hooks: Mapping[str, tuple[BoundHook, ...]]) -> None:
        self._middlewares = tuple(middlewares)
        self._hooks = hooks

    @property
    def middlewares(self) -> tuple[Middleware, ...]:
        """The middlewares in config order, with their manifests."""
        return self._middlewares

    def choose(self, hook: str, covers: Covers | None, **arguments: Any) -> Any | None:
        """Return the first answer that is not None, or None.

        Raises:
            Refusal: the middleware's own, or ``middleware_error``.
        """
        for bound in self._covered(hook, "choose_", covers):
            answer = call_or_refuse(bound, arguments)
            if answer is not None:
                return answer
        return None

    def check(self, hook: str, covers: Covers | None, **arguments: Any) -> None:
        """Ask every covered middleware in order; the first refusal ends the matter.

        Raises:
            Refusal: the middleware's own, or ``middleware_error``.
        """
        for bound in self._covered(hook, "check_", covers):
            call_or_refuse(bound, arguments)

    def transform(self, hook: str, value: str, covers: Covers | None, **arguments: Any) -> Any:
        """Return the argument called ``value`` after every covered middleware had its turn.

        Raises:
            Refusal: the middleware's own, or ``middleware_error``.
        """
        for bound in self._covered(hook, "transform_", covers):
            changed = call_or_refuse(bound, arguments)
            if changed is not None:
                arguments = {**arguments, value: changed}
        return arguments[value]

    def watchers(self, hook: str) -> tuple[str, ...]:
        """Return the names of the middlewares with this ``on_`` hook, in config order."""
        return tuple(bound.middleware for bound in self._all(hook, "on_"))

    def has(self, hook: str) -> bool:
        """Return whether any middleware implements a hook."""
        return bool(self._hooks[hook])

    def deliver(
        self, middleware_name: str, hook: str, covers: Covers | None, **arguments: Any
    ) -> Literal["delivered", "skipped"]:
        """Deliver one event to one middleware; "skipped" when the consent no longer covers it.

        Raises:
            Exception: what the hook raised; the caller isolates, counts and retries.
        """
        for bound in self._covered(hook, "on_", covers):
            if bound.middleware == middleware_name:
                call_watcher(bound, arguments)
                return "delivered"
        return "skipped"

    def register(self, hook: str) -> list[Any]:
        """Return everything that the middlewares contribute, in config order.

        Raises:
            OperatorError: naming the middleware that failed.
        """
        return [item for bound in self._all(hook, "register_") for item in call_contributor(bound)]

    def describe(self) -> list[dict[str, Any]]:
        """Return each middleware with its manifest and hooks, their bindings and when they are not called."""
        return [describe(middleware, self._hooks) for middleware in self._middlewares]

    def _all(self, hook: str, prefix: str) -> tuple[BoundHook, ...]:
        if HOOKS[hook].prefix != prefix:
            raise ValueError(f"{hook} is no {prefix} hook")
        return self._hooks[hook]

    def _covered(self, hook: str, prefix: str, covers: Covers | None) -> Iterator[BoundHook]:
        for bound in self._all(hook, prefix):
            if not bound.purposes:
                yield bound
            elif covers is None:
                # Skipping here would drop a safety check because of a mistake of the caller.
                raise TypeError(f"{hook} is bound to purposes and needs the current consent")
            elif covers(bound.purposes):
                yield bound


def load_chain(
    names: Sequence[str],
    settings: Mapping[str, Mapping[str, Any]],
    services: KitServices,
    extra: Mapping[str, object] = {},
) -> Chain:
    """Load the listed middlewares and check everything that can be checked before the first visitor comes.

    Args:
        names: ``middleware = [...]`` of the configuration; the order of the chain.
        settings: ``[middleware_settings.<name>]`` by name.
        services: what kits are made of.
        extra: middlewares given directly; they come last, unless ``names`` lists them.

    Raises:
        OperatorError: one line that names the middleware and the mend.
    """
    middlewares = find(names, settings, services, extra)
    return Chain(middlewares, bind(middlewares))
