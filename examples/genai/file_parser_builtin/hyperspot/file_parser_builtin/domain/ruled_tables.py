"""Tables with ruling lines: the lines make a grid, and where one is missing a cell spans."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import define, frozen

from hyperspot.file_parser_builtin.domain.grid import Grid, GridCell
from hyperspot.file_parser_builtin.domain.page_text import Line, Rule

_NEAR: Final = 3.0  # ends of lines that meet, and lines that are one
_MAX_RULES: Final = 3_000
_MAX_CELLS: Final = 20_000
_MIN_FIGURES: Final = 3  # cells with numbers side by side
_DIGITS: Final = frozenset("0123456789")
_MIN_FILLED: Final = 0.2  # of the cells; the rest of a drawing is empty


@frozen
class _Edges:
    """Where there are lines: by position, what they cover."""

    at: dict[float, list[tuple[float, float]]]

    def covers(self, position: float, begin: float, end: float) -> bool:
        """Whether a line at *position* goes from *begin* to *end*."""
        middle = (begin + end) / 2
        return any(low - _NEAR <= middle <= high + _NEAR for low, high in self.at.get(position, ()))


def ruled_tables(lines: Sequence[Line], rules: Sequence[Rule]) -> list[tuple[Grid, set[int]]]:
    """Return the tables that *rules* draw, each with the positions of its lines in *lines*."""
    if not 4 <= len(rules) <= _MAX_RULES:
        return []
    found: list[tuple[Grid, set[int]]] = []
    for group in _connected(rules):
        horizontal = _snapped((rule.top, rule.left, rule.right) for rule in group if _is_flat(rule))
        vertical = _snapped(
            (rule.left, rule.top, rule.bottom) for rule in group if not _is_flat(rule)
        )
        xs, ys = sorted(vertical.at), sorted(horizontal.at)
        cells = (len(xs) - 1) * (len(ys) - 1)
        if len(xs) < 2 or len(ys) < 2 or not 2 <= cells <= _MAX_CELLS:
            continue
        if made := _grid(lines, xs, ys, horizontal, vertical):
            found.append(made)
    return found


def _grid(
    lines: Sequence[Line], xs: list[float], ys: list[float], horizontal: _Edges, vertical: _Edges
) -> tuple[Grid, set[int]] | None:
    inside: dict[tuple[int, int], list[int]] = {}
    for number, line in enumerate(lines):
        row = bisect_right(ys, (line.top + line.bottom) / 2) - 1
        column = bisect_right(xs, line.left + min(2.0, (line.right - line.left) / 2)) - 1
        if 0 <= row < len(ys) - 1 and 0 <= column < len(xs) - 1:
            inside.setdefault((row, column), []).append(number)
    rows: list[list[GridCell]] = []
    covered: set[tuple[int, int]] = set()
    filled = made = 0
    for row in range(len(ys) - 1):
        cells: list[GridCell] = []
        for column in range(len(xs) - 1):
            if (row, column) in covered:
                continue
            down, across = _span(row, column, xs, ys, horizontal, vertical, covered)
            area = [(r, c) for r in range(row, row + down) for c in range(column, column + across)]
            covered.update(area)
            numbers = sorted(number for at in area for number in inside.get(at, ()))
            cells.append(GridCell([lines[number] for number in numbers], across, down))
            filled += bool(numbers)
            made += 1
        rows += _text_rows(cells)
    if made < 2 or filled < max(2, _MIN_FILLED * made):
        return None
    taken = {number for numbers in inside.values() for number in numbers}
    return Grid(xs[0], ys[0], xs[-1], ys[-1], [row for row in rows if row]), taken


def _text_rows(cells: list[GridCell]) -> list[list[GridCell]]:
    """Return the rows of text between two horizontal lines, where these do not part all rows.

    That is so where at least three cells have figures at the same heights; wrapped text is not.
    """
    full = [cell for cell in cells if cell.lines]
    if len(full) < _MIN_FIGURES or any(cell.row_span > 1 for cell in cells):
        return [cells]
    heights = [round(line.baseline) for line in max(full, key=lambda cell: len(cell.lines)).lines]
    figures = sum(all(not _DIGITS.isdisjoint(line.text) for line in cell.lines) for cell in full)
    if len(heights) < 2 or len(set(heights)) < len(heights) or figures < _MIN_FIGURES:
        return [cells]
    rows = [[GridCell(column_span=cell.column_span) for cell in cells] for _ in heights]
    for column, cell in enumerate(cells):
        for line in cell.lines:
            near = min(range(len(heights)), key=lambda at: abs(heights[at] - line.baseline))
            if abs(heights[near] - line.baseline) > line.size / 2 or rows[near][column].lines:
                return [cells]
            rows[near][column].lines.append(line)
    return rows


def _span(
    row: int,
    column: int,
    xs: Sequence[float],
    ys: Sequence[float],
    horizontal: _Edges,
    vertical: _Edges,
    covered: set[tuple[int, int]],
) -> tuple[int, int]:
    """Return over how many rows and columns the cell spans that begins here."""
    across = 1
    while (
        column + across < len(xs) - 1
        and (row, column + across) not in covered
        and not vertical.covers(xs[column + across], ys[row], ys[row + 1])
    ):
        across += 1
    down = 1
    while row + down < len(ys) - 1 and not any(
        horizontal.covers(ys[row + down], xs[at], xs[at + 1]) or (row + down, at) in covered
        for at in range(column, column + across)
    ):
        if any(
            vertical.covers(xs[at], ys[row + down], ys[row + down + 1])
            for at in range(column + 1, column + across)
        ):
            break
        down += 1
    return down, across


def _is_flat(rule: Rule) -> bool:
    return rule.top == rule.bottom


def _snapped(found: Iterable[tuple[float, float, float]]) -> _Edges:
    """Return lines by position, those that are nearly at one position as one."""
    at: dict[float, list[tuple[float, float]]] = {}
    last: float | None = None
    for position, begin, end in sorted(found):
        if last is None or position - last > _NEAR:
            last = position
        at.setdefault(last, []).append((begin, end))
    return _Edges({position: _unbroken(pieces) for position, pieces in at.items()})


def _unbroken(pieces: list[tuple[float, float]]) -> list[tuple[float, float]]:
    made: list[tuple[float, float]] = []
    for begin, end in sorted(pieces):
        if made and begin <= made[-1][1] + _NEAR:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((begin, end))
    return made


@define
class _Set:
    """One of the disjoint sets of lines that touch; follows its parent to the root."""

    parents: list[int]

    def root(self, number: int) -> int:
        while self.parents[number] != number:
            self.parents[number] = self.parents[self.parents[number]]
            number = self.parents[number]
        return number

    def join(self, one: int, other: int) -> None:
        self.parents[self.root(one)] = self.root(other)


def _connected(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Return the groups of rules that touch one another."""
    sets = _Set(list(range(len(rules))))
    order = sorted(range(len(rules)), key=lambda number: rules[number].top)
    open_now: list[int] = []
    for number in order:
        rule = rules[number]
        open_now = [other for other in open_now if rules[other].bottom >= rule.top - _NEAR]
        for other in open_now:
            beside = rules[other]
            if beside.left <= rule.right + _NEAR and rule.left <= beside.right + _NEAR:
                sets.join(number, other)
        open_now.append(number)
    groups: dict[int, list[Rule]] = {}
    for number, rule in enumerate(rules):
        groups.setdefault(sets.root(number), []).append(rule)
    return list(groups.values())
