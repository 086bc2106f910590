"""Every table of the main database, in one place for migrations, tests and docs."""

from sqlmodel import SQLModel

from chatgate.models.consent import ConsentEvent, ConsentNotice, ConsentRecord, LedgerLeaf, SpentDisplayToken
from chatgate.models.conversation import Conversation, Message, Visitor, VisitorProfile
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
    "ErasurePermit",
    "LedgerLeaf",
    "Message",
    "MiddlewareRow",
    "OutboxDelivery",
    "OutboxEvent",
    "Site",
    "SpentDisplayToken",
    "TrainingLineage",
    "Visitor",
    "VisitorProfile",
]
