"""What the tables of a module have in common: names of constraints, and how Python types are stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, Dialect, MetaData, String, Uuid
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.types import TypeDecorator, TypeEngine

_NAMES: Final = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
}
_TEXT_CHARS: Final = 255


class UtcMoment(TypeDecorator[datetime]):
    """A moment, stored in UTC to the microsecond, and always read with its time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Ask MySQL and MariaDB for microseconds, which they cut off by default."""
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without time zone: it could be any of twenty-four."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; use datetime.now(UTC)")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as SQLAlchemy calls it
        """Give back the time zone that was left out."""
        if value is None or value.tzinfo is UTC:
            return value
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


COLUMN_TYPES: Final[dict[Any, Any]] = {
    UUID: Uuid(),
    datetime: UtcMoment(),
    str: String(_TEXT_CHARS),
}
"""How columns are stored, by their Python type: ``type_annotation_map`` of the base class of a module's tables."""


def module_tables() -> MetaData:
    """Return an empty collection of tables: ``metadata`` of the base class of a module's tables.

    Constraints get names by convention, so that migrations can name them on every database.
    """
    return MetaData(naming_convention=_NAMES)
