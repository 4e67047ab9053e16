"""The query string of a request, decoded strictly."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def split_query(query: bytes) -> dict[str, list[str]]:
    """Return the values of each name in the order sent; ``+`` is a space, a name without ``=`` has an empty value.

    Raises:
        ValueError: The percent-encoding is broken, or does not hold UTF-8.

    Example:
        >>> split_query(b"tag=a&tag=b%20c&flag")
        {'tag': ['a', 'b c'], 'flag': ['']}
    """
    if not query.isascii():
        raise ValueError("The query string has bytes that must be percent-encoded.")
    text = query.decode("ascii")
    is_encoded = "%" in text or "+" in text
    if is_encoded and _BAD_ESCAPE.search(text):
        raise ValueError("The query string has a '%' without two hex digits.")
    found: dict[str, list[str]] = {}
    for pair in text.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            if is_encoded:
                name, value = _decode(name), _decode(value)
            found.setdefault(name, []).append(value)
    return found


def _decode(text: str) -> str:
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeDecodeError as error:
        raise ValueError("The query string is not UTF-8 under its percent-encoding.") from error
