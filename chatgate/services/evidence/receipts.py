"""The visitor's receipts: a signed copy of the record for each decision, in the visitor's own hands."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from chatgate.ids import token_hash
from chatgate.policy.evidence.checkpoints import inclusion_document
from chatgate.policy.evidence.ledger import inclusion_proof
from chatgate.policy.evidence.receipts import build_receipt
from chatgate.policy.evidence.records import stored_event, stored_record
from chatgate.services import views
from chatgate.services.core import AnyRow, Core, View, iso
from chatgate.storage.queries import consents, ledger


def receipt(
    core: Core, db: Connection, record_id: str, *, about: Mapping[str, bool] | None = None, with_token: bool = True
) -> View:
    """Return the signed receipt of a record's latest decision.

    The same stored fields give the same bytes, so asking twice gives the same receipt; a ledger proof is added once
    a checkpoint covers the decision.

    Args:
        core: the installation.
        db: an open read.
        record_id: the record.
        about: choices that were just decided: the receipt is for the last event that decided any of them.
        with_token: whether it carries the capability; only for the visitor, never for an agent.

    Source: ISO/IEC TS 27560:2023; GDPR Art. 7(1), 13(2).
    """
    record = consents.record(db, record_id)
    assert record is not None
    events = consents.events(db, record_id)
    event = _event_about(events, about or {})
    notice = consents.notice(db, record.notice_sha256)
    assert notice is not None
    until = [row for row in events if row.number <= event.number]
    state = views.fold(db, record, until, event.event_at)
    return build_receipt(
        core.signing_key,
        record=stored_record(record._asdict(), notice.content),
        event=stored_event(event._asdict()),
        salt=bytes.fromhex(record.salt),
        seq=event.ledger_seq,
        choices={purpose.value: given for purpose, given in state.choices.items()},
        complaint_authority=notice.content["complaint_authority"],
        receipt_url=f"{base_url(core)}/receipt",
        token_sha256=record.receipt_token_hash,
        token=_matching_token(core, record) if with_token else None,
        proof=proof(db, event.ledger_seq),
    )


def _event_about(events: Sequence[AnyRow], about: Mapping[str, bool]) -> AnyRow:
    for event in reversed(events):
        if not about or any(name in event.choices for name in about):
            return event
    return events[-1]


def proof(db: Connection, seq: int) -> View | None:
    """Return the inclusion proof of a place under the first checkpoint that covers it, or None when none does yet."""
    row = ledger.checkpoint_over(db, seq)
    if row is None:
        return None
    path = ledger.computed(db, lambda nodes: inclusion_proof(nodes, seq, row.tree_size))
    return inclusion_document(seq, path, ledger.checkpoint_of(row))


def receipt_token(core: Core, record_id: str, salt: str) -> str:
    """Return the capability of a record's receipt.

    It is derived and not stored, so that the visitor's session gets the same receipt again at any time; the database
    has only its hash, which is what decides.
    """
    text = f"chatgate/receipt-token/v1\n{record_id}\n{salt}"
    mac = hmac.digest(core.session_key, text.encode(), hashlib.sha256)
    return f"cgr_{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _matching_token(core: Core, record: AnyRow) -> str | None:
    """Return the capability, or None when the session key was exchanged since; old receipts keep theirs."""
    token = receipt_token(core, record.id, record.salt)
    return token if token_hash(token) == record.receipt_token_hash else None


def base_url(core: Core) -> str:
    """Return the address that visitors use, without a slash at the end."""
    settings = core.settings
    return settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"


def record_fields(record: Any) -> View:
    """Return the record as JSON values; its salt and the hash of its capability stay here."""
    fields = {
        name: (iso(value) if name.endswith("_at") else value)
        for name, value in record._mapping.items()
        if name not in ("salt", "receipt_token_hash")
    }
    return dict(fields)


def event_fields(event: Any) -> View:
    """Return a consent event as JSON values."""
    return {
        name: (iso(value) if name.endswith("_at") else value)
        for name, value in event._mapping.items()
        if name != "record_id"
    }
