"""When a shop takes live chats: outside its hours a visitor can leave a message, and learns when the shop opens."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from chatgate import AvailabilityContext, Closed, Kit, Manifest, Refusal, SessionOpenContext, hookimpl

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 15
Span = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class Hours(BaseModel):
    """The hours of one site, in its own time zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_zone: str = "Europe/Warsaw"
    mon: tuple[Span, ...] = ()
    tue: tuple[Span, ...] = ()
    wed: tuple[Span, ...] = ()
    thu: tuple[Span, ...] = ()
    fri: tuple[Span, ...] = ()
    sat: tuple[Span, ...] = ()
    sun: tuple[Span, ...] = ()
    closed_on: tuple[date, ...] = ()
    """Days without any hours, such as holidays."""
    messages: bool = True
    """Whether a visitor may leave a message outside the hours."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError):
            raise ValueError(f"{value} is no time zone; write it as Europe/Warsaw") from None
        return value

    @model_validator(mode="after")
    def _forward(self) -> "Hours":
        for day in DAYS:
            for span in getattr(self, day):
                begin, _, end = span.partition("-")
                if begin >= end:
                    raise ValueError(f"{day}: {span} ends before it begins; split it at midnight")
        return self


class Settings(BaseModel):
    """``[middleware_settings.opening_hours]``: hours by site; a site that is not named is always open."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sites: dict[str, Hours] = Field(default_factory=dict)


manifest = Manifest(settings=Settings, description="Opens chats only in the shop's hours; reads no personal data.")


@hookimpl
def choose_availability(context: AvailabilityContext, kit: Kit) -> Closed | None:
    """Say outside the hours when they begin again: a visitor knows it before agreeing to anything."""
    hours: Hours | None = kit.settings.sites.get(context.site_id)
    if hours is None or is_open(hours, context.now):
        return None
    return Closed(next_opening(hours, context.now), hours.messages)


@hookimpl
def check_session_open(context: SessionOpenContext, kit: Kit) -> None:
    """Refuse outside the hours, with the moment at which they begin again (``opens_at``, or null).

    A message that is left (``context.written``) is let in where ``messages`` says so; the detail repeats it.
    """
    hours: Hours | None = kit.settings.sites.get(context.site_id)
    if hours is None or is_open(hours, context.now) or (context.written and hours.messages):
        return
    opens = next_opening(hours, context.now)
    opens_at = opens.isoformat() if opens else None
    raise Refusal("outside_opening_hours", opens_at=opens_at, messages=hours.messages)


def is_open(hours: Hours, now: datetime) -> bool:
    """Return whether the shop takes chats at this moment."""
    return any(begin <= now < end for begin, end in _spans(hours, now))


def next_opening(hours: Hours, now: datetime) -> datetime | None:
    """Return when the hours begin next, within two weeks, in the shop's own time."""
    return next((begin for begin, _end in _spans(hours, now) if begin > now), None)


def _spans(hours: Hours, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open spans from today on, in order; daylight saving is the time zone's."""
    zone = ZoneInfo(hours.time_zone)
    today = now.astimezone(zone).date()
    for ahead in range(LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        if day in hours.closed_on:
            continue
        for span in sorted(getattr(hours, DAYS[day.weekday()])):
            begin, _, end = span.partition("-")
            yield _at(day, begin, zone), _at(day, end, zone)


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        return datetime.combine(day + timedelta(days=1), time(), zone)
    return datetime.combine(day, time.fromisoformat(clock), zone)
