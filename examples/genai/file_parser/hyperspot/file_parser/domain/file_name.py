"""The name under which a file is known in messages and answers."""

from __future__ import annotations

from typing import Final

_MAX_CHARS: Final = 255


def display_name(filename: str | None) -> str:
    r"""Return the last segment of a path of any system, without control characters, at most 255 characters.

    Example:
        >>> display_name("C:\\docs\\a.txt"), display_name("/tmp/"), display_name(None)
        ('a.txt', 'unnamed', 'unnamed')
    """
    name = (filename or "").replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in name if character.isprintable())
    return printable[-_MAX_CHARS:].strip() or "unnamed"
