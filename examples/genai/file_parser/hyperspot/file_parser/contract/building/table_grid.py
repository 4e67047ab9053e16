"""TableGrid: collects the rows of one table and keeps its columns aligned under spans."""

from __future__ import annotations

from typing import Final

import attrs
from attrs import define

from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.contract.models import Block, Table, TableCell, TableRow
from modkit import UNSET

_EMPTY: Final = TableCell(blocks=())
_MAX_COLUMN_SPAN: Final = 1000  # as in HTML
_MAX_ROW_SPAN: Final = 65534


@define
class _Origin:
    """Where a cell is, and how far it reaches."""

    row: int
    column: int
    columns: int
    rows: int


class TableGrid:
    """A table in the making.

    Args:
        budget: Every cell is counted, also those that only fill.
        stage: What is being done, for the messages of limits.
    """

    def __init__(self, budget: Budget, stage: str) -> None:
        self._budget = budget
        self._stage = stage
        self._rows: list[tuple[bool, list[TableCell]]] = []
        self._row: list[TableCell] = []
        self._headers = 0
        self._cells = 0
        self._covered: dict[int, int] = {}  # column -> rows that a cell above still covers
        self._lowest: dict[int, _Origin] = {}  # column -> the last cell that begins there
        self._grown: dict[tuple[int, int], _Origin] = {}

    def add_cell(
        self,
        blocks: tuple[Block, ...],
        *,
        is_header: bool = False,
        column_span: int = 1,
        row_span: int = 1,
    ) -> None:
        """Add a cell to the open row, after the cells that are covered from above."""
        self._fill_covered()
        start = len(self._row)
        columns = min(max(column_span, 1), _MAX_COLUMN_SPAN)
        self._budget.use_blocks(columns, self._stage)
        rows = min(max(row_span, 1), _MAX_ROW_SPAN)
        cell = TableCell(
            blocks=blocks,
            column_span=columns if columns > 1 else UNSET,
            row_span=rows if rows > 1 else UNSET,
        )
        self._row += [cell, *[_EMPTY] * (columns - 1)]
        if rows > 1:
            self._covered.update(dict.fromkeys(range(start, start + columns), rows))
        self._lowest[start] = _Origin(len(self._rows), start, columns, rows)
        self._cells += 1
        self._headers += is_header

    def continue_cell(self, *, column_span: int = 1) -> None:
        """Let the cell above reach into the open row; where none ends there, add an empty one."""
        self._fill_covered()
        origin = self._lowest.get(len(self._row))
        if origin is None or origin.row + origin.rows != len(self._rows):
            self.add_cell((), column_span=column_span)
            return
        self._budget.use_blocks(origin.columns, self._stage)
        self._row += [_EMPTY] * origin.columns
        self._cells += 1
        origin.rows += 1
        self._grown[origin.row, origin.column] = origin

    def end_row(self, *, is_header: bool = False) -> None:
        """End the row; it is a header if said so, or if all its cells are."""
        if self._cells:
            self._fill_covered()
            self._rows.append((is_header or self._headers == self._cells, self._row))
            self._covered = {column: rows - 1 for column, rows in self._covered.items() if rows > 1}
        self._row, self._cells, self._headers = [], 0, 0

    def table(self) -> Table | None:
        """Return the table, rows padded to the same width; None without any row."""
        self.end_row()
        for origin in self._grown.values():
            cells = self._rows[origin.row][1]
            cells[origin.column] = attrs.evolve(cells[origin.column], row_span=origin.rows)
        width = max((len(cells) for _, cells in self._rows), default=0)
        rows: list[TableRow] = []
        for is_header, cells in self._rows:
            missing = width - len(cells)
            self._budget.use_blocks(missing, self._stage)
            rows.append(TableRow(is_header=is_header, cells=(*cells, *[_EMPTY] * missing)))
        return Table(rows=tuple(rows)) if rows else None

    def _fill_covered(self) -> None:
        while len(self._row) in self._covered:
            self._budget.use_blocks(1, self._stage)
            self._row.append(_EMPTY)
