"""How many sessions one address may open and how many messages and files one conversation takes in a while."""

from pydantic import BaseModel, ConfigDict, Field

from chatgate import AttachmentContext, Kit, Manifest, MessageContext, Purpose, Refusal, SessionOpenContext, hookimpl


class Settings(BaseModel):
    """``[middleware_settings.rate_limit]``; windows end after ten minutes, as long as a key may be kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sessions: int = Field(default=20, ge=1)
    """Sessions that one address may open in a window."""
    sessions_window_seconds: int = Field(default=60, ge=1, le=600)
    messages: int = Field(default=30, ge=1)
    """Messages of the visitor that one conversation takes in a window."""
    messages_window_seconds: int = Field(default=30, ge=1, le=600)
    attachments: int = Field(default=20, ge=1)
    """Files of the visitor that one conversation takes in a window, refused ones too."""
    attachments_window_seconds: int = Field(default=300, ge=1, le=600)


manifest = Manifest(
    purposes=[Purpose.SUPPORT],
    settings=Settings,
    description="Counts sessions by a salted hash of the address, messages and files by conversation, for minutes.",
)


@hookimpl
def check_session_open(context: SessionOpenContext, kit: Kit) -> None:
    """Refuse an address that opens sessions too quickly."""
    limits: Settings = kit.settings
    _count(kit, "sessions", context.limiter_key, limits.sessions, limits.sessions_window_seconds)


@hookimpl(purposes=[])
def check_message(context: MessageContext, kit: Kit) -> None:
    """Refuse a visitor who writes too quickly; agents are not counted. Sees no text, so it needs no consent."""
    if context.author_kind == "visitor":
        limits: Settings = kit.settings
        _count(kit, "messages", context.conversation_id, limits.messages, limits.messages_window_seconds)


@hookimpl(purposes=[])
def check_attachment(context: AttachmentContext, kit: Kit) -> None:
    """Refuse a visitor who sends files too quickly, before an image is decoded."""
    if context.author_kind == "visitor":
        limits: Settings = kit.settings
        _count(kit, "attachments", context.conversation_id, limits.attachments, limits.attachments_window_seconds)


def _count(kit: Kit, what: str, key: str, limit: int, window_seconds: int) -> None:
    wait = kit.limiter.hit(f"{kit.middleware}.{what}", key, limit, window_seconds)
    if wait is not None:
        raise Refusal("rate_limited", retry_after_seconds=wait)
