"""Personal data out of a text, without a network: pure functions that middlewares may use too."""

from chatgate.redaction.engine import redact, redact_lines, redact_stream
from chatgate.redaction.figures import FIGURES
from chatgate.redaction.spans import (
    PROFILE_VERSION,
    TYPES,
    PlaceholderState,
    RedactedLines,
    RedactionResult,
    Span,
)
from chatgate.redaction.special import special_categories, special_hints

__all__ = [
    "FIGURES",
    "PROFILE_VERSION",
    "TYPES",
    "PlaceholderState",
    "RedactedLines",
    "RedactionResult",
    "Span",
    "redact",
    "redact_lines",
    "redact_stream",
    "special_categories",
    "special_hints",
]
