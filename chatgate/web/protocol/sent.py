"""What the server sends to visitors, and what it sends to both sides."""

from typing import Any, Literal

from chatgate.web.protocol.fields import View


class ErrorView(View):
    """A refusal: `code` is stable, `detail` helps the client to recover."""

    code: str
    detail: dict[str, Any]


class ControllerView(View):
    """Who is responsible for the data."""

    name: str
    address: str
    contact: str


class ClauseView(View):
    """One tick box for one purpose. There is no field that could tick it."""

    purpose: str
    text: str
    required: bool
    link_label: str
    link_url: str


class NoticeView(View):
    """The notice to show: the exact texts, in order."""

    id: str
    version: str
    locale: str
    sha256: str
    preset: Literal["split", "single"]
    welcome: str
    clauses: list[ClauseView]
    full_text_url: str
    full_text_label: str
    policy_url: str
    policy_label: str
    controller: ControllerView
    equivalent_channel: str | None = None
    age_limit: int | None = None
    """Ask, without a default, whether the visitor is younger, and send it as `minor`; null: do not ask."""


class ChannelView(View):
    """Another way to reach the shop."""

    kind: str
    label: str
    url: str


class PrechatFieldView(View):
    """A question that the shop asks before the first message; `label` is by locale."""

    name: str
    kind: Literal["text", "email", "tel"]
    label: dict[str, str]
    required: bool


class SiteView(View):
    """What the widget needs to know about the shop. `agents_online` is a yes or no, no names.

    `attachment_max_bytes`: how large a file may be; 0 when the site takes none.
    """

    id: str
    name: str
    accent: str
    position: Literal["right", "left"]
    default_locale: str
    channels: list[ChannelView]
    reply_time: str | None
    agents_online: bool
    prechat: list[PrechatFieldView] = []
    attachment_max_bytes: int


class ClosedView(View):
    """The shop takes no live chats now; `opens_at` is when it does again, `messages` whether one may be left."""

    opens_at: str | None
    messages: bool


class NoticeAnswer(View):
    """`GET /v1/sites/<site>/notice`. `closed` is null while the shop takes chats."""

    notice: NoticeView
    display_token: str
    site: SiteView
    closed: ClosedView | None = None


class ConsentView(View):
    """The current state: the fold of the record and its events. `ends_at`: when the first given purpose expires.

    `ask_again`: a major version of the notice came out; show it and send `consent_change` with every clause. Until then
    `message_send` is refused `consent_stale` with the notice in the detail; the conversation stays open and readable.
    `inform`: a minor version came out; show it once and send `consent_change` with no choices and its display token.
    """

    record_id: str
    choices: dict[str, bool]
    notice_id: str
    notice_version: str
    notice_sha256: str
    locale: str
    given_at: str
    changed_at: str
    may_talk: bool
    may_train: bool
    ends_at: str | None = None
    ask_again: bool = False
    inform: bool = False
    minor: bool | None = None
    """What the visitor answered about the age limit: true leaves no choice about *training*; null: not asked."""


class AttachmentView(View):
    """A file that a message carries; `width` and `height` are in pixels, and null for a document."""

    id: str
    name: str
    media_type: Literal["image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"]
    size_bytes: int
    width: int | None
    height: int | None


class AttachmentAnswer(View):
    """The answer of an upload."""

    attachment: AttachmentView


class MessageView(View):
    """A stored message. Its `body` is empty when it consists of files only."""

    id: str
    conversation_id: str
    seq: int
    author_kind: Literal["visitor", "agent", "bot", "system"]
    author_name: str | None
    body: str
    stored_at: str
    client_id: str | None = None
    attachments: list[AttachmentView] = []


class AgentRef(View):
    """An agent, by name."""

    id: str
    name: str


class VisitorConversation(View):
    """The conversation as its visitor sees it. `last_seq` counts all messages stored so far."""

    id: str
    site_id: str
    state: Literal["open", "closed"]
    closed_reason: str | None
    opened_at: str
    last_seq: int
    agent: AgentRef | None
    agent_seen_seq: int
    visitor_seen_seq: int
    rev: int


class SessionOpened(View):
    """Event `session_opened`, and the answer of `POST /v1/sites/<site>/sessions`."""

    session_token: str
    conversation: VisitorConversation
    receipt: dict[str, Any]
    messages: list[MessageView]
    site: SiteView
    consent: ConsentView


class SessionResumed(View):
    """Event `session_resumed`: `messages` are those after `last_seq`."""

    conversation: VisitorConversation
    messages: list[MessageView]
    consent: ConsentView
    site: SiteView


class MessageAnswer(View):
    """The ack of `message_send`."""

    message: MessageView


class ConsentAnswer(View):
    """The ack of `consent_change` and the answer of `PATCH /v1/consent`."""

    consent: ConsentView
    receipt: dict[str, Any]


class MessageStored(View):
    """Event `message_stored`, to the sender too; clients drop by id. `rev` and `waiting_since` are for the inbox."""

    message: MessageView
    rev: int
    waiting_since: str | None


class TypingEvent(View):
    """Event `typing`: a boolean, never the text."""

    conversation_id: str
    author_kind: Literal["visitor", "agent"]
    author_name: str | None
    on: bool


class ConversationChanged(View):
    """Event `conversation_changed`; visitors get a VisitorConversation, agents an AgentConversation."""

    conversation: dict[str, Any]


class ConsentChanged(View):
    """Event `consent_changed`."""

    conversation_id: str
    consent: ConsentView


class AgentPresence(View):
    """Event `agent_presence` to visitors: whether anybody of the shop is here."""

    agents_online: bool


class SessionClosed(View):
    """Event `session_closed`: agent, visitor, idle, consent_withdrawn, consent_expired, erased."""

    reason: str
