"""One call of one hook: its own copy of the arguments, its time limit, and what a failure turns into."""

import json
import re
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from chatgate.errors import OperatorError, Refusal
from chatgate.hooks.binding import BoundHook
from chatgate.hooks.failures import HookFailed, TimeLimitReached, class_name, is_killed, is_the_callers, log_failure
from chatgate.hooks.results import own_copy

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DETAIL_MAX_CHARACTERS: Final = 4000
_MAX_SPARE: Final = 32


def call_or_refuse(bound: BoundHook, arguments: Mapping[str, Any]) -> Any:
    """Return the hook's checked answer; whatever else happens becomes a refusal.

    Raises:
        Refusal: the middleware's own, or ``middleware_error`` with the middleware's name.
    """
    refusal: Refusal | None = None
    failure = "Refusal"
    try:
        answer = _within_time_limit(bound, arguments)
        return None if answer is None else bound.info.result(answer, arguments)
    except Refusal as raised:
        refusal = _presentable(raised)
    except BaseException as raised:
        if is_the_callers(raised):
            raise
        failure = class_name(raised)
    if refusal is None:
        log_failure(bound.middleware, bound.info.name, failure)
        refusal = Refusal("middleware_error", middleware=bound.middleware)
    # Raised outside the handler, so that the refusal carries no context with what people wrote.
    raise refusal


def call_watcher(bound: BoundHook, arguments: Mapping[str, Any]) -> None:
    """Call an ``on_`` hook.

    Raises:
        Exception: what the hook raised; :class:`HookFailed` for what would have ended the process.
    """
    try:
        _call(bound, arguments)
    except Exception:
        raise
    except BaseException as raised:
        if is_killed(raised):
            raise
        failure = class_name(raised)
    else:
        return
    raise HookFailed(failure)


def call_contributor(bound: BoundHook) -> list[Any]:
    """Return what a ``register_`` hook contributes.

    Raises:
        OperatorError: naming the middleware.
    """
    where = f'middleware "{bound.middleware}": {bound.info.name}'
    try:
        answer = _call(bound, {})
        items: list[Any] = [] if answer is None else bound.info.result(answer, {})
    except OperatorError as error:
        raise OperatorError(f"{where}: {error}", error.exit_code) from error
    except (Exception, SystemExit) as error:
        raise OperatorError(f"{where} failed with {type(error).__name__}: {error}") from error
    return items


def _call(bound: BoundHook, arguments: Mapping[str, Any]) -> Any:
    given = {name: bound.kit if name == "kit" else own_copy(arguments[name]) for name in bound.arguments}
    return bound.function(**given)


def _within_time_limit(bound: BoundHook, arguments: Mapping[str, Any]) -> Any:
    if bound.info.seconds is None or not _gevent_is_patched():
        return _call(bound, arguments)
    import gevent

    timer = _taken_timer(bound.info.seconds)
    timer.start()
    try:
        answer = _call(bound, arguments)
    except gevent.Timeout as raised:
        if raised is timer:
            raise TimeLimitReached from None
        raise
    else:
        if not timer.pending:  # it fired, and the hook swallowed it
            raise TimeLimitReached
        return answer
    finally:
        _put_back(timer)


def _taken_timer(seconds: float) -> Any:
    """Return a timer that is not started; to make one costs five times as much as to start it."""
    spare = _spare_timers()
    if spare and spare[-1].seconds == seconds:
        return spare.pop()
    import gevent

    return gevent.Timeout(seconds)


def _put_back(timer: Any) -> None:
    """Stop a timer. One that fired keeps what its exception has seen, and is not used again."""
    spare = _spare_timers()
    if timer.pending and len(spare) < _MAX_SPARE:
        timer.cancel()
        spare.append(timer)
    else:
        timer.close()


def _spare_timers() -> list[Any]:
    """Return the timers that can be used again in this thread of the system: each thread has a loop of its own."""
    own = _own_of_thread()
    try:
        spare: list[Any] = own.timers
    except AttributeError:
        spare = own.timers = []
    return spare


@cache
def _own_of_thread() -> Any:
    from gevent.monkey import get_original

    return get_original("threading", "local")()


def _gevent_is_patched() -> bool:
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("time"))


def _presentable(raised: Refusal) -> Refusal | None:
    """Return a fresh refusal with the same code and detail, or None for one that no client could be told."""
    try:
        code, detail = raised.code, raised.detail
        text = json.dumps(detail, allow_nan=False)
        if not (isinstance(code, str) and _CODE.fullmatch(code)) or len(text) > _DETAIL_MAX_CHARACTERS:
            return None
        refusal = Refusal(str.__str__(code))
        refusal.detail = json.loads(text)
    except Exception:
        return None
    return refusal if isinstance(refusal.detail, dict) else None
