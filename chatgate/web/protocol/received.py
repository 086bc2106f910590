"""What visitors' clients send, and what both sides send."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chatgate.web.protocol.fields import Choices, ClientId, Id, Locale, Payload, Seq, Sha256, Words


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
    written: bool = False
    """A message that is left outside the shop's hours: `opening_hours` lets it in, everything else is as ever."""
    minor: bool | None = None
    """Whether the visitor is younger than the notice's `age_limit`; required where the notice has one."""


class ResumeSession(Payload):
    """A session that goes on after a lost socket, a reload or on another page."""

    session_token: str = Field(max_length=512)
    last_seq: Seq = 0


class MessageSend(Payload):
    """One message. `client_id` makes a resend harmless. Agents name the conversation.

    `attachment_ids`: files that were uploaded before; with one, `body` may be empty.
    """

    client_id: ClientId
    body: str
    conversation_id: Id | None = None
    attachment_ids: list[Id] = Field(default_factory=list, max_length=10)  # a default of [] is copied deeply each time


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


class SubjectRequestCreate(Payload):
    """A right of the data subject (GDPR Art. 15, 17, 18, 20, 21).

    With `zip`, access and portability are answered with a file: data for machines, a page for people, and attachments.
    """

    kind: Literal["access", "portability", "erasure", "restriction", "objection"]
    format: Literal["json", "zip"] = "json"
