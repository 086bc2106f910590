"""Column types and the privacy metadata that every personal column carries."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import JSON, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite would hand back naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times are aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JsonType: Final = JSON().with_variant(JSONB(), "postgresql")


def personal(category: str, purpose: str, retention: str) -> dict[str, Any]:
    """Return the metadata of a personal column.

    Args:
        category: what it is: ``content``, ``identifier``, ``contact``, ``consent``, ``behaviour``, ``secret``.
        purpose: the purpose it is stored for: ``support``, ``training``, ``proof``, ``security``, ``work``.
        retention: the name of the retention rule: ``conversation``, ``proof``, ``training``, ``agent``, ``short``.
    """
    return {"info": {"category": category, "purpose": purpose, "retention": retention}}


def key(**kwargs: Any) -> Any:
    """Return the field of a primary key that holds a UUIDv7 or another short text."""
    return Field(primary_key=True, max_length=64, **kwargs)


def text_id(
    foreign_key: str | None = None, *, index: bool = False, nullable: bool = False, unique: bool = False
) -> Any:
    """Return the field of a column that refers to a row by its id."""
    options: dict[str, Any] = {"max_length": 64, "index": index, "nullable": nullable, "unique": unique}
    if foreign_key:
        options["foreign_key"] = foreign_key
    if nullable:
        options["default"] = None
    return Field(**options)


def at(*, nullable: bool = False, index: bool = False) -> Any:
    """Return the field of a time column."""
    options: dict[str, Any] = {"sa_type": UtcDateTime, "nullable": nullable, "index": index}
    if nullable:
        options["default"] = None
    return Field(**options)


def words(info: dict[str, Any] | None = None, *, nullable: bool = False, **kwargs: Any) -> Any:
    """Return the field of a text column, with its privacy metadata when it is personal."""
    if nullable:
        kwargs["default"] = None
    return Field(sa_type=Text, sa_column_kwargs=info or {}, nullable=nullable, **kwargs)


def document(info: dict[str, Any] | None = None, **kwargs: Any) -> Any:
    """Return the field of a JSON column, with its privacy metadata when it is personal."""
    return Field(sa_type=JsonType, sa_column_kwargs=info or {}, **kwargs)
