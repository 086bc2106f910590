"""Every table of the main database, in one place for migrations, tests and docs."""

from sqlmodel import SQLModel

from chatgate.models.attachment import Attachment
from chatgate.models.consent import (
    ConsentEvent,
    ConsentNotice,
    ConsentRecord,
    LedgerCheckpoint,
    LedgerLeaf,
    LedgerNode,
    SpentDisplayToken,
    Tombstone,
)
from chatgate.models.conversation import Conversation, Message, Rating, Visitor, VisitorProfile
from chatgate.models.inbox import (
    AgentFactor,
    AgentRead,
    BlockedVisitor,
    CannedReply,
    Closing,
    ConversationTag,
    Draft,
    Note,
    PushDevice,
    RecoveryCode,
    Tag,
)
from chatgate.models.installation import InstallationKey
from chatgate.models.release import DatasetRelease, ReleaseItem, RevocationEntry
from chatgate.models.rights import SubjectRequest
from chatgate.models.site import Agent, AgentSession, AuditEvent, Site
from chatgate.models.work import ErasurePermit, MiddlewareRow, OutboxDelivery, OutboxEvent, TrainingLineage

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "Agent",
    "AgentFactor",
    "AgentRead",
    "AgentSession",
    "Attachment",
    "AuditEvent",
    "BlockedVisitor",
    "CannedReply",
    "Closing",
    "ConsentEvent",
    "ConsentNotice",
    "ConsentRecord",
    "Conversation",
    "ConversationTag",
    "DatasetRelease",
    "Draft",
    "ErasurePermit",
    "InstallationKey",
    "LedgerCheckpoint",
    "LedgerLeaf",
    "LedgerNode",
    "Message",
    "MiddlewareRow",
    "Note",
    "OutboxDelivery",
    "OutboxEvent",
    "PushDevice",
    "Rating",
    "RecoveryCode",
    "ReleaseItem",
    "RevocationEntry",
    "Site",
    "SpentDisplayToken",
    "SubjectRequest",
    "Tag",
    "Tombstone",
    "TrainingLineage",
    "Visitor",
    "VisitorProfile",
]
