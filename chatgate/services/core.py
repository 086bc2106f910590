"""What every service works with, made once by ``chatgate.app``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import orjson
from sqlalchemy import Row

from chatgate.clock import Clock
from chatgate.config import Settings
from chatgate.hooks.chain import Chain
from chatgate.hooks.contexts import SubjectData, TrainingSink
from chatgate.hooks.limiter import Limiter
from chatgate.sharing.limiter import SharedLimiter
from chatgate.sharing.link import Link
from chatgate.storage.database import Storage
from chatgate.storage.files.attachment_files import AttachmentFiles

View = dict[str, Any]


class Broadcaster(Protocol):
    """Tells open sockets; a hint only, the database is the truth."""

    def to_visitor(self, conversation_id: str, event: str, payload: View) -> None:
        """Emit to the sockets of a conversation's visitor."""
        ...

    def to_agents(self, site_id: str, event: str, payload: View) -> None:
        """Emit to the inboxes of a site."""
        ...

    def to_both(self, site_id: str, conversation_id: str, event: str, payload: View) -> None:
        """Emit to both sides of a conversation what is the same for both."""
        ...

    def end_session(self, conversation_id: str, reason: str) -> None:
        """Emit ``session_closed`` to the visitor's sockets."""
        ...


class Presence(Protocol):
    """Who is here now."""

    def visitor_present(self, conversation_id: str) -> bool:
        """Return whether a socket of this conversation's visitor is open."""
        ...

    def agents_online(self, site_id: str) -> bool:
        """Return whether any agent of the site is signed in and takes chats."""
        ...

    def agent_state_of(self, agent_id: str) -> str:
        """Return ``online``, ``away`` or ``offline``."""
        ...


class Nobody:
    """The broadcaster and presence of a process without sockets (worker, command line)."""

    def to_visitor(self, conversation_id: str, event: str, payload: View) -> None:
        """Tell nobody."""

    def to_agents(self, site_id: str, event: str, payload: View) -> None:
        """Tell nobody."""

    def to_both(self, site_id: str, conversation_id: str, event: str, payload: View) -> None:
        """Tell nobody."""

    def end_session(self, conversation_id: str, reason: str) -> None:
        """Tell nobody."""

    def visitor_present(self, conversation_id: str) -> bool:
        """Return False."""
        return False

    def agents_online(self, site_id: str) -> bool:
        """Return False."""
        return False

    def agent_state_of(self, agent_id: str) -> str:
        """Return ``offline``."""
        return "offline"


@dataclass(slots=True)
class Core:
    """The parts of one running installation. ``sinks`` are by name; ``wake_worker`` asks for a delivery soon."""

    settings: Settings
    storage: Storage
    clock: Clock
    chain: Chain
    limiter: Limiter
    session_key: bytes
    signing_key: bytes
    erasure_key: bytes
    sinks: dict[str, TrainingSink]
    subject_data: list[SubjectData]
    """What middlewares keep outside of their rows and must hand out and erase."""
    broadcast: Broadcaster
    presence: Presence
    files: AttachmentFiles
    in_thread: Callable[[Callable[[], Any]], Any] = lambda job: job()
    """Runs what computes or waits for the disk, while others go on; the server gives a thread pool."""
    wake_worker: Callable[[], None] = lambda: None
    lists_applied: bool = False
    """Whether what was erased and withdrawn since an older copy of the database is applied; nothing serves before."""
    worker_seen: float | None = None
    """When the worker of this process last moved, in ``time.monotonic()``; None when there is none."""
    follows_messages: bool = False
    """Whether a middleware watches or answers messages: only then a message has an outbox event."""
    link: Link | None = None
    """The line to other processes; None without ``redis_url``."""

    def close(self) -> None:
        """Commit what is queued, and hang up."""
        self.storage.close()
        for sink in self.sinks.values():
            getattr(sink, "close", lambda: None)()
        if self.link is not None:
            self.link.stop()
        if isinstance(self.limiter, SharedLimiter):
            self.limiter.close()


_WITH_MICROSECONDS: Final = len('"2026-01-01T00:00:00.000000+00:00"')


def iso(moment: datetime) -> str:
    """Return a time as every view writes it: RFC 3339 in UTC with milliseconds."""
    # A quarter of the time of isoformat, which writes what has no fraction of a second.
    text = orjson.dumps(moment)
    if len(text) == _WITH_MICROSECONDS:
        return text[1:24].decode() + "Z"
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"


def iso_or_none(moment: datetime | None) -> str | None:
    """Return :func:`iso`, or None."""
    return None if moment is None else iso(moment)


AnyRow = Row[Any]
