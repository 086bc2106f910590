"""Visitors cannot post links to foreign sites, and the chats of each day are counted without their text."""

import re

from pydantic import BaseModel, ConfigDict

from chatgate import (
    ConversationClosed,
    Kit,
    Manifest,
    MessageContext,
    Purpose,
    Refusal,
    StoredData,
    hookimpl,
)

LINK = re.compile(r"https?://(?:[^/\s@]*@)?([^/\s:?#]+)", re.IGNORECASE)


class Settings(BaseModel):
    """``[middleware_settings.no_links]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    allowed_hosts: tuple[str, ...] = ()
    """Hosts that visitors may link, for example the shop's own."""


manifest = Manifest(
    purposes=[Purpose.SUPPORT],
    stores=[StoredData("how many chats ended on each day", Purpose.SUPPORT, retention_days=365)],
    settings=Settings,
    description="Refuses visitors' messages that link to foreign sites.",
)


@hookimpl
def check_message(context: MessageContext, body: str, kit: Kit) -> None:
    """Refuse a visitor's message with a link to a host that is not allowed."""
    if context.author_kind != "visitor":
        return
    for host in LINK.findall(body):
        if host.lower() not in kit.settings.allowed_hosts:
            raise Refusal("message_refused", reason="link")


@hookimpl
def on_conversation_closed(event: ConversationClosed, kit: Kit) -> None:
    """Count the day's chats. An event may come twice, so each conversation leaves a row, erased with it."""
    kit.store.put(
        f"closed/{event.at:%Y-%m-%d}/{event.conversation_id}",
        True,
        purpose=Purpose.SUPPORT,
        conversation_id=event.conversation_id,
    )
