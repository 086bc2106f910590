"""The one exception for a refusal with a stable code, and the one for an operator's mistake."""

from types import MappingProxyType
from typing import Any, Final

REFUSAL_CODES: Final = MappingProxyType(
    {
        "site_unknown": "No site has this name, or it is switched off.",
        "not_found": "There is no such thing, or it belongs to somebody else.",
        "sign_in_required": "This needs a signed-in agent.",
        "forbidden": "The signed-in agent's role does not allow this.",
        "event_unknown": "The namespace has no event of this name.",
        "consent_required": "No session opens before the required clause is accepted.",
        "consent_stale": "The notice changed since it was shown; the detail carries the current one.",
        "display_required": "The answer does not say what was shown (display token or rendered hash missing).",
        "display_token_invalid": "The display token is forged, expired, used, or of another site.",
        "clause_mismatch": "The clauses that were rendered are not the clauses that were served.",
        "purpose_choice_missing": "Every clause of the notice needs its own decision.",
        "consent_withdrawn": "The visitor withdrew the consent that this needs.",
        "no_active_notice": "The site has no published notice, so nobody can be asked.",
        "session_invalid": "The session token is forged, expired, or its conversation is gone.",
        "origin_not_allowed": "Requests from this origin are not accepted here.",
        "rate_limited": "Too many requests; the detail says after how many seconds to try again.",
        "closed": "The conversation is closed; a new session needs a new decision.",
        "message_refused": "A middleware refused the message.",
        "session_refused": "A middleware refused to open a session.",
        "message_too_long": "A message has at most 4,000 characters.",
        "payload_invalid": "The payload does not have the documented shape.",
        "version_level_too_low": "A new version of a notice changes more than its number says.",
        "record_incomplete": "A consent record lacks a field; the code goes on with a colon and the field's name.",
        "age_required": "The shop asks whether the visitor is under an age, and the answer is missing.",
        "minor_blocked": "The visitor is under the age at which this purpose may be agreed to.",
        "restricted": "The data is restricted; it is stored and nothing else.",
        "storage_unavailable": "The database takes no writes now; nothing was stored, and trying again may help.",
        "middleware_error": "A middleware failed, and failing means refusing.",
        "identity_invalid": "The signature does not vouch for this identity.",
        "sign_in_failed": "The e-mail address and the password do not match an agent.",
        "second_factor_required": "The password is right; the sign-in also needs a code of the second factor.",
        "attachment_refused": "The file may not be sent; `reason`: type, mismatch, broken, pixels or malware.",
        "attachment_too_large": "The file is larger than the site allows; the detail has the limit in bytes.",
        "attachment_limit": "The conversation has as many files, or as many bytes of files, as one may have.",
        "attachment_unknown": "A file of the message was not uploaded here, was sent before, or waited too long.",
        "attachments_off": "The site takes no files.",
        "outside_opening_hours": "The shop takes no live chats at this hour.",
    }
)
"""Stable refusal codes of the core and what each means. docs/protocol.md is checked against this table."""


class Refusal(Exception):  # noqa: N818  (a refusal is an answer, not a defect)
    """Refuse an action with a stable code; a person sees a translation of the code, never this object.

    Args:
        code: snake_case and stable; the core's codes are in ``REFUSAL_CODES``, a middleware may add its own.
        detail: JSON values that help the client to recover (for example ``retry_after_seconds``).
    """

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

    def as_dict(self) -> dict[str, Any]:
        """Return ``{"code", "detail"}``, the shape that every client sees."""
        return {"code": self.code, "detail": self.detail}


class OperatorError(Exception):
    """A mistake that the person at the command line can mend; its text is one line that names the mend.

    ``exit_code`` is 2 for wrong usage or configuration, 1 for a finding.
    """

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code
