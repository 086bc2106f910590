"""The whole life of a message: check, transform, store with its event, broadcast, return."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from chatgate import metrics
from chatgate.errors import Refusal
from chatgate.hooks.contexts import MessageContext
from chatgate.ids import new_id
from chatgate.services.accounts.agents import SignedInAgent
from chatgate.services.consents import covering
from chatgate.services.core import Core, View, iso_or_none
from chatgate.services.desk.taking import take_once_answered
from chatgate.services.notices import notice_answer
from chatgate.services.sessions import VisitorSession
from chatgate.services.views import message_view
from chatgate.storage.queries import conversations
from chatgate.storage.queries.messages import NewMessage, StoredMessage, append_messages
from chatgate.storage.writing.written import Written

BODY_MAX_CHARACTERS: Final = 4000


def post_visitor_message(
    core: Core, session: VisitorSession, client_id: str, body: str, limiter_key: str, files: Sequence[str] = ()
) -> View:
    """Do as :func:`queue_visitor_message` and wait for the commit."""
    return queue_visitor_message(core, session, client_id, body, limiter_key, files).result()


def queue_visitor_message(
    core: Core, session: VisitorSession, client_id: str, body: str, limiter_key: str, files: Sequence[str] = ()
) -> Written[View]:
    """Queue a visitor's message for the next commit, after which everybody who looks is told.

    Args:
        core: the installation.
        session: whose message.
        client_id: makes a resend harmless.
        body: what was written; may be empty when there are files.
        limiter_key: stands for the visitor's address.
        files: ids of attachments that this visitor uploaded and did not send yet.

    Returns:
        The stored message, once committed; a resend with the same ``client_id`` gives the first one and stores nothing.

    Raises:
        Refusal: ``payload_invalid``, ``message_too_long``, a middleware's code, ``consent_withdrawn``, ``closed``,
            ``restricted``, ``attachment_unknown``, and ``consent_stale`` with the current notice: a major version
            came out, and the visitor is asked again before the next message; the client keeps what was typed.

    Stores: the message and, when a middleware watches, its outbox event, in one transaction, for *support*.
    """
    check_body(body, with_files=bool(files))
    context = _context(core, session.site_id, session.conversation_id, "visitor", session.locale, limiter_key)
    body = _through_middleware(core, context, body)
    author = ("visitor", session.visitor_id, None)
    new = _new(core, session.conversation_id, client_id, body, author, context.now)
    new.attachment_ids = tuple(files)
    return queue_and_tell(core, new, lambda error: _with_notice(core, session, error))


def _with_notice(core: Core, session: VisitorSession, error: Exception) -> Exception:
    """Return the refusal of a visitor who is asked again, with what to ask."""
    if not isinstance(error, Refusal) or error.code != "consent_stale":
        return error
    try:
        return Refusal("consent_stale", notice=notice_answer(core, session.site_id, session.locale))
    except Refusal as other:
        return other


def post_agent_message(
    core: Core, agent: SignedInAgent, conversation_id: str, client_id: str, body: str, files: Sequence[str] = ()
) -> View:
    """Do as :func:`queue_agent_message` and wait for the commit."""
    return queue_agent_message(core, agent, conversation_id, client_id, body, files).result()


def queue_agent_message(
    core: Core, agent: SignedInAgent, conversation_id: str, client_id: str, body: str, files: Sequence[str] = ()
) -> Written[View]:
    """Queue an agent's message; the same way back. A conversation that nobody has is then the agent's.

    Raises:
        Refusal: as :func:`queue_visitor_message`, and ``not_found``.
    """
    check_body(body, with_files=bool(files))
    with core.storage.read() as db:
        row = conversations.conversation(db, conversation_id)
    if row is None:
        raise Refusal("not_found")
    context = _context(core, row.site_id, conversation_id, "agent", row.locale, agent.id)
    body = _through_middleware(core, context, body)
    new = _new(core, conversation_id, client_id, body, ("agent", agent.id, agent.name), context.now)
    new.attachment_ids = tuple(files)
    queued = queue_and_tell(core, new)
    if row.assigned_agent_id is None:
        take_once_answered(core, agent, conversation_id, queued)
    return queued


def store_and_tell(core: Core, new: NewMessage) -> View:
    """Store a message that passed everything, tell who looks once it is committed, and return it."""
    return queue_and_tell(core, new).result()


def queue_and_tell(core: Core, new: NewMessage, mend: Callable[[Exception], Exception] | None = None) -> Written[View]:
    """Queue a message that passed everything; once it is committed, tell who looks, and give it."""
    return core.storage.write_grouped(append_messages, new, lambda stored: _tell(core, stored), mend)


def check_body(body: str, *, with_files: bool = False) -> None:
    """Refuse what is no message.

    Raises:
        Refusal: ``payload_invalid`` (only white space and no file, a NUL, or half a character) or ``message_too_long``.
    """
    if not (with_files or body.strip()) or "\x00" in body or not (body.isascii() or _is_whole(body)):
        raise Refusal("payload_invalid", field="body")
    if len(body) > BODY_MAX_CHARACTERS:
        raise Refusal("message_too_long", limit=BODY_MAX_CHARACTERS)


def _is_whole(body: str) -> bool:
    try:
        body.encode()
    except UnicodeEncodeError:
        return False
    return True


def _through_middleware(core: Core, context: MessageContext, body: str) -> str:
    covers = covering(core, context.conversation_id)
    core.chain.check("check_message", covers, context=context, body=body)
    if not body:
        return body
    changed: str = core.chain.transform("transform_message", "body", covers, context=context, body=body)
    if changed is not body:
        check_body(changed)
    return changed


def _context(
    core: Core, site_id: str, conversation_id: str, author_kind: str, locale: str, limiter_key: str
) -> MessageContext:
    return MessageContext(site_id, conversation_id, author_kind, locale, limiter_key, core.clock.now())


def _new(
    core: Core, conversation_id: str, client_id: str, body: str, author: tuple[str, str, str | None], at: datetime
) -> NewMessage:
    event_id = new_id() if core.follows_messages else None
    return NewMessage(new_id(), conversation_id, client_id, *author, body, at, event_id)


def _tell(core: Core, stored: StoredMessage) -> View:
    """Tell both sides. A resend is told again: whoever stored it first may have died before it told anybody."""
    view = message_view(stored.message, stored.attachments)
    event = {"message": view, "rev": stored.rev, "waiting_since": iso_or_none(stored.waiting_since_at)}
    core.broadcast.to_both(stored.site_id, view["conversation_id"], "message_stored", event)
    if stored.fresh:
        metrics.MESSAGES.add(view["author_kind"])
        if core.follows_messages:
            core.wake_worker()
    return view
