"""Lines of text on a page of a PDF, with their boxes and looks.

pdfium has all text of a page in one call, but answers anything else a character at a time. So a line is asked for the
boxes of its text objects and for a few characters, and only where these differ for more.
"""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from attrs import frozen

from hyperspot.file_parser_builtin.domain.page_text import PLAIN_FACE, Face, Line, Rule, Run
from hyperspot.file_parser_builtin.infra import pdf_calls as calls
from hyperspot.file_parser_builtin.infra.page_frame import PageFrame
from hyperspot.file_parser_builtin.infra.pdf_objects import PageObjects

_LINE: Final = re.compile("[^\r\n\ufffe]+\ufffe?")  # U+FFFE: a hyphen at which a word is divided
_WORD: Final = re.compile(r"\S+")
_LEAST_HEIGHT: Final = 0.1  # of the font size
_ASCENT: Final = 0.7  # of the font size
_WIDE_GAP: Final = 0.9  # of the font size: more than between words
_NARROW_GAP: Final = 0.1  # where a rule runs through it
_WIDE_CHARS: Final = 0.75  # of the font size, on average: there may be gaps inside a text object

Rectangle: TypeAlias = tuple[float, float, float, float]
"""left, top, right, bottom on the page as shown"""


@frozen
class LinkArea:
    """A rectangle on the page, as shown, that leads to an address."""

    box: Rectangle
    target: str


class LineReader:
    """Reads the lines of one page.

    Args:
        text_page: Address of the text page.
        text: All text of the page.
        is_aligned: Whether character number ``i`` of the text is number ``i`` of the library.
        objects: What is drawn on the page.
        rules: Straight lines on the page, as shown.
        links: Areas that lead somewhere.
        frame: How the page is shown.
    """

    def __init__(
        self,
        text_page: int,
        text: str,
        *,
        is_aligned: bool,
        objects: PageObjects,
        rules: Sequence[Rule],
        links: Sequence[LinkArea],
        frame: PageFrame,
    ) -> None:
        self._page = text_page
        self._text = text
        self._is_aligned = is_aligned
        self._objects = objects
        self._links = links
        self._frame = frame
        self._walls = sorted(
            (rule for rule in rules if rule.left == rule.right), key=lambda rule: rule.left
        )
        self._wall_xs = [wall.left for wall in self._walls]
        self._doubles = (ctypes.c_double * 4)()
        at = ctypes.addressof(self._doubles)
        self._rect_at = at, at + 24, at + 16, at + 8  # left, top, right, bottom of GetRect
        self._box_at = at, at + 16, at + 8, at + 24  # left, right, bottom, top of GetCharBox
        self._matrix = (ctypes.c_float * 6)()
        self._matrix_at = ctypes.addressof(self._matrix)

    def lines(self) -> list[Line]:
        """Return the lines in the order in which the page writes them."""
        made: list[Line] = []
        for row, found in enumerate(_LINE.finditer(self._text)):
            start, end = found.span()
            text = found[0]
            if text[0] == " " or text[-1] == " ":
                start += len(text) - len(text.lstrip())
                text = text.strip()
                end = start + len(text)
            if text:
                made.extend(self._pieces(row, text, start, end))
        return made

    def _pieces(self, row: int, text: str, start: int, end: int) -> Iterator[Line]:
        """Yield the line from character *start* to *end*, divided where there are wide gaps."""
        first = start if self._is_aligned else max(calls.char_index(self._page, start), 0)
        last = end - 1 if self._is_aligned else calls.char_index(self._page, end - 1)
        count = calls.count_rects(self._page, first, max(last - first, 0) + 1)
        if not count:
            return
        boxes: list[Rectangle] = []
        at, doubles, shown = self._rect_at, self._doubles, self._frame.shown
        for number in range(count):
            calls.get_rect(self._page, number, *at)
            left, bottom, right, top = doubles
            boxes.append(shown(left, bottom, right, top))
        sample = first
        if count > 1 and (later := text.find(" ", len(text) // 2)) > 0:
            sample = first + later + 1  # the beginning may be a bullet or a raised number
        size, is_upright = self._size(sample)
        if not is_upright or not size:
            yield self._line(row, text, start, boxes, size or 1.0, is_upright=is_upright)
            return
        words: list[int] | None = None
        if self._may_hide_gaps(text, boxes, size):
            words, boxes = self._word_boxes(text, start, boxes)
        gaps = self._gaps(boxes, size) if len(boxes) > 1 else []
        if not gaps:
            yield self._line(row, text, start, boxes, size)
            return
        starts = words or [match.start() for match in _WORD.finditer(text)]
        begun, taken = 0, 0
        for number, x, is_rtl in gaps:
            cut = words[number] if words else self._cut(starts, start, x, is_rtl=is_rtl)
            if cut > begun and (part := text[begun:cut].strip()):
                yield self._line(row, part, start + begun, boxes[taken:number], size)
                begun, taken = cut, number
        yield self._line(row, text[begun:], start + begun, boxes[taken:], size)

    def _may_hide_gaps(self, text: str, boxes: Sequence[Rectangle], size: float) -> bool:
        """Whether there may be gaps inside the boxes: they are wide for their text, or a rule runs through one."""
        if " " not in text:
            return False
        width = sum([box[2] - box[0] for box in boxes])
        return width > _WIDE_CHARS * size * len(text) or any(
            self._is_wall(left + 1, right - 1, (top + bottom) / 2)
            for left, top, right, bottom in boxes
        )

    def _word_boxes(
        self, text: str, start: int, boxes: Sequence[Rectangle]
    ) -> tuple[list[int], list[Rectangle]]:
        """Return where the words of a line begin, and their boxes, all as high as the line."""
        top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
        starts: list[int] = []
        made: list[Rectangle] = []
        for word in _WORD.finditer(text):
            first = self._sides(start + word.start())
            last = self._sides(start + word.end() - 1)
            starts.append(word.start())
            made.append((min(first[0], last[0]), top, max(first[1], last[1]), bottom))
        return starts, made

    def _gaps(self, boxes: Sequence[Rectangle], size: float) -> list[tuple[int, float, bool]]:
        """Return after which boxes there are wide gaps, and where these end, and whether the line runs to the left."""
        gaps: list[tuple[int, float, bool]] = []
        wide, narrow = _WIDE_GAP * size, _NARROW_GAP * size
        for number, (before, after) in enumerate(pairwise(boxes), 1):
            gap = after[0] - before[2]
            if gap > narrow:
                if gap > wide or self._is_wall(before[2], after[0], (after[1] + after[3]) / 2):
                    gaps.append((number, after[0], False))
            elif (gap := before[0] - after[2]) > narrow:
                if gap > wide or self._is_wall(after[2], before[0], (after[1] + after[3]) / 2):
                    gaps.append((number, after[2], True))
        return gaps

    def _is_wall(self, left: float, right: float, height: float) -> bool:
        """Whether a vertical rule stands between two places at a height."""
        number = bisect_left(self._wall_xs, left)
        while number < len(self._walls) and self._wall_xs[number] <= right:
            wall = self._walls[number]
            if wall.top <= height <= wall.bottom:
                return True
            number += 1
        return False

    def _cut(self, words: Sequence[int], start: int, x: float, *, is_rtl: bool) -> int:
        """Return where the first word begins that is not before *x*; 0 if there is none."""
        low, high = 0, len(words)
        while low < high:
            middle = (low + high) // 2
            left, right = self._sides(start + words[middle])
            is_before = right > x + 0.5 if is_rtl else left < x - 0.5  # noqa: PLR2004 - points
            low, high = (middle + 1, high) if is_before else (low, middle)
        return words[low] if low < len(words) else 0

    def _line(
        self,
        row: int,
        text: str,
        start: int,
        boxes: Sequence[Rectangle],
        size: float,
        *,
        is_upright: bool = True,
    ) -> Line:
        left, top, right, bottom = boxes[0]
        for box in boxes[1:]:
            left, top = min(left, box[0]), min(top, box[1])
            right, bottom = max(right, box[2]), max(bottom, box[3])
        end = start + len(text)
        first = self._object(start)
        last = first if len(boxes) == 1 else self._object(end - 1)
        changes = self._objects.changes
        face = PLAIN_FACE if first is None else self._objects.faces[first]
        links = [link for link in self._links if _covers(link.box, left, top, right, bottom)]
        runs: list[Run] = []
        is_mixed = first is not None and last is not None and changes[first] != changes[last]
        if first is not None and (is_mixed or links):
            runs = self._runs(text, start, first, last, links)
        calls.char_origin(self._page, self._char(start), *self._rect_at[:1], self._rect_at[3])
        origin_x, origin_y = self._doubles[0], self._doubles[1]
        _, baseline = self._frame.shown_point(origin_x, origin_y)
        if not top - size <= baseline <= bottom + size:
            baseline = bottom
        if bottom - top < _LEAST_HEIGHT * size and is_upright:  # the font does not say how high it is
            top, bottom = baseline - _ASCENT * size, baseline
        return Line(
            text, left, top, right, bottom, baseline, size, face, row, runs, is_upright=is_upright
        )

    def _runs(
        self, text: str, start: int, first: int, last: int | None, links: Sequence[LinkArea]
    ) -> list[Run]:
        """Return the looks in the line from character *start* on; *first* and *last* are objects at its ends."""
        faces, last_at = self._objects.faces, len(text) - 1
        cuts = {0: faces[first]}
        if last is not None:
            self._find_changes(text, start, (0, first), (last_at, last), cuts)
        areas = [area for link in links if (area := self._linked(text, start, link))]
        for begin, end, _ in areas:
            for at in (begin, end):
                if at <= last_at and at not in cuts:
                    cuts[at] = cuts[max(cut for cut in cuts if cut < at)]
        runs: list[Run] = []
        for begin, end in pairwise([*sorted(cuts), len(text)]):
            target = next((target for left, right, target in areas if left <= begin < right), "")
            if runs and runs[-1].face is cuts[begin] and runs[-1].target == target:
                runs[-1].text += text[begin:end]
            else:
                runs.append(Run(text[begin:end], cuts[begin], target))
        return runs if len(runs) > 1 or runs[0].target else []

    def _find_changes(
        self,
        text: str,
        start: int,
        low: tuple[int, int],
        high: tuple[int, int],
        cuts: dict[int, Face],
    ) -> None:
        """Add where the font changes between two characters, each given as its offset and its object.

        Objects follow one another on a line as they are drawn, so where the font has not changed from one object to
        another, it is the same in between.
        """
        changes = self._objects.changes
        pending = [(low, high)]
        while pending:
            (begin, first), (end, last) = pending.pop()
            if changes[first] == changes[last]:
                continue
            if end - begin <= 1:
                cuts[end] = self._objects.faces[last]
                continue
            middle = (begin + end) // 2
            at = middle
            while at < end and (found := self._object(start + at)) is None:
                at += 1  # a space that the library has added is of no object
            if at == end:
                end, at = middle, end  # only such spaces in the upper half: the change is at its end
                found = last
                if end - begin <= 1:
                    cuts[at] = self._objects.faces[last]
                    continue
                pending.append(((begin, first), (end, last)))
                continue
            assert found is not None
            pending += [((begin, first), (at, found)), ((at, found), (end, last))]

    def _linked(self, text: str, start: int, link: LinkArea) -> tuple[int, int, str] | None:
        """Return from where to where a line leads to an address."""
        left, _, right, _ = link.box
        inside: list[int] = []
        for word in _WORD.finditer(text):
            ends = self._sides(start + word.start()), self._sides(start + word.end() - 1)
            if min(ends)[0] < right and max(ends)[1] > left:
                inside += [
                    at
                    for at in range(*word.span())
                    if left <= sum(self._sides(start + at)) / 2 <= right
                ]
        return (inside[0], inside[-1] + 1, link.target) if inside else None

    def _object(self, position: int) -> int | None:
        return self._objects.positions.get(calls.text_object(self._page, self._char(position)))

    def _char(self, position: int) -> int:
        return position if self._is_aligned else max(calls.char_index(self._page, position), 0)

    def _sides(self, position: int) -> tuple[float, float]:
        calls.char_box(self._page, self._char(position), *self._box_at)
        left, _, right, _ = self._frame.shown(*self._doubles)
        return left, right

    def _size(self, char: int) -> tuple[float, bool]:
        """Return the font size as shown, and whether the text is upright."""
        size: float = calls.font_size(self._page, char)
        if not calls.char_matrix(self._page, char, self._matrix_at):
            return size, True
        a, b, c, d, _, _ = self._matrix
        return size * float((c * c + d * d) ** 0.5 or 1.0), self._frame.is_upright(a, b)


def _covers(area: Rectangle, left: float, top: float, right: float, bottom: float) -> bool:
    middle = (top + bottom) / 2
    return area[1] <= middle <= area[3] and area[0] < right and area[2] > left
