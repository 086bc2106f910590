"""What a middleware declares about itself: purposes, recipients, stored data and settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from chatgate.models.purposes import Purpose

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to whom a middleware sends personal data. Source: GDPR Art. 13(1)(e) and (f), Art. 30(1)(d).

    Args:
        name: the company as the privacy policy names it.
        role: whether it acts for the shop or for itself.
        country: ISO 3166-1 alpha-2 code of where the data goes.
        safeguard: for a country outside the EEA, the ground of the transfer (for example "SCC").
        policy_url: the recipient's own privacy policy.
    """

    name: str
    role: Literal["processor", "controller", "joint_controller"]
    country: str
    safeguard: str = ""
    policy_url: str = ""


@dataclass(frozen=True, slots=True)
class StoredData:
    """Data that a middleware keeps: what, why, for how many days (0: until the conversation is erased)."""

    what: str
    purpose: Purpose
    retention_days: int = 0


@dataclass(frozen=True, slots=True, init=False)
class Manifest:
    """The declaration that binds a middleware; without one it may only tighten (``check_``, ``register_``).

    Args:
        purposes: why the middleware processes data. Its hooks run only while the consent covers them.
        recipients: to whom it sends data. They are listed in the privacy policy by themselves.
        stores: what it keeps itself.
        settings: a pydantic model that validates ``[middleware_settings.<name>]``.
        description: one sentence for the privacy policy and for ``chatgate middleware``.
    """

    purposes: frozenset[Purpose]
    recipients: tuple[Recipient, ...]
    stores: tuple[StoredData, ...]
    settings: "type[BaseModel] | None"
    description: str

    def __init__(
        self,
        purposes: Iterable[Purpose | str] = (),
        recipients: Iterable[Recipient] = (),
        stores: Iterable[StoredData] = (),
        settings: "type[BaseModel] | None" = None,
        description: str = "",
    ) -> None:
        assign = object.__setattr__  # frozen: the only way to turn lists into immutable values
        assign(self, "purposes", purpose_set(purposes))
        assign(self, "recipients", tuple(recipients))
        assign(self, "stores", tuple(stores))
        assign(self, "settings", settings)
        assign(self, "description", description)


def purpose_set(purposes: Iterable[Purpose | str] | Purpose | str) -> frozenset[Purpose]:
    """Return the purposes as a set; one alone may be given without a list.

    Raises:
        ValueError: for a word that is no purpose.
    """
    if isinstance(purposes, str):
        purposes = (purposes,)
    try:
        return frozenset(Purpose(purpose) for purpose in purposes)
    except ValueError as error:
        raise ValueError(f"{error}; the purposes are: {', '.join(Purpose)}") from None
