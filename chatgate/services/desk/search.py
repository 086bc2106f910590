"""Full-text search of the inbox: messages, notes, names and tags, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.services import views
from chatgate.services.accounts.agents import SignedInAgent, site_ids
from chatgate.services.core import AnyRow, Core, View
from chatgate.storage import fulltext
from chatgate.storage.queries import desk, inbox
from chatgate.storage.queries.inbox import Filters

SCAN_ROWS: Final = 800
"""How many matching messages one page looks at; a page that filters leave short has a ``next`` all the same."""
FEW: Final = 50
"""How many names, notes and tags a first page looks at."""


@dataclass(slots=True)
class _Found:
    """One place where the words are."""

    conversation_id: str
    found_in: str
    text: str
    seq: int | None = None
    note_id: str | None = None


def search(
    core: Core, agent: SignedInAgent, query: str, filters: Filters, limit: int, before: str | None = None
) -> View:
    """Return conversations in which every word is the beginning of one (``ConversationSearchAnswer``).

    Names, tags and notes come first, then messages from the newest. Operators and quotes are no words. Restricted
    conversations are never found.

    Args:
        core: the installation.
        agent: who asks.
        query: what was typed.
        filters: what is left out.
        limit: 1 to 100 conversations.
        before: the ``next`` of the page before.

    Raises:
        Refusal: ``payload_invalid`` for a malformed cursor.
    """
    words = fulltext.words_of(query)
    if not words:
        return {"hits": [], "next": None}
    scope = site_ids(core, agent)
    place = _cursor(before)
    with core.storage.read() as db:
        page = _Page(db, scope, filters, limit)
        if place is None:
            page.take([(None, found) for found in _beside_messages(db, scope, words)])
        after = _from_messages(db, page, words, place)
        shown = _shown(core, db, page.kept, words, agent.id)
    return {"hits": shown, "next": None if after is None else str(after)}


@dataclass(slots=True)
class _Page:
    """The conversations found so far: each once, only those that the filters keep, at most ``limit``."""

    db: Connection
    scope: list[str]
    filters: Filters
    limit: int
    kept: list[tuple[AnyRow, _Found]] = field(default_factory=list)

    def take(self, places: Sequence[tuple[int | None, _Found]]) -> int | None:
        """Take what fits; return the key of the message with which the next page begins when not all did."""
        seen = {found.conversation_id for _row, found in self.kept}
        fresh = {found.conversation_id for _n, found in places} - seen
        chosen = inbox.chosen(self.db, self.scope, sorted(fresh), self.filters)
        for n, found in places:
            row = chosen.pop(found.conversation_id, None)
            if row is None:
                continue
            if len(self.kept) == self.limit:
                return n
            self.kept.append((row, found))
        return None


def _from_messages(db: Connection, page: _Page, words: list[str], place: int | None) -> int | None:
    """Fill the page from the newest messages; return where the next page begins, None at the end."""
    looked_at, batch = 0, page.limit * 2
    while looked_at < SCAN_ROWS:
        keys = fulltext.matching(db, fulltext.MESSAGES, words, place, batch)
        if not keys:
            return None
        rows = desk.messages_by_n(db, keys)
        left = page.take([(row.n, _Found(row.conversation_id, "message", row.body, seq=row.seq)) for row in rows])
        if left is not None:
            return left + 1
        if len(keys) < batch:
            return None
        looked_at, place = looked_at + len(keys), keys[-1]
        batch = min(batch * 4, SCAN_ROWS)
    return place


def _beside_messages(db: Connection, scope: list[str], words: list[str]) -> list[_Found]:
    """Return what names, tags and notes have, each at most a few."""
    found = [
        _Found(row.id, "name", row.value)
        for row in desk.named_conversations(db, fulltext.matching(db, fulltext.NAMES, words, None, FEW))
    ]
    tags = [row.id for row in desk.tags(db, scope) if all(_begins(row.folded, word) for word in words)]
    if tags:
        found += [_Found(row.id, "tag", row.name) for row in desk.tagged_conversations(db, tags, FEW)]
    found += [
        _Found(row.conversation_id, "note", row.body, note_id=row.id)
        for row in desk.notes_by_n(db, fulltext.matching(db, fulltext.NOTES, words, None, FEW))
    ]
    return found


def _begins(folded: str, word: str) -> bool:
    return any(part.startswith(word) for part in fulltext.words_of(folded))


def _shown(
    core: Core, db: Connection, kept: list[tuple[AnyRow, _Found]], words: list[str], agent_id: str
) -> list[View]:
    conversations = views.agent_conversations(core, db, [row for row, _found in kept], agent_id)
    hits = []
    for conversation, (_row, found) in zip(conversations, kept, strict=True):
        snippet, marks = fulltext.marks(found.text, words)
        hits.append(
            {
                "conversation": conversation,
                "found_in": found.found_in,
                "seq": found.seq,
                "note_id": found.note_id,
                "snippet": snippet,
                "marks": marks,
            }
        )
    return hits


def _cursor(before: str | None) -> int | None:
    if before is None:
        return None
    if not before.isdecimal() or len(before) > 18:
        raise Refusal("payload_invalid", field="before")
    return int(before)
