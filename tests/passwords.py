"""Cheap password hashes for the suite: hundreds of tests sign in, and the product's cost a tenth of a second each."""

from typing import Any, Final

from argon2 import PasswordHasher

from chatgate.services.accounts import agents

PRODUCT_HASHER: Final = agents._hasher


def _cheap_hasher() -> Any:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_cheaply() -> None:
    """Have this process hash passwords with argon2 at its lowest cost."""
    agents._hasher = _cheap_hasher
