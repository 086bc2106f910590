"""The decorator that makes a function a hook."""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar, overload

import pluggy

from chatgate.hooks.manifest import purpose_set
from chatgate.hooks.specs import PROJECT
from chatgate.models.purposes import Purpose

PURPOSES_ATTRIBUTE: Final = "chatgate_purposes"
OPTIONS_ATTRIBUTE: Final = f"{PROJECT}_impl"
_F = TypeVar("_F", bound=Callable[..., Any])
_mark = pluggy.HookimplMarker(PROJECT)


@overload
def hookimpl(function: _F, /) -> _F: ...


@overload
def hookimpl(*, purposes: Iterable[Purpose | str] | None = None, **unsupported: Any) -> Callable[[_F], _F]: ...


def hookimpl(
    function: _F | None = None,
    /,
    *,
    purposes: Iterable[Purpose | str] | None = None,
    **unsupported: Any,
) -> _F | Callable[[_F], _F]:
    """Make a function a hook, ``@hookimpl`` or ``@hookimpl(purposes=[Purpose.SUPPORT])``.

    Args:
        purposes: the purposes that the visitor's consent must cover for this hook to be called, out of the
            manifest's; without it, all of the manifest's.
        unsupported: pluggy's options; taken here so that loading can refuse them by the middleware's name.
    """

    if function is not None and not callable(function):
        raise TypeError("@hookimpl takes only `purposes`, by name: @hookimpl(purposes=[Purpose.SUPPORT])")

    def mark(function: _F) -> _F:
        marked = _mark(function)
        getattr(marked, OPTIONS_ATTRIBUTE).update(unsupported)
        if purposes is not None:
            setattr(marked, PURPOSES_ATTRIBUTE, purpose_set(purposes))
        return marked

    return mark if function is None else mark(function)
