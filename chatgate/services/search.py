"""Full-text search of the inbox: messages, notes, names and tags, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.services import views
from chatgate.services.agents import SignedInAgent, site_ids
from chatgate.services.core import AnyRow, Core, View
from chatgate.storage import fulltext
from chatgate.storage.queries import desk, inbox
from chatgate.storage.queries.inbox import Filters

SCAN_ROWS: Final = 400
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
        first = _beside_messages(db, scope, words) if place is None else []
        keys = fulltext.matching(db, fulltext.MESSAGES, words, place, SCAN_ROWS)
        rows = desk.messages_by_n(db, keys) if keys else []
        kept, last = _kept(db, scope, filters, first, rows, limit)
        shown = _shown(core, db, kept, words, agent.id)
    more = last if last is not None else (keys[-1] if len(keys) == SCAN_ROWS else None)
    return {"hits": shown, "next": None if more is None else str(more)}


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


def _kept(
    db: Connection, scope: list[str], filters: Filters, first: list[_Found], rows: Sequence[AnyRow], limit: int
) -> tuple[list[tuple[AnyRow, _Found]], int | None]:
    """Return at most ``limit`` conversations that the filters keep, and where the next page begins if it is full."""
    top = rows[0].n + 1 if rows else None
    seen: dict[str, None] = {}
    kept: list[tuple[AnyRow, _Found]] = []
    places = [*((None, found) for found in first), *((row.n, _in_message(row)) for row in rows)]
    chosen = inbox.chosen(db, scope, list({found.conversation_id for _n, found in places}), filters)
    for n, found in places:
        row = chosen.get(found.conversation_id)
        if row is None or found.conversation_id in seen:
            continue
        if len(kept) == limit:
            return kept, top if n is None else n + 1
        seen[found.conversation_id] = None
        kept.append((row, found))
    return kept, None


def _in_message(row: Any) -> _Found:
    return _Found(row.conversation_id, "message", row.body, seq=row.seq)


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
