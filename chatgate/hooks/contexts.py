"""What hooks are told: frozen values only, and never an address, a token or a subject's id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chatgate.policy.consent import TrainingGrant
from chatgate.policy.transcript import Transcript


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """One published notice of the site; ``current`` is the one that ChatGate would show by itself."""

    sha256: str
    notice_id: str
    version: str
    locale: str
    current: bool


@dataclass(frozen=True, slots=True)
class NoticeContext:
    """A visitor is about to be asked, in this locale."""

    site_id: str
    locale: str
    notices: tuple[NoticeChoice, ...]


@dataclass(frozen=True, slots=True)
class AvailabilityContext:
    """A visitor opens the notice, in this locale; nobody has agreed to anything, and nothing is known of who it is."""

    site_id: str
    locale: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """The shop takes no live chats now: when it does again, and whether a message may be left meanwhile."""

    opens_at: datetime | None = None
    messages: bool = False


@dataclass(frozen=True, slots=True)
class SessionOpenContext:
    """A visitor answered the notice; nothing is stored yet.

    ``limiter_key`` stands for the visitor's address and changes with every start; ``choices`` maps purpose to
    decision. ``written`` is true for a message that is left outside the shop's hours: nobody waits for an answer.
    """

    site_id: str
    locale: str
    page_path: str | None
    limiter_key: str
    choices: Mapping[str, bool]
    now: datetime
    written: bool = False


@dataclass(frozen=True, slots=True)
class MessageContext:
    """A message of a visitor or an agent, before it is stored. ``author_kind`` is visitor, agent or bot."""

    site_id: str
    conversation_id: str
    author_kind: str
    locale: str
    limiter_key: str
    now: datetime


@dataclass(frozen=True, slots=True)
class AttachmentContext:
    """A file of a visitor or an agent, as it was uploaded, before anything of it is stored.

    ``media_type`` is what the bytes prove, never what the client said; ``sha256`` is of the uploaded bytes, in hex.
    """

    site_id: str
    conversation_id: str
    author_kind: str
    locale: str
    limiter_key: str
    media_type: str
    size_bytes: int
    sha256: str
    now: datetime


@dataclass(frozen=True, slots=True)
class TrainingExportContext:
    """A closed conversation whose consent covers training, before its transcript is exported."""

    site_id: str
    conversation_id: str
    item_id: str
    locale: str
    preset: str
    now: datetime


@dataclass(frozen=True, slots=True)
class SuggestionContext:
    """An agent's draft help is wanted: at most ``limit`` answers to ``question``."""

    site_id: str
    conversation_id: str
    locale: str
    question: str
    limit: int


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """An automated answer to ``question`` is wanted."""

    site_id: str
    conversation_id: str
    locale: str
    question: str
    limit: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One answer for the agent to use, with the training items that it derives from and a score of 0 to 1."""

    text: str
    item_ids: tuple[str, ...]
    score: float
    used: int = 0
    """How often agents used it before, as far as the middleware knows."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An automated answer, with the training items that it derives from and a score of 0 to 1."""

    text: str
    item_ids: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A conversation exists, with its consent record."""

    event_id: str
    site_id: str
    conversation_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageStored:
    """A message is committed. ``body`` is None when it has been erased since.

    ``agents_online`` is whether anybody takes chats now; None where that is not known (a worker of its own).
    """

    event_id: str
    site_id: str
    conversation_id: str
    message_id: str
    seq: int
    author_kind: str
    body: str | None
    at: datetime
    agents_online: bool | None = None


@dataclass(frozen=True, slots=True)
class ConversationClosed:
    """A conversation ended, by an agent, the visitor, the idle limit or a withdrawal."""

    event_id: str
    site_id: str
    conversation_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentChangedEvent:
    """A visitor changed or withdrew a consent; ``choices`` is the state now. Always delivered."""

    event_id: str
    site_id: str
    conversation_id: str
    choices: Mapping[str, bool]
    at: datetime


@dataclass(frozen=True, slots=True)
class TrainingExported:
    """A redacted transcript is in the training store."""

    event_id: str
    site_id: str
    conversation_id: str
    item_id: str
    transcript: Transcript
    at: datetime


@dataclass(frozen=True, slots=True)
class TrainingRetracted:
    """A transcript left the training store: forget what was learned from it. Always delivered."""

    event_id: str
    item_id: str
    conversation_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SuggestionUsed:
    """An agent used a suggested answer. ``item_ids`` are the items that it derives from and that may still be read.

    ``answer_sha256`` names the answer (SHA-256 of its UTF-8 bytes, hex) without saying it. Nothing tells where it
    was used: neither the conversation nor the agent.
    """

    event_id: str
    site_id: str
    item_ids: tuple[str, ...]
    answer_sha256: str


class TrainingSink(Protocol):
    """A place where consented transcripts go. Both methods are idempotent: the worker may repeat them."""

    @property
    def name(self) -> str:
        """The name by which a route chooses this sink; unique in the installation."""
        ...

    def write(
        self, grant: TrainingGrant, item_id: str, messages: list[dict[str, str]], metadata: dict[str, Any]
    ) -> None:
        """Store one redacted transcript. The grant can only be made by ``policy.consent.training_grant``."""
        ...

    def retract(self, item_id: str) -> None:
        """Delete the item for good; an unknown id is no error."""
        ...


class SubjectData(Protocol):
    """The duty of a middleware that keeps data outside its ``kit.store``: hand it out and erase it.

    Data that is kept for *training* only has an attribute ``purpose = Purpose.TRAINING`` beside the name: it may stay
    as long as the training copy, whose end ``on_training_retracted`` tells. All other is erased with the chat.
    """

    @property
    def name(self) -> str:
        """The name of this data in an export."""
        ...

    def export(self, conversation_id: str) -> Mapping[str, Any]:
        """Return the JSON object of what is kept about the conversation, {} for nothing."""
        ...

    def erase(self, conversation_id: str) -> None:
        """Delete it; repeating is no error."""
        ...

    def scrub(self) -> bool:
        """Remove remains of deleted data from files; return True when nothing is left to do."""
        ...
