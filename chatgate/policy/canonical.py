"""The one byte form of a JSON value, and the hashes that evidence is built on."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import rfc8785

SALT_BYTES: Final = 32
LEAF_DOMAIN: Final = b"chatgate/consent/v1"
LEAF_PREFIX: Final = b"\x00"
NODE_PREFIX: Final = b"\x01"


def canonical_bytes(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a JSON value whose strings and keys were brought to NFC.

    Raises:
        ValueError: the value is not JSON (a date, bytes, NaN, an integer beyond 2**53 - 1, a lone surrogate,
            a key that is no string, or two keys that are equal in NFC).

    Source: RFC 8785; Unicode Standard Annex 15.
    """
    try:
        return rfc8785.dumps(_normalised(value))
    except rfc8785.CanonicalizationError as error:
        raise ValueError(f"not canonical JSON: {error}") from None
    except RecursionError:
        raise ValueError("not canonical JSON: nested too deeply") from None


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def opening_hash(salt: bytes, event: Mapping[str, Any]) -> bytes:
    """Return the salted hash of an event, 32 bytes: what the log commits to.

    The salt belongs to the record; without it nobody can guess an event back from its hash.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hashlib.sha256(LEAF_DOMAIN + salt + canonical_bytes(event)).digest()


def leaf_hash(salt: bytes, event: Mapping[str, Any]) -> str:
    """Return the leaf of the consent ledger for an event (hex): SHA-256(0x00 || opening hash).

    Source: RFC 9162, section 2.1.1.
    """
    return sha256_hex(LEAF_PREFIX + opening_hash(salt, event))


def parse_json(data: bytes) -> Any:
    """Return the JSON value of a file that evidence came in.

    Raises:
        ValueError: not UTF-8, not JSON, a key twice (readers would disagree on its value), or a number that
            JSON does not have.
    """
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refused_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def utc_text(at: datetime) -> str:
    """Return an aware time as ``2026-11-23T22:00:00.000000Z``: one spelling, so that hashes agree."""
    if at.tzinfo is None:
        raise ValueError("a time in evidence is aware")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key occurs twice")
    return result


def _refused_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return _normalised_mapping(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_normalised(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    raise ValueError(f"not canonical JSON: a value of type {type(value).__name__}")


def _normalised_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise ValueError("not canonical JSON: a key that is not a string")
        name = unicodedata.normalize("NFC", key)
        if name in result:
            raise ValueError("not canonical JSON: two keys are equal in NFC")
        result[name] = _normalised(item)
    return result
