"""What the server sends to the inbox."""

from typing import Any, Literal

from chatgate.web.protocol.fields import View
from chatgate.web.protocol.sent import AgentRef, ClauseView, ConsentView, MessageView, SiteView


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


class TrainingView(View):
    """Where the transcript is; none: open, or nothing decided yet; held: a person has to look at it first."""

    state: Literal["none", "waiting", "held", "admitted", "skipped", "quarantined", "retracted"]
    reason: str | None
    at: str | None


class ProfileFieldView(View):
    """One thing that is known about a visitor. `vouched`: the shop's server signed it; else the visitor said so."""

    name: str
    value: str
    vouched: bool


class VisitorRef(View):
    """The visitor as agents see them: a random id and a label such as "Visitor 7A4F2", or the name that was given."""

    id: str
    label: str
    present: bool
    profile: list[ProfileFieldView] = []


class RatingView(View):
    """What the visitor thinks of the chat: 1 (bad) to 5 (good), and perhaps why."""

    score: int
    comment: str | None
    rated_at: str


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
    rating: RatingView | None = None


class ConversationListAnswer(View):
    """The ack of `conversation_list`; `next` is the cursor of the next page, `now` what the server's clock says.

    `counts`: `open`, `mine`, `unassigned`, `unread` (nobody saw the last message), `my_unread` (this agent did not).
    """

    conversations: list[AgentConversation]
    counts: dict[str, int]
    next: str | None
    now: str


class ConversationOpened(View):
    """The ack of `conversation_open`: also what the visitor agreed to, word for word; `now` is the server's time."""

    conversation: AgentConversation
    messages: list[MessageView]
    clauses: list[ClauseView]
    record: dict[str, Any]
    notes: list[NoteView] = []
    drafts: list[DraftView] = []
    colleagues: list[ColleagueView] = []
    now: str


class SuggestionView(View):
    """A suggested reply, with the number of consented chats that it was learned from, and how often it was used."""

    text: str
    sources: int
    score: float
    used: int


class SuggestionsAnswer(View):
    """The ack of `suggestion_list {conversation_id}`: replies to the visitor's message `after_seq`, if it waits."""

    suggestions: list[SuggestionView]
    after_seq: int


class ConversationAnswer(View):
    """The ack of every event that changes one conversation (assign, close, reopen, transfer, tags, block)."""

    conversation: AgentConversation


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
    """The ack of `canned_render`; `unfilled` are the names that still stand in the body, for the agent to write."""

    body: str
    unfilled: list[str]


class CannedChanged(View):
    """Event `canned_changed` to agents: a canned reply was saved or deleted; ask for the list again."""


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
    active: bool


class AgentsListAnswer(View):
    """The ack of `agents_list`."""

    agents: list[AgentSummary]


class AgentAdded(View):
    """The ack of `agent_add`. The password is shown this once; the server keeps a hash."""

    agent: AgentRef
    role: Literal["agent", "privacy_officer", "admin"]
    password: str


class AgentChanged(View):
    """Event `agent_changed` to agents, and the ack of `agent_change`: a role or a state is another one now.

    After `agent_add` it tells of somebody new, and after `agent_remove` it says that the agent is not active.
    """

    agent: AgentRef
    role: Literal["agent", "privacy_officer", "admin"]
    active: bool


class PushKey(View):
    """The ack of `push_key`: an uncompressed P-256 point in base64url, or null when the shop sends no pushes."""

    public_key: str | None


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
    """Event `conversation_erased` to agents: it is erased, or restricted and only stored; take it from every list."""

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
    """The ack of `two_factor_start`: the secret in base32, as `otpauth://` address, and as rows of a QR code."""

    secret: str
    uri: str
    qr: list[str]


class TwoFactorOn(View):
    """The ack of `two_factor_confirm`: recovery codes, shown once; each works once."""

    recovery_codes: list[str]


class AuditView(View):
    """Who did what to whose data and why, without content."""

    id: str
    actor: str
    actor_name: str | None = None
    action: str
    subject_id: str | None
    subject_name: str | None = None
    reason: str | None
    at: str


class AuditListAnswer(View):
    """The ack of `audit_list`."""

    events: list[AuditView]
    next: str | None
