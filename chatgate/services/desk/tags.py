"""Tags: words by which a shop sorts its conversations."""

import unicodedata

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.ids import new_id
from chatgate.services.accounts.agents import SignedInAgent, site_ids
from chatgate.services.conversations import in_use, tell_changed
from chatgate.services.core import AnyRow, Core, View
from chatgate.services.desk.handover import mine
from chatgate.storage.fulltext import fold
from chatgate.storage.queries import conversations, desk

MAX_TAGS = 20


def list_tags(core: Core, agent: SignedInAgent) -> View:
    """Return the tags of the agent's sites, most used first (``TagListAnswer``)."""
    scope = site_ids(core, agent)
    with core.storage.read() as db:
        return {"tags": [{"id": row.id, "name": row.name, "count": row.used} for row in desk.tags(db, scope)]}


def add_tag(core: Core, agent: SignedInAgent, conversation_id: str, name: str) -> View:
    """Put a tag on a conversation; a new name becomes a tag of the site.

    Raises:
        Refusal: ``not_found``; ``payload_invalid`` for a name without a letter, or a twenty-first tag.
    """
    name, folded = tag_name(name)
    now = core.clock.now()

    def job(db: Connection) -> AnyRow:
        row = in_use(db, conversation_id)
        tag = desk.tag(db, row.site_id, folded)
        if tag is None:
            values = {"id": new_id(), "site_id": row.site_id, "name": name, "folded": folded, "created_at": now}
            desk.add_tag(db, values)
            tag_id = values["id"]
        else:
            tag_id = tag.id
        if desk.tag_count(db, conversation_id) >= MAX_TAGS:
            raise Refusal("payload_invalid", field="name", problem="too_many_tags", limit=MAX_TAGS)
        return conversations.change(db, conversation_id, {}) if desk.put_tag(db, conversation_id, tag_id, now) else row

    return mine(core, agent, tell_changed(core, core.storage.write_now(job)))


def remove_tag(core: Core, agent: SignedInAgent, conversation_id: str, name: str) -> View:
    """Take a tag off a conversation; a tag that is on none any more is forgotten.

    Raises:
        Refusal: ``not_found`` for the conversation.
    """
    _name, folded = tag_name(name)

    def job(db: Connection) -> AnyRow:
        row = in_use(db, conversation_id)
        tag = desk.tag(db, row.site_id, folded)
        if tag is None or not desk.take_tag(db, conversation_id, tag.id):
            return row
        return conversations.change(db, conversation_id, {})

    return mine(core, agent, tell_changed(core, core.storage.write_now(job)))


def tag_name(name: str) -> tuple[str, str]:
    """Return a tag's name as shown, and as compared.

    Raises:
        Refusal: ``payload_invalid``.
    """
    shown = " ".join(unicodedata.normalize("NFC", name).split()).lstrip("#")
    folded = fold(shown)
    if not any(letter.isalnum() for letter in folded) or not shown.isprintable():
        raise Refusal("payload_invalid", field="name")
    return shown, folded[:80]
