"""Sites: adding one, changing its settings, and finding it for a request."""

import re
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from chatgate.errors import OperatorError, Refusal
from chatgate.services.core import AnyRow, Core
from chatgate.storage.queries import sites

SITE_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")

M = TypeVar("M", bound=BaseModel)


class Channel(BaseModel):
    """Another way to reach the shop, offered to who says "No, thanks"."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["email", "phone", "form", "other"] = "other"
    label: str = Field(min_length=1, max_length=80)
    url: str = Field(pattern=r"^(https://|mailto:|tel:|/)")


class PrechatField(BaseModel):
    """A question before the first message, stored with the visitor's profile for *support*."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    kind: Literal["text", "email", "tel"] = "text"
    label: dict[str, str] = Field(min_length=1)
    required: bool = False


class GreetingRule(BaseModel):
    """A greeting for some pages, after some time; drawn without any request or storage."""

    model_config = ConfigDict(extra="forbid")

    text: dict[str, str] = Field(min_length=1)
    path: str = Field(default="*", max_length=200)
    """Where: a path in which ``*`` stands for anything."""
    after_seconds: int = Field(default=0, ge=0, le=3600)


class SiteSettings(BaseModel):
    """What an owner can set for one site with ``chatgate site set SITE key=value``."""

    model_config = ConfigDict(extra="forbid")

    accent: str = Field(default="#0f766e", pattern=r"^#[0-9a-fA-F]{6}$")
    """The accent colour; text on it is chosen by contrast."""
    position: Literal["right", "left"] = "right"
    default_locale: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")
    greeting: dict[str, str] = {}
    """A short line beside the button, by locale."""
    reply_time: str | None = Field(default=None, max_length=80)
    """Shown in the widget's header: a number of minutes, said in the visitor's language, or a text of your own."""
    channels: list[Channel] = []
    greeting_rules: list[GreetingRule] = Field(default=[], max_length=20)
    """Greetings by path and time on the page; the first that fits wins over ``greeting``."""
    offered_to_children: bool = False
    """Ask, before the decision, whether the visitor is under the age of consent; then nothing of the chat is for
    training."""
    prechat: list[PrechatField] = Field(default=[], max_length=6)
    """Questions before the first message, optional unless one says otherwise."""
    attachments: bool = True
    """Whether images and PDF files may be sent."""
    attachment_max_megabytes: int = Field(default=10, ge=1, le=50)
    """The largest file that may be sent."""


class SiteChange(BaseModel):
    """Everything that can be set: the columns of the site and its settings."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=120)
    active: bool | None = None
    allowed_origins: list[str] | None = None

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: list[str] | None) -> list[str] | None:
        for origin in value or []:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f'"{origin}" is no origin; write scheme and host, for example https://shop.example')
        return value


def active_site(core: Core, site_id: str) -> AnyRow:
    """Return the site if it exists and is switched on.

    Raises:
        Refusal: ``site_unknown``.
    """
    if not SITE_ID.fullmatch(site_id):
        raise Refusal("site_unknown")
    with core.storage.read() as db:
        row = sites.site(db, site_id)
    if row is None or not row.active:
        raise Refusal("site_unknown")
    return row


def allowed_origins(core: Core, site_id: str) -> list[str]:
    """Return whose pages may frame the widget, also of a site that is switched off; nobody for an unknown one."""
    if not SITE_ID.fullmatch(site_id):
        return []
    with core.storage.read() as db:
        row = sites.site(db, site_id)
    return list(row.allowed_origins) if row else []


def list_sites(core: Core) -> list[dict[str, Any]]:
    """Return every site with its settings."""
    with core.storage.read() as db:
        return [
            {
                "id": row.id,
                "name": row.name,
                "active": row.active,
                "allowed_origins": row.allowed_origins,
                "settings": row.settings,
            }
            for row in sites.all_sites(db)
        ]


def add_site(core: Core, site_id: str, name: str, allowed_origins: list[str], **settings: Any) -> None:
    """Add a site.

    Raises:
        OperatorError: the id is taken or malformed, or a setting is not valid.
    """
    if not SITE_ID.fullmatch(site_id):
        raise OperatorError(f'site id "{site_id}" must be lower-case letters, digits and dashes')
    change = _validated(SiteChange, {"name": name, "allowed_origins": allowed_origins})
    stored = _validated(SiteSettings, settings)
    with core.storage.read() as db:
        if sites.site(db, site_id):
            raise OperatorError(f'the site "{site_id}" exists already; change it with `chatgate site set`')
    values = {
        "id": site_id,
        "name": change.name,
        "active": True,
        "allowed_origins": change.allowed_origins,
        "settings": stored.model_dump(),
        "created_at": core.clock.now(),
    }
    core.storage.write_now(lambda db: sites.add_site(db, values))


def set_site(core: Core, site_id: str, changes: dict[str, Any]) -> None:
    """Change columns or settings of a site.

    Raises:
        OperatorError: the site or a key is unknown, or a value is not valid.
    """
    with core.storage.read() as db:
        row = sites.site(db, site_id)
    if row is None:
        raise OperatorError(f'there is no site "{site_id}"; see `chatgate site list`')
    unknown = set(changes) - set(SiteChange.model_fields) - set(SiteSettings.model_fields)
    if unknown:
        known = ", ".join(sorted({*SiteChange.model_fields, *SiteSettings.model_fields}))
        raise OperatorError(f'unknown site setting "{min(unknown)}"; known are: {known}')
    columns = {name: value for name, value in changes.items() if name in SiteChange.model_fields}
    values = _validated(SiteChange, columns).model_dump(include=set(columns))
    settings = {name: value for name, value in changes.items() if name in SiteSettings.model_fields}
    values["settings"] = _validated(SiteSettings, {**row.settings, **settings}).model_dump()
    core.storage.write_now(lambda db: sites.change_site(db, site_id, values))


def _validated(model: type[M], values: dict[str, Any]) -> M:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise OperatorError(f'site setting "{place}": {first["msg"]}') from None
