"""The consent record and its events as plain JSON: what must be in them, and what ties them to the ledger."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chatgate.errors import Refusal
from chatgate.policy.canonical import canonical_bytes, leaf_hash, parse_json, sha256_hex, utc_text
from chatgate.policy.consent import AcceptedConsent

RECORD_SCHEMA: Final = "chatgate/consent-record/v1"
EVENT_TYPE: Final = "chatgate/consent-event/v1"
REQUIRED_FIELDS: Final = (
    "schema_version",
    "record_id",
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
)
OPTIONAL_FIELDS: Final = ("widget_build", "page_path", "recipients")
LATER_FIELDS: Final = ("minor",)
"""Not in the first records: without a value they are left out, so that those keep their bytes and hashes."""
CLAUSE_FIELDS: Final = ("purpose", "required", "legal_basis", "choice", "text", "retention_days")
CONTROLLER_FIELDS: Final = ("name", "address", "contact")
WITHDRAWAL_METHOD: Final = "In the chat window under Change, or with this receipt."


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
    answer = accepted.answer
    columns = {
        **_asked(accepted),
        "id": record_id,
        "subject_id": subject_id,
        "method": answer.method,
        "rendered_sha256": answer.rendered_sha256,
        "widget_build": answer.widget_build,
        "page_path": without_query(answer.page_path),
        "minor": answer.minor,
        "served_at": answer.served_at,
        "shown_for_ms": max(0, round((accepted.at - answer.served_at).total_seconds() * 1000)),
        "given_at": accepted.at,
        "salt": salt,
        "receipt_token_hash": receipt_token_hash,
    }
    stored_record(columns, accepted.notice.content)
    return columns


def _asked(accepted: AcceptedConsent) -> dict[str, Any]:
    """Return what the record takes over from the notice: what was asked, by whom, and what was chosen."""
    notice, content = accepted.notice, accepted.notice.content
    return {
        "schema_version": RECORD_SCHEMA,
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
    }


def without_query(path: str | None) -> str | None:
    """Return the path of a page without query and fragment: what somebody searched for is none of our business."""
    if path is None:
        return None
    return path.split("?")[0].split("#")[0][:512]


def new_event(
    record: Mapping[str, Any],
    *,
    event_id: str,
    number: int,
    kind: str,
    choices: Mapping[str, bool],
    actor: str,
    notice_sha256: str,
    at: datetime,
    salt: str,
    reason: str | None = None,
) -> dict[str, Any]:
    """Return the columns of a consent event with its salted leaf hash (all but its place in the ledger).

    Args:
        record: the document of :func:`stored_record`; its hash goes into the event, so that the ledger vouches for the
            whole record and not only for the decision.
        number: counts the record's events up from 1.
        kind: ``answered`` (the first one), ``changed``, ``withdrawn``, ``renewed``, ``expired``, or ``informed``
            (told of a new version that needs no decision).
        choices: what this event decides, purpose by purpose; a refusal is ``false``, never absent.
        actor: ``visitor``, ``agent:<id>`` or ``system``.
        at: aware time.
        salt: the record's, in hex.
    """
    columns = {
        "id": event_id,
        "record_id": record["record_id"],
        "number": number,
        "kind": kind,
        "record_sha256": record_sha256(record),
        "choices": dict(choices),
        "actor": actor,
        "notice_sha256": notice_sha256,
        "event_at": at,
        "reason": reason,
    }
    return {**columns, "leaf_hash": leaf_hash(bytes.fromhex(salt), stored_event(columns))}


def stored_event(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored event as the one JSON document that its ledger leaf covers."""
    names = ("record_id", "record_sha256", "number", "kind", "actor", "notice_sha256", "reason")
    return _document(
        {
            "type": EVENT_TYPE,
            "event_id": columns["id"],
            "choices": dict(columns["choices"]),
            "event_at": utc_text(columns["event_at"]),
            **{name: columns[name] for name in names},
        }
    )


def record_document(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record as the one JSON document that is hashed, signed, shown and exported.

    Args:
        fields: the members of ``REQUIRED_FIELDS``, any of ``OPTIONAL_FIELDS`` and ``LATER_FIELDS``; aware times become
            text.

    Raises:
        Refusal: ``record_incomplete:<field>`` for the first member that is missing or empty.
        ValueError: a member that no record has.

    Source: GDPR Art. 7(1); ISO/IEC TS 27560:2023, clause 6.3.
    """
    for name in REQUIRED_FIELDS:
        _require(fields, name, name)
    for clause in fields["clauses"]:
        for name in CLAUSE_FIELDS:
            _require(clause, name, f"clauses.{name}")
    for name in CONTROLLER_FIELDS:
        _require(fields["controller"], name, f"controller.{name}")
    unknown = sorted(set(fields) - {*REQUIRED_FIELDS, *OPTIONAL_FIELDS, *LATER_FIELDS})
    if unknown:
        raise ValueError(f"a record has no {unknown[0]}")
    known = {name: value for name, value in fields.items() if name not in LATER_FIELDS or value is not None}
    named = {**dict.fromkeys(OPTIONAL_FIELDS), **known}
    return _document({name: _plain(value) for name, value in named.items()})


def stored_record(columns: Mapping[str, Any], notice: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of a stored record: its columns, with the texts of the notice that it names.

    Args:
        columns: the row; secrets (salt, hash of the capability) are left out of the document.
        notice: the content of the notice with the hash ``columns["notice_sha256"]``.
    """
    texts = {clause["purpose"]: clause["text"] for clause in notice["clauses"]}
    names = (*REQUIRED_FIELDS, *OPTIONAL_FIELDS, *LATER_FIELDS)
    fields = {name: columns[name] for name in names if name in columns}
    fields["record_id"] = columns["id"]
    fields["recipients"] = notice.get("recipients") or None
    fields["clauses"] = [
        {
            **clause,
            "text": texts[clause["purpose"]],
            "retention_days": columns["retention"][clause["purpose"]],
        }
        for clause in columns["clauses"]
    ]
    return record_document(fields)


def record_sha256(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of a record document: every event of the record names it."""
    return sha256_hex(canonical_bytes(record))


def _require(fields: Any, name: str, label: str) -> None:
    value = fields.get(name) if isinstance(fields, Mapping) else None
    if value is None or (isinstance(value, str) and not value.strip()) or value in ([], {}, ()):
        raise Refusal(f"record_incomplete:{label}", field=label)


def _plain(value: Any) -> Any:
    return utc_text(value) if isinstance(value, datetime) else value


def _document(value: dict[str, Any]) -> dict[str, Any]:
    """Return the value as its canonical bytes spell it: members sorted, NFC, nothing but JSON."""
    document: dict[str, Any] = parse_json(canonical_bytes(value))
    return document
