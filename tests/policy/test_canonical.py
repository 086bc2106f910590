"""Canonical bytes: one value, one spelling; anything that is not JSON is refused."""

import hashlib
import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatgate.models.purposes import Purpose
from chatgate.policy.canonical import canonical_bytes, leaf_hash, parse_json, sha256_hex, utc_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NFC_TEXT = TEXT.map(lambda text: unicodedata.normalize("NFC", text))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NFC_TEXT, inner, max_size=4),
    max_leaves=20,
)


def test_the_example_of_the_standard_has_the_bytes_of_the_standard() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical_bytes(value) == expected.encode()


@given(JSON_VALUES)
def test_the_bytes_do_not_depend_on_the_order_of_keys_and_survive_a_round_trip(value: object) -> None:
    data = canonical_bytes(value)
    assert canonical_bytes(json.loads(data)) == data


@given(TEXT)
def test_composed_and_decomposed_letters_are_the_same_text(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert canonical_bytes({"t": decomposed}) == canonical_bytes({"t": composed})


def test_words_of_an_enumeration_are_their_text() -> None:
    assert canonical_bytes({"purpose": Purpose.TRAINING}) == b'{"purpose":"training"}'


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 1, tzinfo=UTC),
        b"bytes",
        bytearray(b"bytes"),
        float("nan"),
        float("inf"),
        2**53,
        "\ud800",
        {1: "key"},
        {"\u00f3": 1, "o\u0301": 2},
        {1, 2},
    ],
)
def test_what_is_not_json_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not canonical JSON"):
        canonical_bytes({"value": value})


def test_endless_nesting_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(ValueError, match="nested too deeply"):
        canonical_bytes(value)


def test_a_leaf_is_the_prefixed_hash_of_the_salted_event() -> None:
    salt, event = bytes(range(32)), {"kind": "given", "seq": 1}
    inner = hashlib.sha256(b"chatgate/consent/v1" + salt + b'{"kind":"given","seq":1}').digest()
    assert leaf_hash(salt, event) == hashlib.sha256(b"\x00" + inner).hexdigest()
    assert leaf_hash(salt, event) == sha256_hex(b"\x00" + inner)


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        leaf_hash(b"short", {})


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_another_salt_is_another_leaf(one: bytes, other: bytes) -> None:
    assert (leaf_hash(one, {"a": 1}) == leaf_hash(other, {"a": 1})) == (one == other)


def test_times_have_one_spelling_in_every_zone() -> None:
    at = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    assert utc_text(at) == utc_text(at.astimezone(timezone(timedelta(hours=2)))) == "2026-11-23T22:00:00.000000Z"
    with pytest.raises(ValueError, match="aware"):
        utc_text(at.replace(tzinfo=None))


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff", b'{"a":1,"a":2}', b'{"a":NaN}', b"[Infinity]", b"[" * 100_000, b"\xef\xbb\xbf{}"],
)
def test_a_file_that_readers_could_disagree_on_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        parse_json(data)


def test_a_plain_file_is_read() -> None:
    assert parse_json('{"a": ["ó", 1, null]}'.encode()) == {"a": ["ó", 1, None]}
