"""Parts of a page in reading order: lines that are whole again, tables and images, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from hyperspot.file_parser_builtin.domain.aligned_tables import aligned_tables
from hyperspot.file_parser_builtin.domain.grid import Grid
from hyperspot.file_parser_builtin.domain.page_text import Line, PageText, Picture, Run
from hyperspot.file_parser_builtin.domain.reading_order import in_columns
from hyperspot.file_parser_builtin.domain.ruled_tables import ruled_tables

Part: TypeAlias = Line | Grid | Picture

_SAME_BASELINE: Final = 0.4  # of the font size


def parts_in_order(page: PageText) -> list[list[Part]]:
    """Return what is on *page*, each column from top to bottom; what is written sideways comes last."""
    parts, turned = _with_tables(page)
    columns: list[list[Part]] = [_whole_lines(column) for column in in_columns(parts)]
    for picture in page.pictures:
        _insert(columns, picture)
    return columns + [[line] for line in turned]


def _with_tables(page: PageText) -> tuple[list[Line | Grid], list[Line]]:
    """Return lines, with tables instead of the lines in them, and the lines that are not upright."""
    turned = [line for line in page.lines if not line.is_upright]
    lines = [line for line in page.lines if line.is_upright] if turned else page.lines
    parts: list[Line | Grid] = list(lines)
    if tables := ruled_tables(lines, page.rules):
        parts = _replaced(lines, tables)
    if any(a.row == b.row for a, b in pairwise(lines)):
        made: list[Line | Grid] = []
        rest: list[Line] = []
        for part in parts:
            if isinstance(part, Line):
                rest.append(part)
            else:
                made += [*_replaced(rest, aligned_tables(rest)), part]
                rest = []
        parts = made + _replaced(rest, aligned_tables(rest))
    return parts, turned


def _replaced(lines: Sequence[Line], tables: Sequence[tuple[Grid, set[int]]]) -> list[Line | Grid]:
    """Return *lines* with each table in the place of the first of its lines."""
    starts = {min(taken): grid for grid, taken in tables}
    gone = {number for _, taken in tables for number in taken}
    parts: list[Line | Grid] = []
    for number, line in enumerate(lines):
        if number in starts:
            parts.append(starts[number])
        if number not in gone:
            parts.append(line)
    return parts


def _whole_lines(column: Sequence[Line | Grid]) -> list[Part]:
    """Return the parts of a column with the pieces of each line joined."""
    made: list[Part] = []
    for part in column:
        last = made[-1] if made else None
        if isinstance(part, Line) and isinstance(last, Line) and _is_beside(last, part):
            made[-1] = _one_line(last, part)
        else:
            made.append(part)
    return made


def _is_beside(before: Line, line: Line) -> bool:
    if abs(before.baseline - line.baseline) > _SAME_BASELINE * max(before.size, line.size):
        return False
    return line.left >= before.right - 1 or line.right <= before.left + 1


def _one_line(before: Line, line: Line) -> Line:
    gap = "\u2003"  # wider than the space that is dropped between Chinese or Japanese characters
    if before.face.is_fixed_width and line.left > before.right:
        width = (before.right - before.left) / max(len(before.text), 1)
        gap = " " * max(round((line.left - before.right) / max(width, 1.0)), 1)
    runs: list[Run] = []
    if before.runs or line.runs or before.face is not line.face:
        runs = before.runs or [Run(before.text, before.face)]
        runs[-1].text += gap
        runs += line.runs or [Run(line.text, line.face)]
    return Line(
        text=before.text + gap + line.text,
        left=min(before.left, line.left),
        top=min(before.top, line.top),
        right=max(before.right, line.right),
        bottom=max(before.bottom, line.bottom),
        baseline=before.baseline,
        size=max(before.size, line.size),
        face=before.face,
        row=before.row,
        runs=runs,
    )


def _insert(columns: list[list[Part]], picture: Picture) -> None:
    """Put an image before what begins below its top, in the first column that it is in."""
    for column in columns:
        left, right = min(part.left for part in column), max(part.right for part in column)
        if picture.left >= right or picture.right <= left:
            continue
        for number, part in enumerate(column):
            if part.top >= picture.top:
                column.insert(number, picture)
                return
    columns.append([picture])
