"""How a failing middleware is told from its caller's business, and what may be written about it."""

import sys
from collections.abc import Callable

from chatgate.logs import failure, log


class HookFailed(Exception):  # noqa: N818  (a fact about a middleware)
    """A watching hook tried to end the process; the worker treats it like any other failed delivery."""


class TimeLimitReached(Exception):  # noqa: N818  (named in the log line)
    """A hook waited longer than it may."""


def log_failure(middleware: str, where: str, failed_with: str) -> None:
    """Write the one fixed line; an exception's message may hold what people wrote, so it is left out."""
    log("hooks", "middleware_failed", middleware=middleware, where=where, failure=failed_with)


def is_the_callers(raised: BaseException) -> bool:
    """Say whether the exception is meant for the caller of the chain: a killed greenlet, its own timeout."""
    gevent = sys.modules.get("gevent")
    return gevent is not None and isinstance(raised, gevent.GreenletExit | gevent.Timeout)


def is_killed(raised: BaseException) -> bool:
    """Say whether the greenlet itself is being ended; a timeout in the worker can only be the middleware's own."""
    gevent = sys.modules.get("gevent")
    return gevent is not None and isinstance(raised, gevent.GreenletExit)


def class_name(raised: BaseException) -> str:
    """Return the exception's class name; a made-up class could carry a text, so odd names are not logged."""
    return failure(raised)


def isolated(middleware: str, job: Callable[[], None]) -> Callable[[], None]:
    """Return the background job with its failures logged and forgotten."""

    def run() -> None:
        try:
            job()
        except BaseException as raised:
            if is_killed(raised):
                raise
            log_failure(middleware, "a background job", class_name(raised))

    return run
