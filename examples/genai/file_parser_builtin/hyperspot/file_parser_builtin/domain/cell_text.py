"""Values of cells as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from hyperspot.file_parser_builtin.domain.number_format import Shown

_MOST_EXACT: Final = 10**15  # spreadsheets keep 15 digits
_LAST_DAY: Final = 2_958_465  # 9999-12-31
_LEAP_DAY: Final = 60  # 1900-02-29, which never was, but is counted
_DAYS_1904: Final = 1462  # from the epoch of 1900 to the one of 1904
_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
_MS_PER_DAY: Final = 86_400_000


def number_text(value: float) -> str:
    """Return a number with as few digits as it takes to tell it from others.

    Example:
        >>> number_text(3.0), number_text(0.1), number_text(-1e300)
        ('3', '0.1', '-1e+300')
    """
    return str(int(value)) if value.is_integer() and abs(value) < _MOST_EXACT else repr(value)


def boolean_text(*, value: bool) -> str:
    """Return a truth value in capitals, as spreadsheets show it."""
    return "TRUE" if value else "FALSE"


def shown_text(value: float, shown: Shown, *, is_1904: bool = False) -> str:
    """Return a number as its format shows it, dates and times in ISO 8601.

    Args:
        value: A number; for dates the days since the epoch, with the time as the fraction.
        shown: What the format makes of it.
        is_1904: Whether the epoch is that of old Macs. Numbers that are no dates of the calendar stay numbers.

    Example:
        >>> shown_text(46024.5, "datetime"), shown_text(46024.5, "date"), shown_text(0.25, "time")
        ('2026-01-02T12:00:00', '2026-01-02', '06:00:00')
        >>> shown_text(1.5, "duration"), shown_text(60, "date"), shown_text(-1, "date")
        ('PT36H', '1900-02-29', '-1')
    """
    days = value + _DAYS_1904 if is_1904 else value
    if shown == "number" or not 0 <= days < _LAST_DAY + 1:
        return number_text(float(value))
    if shown == "duration":
        return duration_text(timedelta(milliseconds=round(value * _MS_PER_DAY)))
    ms = min(round(days * _MS_PER_DAY), (_LAST_DAY + 1) * _MS_PER_DAY - 1)
    day, rest = divmod(ms, _MS_PER_DAY)
    is_before_leap_day = day < _LEAP_DAY and not is_1904
    moment = _EPOCH + timedelta(days=day + is_before_leap_day, milliseconds=rest)
    date = "1900-02-29" if day == _LEAP_DAY and not is_1904 else moment.date().isoformat()
    time = moment.time().isoformat("milliseconds").removesuffix(".000")
    return {"date": date, "time": time}.get(shown, f"{date}T{time}")


def duration_text(duration: timedelta) -> str:
    """Return a duration in ISO 8601, in hours, minutes and seconds.

    Example:
        >>> duration_text(timedelta(hours=30, seconds=1.5)), duration_text(timedelta(0))
        ('PT30H1.5S', 'PT0S')
    """
    minutes, ms = divmod(abs(duration) // timedelta(milliseconds=1), 60_000)
    hours, minutes = divmod(minutes, 60)
    parts = (
        f"{hours}H" if hours else "",
        f"{minutes}M" if minutes else "",
        f"{number_text(ms / 1000)}S" if ms or not (hours or minutes) else "",
    )
    return f"{'-' if duration < timedelta(0) else ''}PT{''.join(parts)}"
