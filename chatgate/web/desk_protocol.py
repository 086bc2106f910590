"""The inbox's own part of the wire protocol: events of ``/agent`` beyond talking, and their answers."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from chatgate.web.protocol import (
    AgentConversation,
    AgentRef,
    ClientId,
    ConversationFilters,
    Id,
    Locale,
    NoteView,
    Payload,
    View,
)

DRAFT_MAX_CHARACTERS = 20_000
TagName = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Shortcut = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\s/]+$")]


# -- what agents send ----------------------------------------------------------------------------------------


class ConversationReopen(Payload):
    """`conversation_reopen`: open a closed conversation again; its training item is withdrawn at once."""

    conversation_id: Id


class ConversationTransfer(Payload):
    """`conversation_transfer`: hand over to another agent, with an optional private note."""

    conversation_id: Id
    agent_id: Id
    client_id: ClientId
    note: str = ""


class TagChange(Payload):
    """`tag_add` and `tag_remove`: a tag by its name; a new name becomes a tag of the site."""

    conversation_id: Id
    name: TagName


class TagList(Payload):
    """`tag_list`: every tag in use, most used first. Answer: TagListAnswer."""


class CannedList(Payload):
    """`canned_list`: canned replies, optionally of one locale."""

    locale: Locale | None = None


class CannedSave(Payload):
    """`canned_save`: add (`id` null) or change a canned reply.

    The body may name `{{visitor_name}}`, `{{agent_name}}` and `{{shop_name}}`; any other name is refused
    `payload_invalid {field: body, problem: unknown_variable, variable}`. A shortcut is unique for its locale
    (`problem: shortcut_taken`).
    """

    id: Id | None = None
    locale: Locale
    shortcut: Shortcut
    title: str = Field(default="", max_length=120)
    body: str = Field(max_length=4000)


class CannedRef(Payload):
    """`canned_delete`: one canned reply."""

    id: Id


class CannedRender(Payload):
    """`canned_render`: a canned reply with its variables filled in for one conversation."""

    id: Id
    conversation_id: Id


class DraftSet(Payload):
    """`draft_set`: keep what the agent has begun to write; an empty body forgets it."""

    conversation_id: Id
    kind: Literal["reply", "note"] = "reply"
    body: str = Field(max_length=DRAFT_MAX_CHARACTERS)


class ConversationSearch(Payload):
    """`conversation_search`: words of messages, notes, names and tags; every word must occur, as the
    beginning of one (of one or two letters: as a whole word).

    Newest conversations first. `before` is the `next` of the page before.
    """

    query: str = Field(min_length=1, max_length=200)
    filters: ConversationFilters | None = None
    limit: int = Field(default=30, ge=1, le=100)
    before: str | None = Field(default=None, max_length=200)


class VisitorBlock(Payload):
    """`visitor_block`: close the conversation and refuse this visitor; needs a reason. `on` false undoes it."""

    conversation_id: Id
    on: bool = True
    reason: str = Field(default="", max_length=200)


class Viewing(Payload):
    """`viewing`: whether the conversation is on this agent's screen; colleagues get event `colleague`."""

    conversation_id: Id
    on: bool


class AgentsList(Payload):
    """`agents_list`: the active agents, for assigning and transferring."""


class AgentChange(Payload):
    """`agent_change`: give a role, or switch an agent on or off; takes effect on their open sockets."""

    agent_id: Id
    role: Literal["agent", "privacy_officer", "admin"] | None = None
    active: bool | None = None
    reason: str = Field(default="", max_length=200)


class ConsentWithdraw(Payload):
    """`consent_withdraw`: withdraw on the visitor's request, with the reason; an agent can never give a consent."""

    conversation_id: Id
    purposes: list[Annotated[str, StringConstraints(max_length=32)]] = Field(min_length=1, max_length=10)
    reason: str = Field(min_length=3, max_length=200)


class SubjectRequestFor(Payload):
    """`POST /inbox/subject-requests`: a right that a visitor used by mail or phone, with how it came."""

    conversation_id: Id
    kind: Literal["access", "portability", "erasure", "restriction", "objection"]
    reason: str = Field(min_length=3, max_length=200)


class SignInList(Payload):
    """`sign_in_list`: where this agent is signed in."""


class SignInRevoke(Payload):
    """`sign_in_revoke`: end one of one's own sign-ins, or every other one (`id` null)."""

    id: Id | None = None


class TwoFactorStart(Payload):
    """`two_factor_start`: a new secret; nothing changes before `two_factor_confirm`."""


class TwoFactorConfirm(Payload):
    """`two_factor_confirm`: the first code of the new secret switches the second factor on."""

    code: str = Field(max_length=32)


class TwoFactorOff(Payload):
    """`two_factor_off`: needs a valid code or recovery code."""

    code: str = Field(max_length=32)


class AuditList(Payload):
    """`audit_list`: who did what, newest first (privacy officers and admins)."""

    limit: int = Field(default=50, ge=1, le=200)
    before: str | None = Field(default=None, max_length=64)


# -- what the server answers ---------------------------------------------------------------------------------


class NoteAnswer(View):
    """The ack of `note_add`; a resend with the same `client_id` returns the first one."""

    note: NoteView


class NoteStored(View):
    """Event `note_stored` to agents."""

    note: NoteView
    rev: int


class TagCount(View):
    """A tag and on how many conversations it is."""

    id: str
    name: str
    count: int


class TagListAnswer(View):
    """The ack of `tag_list`."""

    tags: list[TagCount]


class CannedView(View):
    """A canned reply."""

    id: str
    locale: str
    shortcut: str
    title: str
    body: str
    changed_at: str


class CannedListAnswer(View):
    """The ack of `canned_list`; `variables` are the names that a body may use."""

    replies: list[CannedView]
    variables: list[str]


class CannedAnswer(View):
    """The ack of `canned_save`."""

    reply: CannedView


class CannedRendered(View):
    """The ack of `canned_render`."""

    body: str


class SearchHit(View):
    """One conversation that was found, and where.

    `marks` are the start and end of each found word in `snippet` (UTF-16 units, as JavaScript counts), end excluded.
    """

    conversation: AgentConversation
    found_in: Literal["message", "note", "name", "tag"]
    seq: int | None
    note_id: str | None
    snippet: str
    marks: list[list[int]]


class ConversationSearchAnswer(View):
    """The ack of `conversation_search`."""

    hits: list[SearchHit]
    next: str | None


class AgentSummary(View):
    """A colleague, and how many open conversations are theirs. `last_seen` of presence is not kept."""

    id: str
    name: str
    role: Literal["agent", "privacy_officer", "admin"]
    state: Literal["online", "away", "offline"]
    open: int


class AgentsListAnswer(View):
    """The ack of `agents_list`."""

    agents: list[AgentSummary]


class AgentChanged(View):
    """Event `agent_changed` to agents, and the ack of `agent_change`: a role or a state is another one now."""

    agent: AgentRef
    role: Literal["agent", "privacy_officer", "admin"]
    active: bool


class PresenceChanged(View):
    """Event `presence` to agents."""

    agent: AgentRef
    state: Literal["online", "away", "offline"]


class Colleague(View):
    """Event `colleague` to the other agents: who has a conversation on the screen, and who types in it."""

    conversation_id: str
    agent: AgentRef
    state: Literal["viewing", "typing", "gone"]


class ConversationErased(View):
    """Event `conversation_erased` to agents: nothing of it is left; take it from every list."""

    conversation_id: str


class AgentSeen(View):
    """Event `agent_seen` to agents: how far one of them has read."""

    conversation_id: str
    agent_id: str
    seq: int


class SignInView(View):
    """One sign-in. `current` is the one that asks."""

    id: str
    created_at: str
    expires_at: str
    current: bool


class SignInListAnswer(View):
    """The ack of `sign_in_list` and `sign_in_revoke`."""

    sign_ins: list[SignInView]
    two_factor: bool
    recovery_codes_left: int


class TwoFactorStarted(View):
    """The ack of `two_factor_start`: the secret in base32, and as `otpauth://` address for a QR code."""

    secret: str
    uri: str


class TwoFactorOn(View):
    """The ack of `two_factor_confirm`: recovery codes, shown once; each works once."""

    recovery_codes: list[str]


class AuditView(View):
    """Who did what to whose data and why, without content."""

    id: str
    actor: str
    action: str
    subject_id: str | None
    reason: str | None
    at: str


class AuditListAnswer(View):
    """The ack of `audit_list`."""

    events: list[AuditView]
    next: str | None


CLIENT_MODELS: tuple[type[BaseModel], ...] = tuple(Payload.__subclasses__())
SERVER_MODELS: tuple[type[BaseModel], ...] = tuple(View.__subclasses__())
