"""Media types: what a request carries, what its answer may be."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from python_multipart.multipart import parse_options_header

_MAX_RANGES: Final = 64


def parse_media_type(value: str) -> tuple[str, dict[str, str]]:
    """Split ``type/subtype; name=value`` into the lower-case type and its parameters, names in lower case.

    Example:
        >>> parse_media_type('Text/Plain; charset="utf-8"')
        ('text/plain', {'charset': 'utf-8'})
    """
    kind, options = parse_options_header(value)
    return (
        kind.decode("latin-1").strip(),
        {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in options.items()},
    )


@lru_cache(maxsize=512)
def is_covered(media_type: str, ranges: tuple[str, ...]) -> bool:
    """Tell whether a content type falls under one of *ranges*, such as ``text/*``; its parameters do not count.

    Example:
        >>> is_covered("text/html; charset=utf-8", ("application/json", "text/*"))
        True
    """
    kind = media_type.partition(";")[0].strip().lower()
    main, slash, sub = kind.partition("/")
    if not (main and slash and sub):
        return False
    return any(accepted.lower() in (kind, f"{main}/*", "*/*") for accepted in ranges)


@lru_cache(maxsize=512)
def is_acceptable(accept: str, media_type: str) -> bool:
    """Tell whether an ``Accept`` header lets *media_type* be the answer.

    The most specific range that matches decides, and a weight of 0 refuses. What is no media range is ignored; a
    header without any range accepts everything.

    Args:
        accept: Value of the header.
        media_type: Without parameters, lower case.
    Source:
        RFC 9110, section 12.5.1.

    Example:
        >>> is_acceptable("text/*;q=0.5, application/json;q=0", "application/json")
        False
    """
    kind = media_type.partition(";")[0]
    main = kind.partition("/")[0]
    rank = {kind: 3, f"{main}/*": 2, "*/*": 1}
    best, weight, ranges = 0, 0.0, 0
    for item in accept.split(",", _MAX_RANGES)[:_MAX_RANGES]:
        name, *options = (piece.strip().lower() for piece in item.split(";"))
        if "/" not in name:
            continue
        ranges += 1
        if rank.get(name, 0) > best:
            best, weight = rank[name], _weight(options)
    return weight > 0 if best else not ranges


def _weight(options: list[str]) -> float:
    for option in options:
        name, _, value = option.partition("=")
        if name.strip() == "q":
            digits = value.strip()
            is_number = digits.replace(".", "", 1).isdigit() and digits.isascii()
            return min(float(digits), 1.0) if is_number else 1.0
    return 1.0
