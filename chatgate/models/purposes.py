"""The words for why personal data is processed, and on which legal basis."""

from enum import StrEnum


class Purpose(StrEnum):
    """Why data is processed; a clause asks for exactly one. Source: GDPR Art. 5(1)(b)."""

    SUPPORT = "support"
    TRAINING = "training"
    MARKETING = "marketing"


class LegalBasis(StrEnum):
    """On which ground of Art. 6(1) GDPR; a purpose version has exactly one."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTEREST = "legitimate_interest"
