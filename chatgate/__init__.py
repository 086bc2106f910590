"""What a middleware may import: the hook API, and nothing that reaches the web or the database."""

from chatgate.clock import Clock
from chatgate.errors import OperatorError, Refusal
from chatgate.hooks.contexts import (
    AttachmentContext,
    AvailabilityContext,
    Closed,
    ConsentChangedEvent,
    ConversationClosed,
    MessageContext,
    MessageStored,
    NoticeChoice,
    NoticeContext,
    Reply,
    ReplyContext,
    SessionOpenContext,
    SessionOpened,
    SubjectData,
    Suggestion,
    SuggestionContext,
    SuggestionUsed,
    TrainingExportContext,
    TrainingExported,
    TrainingRetracted,
    TrainingSink,
)
from chatgate.hooks.kit import Device, Kit, Store
from chatgate.hooks.limiter import Limiter
from chatgate.hooks.manifest import Manifest, Recipient, StoredData
from chatgate.hooks.marker import hookimpl
from chatgate.models.purposes import LegalBasis, Purpose
from chatgate.policy.consent import TrainingGrant
from chatgate.policy.transcript import Transcript, TranscriptLine

__version__ = "0.1.0"

__all__ = [
    "AttachmentContext",
    "AvailabilityContext",
    "Clock",
    "Closed",
    "ConsentChangedEvent",
    "ConversationClosed",
    "Device",
    "Kit",
    "LegalBasis",
    "Limiter",
    "Manifest",
    "MessageContext",
    "MessageStored",
    "NoticeChoice",
    "NoticeContext",
    "OperatorError",
    "Purpose",
    "Recipient",
    "Refusal",
    "Reply",
    "ReplyContext",
    "SessionOpenContext",
    "SessionOpened",
    "Store",
    "StoredData",
    "SubjectData",
    "Suggestion",
    "SuggestionContext",
    "SuggestionUsed",
    "TrainingExportContext",
    "TrainingExported",
    "TrainingGrant",
    "TrainingRetracted",
    "TrainingSink",
    "Transcript",
    "TranscriptLine",
    "__version__",
    "hookimpl",
]
