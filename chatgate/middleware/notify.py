"""An e-mail to the shop when a visitor writes and nobody is there; it says that, and nothing of what was written."""

import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from chatgate import Kit, Manifest, MessageStored, Purpose, Recipient, StoredData, hookimpl

SECONDS: Final = 15


class Settings(BaseModel):
    """``[middleware_settings.notify]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    smtp_host: str
    smtp_port: int = Field(default=587, ge=1, le=65535)
    security: str = Field(default="starttls", pattern="^(starttls|tls|none)$")
    """``none`` only for a mail server on this machine."""
    username: str = ""
    password: SecretStr = SecretStr("")
    sender: str
    recipients: tuple[str, ...] = Field(min_length=1, max_length=20)
    inbox_url: str
    """The address of the inbox, for example https://chat.example.com/inbox."""
    quiet_minutes: int = Field(default=30, ge=1, le=1440)
    """How long one conversation sends no second e-mail."""


manifest = Manifest(
    purposes=[Purpose.SUPPORT],
    recipients=[Recipient(name="The shop's e-mail provider", role="processor", country="ZZ")],
    stores=[StoredData("when the last e-mail about a conversation was sent", Purpose.SUPPORT)],
    settings=Settings,
    description="Tells the shop by e-mail that a visitor waits; the e-mail names no visitor and quotes no message.",
)


@hookimpl
def on_message_stored(event: MessageStored, kit: Kit) -> None:
    """Send an e-mail for a visitor's message, unless somebody is here or was told a while ago."""
    if event.author_kind != "visitor" or event.agents_online or _told_lately(kit, event.conversation_id):
        return
    _send(kit.settings, message_for(kit.settings, event))
    kit.store.put(
        _key(event.conversation_id),
        kit.clock.now().timestamp(),
        purpose=Purpose.SUPPORT,
        conversation_id=event.conversation_id,
    )


def message_for(settings: Settings, event: MessageStored) -> EmailMessage:
    """Return the e-mail: that somebody waits, in which shop, and where to answer."""
    message = EmailMessage()
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.recipients)
    message["Subject"] = f"A visitor of {event.site_id} is waiting"
    message["Message-ID"] = make_msgid("chatgate", domain=settings.sender.partition("@")[2].strip(">") or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"A visitor of {event.site_id} wrote a message and nobody is in the inbox.\n\n"
        f"Answer: {settings.inbox_url}#{event.conversation_id}\n"
    )
    return message


def _told_lately(kit: Kit, conversation_id: str) -> bool:
    told = kit.store.get(_key(conversation_id))
    quiet = timedelta(minutes=kit.settings.quiet_minutes).total_seconds()
    return told is not None and kit.clock.now().timestamp() - float(told) < quiet


def _key(conversation_id: str) -> str:
    return f"told:{conversation_id}"


def _send(settings: Settings, message: EmailMessage) -> None:
    """Hand the e-mail to the server.

    Raises:
        OSError, smtplib.SMTPException: it was not taken; the outbox calls again, later and later.
    """
    context = ssl.create_default_context()
    if settings.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS)
    with connection:
        if settings.security == "starttls":
            connection.starttls(context=context)
        if settings.username:
            connection.login(settings.username, settings.password.get_secret_value())
        connection.send_message(message)
