"""Suggestions for agents and automated answers for visitors: from readable items only, always labelled."""

from collections.abc import Sequence
from typing import Final

from chatgate.errors import Refusal
from chatgate.hooks.contexts import Reply, ReplyContext, Suggestion, SuggestionContext
from chatgate.i18n import translations
from chatgate.ids import new_id
from chatgate.policy.canonical import sha256_hex
from chatgate.services.consents import covering
from chatgate.services.core import AnyRow, Core, View
from chatgate.services.messages import store_and_tell
from chatgate.storage.queries import conversations, messages, work
from chatgate.storage.queries.messages import NewMessage

BOT_NAME: Final = "Assistant"
HUMAN_REQUEST: Final = "human-request"
"""The client id of the system line after which no automated answer is given any more."""
MAX_SUGGESTIONS: Final = 3


def suggestions(core: Core, conversation_id: str) -> View:
    """Return suggested replies to the visitor's last words, each with how many chats it was learned from.

    What derives from a quarantined item is dropped here, so that a withdrawal holds with the worker down.

    Returns:
        ``{"suggestions": [{"text", "sources", "score", "used"}], "after_seq"}``; empty when there is nothing to say.
    """
    row, question = _question(core, conversation_id)
    if row is None or question is None:
        return {"suggestions": [], "after_seq": 0}
    return {
        "suggestions": [
            {"text": item.text, "sources": len(item.item_ids), "score": round(item.score, 3), "used": item.used}
            for item in _suggested(core, row, question)
        ],
        "after_seq": question.seq,
    }


def use_suggestion(core: Core, conversation_id: str, text: str) -> View:
    """Note that an agent took a suggested answer over, so that middlewares learn which ones help.

    Raises:
        Refusal: ``not_found``: this is not suggested here (any more).

    Stores: an outbox event with the ids of the items and the hash of the answer, for *support*; no text.
    """
    row, question = _question(core, conversation_id)
    chosen = None
    if row is not None and question is not None:
        chosen = next((one for one in _suggested(core, row, question) if one.text == text and one.item_ids), None)
    if row is None or chosen is None:
        raise Refusal("not_found")
    event = {
        "id": new_id(),
        "kind": "suggestion_used",
        "site_id": row.site_id,
        "conversation_id": row.id,
        "subject": sha256_hex(text.encode()),
        "detail": {"items": ",".join(chosen.item_ids)},
        "created_at": core.clock.now(),
    }
    if core.chain.watchers("on_suggestion_used"):
        core.storage.write_now(lambda db: work.add_outbox(db, event))
        core.wake_worker()
    return {}


def _suggested(core: Core, row: AnyRow, question: AnyRow) -> list[Suggestion]:
    context = SuggestionContext(row.site_id, row.id, row.locale, question.body, MAX_SUGGESTIONS)
    found: Sequence[Suggestion] = core.chain.choose("choose_suggestions", covering(core, row.id), context=context) or ()
    return [item for item in found if _readable(core, item.item_ids)]


def answer_visitor(core: Core, conversation_id: str, message_id: str) -> bool:
    """Let a middleware answer a visitor's message, unless a person answers here or was asked for.

    Returns:
        Whether an automated answer was stored. It is labelled by its ``author_kind`` ``bot``.

    Source: GDPR Art. 22; Regulation (EU) 2024/1689 Art. 50.
    """
    row, question = _question(core, conversation_id)
    if row is None or question is None or question.id != message_id or _has_person(core, conversation_id):
        return False
    context = ReplyContext(row.site_id, row.id, row.locale, question.body, 1)
    reply: Reply | None = core.chain.choose("choose_reply", covering(core, row.id), context=context)
    if reply is None or not _readable(core, reply.item_ids):
        return False
    # The id of the question makes a repeated delivery harmless.
    store_and_tell(core, _line(core, row.id, f"reply-{message_id}", reply.text, "bot", BOT_NAME))
    return True


def request_human(core: Core, conversation_id: str) -> View:
    """Note that the visitor asks for a person: automated answers end, and the inbox shows it."""
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
    assert row is not None
    text = translations(row.locale).gettext("A person of the shop was asked for.")
    return {"message": store_and_tell(core, _line(core, conversation_id, HUMAN_REQUEST, text, "system", None))}


def _line(
    core: Core, conversation_id: str, client_id: str, body: str, author_kind: str, author_name: str | None
) -> NewMessage:
    return NewMessage(
        id=new_id(),
        conversation_id=conversation_id,
        client_id=client_id,
        author_kind=author_kind,
        author_id=None,
        author_name=author_name,
        body=body,
        at=core.clock.now(),
        event_id=None,
    )


def _question(core: Core, conversation_id: str) -> tuple[AnyRow | None, AnyRow | None]:
    """Return the open conversation and the visitor's message that nobody answered yet."""
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
        if row is None or row.state != "open" or row.restricted or not row.may_talk:
            return None, None
        recent = messages.after(db, conversation_id, max(0, row.last_seq - 6))
    for message in reversed(recent):
        if message.author_kind == "visitor":
            return row, message
        if message.author_kind in ("agent", "bot"):
            return row, None
    return row, None


def _has_person(core: Core, conversation_id: str) -> bool:
    with core.storage.read() as db:
        return messages.has_person(db, conversation_id, HUMAN_REQUEST)


def _readable(core: Core, item_ids: Sequence[str]) -> bool:
    if not item_ids:
        return True
    with core.storage.read() as db:
        return work.readable_items(db, list(item_ids)) == set(item_ids)
