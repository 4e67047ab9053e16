"""Pages to blocks: paragraphs, headings, lists, program text, tables and images, by geometry and looks alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from attrs import define, field

from hyperspot.file_parser.contract import (
    Block,
    Box,
    CodeBlock,
    Heading,
    Image,
    ListItem,
    PageBreak,
    Paragraph,
    Place,
    Table,
)
from hyperspot.file_parser.contract.building.inline_run import clean
from hyperspot.file_parser_builtin.domain.grid import Grid
from hyperspot.file_parser_builtin.domain.line_text import inlines
from hyperspot.file_parser_builtin.domain.page_parts import Part, parts_in_order
from hyperspot.file_parser_builtin.domain.page_text import Line, PageText, Picture
from hyperspot.file_parser_builtin.domain.paragraphs import Group, paragraphs
from hyperspot.file_parser_builtin.domain.typography import Typography

_MAX_HEADING_CHARS: Final = 250
_MAX_BOLD_HEADING_CHARS: Final = 120
_LARGER: Final = 1.1
_LETTER: Final = re.compile(r"[^\W\d_]")
_NESTED: Final = 0.6  # of the font size, that a deeper item is further to the right
_EMPTY_LINE: Final = 1.8  # of the usual spacing
_MAX_EMPTY_LINES: Final = 3

MakeTable = Callable[[Grid], Table | None]


def page_blocks(
    pages: Iterable[PageText], usual: Typography, make_table: MakeTable
) -> Iterator[tuple[Place, Block]]:
    """Yield the blocks of a document with their pages and boxes.

    Args:
        pages: In order.
        usual: What is usual in the whole document.
        make_table: Turns a grid into a block; None for one with nothing in it.
    """
    maker = _BlockMaker(usual, make_table)
    ended: PageText | None = None
    for page in pages:
        if ended:
            yield Place(page=ended.number), PageBreak()
        for column in parts_in_order(page):
            for box, block in maker.blocks(column):
                yield Place(page=page.number, box=box), block
        ended = page


@define
class _BlockMaker:
    """Makes the blocks of columns; a list may go on from one column to the next."""

    _usual: Typography
    _make_table: MakeTable
    _item_lefts: list[float] = field(factory=list[float])  # of the open list, by level

    def blocks(self, column: Sequence[Part]) -> Iterator[tuple[Box, Block]]:
        """Yield the blocks of a column with their boxes."""
        for kind, parts in groupby(column, key=self._kind):
            if kind is Line:
                lines = [part for part in parts if isinstance(part, Line)]
                for group in paragraphs(lines, self._usual.spacing):
                    if block := self._block(group):
                        yield _box_around(group.lines), block
            elif kind is CodeBlock:
                yield self._code([part for part in parts if isinstance(part, Line)])
            else:
                yield from self._others(parts)

    def _kind(self, part: Part) -> type[object]:
        if not isinstance(part, Line):
            return type(part)
        is_code = part.face.is_fixed_width and not self._usual.face.is_fixed_width
        return CodeBlock if is_code and _is_one_width(part) else Line

    def _others(self, parts: Iterator[Part]) -> Iterator[tuple[Box, Block]]:
        for part in parts:
            if isinstance(part, Picture):
                yield _box_around([part]), Image()
            elif isinstance(part, Grid) and (table := self._make_table(part)):
                self._item_lefts.clear()
                yield _box_around([part]), table

    def _block(self, group: Group) -> Block | None:
        lines = group.lines
        level = self._heading_level(lines)
        if level is None and group.marker:
            return self._item(group)
        self._item_lefts.clear()
        content = inlines(lines, self._usual.face, is_heading=level is not None)
        if not content:
            return None
        return Heading(level=level, inlines=content) if level else Paragraph(inlines=content)

    def _item(self, group: Group) -> ListItem:
        first = group.lines[0]
        lefts, slack = self._item_lefts, _NESTED * first.size
        while lefts and lefts[-1] > first.left + slack:
            lefts.pop()
        if not lefts or lefts[-1] < first.left - slack:
            lefts.append(first.left)
        content = inlines([_without(first, group.marker), *group.lines[1:]], self._usual.face)
        blocks = (Paragraph(inlines=content),) if content else ()
        return ListItem(level=len(lefts) - 1, ordered=group.is_ordered, blocks=blocks)

    def _heading_level(self, lines: Sequence[Line]) -> int | None:
        level = self._usual.level(lines)
        if not level:
            return None
        length = sum(len(line.text) for line in lines)
        if length > _MAX_HEADING_CHARS or not any(_LETTER.search(line.text) for line in lines):
            return None
        is_larger = lines[0].size > self._usual.size * _LARGER
        if not is_larger and (length > _MAX_BOLD_HEADING_CHARS or lines[-1].text[-1] in ".,;:"):
            return None
        return level

    def _code(self, lines: Sequence[Line]) -> tuple[Box, Block]:
        self._item_lefts.clear()
        left = min(line.left for line in lines)
        characters = sum(len(line.text) for line in lines)
        width = sum(line.right - line.left for line in lines) / max(characters, 1) or 1.0
        text: list[str] = []
        before: Line | None = None
        for line in lines:
            if before:
                spacing = self._usual.spacing * max(line.size, 1.0) * _EMPTY_LINE
                empty = int((line.baseline - before.baseline) / spacing)
                text += [""] * min(max(empty, 0), _MAX_EMPTY_LINES)
            text.append(" " * round((line.left - left) / width) + clean(line.text))
            before = line
        return _box_around(lines), CodeBlock(text="\n".join(text))


def _is_one_width(line: Line) -> bool:
    return all(run.face.is_fixed_width and not run.target for run in line.runs)


def _without(line: Line, marker: str) -> Line:
    """Return *line* without the marker that it begins with."""
    line.text = line.text[len(marker) :]
    left = len(marker)
    while left and line.runs:
        run = line.runs[0]
        cut = min(left, len(run.text))
        run.text, left = run.text[cut:], left - cut
        if not run.text:
            del line.runs[0]
    if len(line.runs) == 1 and not line.runs[0].target:
        line.face = line.runs.pop().face
    return line


def _box_around(parts: Sequence[Part]) -> Box:
    return Box(
        left=round(min([part.left for part in parts]), 1),
        top=round(min([part.top for part in parts]), 1),
        right=round(max([part.right for part in parts]), 1),
        bottom=round(max([part.bottom for part in parts]), 1),
    )
