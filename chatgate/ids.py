"""Identifiers and secrets: UUIDv7 for rows, random tokens for capabilities, hashes for what is stored of them."""

import hashlib
import secrets

from uuid_utils import uuid7


def new_id() -> str:
    """Return a new UUIDv7 as 36 lower-case characters; ids sort by creation time."""
    return str(uuid7())


def new_token(prefix: str) -> str:
    """Return a random 256-bit capability such as ``cgs_...``; only its :func:`token_hash` is ever stored."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """Return the SHA-256 (hex) under which a token is stored and looked up."""
    return hashlib.sha256(token.encode()).hexdigest()
