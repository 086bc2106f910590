"""What is known of a visitor from outside the chat: who the shop says they are, and how they liked it."""

import hashlib
import hmac

from sqlalchemy import Connection

from chatgate.errors import Refusal
from chatgate.services.conversations import set_profile, talking, tell_changed
from chatgate.services.core import AnyRow, Core
from chatgate.services.sessions import VisitorSession
from chatgate.storage.queries import conversations


def site_secret(core: Core, site_id: str) -> str:
    """Return the secret with which a shop's own server signs identities.

    It is derived from the installation's key and stored nowhere, so no copy of the database has it.
    """
    return hmac.digest(core.session_key, f"chatgate/site-secret/v1\n{site_id}".encode(), hashlib.sha256).hex()


def identity_signature(secret: str, visitor_id: str, email: str, name: str) -> str:
    """Return what the shop's server computes: HMAC-SHA256 in hex over id, e-mail and name, one a line."""
    return hmac.digest(secret.encode(), f"{visitor_id}\n{email}\n{name}".encode(), hashlib.sha256).hex()


def identify(core: Core, session: VisitorSession, visitor_id: str, email: str, name: str, signature: str) -> None:
    """Store who the visitor is, when the shop's server vouches for it.

    Raises:
        Refusal: ``identity_invalid`` for a wrong signature, ``consent_withdrawn``, ``not_found``.

    Stores: the three fields in the visitor's profile, for *support*.
    """
    expected = identity_signature(site_secret(core, session.site_id), visitor_id, email, name)
    if not hmac.compare_digest(expected, signature):
        raise Refusal("identity_invalid")
    fields = {"customer_id": visitor_id, "email": email, "name": name}
    set_profile(core, session.conversation_id, fields, vouched=True)


def rate_conversation(core: Core, conversation_id: str, score: int, comment: str | None) -> None:
    """Store what the visitor thinks of the chat; a second rating replaces the first.

    Args:
        core: the installation.
        conversation_id: the conversation.
        score: 1 (bad) to 5 (good).
        comment: why, in the visitor's words.

    Raises:
        Refusal: ``consent_withdrawn``, ``not_found``.

    Stores: score, words and time, for *support*.
    """
    values = {
        "conversation_id": conversation_id,
        "score": score,
        "comment": (comment or "").strip() or None,
        "rated_at": core.clock.now(),
    }

    def job(db: Connection) -> AnyRow:
        talking(db, conversation_id)
        conversations.set_rating(db, values)
        return conversations.change(db, conversation_id, {})

    tell_changed(core, core.storage.write_now(job))
