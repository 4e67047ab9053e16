"""Tables without ruling lines: rows of pieces with wide gaps between them, in the same columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from hyperspot.file_parser_builtin.domain.grid import Grid, GridCell
from hyperspot.file_parser_builtin.domain.page_text import Line

_MIN_ROWS: Final = 3
_MIN_COLUMNS: Final = 2
_MAX_TITLE_ROWS: Final = 6  # above the table, that may run over its columns
_MAX_LEADING: Final = 3.2  # from row to row, in font sizes
_MAX_CELL_CHARS: Final = (
    25  # on average, in the column with the shortest cells; longer ones are columns of text
)
_MIN_USED: Final = 0.5  # of the rows, in most columns

Row = list[tuple[int, Line]]


def aligned_tables(lines: Sequence[Line]) -> list[tuple[Grid, set[int]]]:
    """Return the tables that the alignment of *lines* shows, each with the positions of its lines in *lines*."""
    found: list[tuple[Grid, set[int]]] = []
    for block in _blocks_of_rows(lines):
        for skipped in range(min(len(block) - _MIN_ROWS + 1, _MAX_TITLE_ROWS)):
            if made := _table(block[skipped:]):
                found.append(made)
                break
    return found


def _blocks_of_rows(lines: Sequence[Line]) -> Iterator[list[Row]]:
    """Yield what follows one another of rows with several pieces, and of the single pieces among them."""
    block: list[Row] = []
    for _, numbered in groupby(enumerate(lines), key=lambda item: item[1].row):
        row = list(numbered)
        if block and not _is_next(block[-1], row):
            yield _trimmed(block)
            block = []
        if len(row) > 1 or block:
            block.append(row)
    yield _trimmed(block)


def _trimmed(block: list[Row]) -> list[Row]:
    """Return *block* without the single pieces at its end, unless they go on with a cell."""
    while block and len(block[-1]) == 1:
        block.pop()
    return block


def _is_next(above: Row, row: Row) -> bool:
    before, line = above[0][1], row[0][1]
    if not line.is_upright:
        return False
    down = line.baseline - before.baseline
    return 0 < down < _MAX_LEADING * max(line.size, before.size)


def _table(rows: list[Row]) -> tuple[Grid, set[int]] | None:
    full = [row for row in rows if len(row) > 1]
    if len(full) < _MIN_ROWS:
        return None
    columns = _columns(full)
    if len(columns) < _MIN_COLUMNS or not _are_used(columns, full) or _is_text(columns, full):
        return None
    made: list[list[GridCell]] = []
    taken: set[int] = set()
    for row in rows:
        cells = [_column_of(columns, line) for _, line in row]
        if None in cells:
            return None
        if len(row) == 1 and cells[0] and made:
            target = made[-1]  # the rest of a cell that takes several lines
        else:
            target = [GridCell() for _ in columns]
            made.append(target)
        for column, (number, line) in zip(cells, row, strict=True):
            target[column or 0].lines.append(line)
            taken.add(number)
    everything = [line for row in rows for _, line in row]
    return (
        Grid(
            min(line.left for line in everything),
            min(line.top for line in everything),
            max(line.right for line in everything),
            max(line.bottom for line in everything),
            made,
        ),
        taken,
    )


def _columns(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Return from where to where the columns go: what no piece bridges is apart."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((line.left, line.right) for row in rows for _, line in row):
        if columns and left <= columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _are_used(columns: Sequence[tuple[float, float]], rows: Sequence[Row]) -> bool:
    """Whether every row has one piece in a column, and most columns one in most rows."""
    used = [0] * len(columns)
    for row in rows:
        found = [_column_of(columns, line) for _, line in row]
        if len(set(found)) < len(found):
            return False
        for column in found:
            used[column or 0] += 1
    steady = sum(count >= _MIN_USED * len(rows) for count in used)
    return steady >= max(_MIN_COLUMNS, 2 * len(columns) / 3)


def _is_text(columns: Sequence[tuple[float, float]], rows: Sequence[Row]) -> bool:
    """Whether all columns have cells as long as lines of text."""
    texts: list[list[int]] = [[] for _ in columns]
    for row in rows:
        for _, line in row:
            texts[_column_of(columns, line) or 0].append(len(line.text))
    return all(sum(column) > _MAX_CELL_CHARS * len(column) for column in texts)


def _column_of(columns: Sequence[tuple[float, float]], line: Line) -> int | None:
    """Return the one column in which *line* is; None if it is in none or in several."""
    found = [
        number
        for number, (left, right) in enumerate(columns)
        if line.left < right and line.right > left
    ]
    return found[0] if len(found) == 1 else None
