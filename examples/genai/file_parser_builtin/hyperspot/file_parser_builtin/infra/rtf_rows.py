"""RtfRows: collects the cells and rows of tables, also of those in a cell."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Final

import attrs
from attrs import define, field

from hyperspot.file_parser_builtin.infra.rtf_pieces import Piece, RtfCell, RtfRow, RtfTable

_MAX_DEPTH: Final = 20
_WIDTH: Final = 1440  # twips, of a cell that no definition gives one


@define
class _RowDefinition:
    """What is said about a row, before or after its cells."""

    left: int = 0
    is_header: bool = False
    cells: list[RtfCell] = field(factory=list[RtfCell])
    joins_left: bool = False  # these three are of the cell that is defined next
    spans_down: bool = False
    joins_above: bool = False

    def end_cell(self, edge: int) -> None:
        self.cells.append(
            RtfCell(
                edge=edge,
                joins_left=self.joins_left,
                spans_down=self.spans_down,
                joins_above=self.joins_above,
            )
        )
        self.joins_left = self.spans_down = self.joins_above = False

    def row(self, contents: list[list[Piece]]) -> RtfRow:
        filled: list[RtfCell] = []
        edge = self.left
        for content, cell in zip_longest(contents, self.cells[: len(contents)]):
            known = cell or RtfCell(edge=edge + _WIDTH)
            filled.append(attrs.evolve(known, content=content))
            edge = known.edge
        return RtfRow(left=self.left, is_header=self.is_header, cells=filled)


@define
class _OpenTable:
    """A table in the making."""

    rows: list[RtfRow] = field(factory=list[RtfRow])
    cells: list[list[Piece]] = field(factory=list[list[Piece]])
    content: list[Piece] = field(factory=list[Piece])  # of the cell that is open


@define
class RtfRows:
    """Keeps what stands in tables until they end, and hands everything on.

    Args:
        put: Takes the pieces outside tables, and whole tables.
    """

    _put: Callable[[Piece], None]
    _tables: list[_OpenTable] = field(factory=list[_OpenTable], init=False)
    _outer: _RowDefinition = field(factory=_RowDefinition, init=False)
    _nested: _RowDefinition = field(factory=_RowDefinition, init=False)

    @property
    def depth(self) -> int:
        """How many tables are open, one inside the other."""
        return len(self._tables)

    def put(self, piece: Piece) -> None:
        """Add a piece to the open cell, or hand it on outside tables."""
        if self._tables:
            self._tables[-1].content.append(piece)
        else:
            self._put(piece)

    def close_to(self, depth: int) -> None:
        """Open or end tables until *depth* are open; more than 20 are 20."""
        while len(self._tables) > depth:
            table = self._tables.pop()
            if table.content or table.cells:  # the file ends inside the row
                self._end_row(table, _RowDefinition())
            if table.rows:
                self.put(RtfTable(table.rows))
        while len(self._tables) < min(depth, _MAX_DEPTH):
            self._tables.append(_OpenTable())

    def end_cell(self, depth: int) -> None:
        """End the open cell of the table at *depth*."""
        self.close_to(depth)
        table = self._tables[-1]
        table.cells.append(table.content)
        table.content = []

    def end_row(self, depth: int) -> None:
        """End the open row of the table at *depth*; one without cells is none."""
        if len(self._tables) < depth:
            return
        self.close_to(depth)
        self._end_row(self._tables[-1], self._nested if depth > 1 else self._outer)

    def define(self, name: str, value: int, *, is_nested: bool) -> None:
        """Take a control word about a row or one of its cells; others mean nothing."""
        if name == "trowd":
            if is_nested:
                self._nested = _RowDefinition()
            else:
                self._outer = _RowDefinition()
            return
        row = self._nested if is_nested else self._outer
        match name:
            case "trleft":
                row.left = value
            case "trhdr":
                row.is_header = True
            case "clmrg":
                row.joins_left = True
            case "clvmgf":
                row.spans_down = True
            case "clvmrg":
                row.joins_above = True
            case "cellx":
                row.end_cell(value)
            case _:
                pass

    @staticmethod
    def _end_row(table: _OpenTable, definition: _RowDefinition) -> None:
        if table.content:
            table.cells.append(table.content)
        if table.cells:
            table.rows.append(definition.row(table.cells))
        table.cells, table.content = [], []
