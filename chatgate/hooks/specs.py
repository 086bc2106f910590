"""Every hook there is, on one screen after another: a hook's docstring is its manual page.

The first word says what a hook may do: ``choose_`` picks a value, ``check_`` vetoes, ``transform_`` replaces,
``on_`` watches, ``register_`` contributes. A hook names only the arguments it uses; each may name ``kit``.
"""

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar

import pluggy

from chatgate.hooks import results
from chatgate.hooks.contexts import (
    AttachmentContext,
    AvailabilityContext,
    Closed,
    ConsentChangedEvent,
    ConversationClosed,
    MessageContext,
    MessageStored,
    NoticeContext,
    Reply,
    ReplyContext,
    SessionOpenContext,
    SessionOpened,
    SubjectData,
    Suggestion,
    SuggestionContext,
    SuggestionUsed,
    TrainingExportContext,
    TrainingExported,
    TrainingRetracted,
    TrainingSink,
)
from chatgate.hooks.kit import Kit
from chatgate.policy.transcript import Transcript

PROJECT: Final = "chatgate"
PREFIXES: Final = ("choose_", "check_", "transform_", "on_", "register_")
TEXT_ARGUMENTS: Final = frozenset({"body", "content", "transcript"})
"""Arguments that carry what people wrote; a middleware without a manifest may not name them."""

_hookspec = pluggy.HookspecMarker(PROJECT)
_F = TypeVar("_F", bound=Callable[..., Any])


class Binding(StrEnum):
    """Which consent a hook needs."""

    UNBOUND = "unbound"
    MANIFEST = "manifest"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class HookInfo:
    """What the chain knows about a hook; ``seconds`` is its time limit, None where the caller sets one."""

    name: str
    prefix: str
    arguments: tuple[str, ...]
    binding: Binding
    result: Callable[[Any, results.Arguments], Any]
    seconds: float | None


_infos: dict[str, HookInfo] = {}


def _hook(
    binding: Binding, result: Callable[[Any, results.Arguments], Any], seconds: float | None = 1.0
) -> Callable[[_F], _F]:
    def declare(function: _F) -> _F:
        name = function.__name__
        prefix = next(prefix for prefix in PREFIXES if name.startswith(prefix))
        arguments = tuple(inspect.signature(function).parameters)
        _infos[name] = HookInfo(name, prefix, arguments, binding, result, seconds)
        return _hookspec(function)

    return declare


# -- choose_: pick a value; the first answer that is not None wins -----------------------------------------


@_hook(Binding.UNBOUND, results.notice_sha256)
def choose_notice(context: NoticeContext, kit: Kit) -> str | None:
    """Choose which of the site's notices a visitor is shown: the sha256 of one in ``context.notices``."""


@_hook(Binding.UNBOUND, results.closed)
def choose_availability(context: AvailabilityContext, kit: Kit) -> Closed | None:
    """Say on the notice, before anything is agreed to, that the shop is closed now and when it opens."""


@_hook(Binding.TRAINING, results.sink_name)
def choose_training_route(context: TrainingExportContext, sinks: tuple[str, ...], kit: Kit) -> str | None:
    """Choose the sink, one of the names in ``sinks``, that a transcript is written to."""


@_hook(Binding.MANIFEST, results.suggestions, seconds=10.0)
def choose_suggestions(context: SuggestionContext, kit: Kit) -> tuple[Suggestion, ...] | None:
    """Suggest answers to the agent, best first; the core drops those whose training items are withdrawn."""


@_hook(Binding.MANIFEST, results.reply, seconds=10.0)
def choose_reply(context: ReplyContext, kit: Kit) -> Reply | None:
    """Answer the visitor automatically; the core labels it, and drops it if its items are withdrawn."""


# -- check_: veto with ``raise Refusal(code, **detail)``; the first refusal ends the matter ----------------


@_hook(Binding.UNBOUND, results.nothing)
def check_session_open(context: SessionOpenContext, kit: Kit) -> None:
    """Refuse to open a session, before the consent is accepted and before anything is stored."""


@_hook(Binding.MANIFEST, results.nothing)
def check_message(context: MessageContext, body: str, kit: Kit) -> None:
    """Refuse a message before it is stored. May be bound to *support* only, so that it is never skipped."""


@_hook(Binding.MANIFEST, results.nothing, seconds=30.0)
def check_attachment(context: AttachmentContext, content: bytes, kit: Kit) -> None:
    """Refuse a file before it is stored: by its type, size and digest, or by its bytes (``content``)."""


@_hook(Binding.TRAINING, results.nothing)
def check_training_export(context: TrainingExportContext, transcript: Transcript, kit: Kit) -> None:
    """Keep a transcript out of the training store; the refusal's code is the reason that agents see."""


# -- transform_: replace the value, or None for unchanged; each gets what the one before returned ----------


@_hook(Binding.MANIFEST, results.message_body)
def transform_message(context: MessageContext, body: str, kit: Kit) -> str | None:
    """Replace the body of a message before it is stored."""


@_hook(Binding.TRAINING, results.transcript)
def transform_transcript(context: TrainingExportContext, transcript: Transcript, kit: Kit) -> Transcript | None:
    """Replace a transcript on its way into the training store; the core redacts in any case."""


# -- on_: watch, after the commit, in the worker, at least once (``event.event_id`` tells repeats) ----------


@_hook(Binding.MANIFEST, results.whatever, seconds=None)
def on_session_opened(event: SessionOpened, kit: Kit) -> None:
    """Know that a conversation began."""


@_hook(Binding.MANIFEST, results.whatever, seconds=None)
def on_message_stored(event: MessageStored, kit: Kit) -> None:
    """Know that a message was stored."""


@_hook(Binding.MANIFEST, results.whatever, seconds=None)
def on_conversation_closed(event: ConversationClosed, kit: Kit) -> None:
    """Know that a conversation ended, and why."""


@_hook(Binding.UNBOUND, results.whatever, seconds=None)
def on_consent_changed(event: ConsentChangedEvent, kit: Kit) -> None:
    """Know that a consent was changed or withdrawn, and forget what it no longer covers. Always delivered."""


@_hook(Binding.TRAINING, results.whatever, seconds=None)
def on_training_exported(event: TrainingExported, kit: Kit) -> None:
    """Know that a redacted transcript is in the training store, and learn from it."""


@_hook(Binding.UNBOUND, results.whatever, seconds=None)
def on_training_retracted(event: TrainingRetracted, kit: Kit) -> None:
    """Forget the item: it was withdrawn, erased or reopened. Always delivered, also without a consent."""


@_hook(Binding.MANIFEST, results.whatever, seconds=None)
def on_suggestion_used(event: SuggestionUsed, kit: Kit) -> None:
    """Learn that an agent took a suggested answer over."""


# -- register_: contribute once, at start-up ----------------------------------------------------------------


@_hook(Binding.UNBOUND, results.sinks, seconds=None)
def register_training_sinks(kit: Kit) -> list[TrainingSink]:
    """Contribute places where consented transcripts can go."""
    raise NotImplementedError


@_hook(Binding.UNBOUND, results.subject_data, seconds=None)
def register_subject_data(kit: Kit) -> list[SubjectData]:
    """Say how data that the middleware keeps outside ``kit.store`` is handed out and erased."""
    raise NotImplementedError


HOOKS: Final[Mapping[str, HookInfo]] = MappingProxyType(_infos)
MODULE: Final = sys.modules[__name__]
