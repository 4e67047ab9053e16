"""Number formats of spreadsheets: whether a number is shown as a date, a time or a duration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Shown: TypeAlias = Literal["number", "date", "time", "datetime", "duration"]

_LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]|am/pm|a/p')
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]")
# ECMA-376 part 1, section 18.8.30, and those that East Asian editions add.
_BUILT_IN: Final[Mapping[int, Shown]] = {
    **dict.fromkeys((*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58), "date"),
    **dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), "time"),
    22: "datetime",
    46: "duration",
}


def shown_as(code: str) -> Shown:
    """Return what a number with the format *code* looks like; the first section of the code decides.

    Example:
        >>> shown_as("yyyy-mm-dd"), shown_as("h:mm AM/PM"), shown_as("[h]:mm"), shown_as('0.0 "days"')
        ('date', 'time', 'duration', 'number')
    """
    bare = _LITERAL.sub("", code.lower()).partition(";")[0]
    if "general" in bare:
        return "number"
    if _ELAPSED.search(bare):
        return "duration"
    has_time = "h" in bare or "s" in bare
    has_date = "y" in bare or "d" in bare or ("m" in bare and not has_time)
    if has_time:
        return "datetime" if has_date else "time"
    return "date" if has_date else "number"


def built_in(number: int) -> Shown:
    """Return what a number with a format that files name by its *number* only looks like.

    Example:
        >>> built_in(0), built_in(14), built_in(22)
        ('number', 'date', 'datetime')
    """
    return _BUILT_IN.get(number, "number")
