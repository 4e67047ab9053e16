"""SheetCells: the cells of one sheet, and the tables that they make."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from attrs import frozen

from hyperspot.file_parser.contract import Paragraph, Place, Table, TableCell, TableRow, Text
from hyperspot.file_parser.contract.building import BlockBuilder, Budget
from hyperspot.file_parser.contract.building.inline_run import InlineRun
from hyperspot.file_parser_builtin.domain.cells import range_name
from modkit import UNSET

_Rows: TypeAlias = dict[int, dict[int, str]]
_MOST_BLANK: Final = 50  # about a screen: what is further away is seen as something else
_EMPTY: Final = TableCell(blocks=())


@frozen
class _Region:
    """Cells that make one table; the borders are those of the outermost cells, inside."""

    rows: _Rows
    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def around(cls, rows: _Rows) -> _Region:
        return cls(
            rows,
            top=min(rows),
            left=min(map(min, rows.values())),
            bottom=max(rows),
            right=max(map(max, rows.values())),
        )


class SheetCells:
    """The cells of one sheet, in any order; rows and columns count from 0.

    Only cells with text are kept, so a sheet takes what it holds, wherever that is.

    Args:
        budget: Every cell is counted when it comes, the blank ones between when the tables are made.
        stage: What is being done, for the messages of limits.
    """

    def __init__(self, budget: Budget, stage: str) -> None:
        self._budget = budget
        self._stage = stage
        self._rows: _Rows = {}
        self._spans: dict[tuple[int, int], tuple[int, int]] = {}
        self._targets: dict[tuple[int, int], str] = {}
        self._made: dict[tuple[str, str], TableCell] = {}

    def put(self, row: int, column: int, text: str) -> None:
        """Add a cell; one with nothing but white space is blank."""
        if not text or text.isspace():
            return
        self._budget.use_blocks(2, self._stage)  # the cell and its paragraph
        self._budget.use_text(len(text), self._stage)
        self._rows.setdefault(row, {})[column] = text

    def merge(self, row: int, column: int, row_span: int, column_span: int) -> None:
        """Let a cell cover those to its right and below."""
        self._spans[row, column] = (row_span, column_span)

    def link(self, row: int, column: int, target: str) -> None:
        """Let a cell lead to *target*."""
        self._targets[row, column] = target

    def write(self, name: str, builder: BlockBuilder) -> None:
        """Add the *name* of the sheet as a heading, and its tables.

        There is one table, from the first used row and column to the last, with the first row as the header. Where more
        than 50 rows or columns are blank, another table begins.
        """
        builder.at(Place(sheet=name))
        builder.start_heading(2)
        builder.text(name)
        builder.end_block()
        for region in _regions(self._rows):
            cells = range_name(region.top, region.left, region.bottom, region.right)
            builder.at(Place(sheet=name, cells=cells))
            builder.add(Table(rows=tuple(self._table_rows(region))))

    def _table_rows(self, region: _Region) -> Iterator[TableRow]:
        blank_row: Mapping[int, str] = {}
        covered: dict[int, int] = {}  # column -> the first row below that is not covered
        width = region.right - region.left + 1
        for row in range(region.top, region.bottom + 1):
            texts = region.rows.get(row, blank_row)
            self._budget.use_blocks(width - len(texts), self._stage)
            cells: list[TableCell] = []
            for column in range(region.left, region.right + 1):
                if covered and covered.get(column, 0) > row:
                    cells.append(_EMPTY)
                elif (row, column) in self._spans:
                    rows, columns = self._clipped_span(region, row, column, covered)
                    covered.update(dict.fromkeys(range(column, column + columns), row + rows))
                    cells.append(
                        TableCell(
                            blocks=self._cell(row, column, texts).blocks,
                            column_span=columns if columns > 1 else UNSET,
                            row_span=rows if rows > 1 else UNSET,
                        )
                    )
                else:
                    cells.append(self._cell(row, column, texts) if column in texts else _EMPTY)
            yield TableRow(is_header=row == region.top, cells=tuple(cells))

    def _clipped_span(
        self, region: _Region, row: int, column: int, covered: Mapping[int, int]
    ) -> tuple[int, int]:
        """Return how many rows and columns a merged cell takes inside *region*, up to where another covers already."""
        rows, columns = self._spans[row, column]
        end = min(column + columns, region.right + 1)
        free = (other for other in range(column + 1, end) if covered.get(other, 0) > row)
        return max(min(rows, region.bottom + 1 - row), 1), max(next(free, end) - column, 1)

    def _cell(self, row: int, column: int, texts: Mapping[int, str]) -> TableCell:
        key = (texts.get(column, ""), self._targets.get((row, column), ""))
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = _text_cell(*key)
        return made


def _text_cell(text: str, target: str) -> TableCell:
    if not target and text.isprintable() and "  " not in text and text == text.strip():
        return TableCell(blocks=(Paragraph(inlines=(Text(text=text),)),))  # nothing to tidy
    run = InlineRun()
    for number, line in enumerate(text.splitlines()):
        if number:
            run.line_break()
        run.add(line, target=target)
    inlines = run.take()
    return TableCell(blocks=(Paragraph(inlines=inlines),)) if inlines else _EMPTY


def _regions(rows: _Rows) -> Iterator[_Region]:
    for band in _groups(sorted(rows)):
        columns = sorted({column for row in band for column in rows[row]})
        groups = list(_groups(columns))
        if len(groups) == 1:
            yield _Region.around({row: rows[row] for row in band})
            continue
        starts = [group[0] for group in groups]
        parts: list[_Rows] = [{} for _ in groups]
        for row in band:
            for column, text in rows[row].items():
                part = parts[bisect_right(starts, column) - 1]
                part.setdefault(row, {})[column] = text
        yield from map(_Region.around, parts)


def _groups(positions: Iterable[int]) -> Iterator[list[int]]:
    """Cut ascending *positions* where too many are missing."""
    group: list[int] = []
    for position in positions:
        if group and position - group[-1] > _MOST_BLANK + 1:
            yield group
            group = []
        group.append(position)
    if group:
        yield group
