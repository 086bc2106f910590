"""The wire protocol, version 1: the source of the TypeScript types and of docs/protocol.md.

What is the inbox's alone is in ``desk_protocol.py``. Both import pydantic and nothing else of ChatGate, so that the
build can read them before the package is installed.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PROTOCOL_VERSION = 1
BODY_MAX_CHARACTERS = 4000

ClientId = Annotated[str, StringConstraints(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Locale = Annotated[str, StringConstraints(min_length=2, max_length=35, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*$")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Text without NUL, which PostgreSQL cannot store."""
Seq = Annotated[int, Field(ge=0, le=2_147_483_647)]
Choices = dict[Annotated[str, StringConstraints(max_length=32)], bool]


class Payload(BaseModel):
    """What a client sends: strict, and unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class View(BaseModel):
    """What the server sends."""

    model_config = ConfigDict(frozen=True)


# -- what clients send ---------------------------------------------------------------------------------------


class OpenSession(Payload):
    """The visitor's answer to the notice, in the handshake of `/visitor` or as `POST /v1/sites/<site>/sessions`."""

    site: Id
    client_id: ClientId
    display_token: str | None = Field(default=None, max_length=2048)
    rendered_sha256: Sha256 | None = None
    choices: Choices | None = None
    locale: Locale = "en"
    page_path: Words | None = Field(default=None, max_length=2048)
    method: Literal["checkbox", "button"] = "checkbox"
    widget_build: Words | None = Field(default=None, max_length=64)


class ResumeSession(Payload):
    """A session that goes on after a lost socket, a reload or on another page."""

    session_token: str = Field(max_length=512)
    last_seq: Seq = 0


class MessageSend(Payload):
    """One message. `client_id` makes a resend harmless. Agents name the conversation."""

    client_id: ClientId
    body: str
    conversation_id: Id | None = None


class Typing(Payload):
    """That somebody types, never what."""

    on: bool
    conversation_id: Id | None = None


class MessageSeen(Payload):
    """Everything up to `seq` was on the screen."""

    seq: Seq
    conversation_id: Id | None = None


class ProfileSet(Payload):
    """Pre-chat fields that the visitor chose to give (name, email, order_number, ...)."""

    fields: dict[Words, Words]


class IdentitySet(Payload):
    """Who the visitor is, as the shop's own server vouches for it; only after the consent.

    `signature`: HMAC-SHA256 in hex, under the site's secret, of `id`, `email` and `name` (empty when absent) joined by
    line feeds.
    """

    id: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00\n]+$")]
    email: Annotated[str, StringConstraints(max_length=320, pattern=r"^[^\x00\n]*$")] = ""
    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00\n]*$")] = ""
    signature: Sha256


class RatingSet(Payload):
    """What the visitor thinks of the chat: 1 (bad) to 5 (good), and perhaps why."""

    score: int = Field(ge=1, le=5)
    comment: Words | None = Field(default=None, max_length=1000)


class ConsentChange(Payload):
    """A change of choices; any `true` also needs the three fields that say what was shown.

    No choices at all, with a display token: the visitor was told of a minor version.
    """

    choices: Choices
    display_token: str | None = Field(default=None, max_length=2048)
    rendered_sha256: Sha256 | None = None
    locale: Locale | None = None


class Empty(Payload):
    """No fields."""


class ConversationFilters(Payload):
    """What a list or a search leaves out; every field that is set must hold.

    `agent` is an agent's id, `me` or `none`. `consent`: `training` (given now), `no_training`, `withdrawn` (the
    consent to talk). `active_from` and `active_to` are RFC 3339 times with an offset, of the last activity; the
    second is excluded.
    """

    tag: str | None = Field(default=None, max_length=40)
    agent: Id | None = None
    consent: Literal["training", "no_training", "withdrawn"] | None = None
    locale: Locale | None = None
    active_from: str | None = Field(default=None, max_length=40)
    active_to: str | None = Field(default=None, max_length=40)


class ConversationList(Payload):
    """Which list of the inbox, in which order, and what it leaves out.

    `known` maps conversation ids to the revs that the client already has. `sort`: `activity` is latest first,
    `waiting` is the visitor who waits longest first (only those who wait). `before` belongs to one view and sort.
    """

    view: Literal["open", "mine", "unassigned", "closed"] = "open"
    limit: int = Field(default=100, ge=1, le=200)
    before: str | None = Field(default=None, max_length=200)
    known: dict[str, int] | None = None
    sort: Literal["activity", "waiting"] = "activity"
    filters: ConversationFilters | None = None


class ConversationRef(Payload):
    """One conversation; `after_seq` asks only for later messages."""

    conversation_id: Id
    after_seq: Seq = 0


class ConversationAssign(Payload):
    """Assign to an agent, to oneself (`"me"`) or to nobody (`null`)."""

    conversation_id: Id
    agent_id: Id | None


class ConversationClose(Payload):
    """Close, with an optional reason: `solved`, `no_answer`, `spam`, `duplicate`, `other`, or a short text.

    The visitor is never told this reason, only that an agent closed.
    """

    conversation_id: Id
    reason: str | None = Field(default=None, max_length=200)


class NoteAdd(Payload):
    """A private note, seen by agents only."""

    conversation_id: Id
    client_id: ClientId
    body: str


class Presence(Payload):
    """Whether the agent takes chats."""

    state: Literal["online", "away"]


class SubjectRequestCreate(Payload):
    """A right of the data subject (GDPR Art. 15, 17, 18, 20, 21)."""

    kind: Literal["access", "portability", "erasure", "restriction", "objection"]


class SignIn(Payload):
    """An agent's sign-in. `code` is the second factor: six digits, or a recovery code.

    Refused `second_factor_required` when the password is right and a code is needed, `sign_in_failed` when wrong.
    """

    email: Words = Field(max_length=320)
    password: str = Field(max_length=1024)
    code: str | None = Field(default=None, max_length=32)


# -- what the server sends -----------------------------------------------------------------------------------


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
    """What the widget needs to know about the shop. `agents_online` is a yes or no, no names."""

    id: str
    name: str
    accent: str
    position: Literal["right", "left"]
    default_locale: str
    channels: list[ChannelView]
    reply_time: str | None
    agents_online: bool
    prechat: list[PrechatFieldView] = []


class NoticeAnswer(View):
    """`GET /v1/sites/<site>/notice`."""

    notice: NoticeView
    display_token: str
    site: SiteView


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


class MessageView(View):
    """A stored message."""

    id: str
    conversation_id: str
    seq: int
    author_kind: Literal["visitor", "agent", "bot", "system"]
    author_name: str | None
    body: str
    stored_at: str
    client_id: str | None = None


class AgentRef(View):
    """An agent, by name."""

    id: str
    name: str


class TagView(View):
    """A tag of a site."""

    id: str
    name: str


class NoteView(View):
    """A private note; `after_seq` is its place among the messages (the last one when it was written)."""

    id: str
    conversation_id: str
    client_id: str
    author: AgentRef
    body: str
    after_seq: int
    stored_at: str


class DraftView(View):
    """What an agent has begun to write; only its author ever gets it."""

    kind: Literal["reply", "note"]
    body: str
    saved_at: str


class ColleagueView(View):
    """Another agent who has the same conversation on the screen."""

    agent: AgentRef
    state: Literal["viewing", "typing", "gone"]


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


class TrainingView(View):
    """Where the transcript is; none: open, or nothing decided yet; held: a person has to look at it first."""

    state: Literal["none", "waiting", "held", "admitted", "skipped", "quarantined", "retracted"]
    reason: str | None
    at: str | None


class VisitorRef(View):
    """The visitor as agents see them: a random id and a label such as "Visitor 4F2", or the name that was given."""

    id: str
    label: str
    present: bool


class AgentConversation(View):
    """The conversation as the inbox sees it; `rev` rises with every change.

    `unread` counts what no agent has seen. `my_seen_seq` is how far the asking agent has read: acks carry it (0 when
    never), broadcasts carry null, because they go to everybody; event `agent_seen` moves it. `resolution` is the
    agent's reason for closing. A blocked visitor's conversation is closed and cannot be reopened before unblocking.
    """

    id: str
    rev: int
    site_id: str
    state: Literal["open", "closed"]
    closed_reason: str | None
    locale: str
    visitor: VisitorRef
    assigned_agent: AgentRef | None
    last_message: MessageView | None
    last_seq: int
    agent_seen_seq: int
    visitor_seen_seq: int
    unread: int
    waiting_since: str | None
    opened_at: str
    closed_at: str | None
    consent: ConsentView
    training: TrainingView
    tags: list[TagView] = []
    resolution: str | None = None
    my_seen_seq: int | None = None
    note_count: int = 0
    blocked: bool = False


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


class ConversationListAnswer(View):
    """The ack of `conversation_list`; `next` is the cursor of the next page.

    `counts`: `open`, `mine`, `unassigned`, `unread` (nobody saw the last message), `my_unread` (this agent did not).
    """

    conversations: list[AgentConversation]
    counts: dict[str, int]
    next: str | None


class ConversationOpened(View):
    """The ack of `conversation_open`: also what the visitor agreed to, word for word."""

    conversation: AgentConversation
    messages: list[MessageView]
    clauses: list[ClauseView]
    record: dict[str, Any]
    notes: list[NoteView] = []
    drafts: list[DraftView] = []
    colleagues: list[ColleagueView] = []


class SuggestionView(View):
    """A suggested reply, with the number of consented chats that it was learned from."""

    text: str
    sources: int
    score: float


class SuggestionsAnswer(View):
    """The ack of `suggestion_list {conversation_id}`: replies to the visitor's message `after_seq`, if it waits."""

    suggestions: list[SuggestionView]
    after_seq: int


class ConversationAnswer(View):
    """The ack of every event that changes one conversation (assign, close, reopen, transfer, tags, block)."""

    conversation: AgentConversation


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


class AgentView(View):
    """The signed-in agent (`GET /inbox/me`, and event `agent_ready` after the handshake of `/agent`).

    `actions` are the events that the role allows; a screen switches off the rest.
    """

    id: str
    name: str
    email: str
    role: Literal["agent", "privacy_officer", "admin"]
    sites: list[SiteView]
    actions: list[str] = []


CLIENT_MODELS: tuple[type[BaseModel], ...] = tuple(Payload.__subclasses__())
SERVER_MODELS: tuple[type[BaseModel], ...] = tuple(View.__subclasses__())
