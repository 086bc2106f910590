"""What the inbox sends: events of ``/agent`` beyond talking, and the sign-in."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chatgate.web.protocol.fields import (
    DRAFT_MAX_CHARACTERS,
    ClientId,
    Id,
    Locale,
    Payload,
    Seq,
    Shortcut,
    TagName,
    Words,
)


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
    `waiting` is the visitor who waits longest first, and below those who wait the rest, latest first. `before` belongs
    to one view and sort.
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


class SignIn(Payload):
    """An agent's sign-in. `code` is the second factor: six digits, or a recovery code.

    Refused `second_factor_required` when the password is right and a code is needed, `sign_in_failed` when wrong.
    """

    email: Words = Field(max_length=320)
    password: str = Field(max_length=1024)
    code: str | None = Field(default=None, max_length=32)


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

    The body may name `{{visitor_name}}`, `{{agent_name}}` and `{{shop_name}}`, also with what stands there when it is
    not known, as in `{{visitor_name|there}}`; any other name is refused
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
    """`agents_list`: the active agents, for assigning and transferring; `all` adds those who are switched off."""

    all: bool = False


class AgentAdd(Payload):
    """`agent_add`: a new account with a password that the answer shows once. Without a name, the address gives it.

    The `problem` of a refusal `payload_invalid` says what is wrong with the address: `address_taken` or
    `address_invalid`.
    """

    email: str = Field(min_length=1, max_length=254)
    name: str = Field(default="", max_length=120)
    role: Literal["agent", "privacy_officer", "admin"] = "agent"


class AgentChange(Payload):
    """`agent_change`: give a role, or switch an agent on or off; takes effect on their open sockets."""

    agent_id: Id
    role: Literal["agent", "privacy_officer", "admin"] | None = None
    active: bool | None = None
    reason: str = Field(default="", max_length=200)


class AgentRemove(Payload):
    """`agent_remove`: delete an account. What the agent wrote to visitors stays under their name; open conversations
    wait for somebody else; sign-ins, second factor, drafts and read marks are deleted.
    """

    agent_id: Id
    reason: str = Field(min_length=3, max_length=200)


class ConsentWithdraw(Payload):
    """`consent_withdraw`: withdraw on the visitor's request, with the reason; an agent can never give a consent."""

    conversation_id: Id
    purposes: list[Annotated[str, StringConstraints(max_length=32)]] = Field(min_length=1, max_length=10)
    reason: str = Field(min_length=3, max_length=200)


class SignInList(Payload):
    """`sign_in_list`: where this agent is signed in."""


class SignInRevoke(Payload):
    """`sign_in_revoke`: end one of one's own sign-ins, or every other one (`id` null)."""

    id: Id | None = None


class PushKeyGet(Payload):
    """`push_key`: the key that this browser subscribes with; null when the shop sends no pushes."""


class PushSubscribe(Payload):
    """`push_subscribe`: tell this browser of visitors who write, also when the inbox is closed, until its sign-in ends.

    `p256dh` and `auth` are base64url, as the browser gives them.
    """

    endpoint: Annotated[str, StringConstraints(min_length=8, max_length=2000, pattern=r"^https?://[^\s\x00]+$")]
    p256dh: Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_=-]+$")]
    auth: Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_=-]+$")]


class PushUnsubscribe(Payload):
    """`push_unsubscribe`: tell this browser no longer."""

    endpoint: Annotated[str, StringConstraints(min_length=8, max_length=2000)]


class TwoFactorStart(Payload):
    """`two_factor_start`: a new secret; nothing changes before `two_factor_confirm`."""


class TwoFactorConfirm(Payload):
    """`two_factor_confirm`: the first code of the new secret switches the second factor on."""

    code: str = Field(max_length=32)


class TwoFactorOff(Payload):
    """`two_factor_off`: needs a valid code or recovery code."""

    code: str = Field(max_length=32)


class SuggestionUse(Payload):
    """`suggestion_use`: the agent took this suggested reply over."""

    conversation_id: Id
    text: Annotated[Words, StringConstraints(min_length=1, max_length=4000)]


class AuditList(Payload):
    """`audit_list`: who did what, newest first (privacy officers and admins)."""

    limit: int = Field(default=50, ge=1, le=200)
    before: str | None = Field(default=None, max_length=64)
