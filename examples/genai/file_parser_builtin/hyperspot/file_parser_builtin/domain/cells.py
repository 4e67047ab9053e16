"""Names of cells as spreadsheets write them, ``B2:D9``."""

from __future__ import annotations


def column_name(column: int) -> str:
    """Return the letters of a column, counted from 0.

    Example:
        >>> column_name(0), column_name(25), column_name(26), column_name(16_383)
        ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of a column, counted from 0, from its letters ``A`` to ``Z``.

    Example:
        >>> column_number("A"), column_number("AA"), column_number("XFD")
        (0, 26, 16383)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def range_name(top: int, left: int, bottom: int, right: int) -> str:
    """Return the name of the range between two cells, both inside it; rows and columns count from 0.

    Example:
        >>> range_name(1, 1, 8, 3), range_name(0, 0, 0, 0)
        ('B2:D9', 'A1')
    """
    first, last = f"{column_name(left)}{top + 1}", f"{column_name(right)}{bottom + 1}"
    return first if first == last else f"{first}:{last}"
