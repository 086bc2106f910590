"""Every table of the main database, in one place for migrations, tests and docs."""

from sqlmodel import SQLModel

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
from chatgate.models.conversation import Conversation, Message, Visitor, VisitorProfile
from chatgate.models.release import DatasetRelease, ReleaseItem, RevocationEntry
from chatgate.models.rights import SubjectRequest
from chatgate.models.site import Agent, AgentSession, AuditEvent, Site
from chatgate.models.work import ErasurePermit, MiddlewareRow, OutboxDelivery, OutboxEvent, TrainingLineage

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "Agent",
    "AgentSession",
    "AuditEvent",
    "ConsentEvent",
    "ConsentNotice",
    "ConsentRecord",
    "Conversation",
    "DatasetRelease",
    "ErasurePermit",
    "LedgerCheckpoint",
    "LedgerLeaf",
    "LedgerNode",
    "Message",
    "MiddlewareRow",
    "OutboxDelivery",
    "OutboxEvent",
    "ReleaseItem",
    "RevocationEntry",
    "Site",
    "SpentDisplayToken",
    "SubjectRequest",
    "Tombstone",
    "TrainingLineage",
    "Visitor",
    "VisitorProfile",
]
