"""Who acts: an agent as every service is given them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignedInAgent:
    """An agent whose cookie was read from the database just now."""

    id: str
    name: str
    email: str
    role: str
