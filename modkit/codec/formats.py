"""The texts that stand for ids, times and decimals in JSON, each in its one accepted form."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, TypeGuard
from uuid import UUID

import msgspec

from modkit_errors import PlatformError

UUID_LENGTH: Final = 36
DECIMAL_MAX_LENGTH: Final = 64
DECIMAL_PATTERN: Final = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
# The first and last day of the calendar are UTC only: an offset there could name a moment outside of it.
DATETIME_PATTERN: Final = (
    r"^(?!(?:0001-01-01|9999-12-31).{9,}[+-][0-9]{2}:[0-9]{2}$)"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,32})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$"
)
DESCRIPTIONS: Final[Mapping[Any, str]] = {
    UUID: "a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057",
    datetime: "an RFC 3339 time with a zone, such as 2026-11-23T20:00:00Z",
    date: "a date such as 2026-11-23",
    Decimal: f"a decimal number in a string, such as 12.50, of at most {DECIMAL_MAX_LENGTH} characters",
}


def portable(pattern: str) -> str:
    r"""Return a Python pattern that means what *pattern* means to a client (ECMA 262).

    ``$`` is the end only, not also before a last line feed, and ``\d`` and ``\w`` are ASCII.

    Example:
        >>> re.search(portable("^a$"), "a\n") is None
        True
    """
    parts = re.findall(r"\\.|\[(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL)
    return "(?a)" + "".join(r"\Z" if part == "$" else part for part in parts)


_DATETIME: Final = re.compile(portable(DATETIME_PATTERN))
_DECIMAL: Final = re.compile(portable(DECIMAL_PATTERN))


def parse_uuid(text: str) -> UUID:
    """Read the hyphenated form; raises ``msgspec.ValidationError`` (a ValueError) for any other."""
    if len(text) != UUID_LENGTH:
        raise msgspec.ValidationError("not a UUID")
    return msgspec.convert(text, UUID)


def parse_datetime(text: str) -> datetime:
    """Read an RFC 3339 time with a zone; raises ``msgspec.ValidationError`` for any other text."""
    if not _DATETIME.search(text):
        raise msgspec.ValidationError("not a time")
    return msgspec.convert(text, datetime)


def parse_date(text: str) -> date:
    """Read ``YYYY-MM-DD``; raises ``msgspec.ValidationError`` for any other text."""
    return msgspec.convert(text, date)


def parse_decimal(text: str) -> Decimal:
    """Read a plain decimal number, no exponent; raises ``msgspec.ValidationError`` for any other text."""
    if len(text) > DECIMAL_MAX_LENGTH or not _DECIMAL.search(text):
        raise msgspec.ValidationError("not a decimal number")
    return Decimal(text)


def is_typed_text(kind: Any) -> TypeGuard[type[str]]:
    """Return whether *kind* is a class of strings whose call checks the text, such as ``GtsTypeId``.

    Such a class has ``json_schema``, which says to clients what its texts look like, and ``described``, which says it
    to people.
    """
    return isinstance(kind, type) and issubclass(kind, str) and hasattr(kind, "json_schema")


def parser_of(kind: Any) -> Callable[[str], Any] | None:
    """Return what reads a text as *kind*, and raises ``msgspec.ValidationError`` for any other; None for plain types."""
    return _typed_text(kind) if is_typed_text(kind) else PARSERS.get(kind)


def description_of_text(kind: Any) -> str:
    """Return what texts of *kind* look like, for messages; *kind* has a parser."""
    return str(getattr(kind, "described")) if is_typed_text(kind) else DESCRIPTIONS[kind]  # noqa: B009 - a class of any module


def _typed_text(kind: type[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        try:
            return kind(text)
        except (ValueError, PlatformError) as error:
            raise msgspec.ValidationError(str(error)) from error

    return parse


PARSERS: Final[Mapping[Any, Callable[[str], Any]]] = {
    UUID: parse_uuid,
    datetime: parse_datetime,
    date: parse_date,
    Decimal: parse_decimal,
}


def utc(value: Any) -> datetime:
    """Return the same moment in UTC, which is written with ``Z``."""
    if not isinstance(value, datetime):
        raise TypeError(f"expected a datetime, got {type(value).__name__}")
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise TypeError("a naive datetime names no moment; give it a zone, such as datetime.UTC")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise TypeError(f"{value} is outside of the calendar in UTC") from error


def calendar_day(value: Any) -> date:
    """Return *value* if it is a date and no moment."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"expected a date, got {type(value).__name__}")
    return value


def decimal_text(value: Any) -> str:
    """Return *value* as a plain decimal number."""
    if not isinstance(value, Decimal):
        raise TypeError(f"expected a Decimal, got {type(value).__name__}")
    if not value.is_finite() or abs(value.adjusted()) >= DECIMAL_MAX_LENGTH:
        raise TypeError(f"the Decimal {value} cannot be written as a plain number")
    text = format(value, "f")
    if len(text) > DECIMAL_MAX_LENGTH:
        raise TypeError(
            f"a Decimal has at most {DECIMAL_MAX_LENGTH} characters, this one {len(text)}"
        )
    return text


def finite(value: Any) -> float:
    """Return *value* if it is a number that JSON can write."""
    if not isinstance(value, float | int) or isinstance(value, bool):
        raise TypeError(f"expected a float, got {type(value).__name__}")
    if not math.isfinite(value):
        raise TypeError(f"JSON has no {value}")
    return value
