"""TextPage: what the library knows about the characters of one page, as the page is shown."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TypeAlias

from hyperspot.file_parser_builtin.infra import pdf_calls as calls
from hyperspot.file_parser_builtin.infra.page_frame import PageFrame

Rectangle: TypeAlias = tuple[float, float, float, float]
"""left, top, right, bottom on the page as shown, in points"""


class TextPage:
    """The characters of one page, by their position in its text.

    Args:
        handle: Address of the text page; it must stay open.
        text: All text of the page, as the library gives it.
        count: How many characters the library counts; it numbers some that are not in the text.
        frame: How the page is shown.
    """

    def __init__(self, handle: int, text: str, count: int, frame: PageFrame) -> None:
        self.text = text
        self._handle = handle
        self._frame = frame
        self._numbers: Sequence[int] = range(count)
        if len(text) != count:
            self._numbers = [max(calls.char_index(handle, at), 0) for at in range(len(text))]
        self._doubles = (ctypes.c_double * 4)()
        at = ctypes.addressof(self._doubles)
        self._rect_at = at, at + 24, at + 16, at + 8  # left, top, right and bottom of GetRect
        self._box_at = at, at + 16, at + 8, at + 24  # left, right, bottom and top of GetCharBox
        self._point_at = at, at + 8
        self._matrix = (ctypes.c_float * 6)()
        self._matrix_at = ctypes.addressof(self._matrix)

    def boxes(self, start: int, end: int) -> list[Rectangle]:
        """Return the boxes of what is seen from one position to another, one for each text object, in order."""
        handle, numbers, doubles = self._handle, self._numbers, self._doubles
        first = numbers[start]
        count = calls.count_rects(handle, first, numbers[end - 1] - first + 1)
        get_rect, at, shown = calls.get_rect, self._rect_at, self._frame.shown
        found: list[Rectangle] = []
        for number in range(count):
            get_rect(handle, number, *at)
            left, bottom, right, top = doubles
            found.append(shown(left, bottom, right, top))
        return found

    def object_at(self, position: int) -> int | None:
        """Return the address of the text object that a character is in; None for a space that was added."""
        found: int | None = calls.text_object(self._handle, self._numbers[position])
        return found

    def sides(self, position: int) -> tuple[float, float]:
        """Return the left and right of a character."""
        calls.char_box(self._handle, self._numbers[position], *self._box_at)
        left, _, right, _ = self._frame.shown(*self._doubles)
        return left, right

    def baseline(self, position: int) -> float:
        """Return the height at which a character stands."""
        calls.char_origin(self._handle, self._numbers[position], *self._point_at)
        x, y, _, _ = self._doubles
        return self._frame.shown(x, y, x, y)[1]

    def size(self, position: int) -> tuple[float, bool]:
        """Return the size of the font of a character as shown, and whether it is upright."""
        number = self._numbers[position]
        size: float = calls.font_size(self._handle, number)
        if not calls.char_matrix(self._handle, number, self._matrix_at):
            return size, True
        a, b, c, d, _, _ = self._matrix
        height = d if not c and d > 0 else (c * c + d * d) ** 0.5
        return size * (height or 1.0), self._frame.is_upright(a, b)
