"""Lines of text on a page of a PDF, with their boxes and looks.

The library has all text of a page in one call, but answers anything else a character at a time. So a line is asked for
the boxes of its text objects and for a few characters, and only where these differ for more.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from hyperspot.file_parser_builtin.domain.page_text import PLAIN_FACE, Line, Rule, Run
from hyperspot.file_parser_builtin.infra.pdf_looks import LinkArea, Looks
from hyperspot.file_parser_builtin.infra.pdf_objects import PageObjects
from hyperspot.file_parser_builtin.infra.pdf_text_page import Rectangle, TextPage

_LINE: Final = re.compile("[^\r\n\ufffe]+\ufffe?")  # U+FFFE: a hyphen at which a word is divided
_WORD: Final = re.compile(r"\S+")
_CONTROL: Final = re.compile("[\0-\x09\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\uffff]")
_LEAST_HEIGHT: Final = 0.1  # of the font size
_ASCENT: Final = 0.7  # of the font size
_WIDE_GAP: Final = 0.9  # of the font size: more than between words
_NARROW_GAP: Final = 0.1  # where a rule runs through it
_WIDE_CHARS: Final = 0.75  # of the font size, on average: there may be gaps inside a text object
_SAME_PLACE: Final = 0.5


class LineReader:
    """Reads the lines of one page.

    Args:
        page: Its characters.
        objects: What is drawn on it.
        rules: Straight lines on it.
        links: Areas that lead somewhere.
    """

    def __init__(
        self,
        page: TextPage,
        *,
        objects: PageObjects,
        rules: Sequence[Rule],
        links: Sequence[LinkArea],
    ) -> None:
        self._page = page
        self._objects = objects
        self._links = links
        self._looks = Looks(page, objects)
        self._walls = sorted(
            (rule for rule in rules if rule.left == rule.right), key=lambda rule: rule.left
        )
        self._wall_xs = [wall.left for wall in self._walls]

    def lines(self) -> list[Line]:
        """Return the lines in the order in which the page writes them."""
        made: list[Line] = []
        text = self._page.text
        if _CONTROL.search(text):
            text = _CONTROL.sub(" ", text)
        for row, found in enumerate(_LINE.finditer(text)):
            start = found.start()
            line = found[0]
            if line[0] == " " or line[-1] == " ":
                start += len(line) - len(line.lstrip())
                line = line.strip()
                if not line:
                    continue
            if boxes := self._page.boxes(start, start + len(line)):
                self._add_pieces(made, row, line, start, boxes)
        return made

    def _add_pieces(
        self, made: list[Line], row: int, text: str, start: int, boxes: list[Rectangle]
    ) -> None:
        """Add a line, divided where there are wide gaps."""
        sample = start
        if len(boxes) > 1 and (later := text.find(" ", len(text) // 2)) > 0:
            sample = start + later + 1  # the beginning may be a bullet or a raised number
        size, is_upright = self._page.size(sample)
        if not is_upright or not size:
            made.append(self._line(row, text, start, boxes, size or 1.0, is_upright=is_upright))
            return
        words: list[int] = []
        if self._may_hide_gaps(text, boxes, size):
            words, boxes = self._word_boxes(text, start, boxes)
        begun, taken = 0, 0
        if len(boxes) > 1:
            for number, x, is_rtl in self._gaps(boxes, size):
                cut = words[number] if words else self._cut(text, start, x, is_rtl=is_rtl)
                if cut > begun and (part := text[begun:cut].strip()):
                    piece = boxes[taken:number]
                    made.append(self._line(row, part, start + begun, piece, size))
                    begun, taken = cut, number
        made.append(
            self._line(row, text[begun:], start + begun, boxes[taken:] if taken else boxes, size)
        )

    def _may_hide_gaps(self, text: str, boxes: Sequence[Rectangle], size: float) -> bool:
        """Whether there may be gaps inside the boxes: they are wide for their text, or a rule runs through one."""
        width = 0.0
        for left, _, right, _ in boxes:
            width += right - left
        if width <= _WIDE_CHARS * size * len(text) and not self._walls:
            return False
        return " " in text and (
            width > _WIDE_CHARS * size * len(text)
            or any(
                self._is_wall(left + 1, right - 1, (top + bottom) / 2)
                for left, top, right, bottom in boxes
            )
        )

    def _word_boxes(
        self, text: str, start: int, boxes: Sequence[Rectangle]
    ) -> tuple[list[int], list[Rectangle]]:
        """Return where the words of a line begin, and their boxes, all as high as the line."""
        top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
        starts: list[int] = []
        made: list[Rectangle] = []
        for word in _WORD.finditer(text):
            first = self._page.sides(start + word.start())
            last = self._page.sides(start + word.end() - 1)
            starts.append(word.start())
            made.append((min(first[0], last[0]), top, max(first[1], last[1]), bottom))
        return starts, made

    def _gaps(self, boxes: Sequence[Rectangle], size: float) -> list[tuple[int, float, bool]]:
        """Return after which boxes there are wide gaps, and where these end, and whether the line runs to the left."""
        gaps: list[tuple[int, float, bool]] = []
        wide = _WIDE_GAP * size
        least = _NARROW_GAP * size if self._walls else wide
        before = boxes[0]
        for number, after in enumerate(boxes):
            is_rtl = after[2] < before[0]
            left, right = (after[2], before[0]) if is_rtl else (before[2], after[0])
            if right - left > least and (
                right - left > wide or self._is_wall(left, right, (after[1] + after[3]) / 2)
            ):
                gaps.append((number, left if is_rtl else right, is_rtl))
            before = after
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

    def _cut(self, text: str, start: int, x: float, *, is_rtl: bool) -> int:
        """Return where the first word begins that is not before *x*; 0 if there is none."""
        words = [match.start() for match in _WORD.finditer(text)]
        low, high = 0, len(words)
        while low < high:
            middle = (low + high) // 2
            left, right = self._page.sides(start + words[middle])
            is_before = right > x + _SAME_PLACE if is_rtl else left < x - _SAME_PLACE
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
        if len(boxes) > 1:
            for x0, y0, x1, y1 in boxes:
                left = min(x0, left)
                top = min(y0, top)
                right = max(x1, right)
                bottom = max(y1, bottom)
        places, object_at = self._objects.places, self._page.object_at
        first = places.get(object_at(start), -1)
        face = self._objects.faces[first] if first >= 0 else PLAIN_FACE
        runs: list[Run] = []
        if first >= 0 and (len(boxes) > 1 or self._links):
            last = places.get(object_at(start + len(text) - 1), first)
            links = [link for link in self._links if link.covers(left, top, right, bottom)]
            if links or self._objects.changes[first] != self._objects.changes[last]:
                runs = self._looks.runs(text, start, (first, last), links)
        baseline = self._page.baseline(start)
        if not top - size <= baseline <= bottom + size:
            baseline = bottom
        if (
            bottom - top < _LEAST_HEIGHT * size and is_upright
        ):  # the font does not say how high it is
            top, bottom = baseline - _ASCENT * size, baseline
        return Line(
            text, left, top, right, bottom, baseline, size, face, row, runs, is_upright=is_upright
        )
