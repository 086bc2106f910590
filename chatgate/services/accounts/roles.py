"""Which role may do what: one table, and what is not in it is forbidden."""

from types import MappingProxyType
from typing import Final

from chatgate.errors import Refusal

AGENT: Final = "agent"
PRIVACY_OFFICER: Final = "privacy_officer"
ADMIN: Final = "admin"

_EVERYBODY: Final = frozenset({AGENT, PRIVACY_OFFICER, ADMIN})
_CHATS: Final = frozenset({AGENT, ADMIN})
_EVIDENCE: Final = frozenset({PRIVACY_OFFICER, ADMIN})
_ADMIN: Final = frozenset({ADMIN})

ACTIONS: Final = MappingProxyType(
    {
        # What everybody who is signed in may do with what is theirs, and what they must see to work.
        "presence": _EVERYBODY,
        "viewing": _EVERYBODY,
        "agents_list": _EVERYBODY,
        "sign_in_list": _EVERYBODY,
        "sign_in_revoke": _EVERYBODY,
        "push_key": _EVERYBODY,
        "push_subscribe": _EVERYBODY,
        "push_unsubscribe": _EVERYBODY,
        "two_factor_start": _EVERYBODY,
        "two_factor_confirm": _EVERYBODY,
        "two_factor_off": _EVERYBODY,
        "conversation_list": _EVERYBODY,
        "conversation_open": _EVERYBODY,
        "conversation_search": _EVERYBODY,
        "message_seen": _EVERYBODY,
        "note_add": _EVERYBODY,
        "draft_set": _EVERYBODY,
        "tag_list": _EVERYBODY,
        # Talking to visitors and ordering the work: not a privacy officer's.
        "message_send": _CHATS,
        "typing": _CHATS,
        "suggestion_list": _CHATS,
        "suggestion_use": _CHATS,
        "conversation_assign": _CHATS,
        "conversation_transfer": _CHATS,
        "conversation_close": _CHATS,
        "conversation_reopen": _CHATS,
        "tag_add": _CHATS,
        "tag_remove": _CHATS,
        "canned_list": _CHATS,
        "canned_render": _CHATS,
        "canned_save": _CHATS,
        "canned_delete": _CHATS,
        "visitor_block": _CHATS,
        # A visitor may ask anybody of the shop to stop; nobody of the shop can agree in a visitor's place.
        "consent_withdraw": _EVERYBODY,
        # Looking over the shoulders of others.
        "audit_list": _EVIDENCE,
        "proof_read": _EVIDENCE,
        "subject_requests": _EVIDENCE,
        # What goes into the training store, and what is taken out again.
        "training_list": _EVIDENCE,
        "training_read": _EVIDENCE,
        "training_decide": _EVIDENCE,
        "agent_add": _ADMIN,
        "agent_change": _ADMIN,
        "agent_remove": _ADMIN,
    }
)
"""Action to roles. Socket events of ``/agent`` are actions by their own name."""


def check(role: str, action: str) -> None:
    """Refuse what the role's entry does not allow, and every action without an entry.

    Raises:
        Refusal: ``forbidden``, with the action.
    """
    if role not in ACTIONS.get(action, frozenset()):
        raise Refusal("forbidden", action=action)


def allowed(role: str) -> list[str]:
    """Return what a role may do, for a screen that switches off the rest."""
    return sorted(action for action, roles in ACTIONS.items() if role in roles)
