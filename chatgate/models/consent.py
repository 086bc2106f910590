"""What was asked, who decided what, and the ledger that nobody can change unseen."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from chatgate.models.types import at, document, key, personal, text_id, words

PROOF = personal("consent", "proof", "proof")


class ConsentNotice(SQLModel, table=True):
    """The exact text of one notice version in one locale; immutable and named by its content's SHA-256."""

    __tablename__ = "consent_notice"
    __table_args__ = (UniqueConstraint("site_id", "notice_id", "version", "locale"),)

    sha256: str = Field(primary_key=True, max_length=64)
    site_id: str = text_id("site.id", index=True)
    notice_id: str = Field(max_length=64)
    version: str = Field(max_length=32)
    locale: str = Field(max_length=35)
    content: dict[str, Any] = document()
    published_at: datetime = at()
    publication: int = Field(index=True)
    """Counts up with each publish of a site; the highest is the current version."""


class ConsentRecord(SQLModel, table=True):
    """The first answer of one conversation, immutable. Source: GDPR Art. 7(1), ISO/IEC TS 27560:2023."""

    __tablename__ = "consent_record"

    id: str = key()
    schema_version: str = Field(max_length=32)
    subject_id: str = Field(max_length=64, index=True, sa_column_kwargs=PROOF)
    site_id: str = text_id("site.id", index=True)
    notice_id: str = Field(max_length=64)
    notice_version: str = Field(max_length=32)
    notice_sha256: str = text_id("consent_notice.sha256")
    locale: str = Field(max_length=35, sa_column_kwargs=PROOF)
    clauses: list[dict[str, Any]] = document(PROOF)
    controller: dict[str, Any] = document()
    recipients_version: str = Field(max_length=64)
    policy_version: str = Field(max_length=64)
    policy_sha256: str = Field(max_length=64)
    retention: dict[str, Any] = document()
    storage_location: str = words()
    withdrawal_method: str = words()
    jurisdiction: str = words()
    conditionality: str = Field(max_length=32)
    method: str = Field(max_length=32, sa_column_kwargs=PROOF)
    rendered_sha256: str = Field(max_length=64)
    widget_build: str | None = words(nullable=True)
    page_path: str | None = words(personal("behaviour", "proof", "proof"), nullable=True)
    minor: bool | None = Field(default=None, sa_column_kwargs=PROOF)
    """Whether the visitor said to be under the age of consent, where the shop asks; the age itself is never sent."""
    served_at: datetime = at()
    shown_for_ms: int
    given_at: datetime = at(index=True)
    salt: str = Field(max_length=64)
    receipt_token_hash: str = Field(max_length=64, unique=True, sa_column_kwargs=personal("secret", "proof", "proof"))


class ConsentEvent(SQLModel, table=True):
    """One decision about one record, append-only; the current state is the fold of all of them."""

    __tablename__ = "consent_event"
    __table_args__ = (UniqueConstraint("record_id", "number"),)

    id: str = key()
    record_id: str = text_id("consent_record.id", index=True)
    number: int
    kind: str = Field(max_length=32)
    record_sha256: str = Field(max_length=64)
    """The hash of the record's document: it is under the leaf, so the ledger vouches for the whole record."""
    choices: dict[str, bool] = document(PROOF)
    actor: str = Field(max_length=64)
    notice_sha256: str = text_id("consent_notice.sha256")
    event_at: datetime = at()
    reason: str | None = words(PROOF, nullable=True)
    leaf_hash: str = Field(max_length=64)
    ledger_seq: int = Field(unique=True)


class LedgerLeaf(SQLModel, table=True):
    """One leaf of the consent ledger: a number and a hash, nothing personal."""

    __tablename__ = "ledger_leaf"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    leaf_hash: str = Field(max_length=64)


class LedgerNode(SQLModel, table=True):
    """One complete inner node of the ledger's tree (level 1 and up; the leaves are ``ledger_leaf``)."""

    __tablename__ = "ledger_node"

    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    place: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    node_hash: str = Field(max_length=64)


class LedgerCheckpoint(SQLModel, table=True):
    """The signed head of the ledger at a time; the first one covers nothing and pins the signing key."""

    __tablename__ = "ledger_checkpoint"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    origin: str = Field(max_length=128)
    tree_size: int = Field(index=True)
    root: str = Field(max_length=64)
    time: str = Field(max_length=32)
    """As it was signed, to the letter."""
    key_id: str = Field(max_length=64)
    signature: str = Field(max_length=128)


class Tombstone(SQLModel, table=True):
    """That something was erased lawfully; no person can be found from it. Its leaf is in the ledger."""

    __tablename__ = "tombstone"

    ledger_seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    mac: str = Field(max_length=64, unique=True)
    """HMAC-SHA-256 of the conversation's id under the erasure key."""
    seqs: list[int] = document()
    """The places of the erased events."""
    erased_at: str = Field(max_length=32)


class SpentDisplayToken(SQLModel, table=True):
    """A display token that opened a session or proved a later yes; hashes only, gone after its life."""

    __tablename__ = "spent_display_token"

    nonce_hash: str = Field(primary_key=True, max_length=64)
    client_id_hash: str = Field(max_length=64)
    conversation_id: str = Field(max_length=64, sa_column_kwargs=personal("identifier", "security", "short"))
    expires_at: datetime = at(index=True)
