"""The record is complete or refused, and its events name it by its hash."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatgate.errors import Refusal
from chatgate.policy.canonical import canonical_bytes, leaf_hash, sha256_hex
from chatgate.policy.evidence.records import (
    CLAUSE_FIELDS,
    CONTROLLER_FIELDS,
    OPTIONAL_FIELDS,
    REQUIRED_FIELDS,
    record_document,
    record_sha256,
    stored_record,
)
from tests.policy.evidence import NOTICE, NOTICE_SHA256, SALT, make_event, make_record, record_fields


@given(st.sampled_from(REQUIRED_FIELDS), st.sampled_from(["drop", None, "", "  ", [], {}]))
def test_a_record_without_one_of_its_fields_is_refused_by_name(name: str, how: object) -> None:
    fields = record_fields()
    if how == "drop":
        del fields[name]
    else:
        fields[name] = how
    with pytest.raises(Refusal) as caught:
        record_document(fields)
    assert caught.value.code == f"record_incomplete:{name}"


@pytest.mark.parametrize("name", CLAUSE_FIELDS)
@pytest.mark.parametrize("place", [0, 1])
def test_a_clause_without_purpose_basis_choice_or_text_is_refused(name: str, place: int) -> None:
    fields = record_fields()
    del fields["clauses"][place][name]
    with pytest.raises(Refusal, match=f"record_incomplete:clauses.{name}"):
        record_document(fields)


@pytest.mark.parametrize("name", CONTROLLER_FIELDS)
def test_a_controller_nobody_could_reach_is_refused(name: str) -> None:
    fields = record_fields()
    fields["controller"] = {key: value for key, value in fields["controller"].items() if key != name}
    with pytest.raises(Refusal, match=f"record_incomplete:controller.{name}"):
        record_document(fields)


def test_the_record_has_every_field_and_no_other() -> None:
    assert set(make_record()) == {*REQUIRED_FIELDS, *OPTIONAL_FIELDS}
    with pytest.raises(ValueError, match="no ip_address"):
        record_document({**record_fields(), "ip_address": "192.0.2.1"})


def test_a_refused_optional_purpose_is_stored_as_refused() -> None:
    assert make_record()["clauses"][1]["choice"] is False
    assert make_event()["choices"] == {"support": True, "training": False}


def test_a_record_has_one_spelling_whatever_it_was_made_from() -> None:
    fields = record_fields()
    warsaw: Any = fields["given_at"].astimezone(timezone(timedelta(hours=1)))
    assert record_document({**dict(reversed(fields.items())), "given_at": warsaw}) == make_record()
    assert record_sha256(make_record()) == sha256_hex(canonical_bytes(make_record()))


def test_an_event_names_the_whole_record() -> None:
    event = make_event()
    assert event["record_sha256"] == record_sha256(make_record())
    other = make_event(make_record(page_path="/other"))
    assert leaf_hash(SALT, event) != leaf_hash(SALT, other)
    assert event["notice_sha256"] == NOTICE_SHA256
    assert event["event_at"] == "2026-11-23T22:00:00.000000Z"


def test_a_naive_time_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="aware"):
        record_document({**record_fields(), "given_at": datetime.now(UTC).replace(tzinfo=None)})


def test_a_stored_row_gives_the_document_without_its_secrets() -> None:
    columns = record_fields()
    columns["id"] = columns.pop("record_id")
    columns["clauses"] = [
        {name: clause[name] for name in ("purpose", "required", "legal_basis", "choice")}
        for clause in columns["clauses"]
    ]
    columns |= {"salt": SALT.hex(), "receipt_token_hash": "0" * 64}
    assert stored_record(columns, NOTICE) == make_record()
    recipients = [{"name": "Mailer", "role": "processor", "country": "PL"}]
    assert stored_record(columns, {**NOTICE, "recipients": recipients})["recipients"] == recipients
