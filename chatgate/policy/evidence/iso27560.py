"""The consent record as ISO/IEC TS 27560:2023 in JSON-LD, with the W3C Data Privacy Vocabulary (DPV).

Profile: ``dpv-27560#record-eu-gdpr``. The header names the record, each purpose is a process, the parties are
entities, and every consent event becomes a consent status of the purposes that it decides.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

CONTEXT: Final[Mapping[str, str]] = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "chatgate": "urn:chatgate:consent#",
}
PROFILE: Final = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"
PURPOSES: Final[Mapping[str, str]] = {
    "support": "dpv:CommunicationForCustomerCare",
    "training": "dpv:ImproveExistingProductsAndServices",
    "marketing": "dpv:DirectMarketing",
}
BASES: Final[Mapping[str, str]] = {
    "consent": "eu-gdpr:A6-1-a",
    "contract": "eu-gdpr:A6-1-b",
    "legal_obligation": "eu-gdpr:A6-1-c",
    "legitimate_interest": "eu-gdpr:A6-1-f",
}
PROCESSING: Final[Mapping[str, tuple[str, ...]]] = {
    "support": ("dpv:Collect", "dpv:Store", "dpv:Use"),
    "training": ("dpv:Pseudonymise", "dpv:Store", "dpv:Use"),
    "marketing": ("dpv:Store", "dpv:Use"),
}
RIGHTS: Final = (
    ("eu-gdpr:A7-3", "Right to withdraw consent"),
    ("eu-gdpr:A15", "Right of access"),
    ("eu-gdpr:A16", "Right to rectification"),
    ("eu-gdpr:A17", "Right to erasure"),
    ("eu-gdpr:A18", "Right to restriction of processing"),
    ("eu-gdpr:A20", "Right to data portability"),
    ("eu-gdpr:A77", "Right to lodge a complaint"),
)


def export_record(
    record: Mapping[str, Any],
    events: Iterable[Mapping[str, Any]],
    *,
    base_url: str,
    complaint_authority: str,
) -> dict[str, Any]:
    """Return the record and its events as one JSON-LD document.

    Args:
        record: document of ``record_document``.
        events: documents of ``stored_event``, in any order.
        base_url: ChatGate's own https address, without a slash at the end.
        complaint_authority: name and address of the supervisory authority.
    """
    ordered = sorted(events, key=lambda event: int(event["number"]))
    controller = f"{base_url}/#controller"
    subject = f"urn:chatgate:subject:{record['subject_id']}"
    return {
        "@context": dict(CONTEXT),
        "@id": f"urn:uuid:{record['record_id']}",
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": PROFILE,
        "dct:identifier": record["record_id"],
        "dct:created": _time(record["given_at"]),
        "dct:publisher": {"@id": controller},
        "chatgate:schemaVersion": record["schema_version"],
        "dpv:hasDataSubject": {
            "@id": subject,
            "@type": "dpv:DataSubject",
            "dct:identifier": record["subject_id"],
        },
        "dpv:hasDataController": {"@id": controller},
        "dpv:hasJurisdiction": record["jurisdiction"],
        "dpv:hasApplicableLaw": "eu-gdpr:GDPR",
        "dpv:hasNotice": _notices(record, base_url),
        "dpv:hasProcess": [_process(record, clause, ordered, base_url) for clause in record["clauses"]],
        "dpv:hasEntity": _entities(record, controller, complaint_authority),
        "chatgate:evidence": _evidence(record),
    }


def _notices(record: Mapping[str, Any], base_url: str) -> list[dict[str, Any]]:
    return [
        {
            "@id": f"{base_url}/notices/{record['notice_sha256']}",
            "@type": "dpv:ConsentNotice",
            "dct:identifier": record["notice_id"],
            "dct:hasVersion": record["notice_version"],
            "dct:language": record["locale"],
            "chatgate:sha256": record["notice_sha256"],
        },
        {
            "@id": f"{base_url}/notices/{record['notice_sha256']}#policy",
            "@type": "dpv:PrivacyNotice",
            "dct:hasVersion": record["policy_version"],
            "chatgate:sha256": record["policy_sha256"],
        },
    ]


def _process(
    record: Mapping[str, Any],
    clause: Mapping[str, Any],
    events: Iterable[Mapping[str, Any]],
    base_url: str,
) -> dict[str, Any]:
    purpose = clause["purpose"]
    return {
        "@id": f"urn:uuid:{record['record_id']}#{purpose}",
        "@type": "dpv:Process",
        "dct:description": {"@value": clause["text"], "@language": record["locale"]},
        "dpv:hasPurpose": PURPOSES.get(purpose, "dpv:Purpose"),
        "chatgate:purpose": purpose,
        "dpv:hasLegalBasis": BASES[clause["legal_basis"]],
        "dpv:hasPersonalData": {
            "@type": "pd:Communication",
            "dpv:hasNecessity": "dpv:Required" if clause["required"] else "dpv:Optional",
        },
        "dpv:hasProcessing": list(PROCESSING.get(purpose, ("dpv:Store", "dpv:Use"))),
        "dpv:hasDataSource": "dpv:DataSubjectDataSource",
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": record["storage_location"]},
            {"@type": "dpv:StorageDuration", "dpv:hasDuration": _days(clause["retention_days"])},
        ],
        "dpv:hasRecipient": _recipients(record),
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dct:description": record["withdrawal_method"],
            "dpv:isExercisedAt": f"{base_url}/receipt",
        },
        "dpv:hasRight": [_right(name, title, base_url) for name, title in RIGHTS],
        "dpv:hasConsentStatus": [_status(event, clause) for event in events if purpose in event["choices"]],
    }


def _status(event: Mapping[str, Any], clause: Mapping[str, Any]) -> dict[str, Any]:
    given = event["choices"][clause["purpose"]]
    status = {
        "@id": f"urn:uuid:{event['event_id']}#{clause['purpose']}",
        "@type": [_state(event, given), "dpv:ExplicitlyExpressedConsent"],
        "dct:identifier": event["event_id"],
        "dct:date": _time(event["event_at"]),
        "dpv:isIndicatedAtTime": _time(event["event_at"]),
        "dpv:isIndicatedBy": _actor(event["actor"]),
        "chatgate:actor": event["actor"],
        "chatgate:kind": event["kind"],
        "chatgate:noticeSha256": event["notice_sha256"],
    }
    if given:
        status["dpv:hasDuration"] = _days(clause["retention_days"])
    if event["reason"] is not None:
        status["dct:description"] = event["reason"]
    return status


def _state(event: Mapping[str, Any], given: bool) -> str:
    if given:
        return "dpv:RenewedConsentGiven" if event["kind"] == "renewed" else "dpv:ConsentGiven"
    # The first answer refuses; only what was given before can be withdrawn or expire.
    return {"answered": "dpv:ConsentRefused", "expired": "dpv:ConsentExpired"}.get(
        event["kind"], "dpv:ConsentWithdrawn"
    )


def _actor(actor: str) -> str:
    return "dpv:DataSubject" if actor == "visitor" else "dpv:DataController"


def _recipients(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "chatgate:recipientsVersion": record["recipients_version"],
        "dpv:hasRecipient": [
            {"@type": "dpv:Recipient", "chatgate:recipient": recipient} for recipient in record.get("recipients") or []
        ],
    }


def _entities(record: Mapping[str, Any], iri: str, complaint_authority: str) -> list[dict[str, Any]]:
    controller = record["controller"]
    return [
        {
            "@id": iri,
            "@type": "dpv:DataController",
            "dpv:hasIdentifier": iri,
            "dpv:hasName": controller["name"],
            "dpv:hasAddress": controller["address"],
            "dpv:hasContact": controller["contact"],
        },
        {"@type": "dpv:DataProtectionAuthority", "dpv:hasName": complaint_authority},
    ]


def _evidence(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what DPV has no word for: how the consent was given, and whether the service depended on it."""
    return {
        "chatgate:conditionality": record["conditionality"],
        "chatgate:method": record["method"],
        "chatgate:renderedSha256": record["rendered_sha256"],
        "chatgate:servedAt": _time(record["served_at"]),
        "chatgate:shownForMs": record["shown_for_ms"],
        "chatgate:widgetBuild": record.get("widget_build"),
        "chatgate:site": record["site_id"],
        "chatgate:pagePath": record.get("page_path"),
        "chatgate:retention": record["retention"],
        **({"chatgate:minor": record["minor"]} if "minor" in record else {}),
    }


def _right(name: str, title: str, base_url: str) -> dict[str, Any]:
    return {
        "@type": ["dpv:DataSubjectRight", name],
        "dct:title": title,
        "dpv:isExercisedAt": f"{base_url}/receipt",
    }


def _time(text: str) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": text}


def _days(days: int) -> dict[str, str]:
    return {"@type": "dpv:TemporalDuration", "rdf:value": f"P{days}D"}
