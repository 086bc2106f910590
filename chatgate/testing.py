"""For authors of middleware: contexts to call hooks with, a clock that stands still, chains without a server.

    chain = chain_of(my_middleware, settings={"my_middleware": {"limit": 3}})
    with pytest.raises(Refusal):
        chain.check("check_message", agreed("support"), context=message_context(), body="spam")

With ``pytest_plugins = ["chatgate.testing"]`` in a conftest, tests may name the fixtures ``fixed_clock`` and
``fake_services``.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Final, TypeVar

from chatgate.hooks.chain import Chain, Covers, load_chain
from chatgate.hooks.contexts import (
    AttachmentContext,
    AvailabilityContext,
    ConsentChangedEvent,
    ConversationClosed,
    MessageContext,
    MessageStored,
    NoticeChoice,
    NoticeContext,
    ReplyContext,
    SessionOpenContext,
    SessionOpened,
    SuggestionContext,
    SuggestionUsed,
    TrainingExportContext,
    TrainingExported,
    TrainingRetracted,
)
from chatgate.hooks.kit import Kit, Store
from chatgate.hooks.limiter import MemoryLimiter
from chatgate.hooks.manifest import purpose_set
from chatgate.models.purposes import Purpose
from chatgate.policy.transcript import Transcript, TranscriptLine

NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""The time of every fake, a Monday."""

T = TypeVar("T")


class FixedClock:
    """A clock that moves only when it is told to."""

    def __init__(self, at: datetime = NOON) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the time that was set."""
        return self._at

    def advance(self, *, seconds: float = 0, hours: float = 0, days: float = 0) -> None:
        """Move the clock forward."""
        self._at += timedelta(seconds=seconds, hours=hours, days=days)


class MemoryStore:
    """A middleware's store in memory; ``rows`` maps key to (value, purpose, conversation id)."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[Any, Purpose, str | None]] = {}

    def get(self, key: str) -> Any | None:
        """Return the value, or None."""
        row = self.rows.get(key)
        return None if row is None else json.loads(row[0])

    def put(self, key: str, value: Any, *, purpose: Purpose, conversation_id: str | None = None) -> None:
        """Store a JSON value, as text, so that what is read is never the object that was written."""
        self.rows[key] = (json.dumps(value), Purpose(purpose), conversation_id)

    def delete(self, key: str) -> None:
        """Delete the row if it is there."""
        self.rows.pop(key, None)

    def keys(self, prefix: str = "") -> tuple[str, ...]:
        """Return the keys that start with ``prefix``, sorted."""
        return tuple(sorted(key for key in self.rows if key.startswith(prefix)))

    def erase(self, conversation_id: str) -> int:
        """Delete every row of the conversation and return how many there were."""
        found = [key for key, row in self.rows.items() if row[2] == conversation_id]
        for key in found:
            del self.rows[key]
        return len(found)


class FakeServices:
    """What kits are made of, in memory. Background jobs wait in ``jobs`` until :meth:`run_jobs`."""

    def __init__(self, clock: FixedClock | None = None, data_dir: Path | None = None) -> None:
        self.clock = clock or FixedClock()
        self.limiter = MemoryLimiter(self.clock)
        self.stores: dict[str, MemoryStore] = {}
        self.jobs: list[Callable[[], None]] = []
        self.data_dir = data_dir

    def store(self, middleware: str) -> Store:
        """Return the middleware's store; the same one each time."""
        return self.stores.setdefault(middleware, MemoryStore())

    def background(self, job: Callable[[], None]) -> None:
        """Keep the job for :meth:`run_jobs`."""
        self.jobs.append(job)

    def run_jobs(self) -> int:
        """Run the waiting jobs and return how many there were."""
        jobs, self.jobs = self.jobs, []
        for job in jobs:
            job()
        return len(jobs)


def chain_of(
    *middlewares: object,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    services: FakeServices | None = None,
    **named: object,
) -> Chain:
    """Return a chain of these middlewares in this order, checked as at start-up.

    Args:
        middlewares: modules, objects, classes or factories; each is named by its last word in snake_case.
        settings: settings by that name.
        services: what kits are made of; without it, fresh fakes.
        named: more middlewares, under names of their own.

    Raises:
        OperatorError: what would stop ``chatgate run``.
    """
    extra = {**{_name(middleware): middleware for middleware in middlewares}, **named}
    return load_chain((), settings or {}, services or FakeServices(), extra)


def fake_kit(settings: Any = None, services: FakeServices | None = None, middleware: str = "example") -> Kit:
    """Return a kit for calling a hook directly."""
    services = services or FakeServices()
    return Kit(
        middleware,
        settings,
        services.clock,
        services.store(middleware),
        services.limiter,
        services.background,
        None if services.data_dir is None else services.data_dir / "middleware" / middleware,
    )


def agreed(*purposes: Purpose | str) -> Covers:
    """Return the consent of a visitor who agreed to these purposes and to nothing else."""
    given = purpose_set(purposes)
    return lambda wanted: wanted <= given


def transcript(*bodies: str, locale: str = "en", known_names: Iterable[str] = ()) -> Transcript:
    """Return a transcript in which visitor and agent take turns, the visitor first."""
    kinds = ("visitor", "agent")
    lines = (TranscriptLine(number + 1, kinds[number % 2], body) for number, body in enumerate(bodies))
    return Transcript(locale, tuple(lines), tuple(known_names))


def notice_context(*notices: NoticeChoice, **changes: Any) -> NoticeContext:
    """Return a notice context of the site ``demo``; without notices, one current English one."""
    offered = notices or (NoticeChoice("a" * 64, "default", "1.0.0", "en", True),)
    return _changed(NoticeContext("demo", "en", offered), changes)


def availability_context(**changes: Any) -> AvailabilityContext:
    """Return the context of a visitor who opens the notice of the site ``demo`` in English."""
    return _changed(AvailabilityContext("demo", "en", NOON), changes)


def session_open_context(**changes: Any) -> SessionOpenContext:
    """Return the context of a visitor who agreed to support and not to training."""
    choices = MappingProxyType({"support": True, "training": False})
    return _changed(SessionOpenContext("demo", "en", "/products", "vera", choices, NOON), changes)


def message_context(**changes: Any) -> MessageContext:
    """Return the context of a visitor's message."""
    return _changed(MessageContext("demo", "conversation-1", "visitor", "en", "vera", NOON), changes)


def attachment_context(**changes: Any) -> AttachmentContext:
    """Return the context of a visitor's JPEG of 1,000 bytes."""
    context = AttachmentContext(
        "demo", "conversation-1", "visitor", "en", "vera", "image/jpeg", 1000, hashlib.sha256(b"").hexdigest(), NOON
    )
    return _changed(context, changes)


def training_export_context(**changes: Any) -> TrainingExportContext:
    """Return the context of an export."""
    return _changed(TrainingExportContext("demo", "conversation-1", "item-1", "en", "split", NOON), changes)


def suggestion_context(**changes: Any) -> SuggestionContext:
    """Return the context of an agent who wants help with a question."""
    return _changed(SuggestionContext("demo", "conversation-1", "en", "Where is my parcel?", 3), changes)


def reply_context(**changes: Any) -> ReplyContext:
    """Return the context of a visitor's question to the assistant."""
    return _changed(ReplyContext("demo", "conversation-1", "en", "Where is my parcel?", 1), changes)


def session_opened(**changes: Any) -> SessionOpened:
    """Return the event of an opened session."""
    return _changed(SessionOpened("event-1", "demo", "conversation-1", NOON), changes)


def message_stored(**changes: Any) -> MessageStored:
    """Return the event of a visitor's stored message."""
    event = MessageStored("event-2", "demo", "conversation-1", "message-1", 1, "visitor", "Hello", NOON)
    return _changed(event, changes)


def conversation_closed(**changes: Any) -> ConversationClosed:
    """Return the event of a conversation that an agent closed."""
    return _changed(ConversationClosed("event-3", "demo", "conversation-1", "agent", NOON), changes)


def consent_changed(**changes: Any) -> ConsentChangedEvent:
    """Return the event of a withdrawn training consent."""
    choices = MappingProxyType({"support": True, "training": False})
    return _changed(ConsentChangedEvent("event-4", "demo", "conversation-1", choices, NOON), changes)


def training_exported(**changes: Any) -> TrainingExported:
    """Return the event of an exported transcript."""
    copy = transcript("Where is my parcel?", "On its way.")
    return _changed(TrainingExported("event-5", "demo", "conversation-1", "item-1", copy, NOON), changes)


def suggestion_used(**changes: Any) -> SuggestionUsed:
    """Return an event about a suggested answer that an agent used."""
    return _changed(SuggestionUsed("event-7", "kiln-and-cup", ("item-1",), "0" * 64), changes)


def training_retracted(**changes: Any) -> TrainingRetracted:
    """Return the event of a transcript that left the training store."""
    return _changed(TrainingRetracted("event-6", "item-1", "conversation-1", "withdrawn", NOON), changes)


def _changed(value: T, changes: Mapping[str, Any]) -> T:
    return replace(value, **changes) if changes else value  # type: ignore[type-var]


def _name(middleware: object) -> str:
    if isinstance(middleware, ModuleType):
        return middleware.__name__.rpartition(".")[2]
    word = getattr(middleware, "__name__", type(middleware).__name__)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower()


try:
    import pytest
except ImportError:  # the fakes work with any test runner
    pass
else:

    @pytest.fixture
    def fixed_clock() -> FixedClock:
        """A clock at :data:`NOON`."""
        return FixedClock()

    @pytest.fixture
    def fake_services(fixed_clock: FixedClock, tmp_path: Path) -> FakeServices:
        """Services in memory that share ``fixed_clock``, with a data directory of the test's own."""
        return FakeServices(fixed_clock, tmp_path)
