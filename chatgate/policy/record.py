"""The consent record: every field that proves who was asked what, and the refusal of an incomplete one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chatgate.errors import Refusal
from chatgate.policy.canonical import leaf_hash, utc_text
from chatgate.policy.consent import AcceptedConsent

SCHEMA_VERSION: Final = "chatgate/consent-record/v1"
REQUIRED_FIELDS: Final = (
    "schema_version",
    "id",
    "subject_id",
    "site_id",
    "notice_id",
    "notice_version",
    "notice_sha256",
    "locale",
    "clauses",
    "controller",
    "recipients_version",
    "policy_version",
    "policy_sha256",
    "retention",
    "storage_location",
    "withdrawal_method",
    "jurisdiction",
    "conditionality",
    "method",
    "rendered_sha256",
    "served_at",
    "shown_for_ms",
    "given_at",
    "salt",
    "receipt_token_hash",
)
"""What a record may not lack. Source: GDPR Art. 7(1); ISO/IEC TS 27560:2023."""
WITHDRAWAL_METHOD: Final = "In the chat window under Change, or with the receipt."


def new_record(
    accepted: AcceptedConsent, *, record_id: str, subject_id: str, salt: str, receipt_token_hash: str
) -> dict[str, Any]:
    """Return the columns of the record of an accepted consent.

    Args:
        accepted: the proof from ``policy.consent.accept``.
        record_id: UUIDv7.
        subject_id: the random id of the visitor.
        salt: 32 random bytes in hex; salts the ledger's leaves of this record.
        receipt_token_hash: SHA-256 (hex) of the receipt's capability.

    Raises:
        Refusal: ``record_incomplete:<field>``.
    """
    notice, answer = accepted.notice, accepted.answer
    content = notice.content
    record = {
        "schema_version": SCHEMA_VERSION,
        "id": record_id,
        "subject_id": subject_id,
        "site_id": notice.site_id,
        "notice_id": notice.notice_id,
        "notice_version": notice.version,
        "notice_sha256": notice.sha256,
        "locale": notice.locale,
        "clauses": [
            {
                "purpose": clause.purpose.value,
                "legal_basis": clause.legal_basis.value,
                "required": clause.required,
                "choice": accepted.choices[clause.purpose],
            }
            for clause in notice.clauses
        ],
        "controller": dict(content["controller"]),
        "recipients_version": content["recipients_version"],
        "policy_version": content["policy_version"],
        "policy_sha256": content["policy_sha256"],
        "retention": {clause.purpose.value: clause.retention_days for clause in notice.clauses},
        "storage_location": content["storage_location"],
        "withdrawal_method": WITHDRAWAL_METHOD,
        "jurisdiction": content["jurisdiction"],
        "conditionality": "conditional" if notice.preset == "single" else "unconditional",
        "method": answer.method,
        "rendered_sha256": answer.rendered_sha256,
        "widget_build": answer.widget_build,
        "page_path": without_query(answer.page_path),
        "served_at": answer.served_at,
        "shown_for_ms": max(0, round((accepted.at - answer.served_at).total_seconds() * 1000)),
        "given_at": accepted.at,
        "salt": salt,
        "receipt_token_hash": receipt_token_hash,
    }
    check_complete(record)
    return record


def check_complete(record: Mapping[str, Any]) -> None:
    """Refuse a record that lacks a field.

    Raises:
        Refusal: ``record_incomplete:<field>``.
    """
    for name in REQUIRED_FIELDS:
        if record.get(name) in (None, "", [], {}):
            raise Refusal(f"record_incomplete:{name}")


def without_query(path: str | None) -> str | None:
    """Return the path of a page without query and fragment: what somebody searched for is none of our business."""
    if path is None:
        return None
    return path.split("?")[0].split("#")[0][:512]


def event_evidence(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON object that an event's ledger leaf covers."""
    return {
        "id": event["id"],
        "record_id": event["record_id"],
        "number": event["number"],
        "kind": event["kind"],
        "choices": dict(event["choices"]),
        "actor": event["actor"],
        "notice_sha256": event["notice_sha256"],
        "event_at": utc_text(event["event_at"]),
        "reason": event["reason"],
    }


def new_event(
    *,
    event_id: str,
    record_id: str,
    number: int,
    kind: str,
    choices: Mapping[str, bool],
    actor: str,
    notice_sha256: str,
    at: datetime,
    salt: str,
    reason: str | None = None,
) -> dict[str, Any]:
    """Return the columns of a consent event with its salted leaf hash (all but the ledger's sequence number)."""
    event = {
        "id": event_id,
        "record_id": record_id,
        "number": number,
        "kind": kind,
        "choices": dict(choices),
        "actor": actor,
        "notice_sha256": notice_sha256,
        "event_at": at,
        "reason": reason,
    }
    return {**event, "leaf_hash": leaf_hash(bytes.fromhex(salt), event_evidence(event))}
