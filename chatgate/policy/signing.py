"""Ed25519 signatures over canonical bytes: what the shop states, anybody can check without the shop.

cryptography is imported on use: it costs start-up time, and most commands never sign.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from chatgate.policy.canonical import canonical_bytes, sha256_hex

PUBLIC_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
HEX_DIGITS: Final = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)


def new_private_key() -> bytes:
    """Return a fresh Ed25519 private key, 32 bytes (the seed of RFC 8032)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key(private_key: bytes) -> bytes:
    """Return the public key, 32 bytes, of a private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def key_id(public: bytes) -> str:
    """Return the name of a key: the SHA-256 (hex) of the public key's 32 bytes."""
    return sha256_hex(public)


def sign(private_key: bytes, document: Mapping[str, Any]) -> str:
    """Return the signature (128 hexadecimal digits) over the RFC 8785 bytes of ``document``.

    Documents carry a ``type`` member, so that a signature for one kind never serves for another. Ed25519 is
    deterministic: the same document has the same signature, which makes receipts idempotent.

    Source: RFC 8032.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private_key).sign(canonical_bytes(document)).hex()


def verify(public: bytes, document: Mapping[str, Any], signature: object) -> bool:
    """Say whether ``signature`` is this key's signature over ``document``; malformed input is false."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    raw = hex_bytes(signature, SIGNATURE_BYTES)
    if raw is None or len(public) != PUBLIC_KEY_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(raw, canonical_bytes(document))
    except (InvalidSignature, ValueError):
        return False
    return True


def hex_bytes(text: object, length: int) -> bytes | None:
    """Return the bytes that lower-case hexadecimal ``text`` spells, or None when it is anything else.

    Upper case is refused: two spellings of one hash would let a byte of evidence change unseen.
    """
    if not isinstance(text, str) or len(text) != 2 * length or HEX_DIGITS.fullmatch(text) is None:
        return None
    return bytes.fromhex(text)
