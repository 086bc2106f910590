"""Signatures: made by one key over one document, and by nothing else."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatgate.policy.signing import hex_bytes, key_id, new_private_key, public_key, sign, verify

SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
DOCUMENT = {"type": "chatgate/test/v1", "text": "Zgoda", "number": 7}


def test_the_public_key_is_that_of_the_published_vector() -> None:
    assert public_key(SEED) == PUBLIC
    assert key_id(PUBLIC) == "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9"


def test_a_document_has_one_signature() -> None:
    assert sign(SEED, DOCUMENT) == sign(SEED, dict(reversed(DOCUMENT.items())))
    assert verify(PUBLIC, DOCUMENT, sign(SEED, DOCUMENT))


def test_two_new_keys_differ() -> None:
    assert new_private_key() != new_private_key()
    assert len(new_private_key()) == 32


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 511))
def test_a_flipped_bit_of_the_signature_is_noticed(bit: int) -> None:
    altered = (int(sign(SEED, DOCUMENT), 16) ^ 1 << bit).to_bytes(64).hex()
    assert not verify(PUBLIC, DOCUMENT, altered)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 255))
def test_another_key_does_not_verify(bit: int) -> None:
    other = (int.from_bytes(PUBLIC) ^ 1 << bit).to_bytes(32)
    assert not verify(other, DOCUMENT, sign(SEED, DOCUMENT))


@pytest.mark.parametrize(
    "change",
    [{"text": "zgoda"}, {"number": 8}, {"number": 7.5}, {"number": "7"}, {"type": "other"}, {"extra": None}],
)
def test_any_other_document_does_not_verify(change: dict[str, object]) -> None:
    assert not verify(PUBLIC, {**DOCUMENT, **change}, sign(SEED, DOCUMENT))


@pytest.mark.parametrize("signature", [None, 7, "", "zz" * 64, "00" * 63, "00" * 65, b"00" * 64, "٠" * 128])
def test_a_malformed_signature_is_false_and_no_error(signature: object) -> None:
    assert not verify(PUBLIC, DOCUMENT, signature)


def test_a_signature_has_one_spelling() -> None:
    signature = sign(SEED, DOCUMENT)
    assert signature.upper() != signature
    assert not verify(PUBLIC, DOCUMENT, signature.upper())
    assert not verify(PUBLIC, DOCUMENT, signature + "\n")


def test_a_document_that_is_not_json_does_not_verify() -> None:
    assert not verify(PUBLIC, {"bytes": b""}, sign(SEED, DOCUMENT))


def test_a_public_key_of_another_length_does_not_verify() -> None:
    assert not verify(PUBLIC[:-1], DOCUMENT, sign(SEED, DOCUMENT))


def test_hexadecimal_is_read_strictly() -> None:
    assert hex_bytes("00ff", 2) == b"\x00\xff"
    assert [hex_bytes(text, 2) for text in ("00FF", "00f", "0 0f", "00ff00", None, "zzzz")] == [None] * 6


def test_importing_the_module_does_not_import_cryptography() -> None:
    code = "import sys, chatgate.policy.signing; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
