"""Canned replies: answers written before, found by a shortcut, with a few variables."""

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.ids import new_id
from chatgate.services.accounts import audit
from chatgate.services.accounts.agents import SignedInAgent
from chatgate.services.core import AnyRow, Core, View, iso
from chatgate.services.messages import check_body
from chatgate.storage.queries import conversations, desk, sites

VARIABLES: Final = ("visitor_name", "agent_name", "shop_name")
_VARIABLE: Final = re.compile(r"( ?)\{\{\s*([^|{}]*?)\s*(?:\|([^{}]*))?\}\}")
"""``{{name}}``, or ``{{name|what stands there when the name is not known}}``."""


def list_canned(core: Core, locale: str | None) -> View:
    """Return the canned replies of one locale or all, by shortcut (``CannedListAnswer``)."""
    with core.storage.read() as db:
        return {"replies": [_view(row) for row in desk.canned(db, locale)], "variables": list(VARIABLES)}


def save_canned(
    core: Core, agent: SignedInAgent, reply_id: str | None, locale: str, shortcut: str, title: str, body: str
) -> View:
    """Add or change a canned reply (``CannedAnswer``).

    Raises:
        Refusal: ``payload_invalid`` with ``problem`` ``unknown_variable`` (and its name) or ``shortcut_taken``;
            ``not_found`` for an id that is none.
    """
    check_body(body)
    _check_variables(body)
    shortcut = shortcut.lower()
    values = {
        "id": reply_id or new_id(),
        "locale": locale.replace("_", "-").lower(),
        "shortcut": shortcut,
        "title": title.strip(),
        "body": body,
        "changed_at": core.clock.now(),
    }

    def job(db: Connection) -> AnyRow | None:
        if reply_id is not None and desk.canned_reply(db, reply_id) is None:
            raise Refusal("not_found")
        same = desk.canned_by_shortcut(db, str(values["locale"]), shortcut)
        if same is not None and same.id != values["id"]:
            raise Refusal("payload_invalid", field="shortcut", problem="shortcut_taken")
        desk.put_canned(db, values)
        audit.note(core, db, agent, "canned_reply_saved", str(values["id"]))
        return desk.canned_reply(db, str(values["id"]))

    row = core.storage.write_now(job)
    assert row is not None
    return {"reply": _view(row)}


def delete_canned(core: Core, agent: SignedInAgent, reply_id: str) -> View:
    """Delete a canned reply.

    Raises:
        Refusal: ``not_found``.
    """

    def job(db: Connection) -> None:
        if not desk.drop_canned(db, reply_id):
            raise Refusal("not_found")
        audit.note(core, db, agent, "canned_reply_deleted", reply_id)

    core.storage.write_now(job)
    return {}


def render_canned(core: Core, agent: SignedInAgent, reply_id: str, conversation_id: str) -> View:
    """Return a canned reply with its variables filled in (``CannedRendered``).

    Raises:
        Refusal: ``not_found``.
    """
    with core.storage.read() as db:
        reply = desk.canned_reply(db, reply_id)
        row = conversations.conversation(db, conversation_id)
        if reply is None or row is None:
            raise Refusal("not_found")
        site = sites.site(db, row.site_id)
        assert site is not None
        named = conversations.profiles(db, [row.visitor_id]).get(row.visitor_id, {}).get("name")
    known = {"agent_name": agent.name, "shop_name": site.name}
    if named:
        known["visitor_name"] = named
    return fill(reply.body, known)


def fill(body: str, known: Mapping[str, str]) -> View:
    """Return the text with its variables filled in, and the names of those that stand in it unfilled.

    What a value contains is never taken for a variable. A name without a value is replaced by what follows its bar;
    without a bar it stays for the agent to see, and never becomes an empty place that a visitor would read. What is
    replaced by nothing takes the space before it along.
    """
    unfilled: list[str] = []

    def value(match: re.Match[str]) -> str:
        space, name, instead = match.groups()
        if name in known:
            return space + known[name]
        if instead is not None and name in VARIABLES:
            return space + str(instead) if instead else ""
        unfilled.append(name[:40])
        return match.group()

    return {"body": _VARIABLE.sub(value, body), "unfilled": unfilled}


def _check_variables(body: str) -> None:
    for _space, name, _instead in _VARIABLE.findall(body):
        if name not in VARIABLES:
            raise Refusal(
                "payload_invalid", field="body", problem="unknown_variable", variable=name[:40], known=list(VARIABLES)
            )


def _view(row: AnyRow) -> View:
    return {
        "id": row.id,
        "locale": row.locale,
        "shortcut": row.shortcut,
        "title": row.title,
        "body": row.body,
        "changed_at": iso(row.changed_at),
    }
