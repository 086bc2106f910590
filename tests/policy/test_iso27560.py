"""The record leaves in the words of ISO/IEC TS 27560, with nothing of it lost."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chatgate.policy.canonical import canonical_bytes
from chatgate.policy.evidence.iso27560 import CONTEXT, export_record
from tests.policy.evidence import make_event, make_record


@pytest.fixture
def document() -> dict[str, Any]:
    """The record with a consent, a training consent given later, and a withdrawal, out of order."""
    events = [
        make_event(number=3, kind="withdrawn", choices={"training": False}),
        make_event(),
        make_event(number=2, kind="changed", choices={"training": True}),
    ]
    return export_record(
        make_record(),
        events,
        base_url="https://chat.kilnandcup.example",
        complaint_authority="UODO, Warszawa",
    )


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    else:
        yield str(value)


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys(item)


def states(document: dict[str, Any], place: int) -> list[str]:
    return [status["@type"][0] for status in document["dpv:hasProcess"][place]["dpv:hasConsentStatus"]]


MANDATORY_HEADER = (
    "dct:conformsTo",
    "dct:identifier",
    "dpv:hasDataSubject",
    "dpv:hasNotice",
    "dpv:hasJurisdiction",
)
MANDATORY_PROCESS = (
    "dpv:hasPurpose",
    "dpv:hasLegalBasis",
    "dpv:hasPersonalData",
    "dpv:hasStorageCondition",
    "dpv:hasRecipient",
    "dpv:hasConsentControl",
    "dpv:hasRight",
)
MANDATORY_EVENT = ("dct:date", "dpv:isIndicatedBy", "@type")


def test_every_mandatory_field_of_the_standard_is_there(document: dict[str, Any]) -> None:
    assert set(MANDATORY_HEADER) <= set(document)
    for process in document["dpv:hasProcess"]:
        assert set(MANDATORY_PROCESS) <= set(process)
        for status in process["dpv:hasConsentStatus"]:
            assert set(MANDATORY_EVENT) <= set(status)
    controller, authority = document["dpv:hasEntity"]
    assert {"dpv:hasName", "dpv:hasAddress", "dpv:hasContact", "dpv:hasIdentifier"} <= set(controller)
    assert authority["dpv:hasName"] == "UODO, Warszawa"
    assert all(notice.get("dct:language", "pl") == "pl" for notice in document["dpv:hasNotice"])


def test_nothing_of_the_record_is_lost(document: dict[str, Any]) -> None:
    found = set(strings(document))
    ignored = {"True", "False", "None"}
    words = {"365": "P365D", "730": "P730D", "consent": "eu-gdpr:A6-1-a"}
    for text in strings(make_record()):
        assert text in ignored or text in found or words.get(text) in found, text


def test_the_life_of_each_purpose_is_its_list_of_states(document: dict[str, Any]) -> None:
    assert states(document, 0) == ["dpv:ConsentGiven"]
    assert states(document, 1) == ["dpv:ConsentRefused", "dpv:ConsentGiven", "dpv:ConsentWithdrawn"]


@pytest.mark.parametrize(
    ("kind", "choice", "state"),
    [
        ("renewed", True, "dpv:RenewedConsentGiven"),
        ("expired", False, "dpv:ConsentExpired"),
        ("withdrawn", False, "dpv:ConsentWithdrawn"),
        ("changed", False, "dpv:ConsentWithdrawn"),
    ],
)
def test_later_events_have_their_own_states(kind: str, choice: bool, state: str) -> None:
    event = make_event(number=2, kind=kind, choices={"training": choice})
    document = export_record(make_record(), [event], base_url="https://c.example", complaint_authority="UODO")
    assert states(document, 1) == [state]
    assert states(document, 0) == []


def test_a_refused_purpose_is_exported_as_refused(document: dict[str, Any]) -> None:
    first = document["dpv:hasProcess"][1]["dpv:hasConsentStatus"][0]
    assert first["@type"][0] == "dpv:ConsentRefused"
    assert "dpv:hasDuration" not in first


def test_every_prefix_is_declared_and_the_document_is_json(document: dict[str, Any]) -> None:
    prefixes = {name.split(":")[0] for name in keys(document) if ":" in name}
    assert prefixes <= set(CONTEXT)
    assert json.loads(canonical_bytes(document)) == document


def test_an_agents_withdrawal_on_request_tells_who_and_why() -> None:
    event = {**make_event(number=2, kind="withdrawn", choices={"training": False})}
    event |= {"actor": "agent:adam", "reason": "asked by phone"}
    document = export_record(make_record(), [event], base_url="https://c.example", complaint_authority="UODO")
    status = document["dpv:hasProcess"][1]["dpv:hasConsentStatus"][0]
    assert status["dpv:isIndicatedBy"] == "dpv:DataController"
    assert (status["chatgate:actor"], status["dct:description"]) == ("agent:adam", "asked by phone")
