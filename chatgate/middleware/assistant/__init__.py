"""An assistant that learns from consented chats only, answers from them only, and forgets exactly."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A hundred rows are solved faster by one thread; several would wait for each other, spinning, beside the server.

import hashlib
import threading
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from chatgate import (
    Kit,
    Manifest,
    Purpose,
    Reply,
    ReplyContext,
    StoredData,
    SubjectData,
    Suggestion,
    SuggestionContext,
    SuggestionUsed,
    TrainingExported,
    TrainingRetracted,
    hookimpl,
)
from chatgate.middleware.assistant.index import Index, Pair, Suggested
from chatgate.middleware.assistant.pairs import PLACEHOLDER, pairs_of

ITEM: Final = "item:"
USED: Final = "used:"
_GENERATION: Final = "generation"


class Settings(BaseModel):
    """``[middleware_settings.assistant]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suggestions: int = Field(default=3, ge=0, le=3)
    """How many answers an agent is offered; 0 switches suggestions off."""
    least_score: float = Field(default=0.12, ge=0, le=1)
    """A suggestion below this score is not shown."""
    answer_visitors: bool = False
    """Answer visitors without an agent. Measure with ``chatgate training evaluate`` before switching it on."""
    confidence: float = Field(default=0.6, ge=0, le=1)
    """An automated answer needs this score."""
    least_sources: int = Field(default=1, ge=1, le=20)
    """An automated answer needs this many chats in which an agent gave it."""


class Assistant:
    """The middleware. Pairs are rows of ``kit.store``; the index in memory is made from them and from nothing else."""

    manifest = Manifest(
        purposes=[Purpose.SUPPORT, Purpose.TRAINING],
        stores=[StoredData("questions and answers from redacted transcripts", Purpose.TRAINING)],
        settings=Settings,
        description="Suggests answers learned from chats whose visitors agreed to it; runs on the shop's own server.",
    )

    def __init__(self, kit: Kit) -> None:
        """Begin with nothing; the rows are read when they are first needed."""
        self._kit = kit
        self._settings: Settings = kit.settings
        self._lock = threading.RLock()
        self._sites: dict[str, Index] = {}
        self._items: dict[str, tuple[str, str]] = {}
        self._generation: object = object()

    @hookimpl(purposes=[Purpose.TRAINING])
    def on_training_exported(self, event: TrainingExported) -> None:
        """Learn the pairs of an admitted item.

        Stores: the pairs, redacted, for *training*, under the item's id; erased with the conversation.
        """
        pairs = pairs_of(event.transcript)
        if not pairs:
            return
        value = {
            "site": event.site_id,
            "conversation": event.conversation_id,
            "pairs": [[pair.question, pair.answer] for pair in pairs],
        }
        with self._lock:
            self._sync()
            self._kit.store.put(
                ITEM + event.item_id, value, purpose=Purpose.TRAINING, conversation_id=event.conversation_id
            )
            self._learn(event.item_id, value)
            self._learn_uses(event.item_id, self._kit.store.get(USED + event.item_id) or {})
            self._changed(event.event_id)

    @hookimpl
    def on_training_retracted(self, event: TrainingRetracted) -> None:
        """Forget the item, in the store and in memory."""
        with self._lock:
            self._kit.store.delete(ITEM + event.item_id)
            self._kit.store.delete(USED + event.item_id)
            self._forget([event.item_id])
            self._changed(event.event_id)

    @hookimpl(purposes=[Purpose.SUPPORT])
    def choose_suggestions(self, context: SuggestionContext) -> tuple[Suggestion, ...] | None:
        """Suggest what agents answered to the most similar questions in this shop."""
        limit = min(context.limit, self._settings.suggestions)
        found = self._ask(context.site_id, context.question, limit)
        good = tuple(
            Suggestion(one.text, one.item_ids, one.score, one.used)
            for one in found
            if one.score >= self._settings.least_score
        )
        return good or None

    @hookimpl(purposes=[Purpose.SUPPORT])
    def on_suggestion_used(self, event: SuggestionUsed) -> None:
        """Remember that an answer helped, with the items that it comes from and with nothing about where it was used.

        Stores: an opaque id for each use under the item's id, for *training*: erased with the conversation that
        the item comes from, and deleted when that visitor withdraws.
        """
        use = hashlib.sha256(event.event_id.encode()).hexdigest()[:16]  # told twice, it is the same use
        with self._lock:
            self._sync()
            for item_id in event.item_ids:
                _site, conversation = self._items.get(item_id, ("", ""))
                if not conversation:
                    continue
                uses = self._kit.store.get(USED + item_id) or {}
                uses[event.answer_sha256] = sorted({*uses.get(event.answer_sha256, ()), use})
                self._kit.store.put(USED + item_id, uses, purpose=Purpose.TRAINING, conversation_id=conversation)
                self._learn_uses(item_id, uses)
            self._changed(event.event_id)

    @hookimpl(purposes=[Purpose.SUPPORT])
    def choose_reply(self, context: ReplyContext) -> Reply | None:
        """Answer a visitor, when that is switched on and the answer is sure; one with a placeholder never is."""
        if not self._settings.answer_visitors:
            return None
        for one in self._ask(context.site_id, context.question, 1):
            sure = one.score >= self._settings.confidence and len(one.item_ids) >= self._settings.least_sources
            if sure and not PLACEHOLDER.search(one.text):
                return Reply(one.text, one.item_ids, one.score)
        return None

    @hookimpl
    def register_subject_data(self) -> list[SubjectData]:
        """Contribute the duty to forget what is in memory; the rows are exported and erased by the core."""
        return [_Memory(self)]

    def _ask(self, site_id: str, question: str, limit: int) -> list[Suggested]:
        if limit < 1:
            return []
        with self._lock:
            self._sync()
            index = self._sites.get(site_id)
        return [] if index is None else index.suggest(question, limit)

    def _sync(self) -> None:
        """Take over what another process learned or forgot since; one row tells whether there is anything."""
        generation = self._kit.store.get(_GENERATION)
        if generation == self._generation:
            return
        stored = {key.removeprefix(ITEM): key for key in self._kit.store.keys(ITEM)}
        self._forget([item_id for item_id in self._items if item_id not in stored])
        for item_id, key in stored.items():
            value = None if item_id in self._items else self._kit.store.get(key)
            if value is not None:
                self._learn(item_id, value)
        for key in self._kit.store.keys(USED):
            self._learn_uses(key.removeprefix(USED), self._kit.store.get(key) or {})
        self._generation = generation

    def _changed(self, generation: str) -> None:
        """Note the event that changed the pairs: its id tells other processes that theirs are old."""
        self._kit.store.put(_GENERATION, generation, purpose=Purpose.TRAINING)
        self._generation = generation

    def _learn(self, item_id: str, value: Mapping[str, Any]) -> None:
        site = str(value["site"])
        pairs = [Pair(question, answer) for question, answer in value["pairs"]]
        self._sites.setdefault(site, Index()).learn(item_id, pairs)
        self._items[item_id] = (site, str(value["conversation"]))

    def _learn_uses(self, item_id: str, uses: Mapping[str, list[str]]) -> None:
        site, _conversation = self._items.get(item_id, ("", ""))
        for answer, ids in uses.items() if site else ():
            self._sites[site].use(item_id, answer, ids)

    def _forget(self, item_ids: list[str]) -> None:
        for item_id in item_ids:
            site, _conversation = self._items.pop(item_id, ("", ""))
            if site:
                self._sites[site].unlearn([item_id])

    def forget_conversation(self, conversation_id: str) -> None:
        """Forget every item of a conversation."""
        with self._lock:
            self._forget([item for item, (_, owner) in self._items.items() if owner == conversation_id])


class _Memory:
    name = "assistant"
    purpose = Purpose.TRAINING

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def export(self, conversation_id: str) -> Mapping[str, Any]:
        """Return nothing: what is in memory is in the store's rows, which are exported by themselves."""
        return {}

    def erase(self, conversation_id: str) -> None:
        """Forget the conversation's items."""
        self._assistant.forget_conversation(conversation_id)

    def scrub(self) -> bool:
        """Report that no file holds any of it."""
        return True
