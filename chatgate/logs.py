"""The log: a fixed list of events, each with fixed words and fields that cannot carry what people wrote."""

import json
import logging
import re
import sys
import threading
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from chatgate import metrics
from chatgate.ids import new_token

WITHHELD: Final = "(withheld)"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:/@<>()',?; \"-]{0,160}")
_ROOT: Final = "chatgate"


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of line: its level, its words, and what it means for the operator."""

    level: int
    words: str
    meaning: str


EVENTS: Final = MappingProxyType(
    {
        "serving": Event(logging.INFO, "serves on {address}", "The server accepts connections."),
        "stopped": Event(logging.INFO, "stopped", "The server committed what was queued and ended."),
        "restored": Event(
            logging.WARNING,
            "an older copy was put back: {erased} erased, {withdrawn} withdrawn, {restricted} restricted again",
            "At the start, what was erased or withdrawn since was applied again.",
        ),
        "unexpected": Event(
            logging.ERROR,
            "unexpected {failure} in {where}",
            "A defect; the client was told the request id.",
        ),
        "unhandled": Event(logging.ERROR, "unhandled {failure} in {where}", "A defect outside of a request."),
        "middleware_failed": Event(
            logging.ERROR,
            "middleware {middleware} failed in {where}: {failure}",
            "One of its hooks or jobs raised.",
        ),
        "hook_misnamed": Event(
            logging.WARNING, "{where}: function {function} looks like a hook and is none{hint}", "A spelling mistake."
        ),
        "delivery_failed": Event(
            logging.WARNING, "delivery of {kind} failed: {failure}", "An outbox event is tried again later."
        ),
        "export_failed": Event(logging.WARNING, "an export failed: {failure}", "It is tried again in five minutes."),
        "erasure_waits": Event(
            logging.WARNING,
            "{name} could not erase yet: {failure}",
            "The worker goes on with the erasure.",
        ),
        "job_failed": Event(logging.WARNING, "a background job failed: {failure}", "A job of a middleware raised."),
        "round_failed": Event(
            logging.ERROR,
            "the worker's round failed: {failure} ({count} in a row)",
            "The worker waits longer and goes on; look at the disk and the database.",
        ),
        "storage_failed": Event(
            logging.ERROR,
            "the database takes no writes: {failure}",
            "The disk is full or read-only, or the database's server is away; it goes on by itself when that ends.",
        ),
        "redis_here": Event(logging.INFO, "redis answers", "This process hears the others, and they hear it."),
        "redis_away": Event(
            logging.WARNING,
            "redis is away: {failure}",
            "The process goes on by the database, its limits count alone, and it connects again by itself.",
        ),
        "peer_gone": Event(
            logging.WARNING,
            "another process is gone without a word",
            "Its visitors and agents come back elsewhere; what it stored last is told from the database.",
        ),
        "peer_unheard": Event(
            logging.ERROR, "what another process said could not be used: {failure}", "Two versions run side by side?"
        ),
        "list_unwritable": Event(
            logging.ERROR,
            "the list of withdrawals cannot be written: {failure}",
            "A withdrawal holds, and the list for restores lacks it until the worker's sweep can write it.",
        ),
    }
)
"""Every line that ChatGate writes. docs/deploy.md lists them from here."""


def log(part: str, name: str, /, *, error: BaseException | None = None, **fields: object) -> None:
    """Write an event of the list.

    Args:
        part: the logger below ``chatgate``, for example ``worker``.
        name: a key of ``EVENTS``.
        error: where it was raised is added, its message never.
        fields: short values; one that does not look like a name, a number or a place is withheld.
    """
    event = EVENTS[name]
    safe = {key: _safe(value) for key, value in fields.items()}
    metrics.LOG_EVENTS.add(name)
    if "middleware" in safe:
        metrics.MIDDLEWARE_ERRORS.add(str(safe["middleware"]))
    extra = {"chatgate_event": name, "chatgate_fields": safe, "chatgate_raised": _places(error)}
    logging.getLogger(f"{_ROOT}.{part}").log(event.level, event.words.format(**safe), extra=extra)


def new_request_id() -> str:
    """Return what connects an answer to its line in the log; it is made when something fails."""
    return new_token("r")


def failure(error: BaseException) -> str:
    """Return an exception's class name; a made-up class could carry a text, so odd names are withheld."""
    name = type(error).__name__
    return name if name.isidentifier() and name.isascii() and len(name) <= 60 else "BaseException"


def configure(form: str, *, foreign: bool = False) -> None:
    """Send the log to stderr.

    Args:
        form: ``text`` or ``json``, one object a line.
        foreign: also show what other packages and middlewares say; only for the demo, which has no real visitors.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(foreign) if form == "json" else TextLines(foreign))
    logging.raiseExceptions = False  # a log that cannot be written is no reason to print more
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old.formatter, _Lines):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO if foreign else logging.WARNING)
    logging.getLogger(_ROOT).setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def catch_unhandled() -> None:
    """Let what nobody catches become a line of the log: Python and gevent would print its message."""
    threading.excepthook = lambda given: _unhandled("a thread", given.exc_value)
    sys.excepthook = lambda _kind, error, _at: _unhandled("the main program", error)
    from gevent import get_hub

    hub: Any = get_hub()
    hub.print_exception = lambda _context, _kind, error, _at: _unhandled("a greenlet", error)


def _unhandled(where: str, error: BaseException | None) -> None:
    if isinstance(error, BaseException):
        log("process", "unhandled", error=error, failure=failure(error), where=where)


class _Lines(logging.Formatter):
    """What both forms share: nothing but events of the list is shown with its words."""

    def __init__(self, foreign: bool) -> None:
        super().__init__()
        self._foreign = foreign

    def parts(self, record: logging.LogRecord) -> tuple[str, str, dict[str, Any]]:
        """Return the event's name, its words and its fields."""
        event = getattr(record, "chatgate_event", None)
        if event is not None:
            raised = getattr(record, "chatgate_raised", ())
            fields = dict(getattr(record, "chatgate_fields", {}))
            return event, record.getMessage(), {**fields, "raised": list(raised)} if raised else fields
        where = f"{record.module}:{record.lineno}"
        if self._foreign:
            return "foreign", record.getMessage(), {"where": where}
        error = record.exc_info[1] if record.exc_info else None
        fields = {"where": where, **({"failure": failure(error), "raised": list(_places(error))} if error else {})}
        return "foreign", f"a line of another package, in {where}", fields


class TextLines(_Lines):
    """One line of plain text for each event."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        _event, words, fields = self.parts(record)
        raised = f" [{' < '.join(fields['raised'])}]" if fields.get("raised") else ""
        request = f" (request {fields['request_id']})" if "request_id" in fields else ""
        return f"{_time(record)} {record.levelname} {record.name}: {words}{request}{raised}"


class JsonLines(_Lines):
    """One JSON object for each event: at, level, logger, event, message, and the event's fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        event, words, fields = self.parts(record)
        head = {"at": _time(record), "level": record.levelname.lower(), "logger": record.name, "event": event}
        return json.dumps({**head, "message": words, **fields}, ensure_ascii=True)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def _safe(value: object) -> str | int | float:
    if isinstance(value, int | float):
        return value
    text = str(value)
    return text if _PLAIN.fullmatch(text) else WITHHELD


def _places(error: BaseException | None) -> tuple[str, ...]:
    """Return where an exception was raised, innermost first, without its message and without source lines."""
    if error is None or error.__traceback__ is None:
        return ()
    frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__)][-6:]
    return tuple(
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}" for frame, line in reversed(frames)
    )
