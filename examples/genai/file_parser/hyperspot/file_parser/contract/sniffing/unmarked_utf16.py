"""UTF-16 that does not say so by a byte order mark."""

from __future__ import annotations

from typing import Final

_HEAD_BYTES: Final = 4096
_LEAST_BYTES: Final = 8
_ENOUGH: Final = 0.4  # of the characters are ASCII, as at least spaces, digits and markup are


def unmarked_utf16(data: bytes) -> str | None:
    """Return the codec of a text that has its zero bytes in one half of its byte pairs; None for anything else."""
    head = data[: min(len(data), _HEAD_BYTES) & ~1]
    if len(head) < _LEAST_BYTES:
        return None
    for codec, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if high.count(0) > _ENOUGH * len(high) and _is_text(head.decode(codec, "ignore")):
            return codec
    return None


def _is_text(text: str) -> bool:
    return all(character.isprintable() or character in "\t\n\r\f" for character in text)
