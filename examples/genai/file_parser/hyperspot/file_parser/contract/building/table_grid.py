"""TableGrid: collects the rows of one table and keeps its columns aligned under spans."""

from __future__ import annotations

from typing import Final

from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.contract.models import Block, Table, TableCell, TableRow
from modkit import UNSET

_EMPTY: Final = TableCell(blocks=())
_MAX_COLUMN_SPAN: Final = 1000  # as in HTML
_MAX_ROW_SPAN: Final = 65534


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
        self._cells += 1
        self._headers += is_header

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
