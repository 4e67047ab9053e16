"""The rows of an RTF table, which say where each cell ends, to cells that say how many columns they take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs
from attrs import define

from hyperspot.file_parser_builtin.infra.rtf_pieces import Piece, RtfCell, RtfRow

_TOLERANCE: Final = 20  # twips; edges this near are one line on the page


@define(kw_only=True)
class GridCell:
    """A cell of a table that has columns.

    Attributes:
        column: 0-based column in which it begins.
        column_span: How many columns it takes.
        row_span: How many rows it takes.
        content: What is in it.
    """

    column: int
    column_span: int
    row_span: int = 1
    content: Sequence[Piece] = ()


def grid_rows(rows: Sequence[RtfRow]) -> list[list[GridCell]]:
    """Return the cells of each row, without those that another one covers.

    A column ends wherever a cell of any row ends; edges less than 20 twips apart are one. A row that begins further
    right than others has an empty cell before it.
    """
    joined = [list(_joined(row)) for row in rows]
    columns = _columns(
        edge for row, cells in zip(rows, joined, strict=True) for edge in _edges(row, cells)
    )
    reaching: dict[int, GridCell] = {}  # the cells of the row above that may go on, by column
    placed: list[list[GridCell]] = []
    for row, cells in zip(rows, joined, strict=True):
        at = columns[row.left]
        line = [GridCell(column=0, column_span=at)] if at else []
        going_on: dict[int, GridCell] = {}
        for cell in cells:
            start, at = at, max(columns[cell.edge], at + 1)
            above = reaching.get(start)
            if cell.joins_above and above and above.column_span == at - start:
                above.row_span += 1
                going_on[start] = above
                continue
            line.append(GridCell(column=start, column_span=at - start, content=cell.content))
            if cell.spans_down:
                going_on[start] = line[-1]
        reaching = going_on
        placed.append(line)
    return placed


def _joined(row: RtfRow) -> Iterable[RtfCell]:
    groups: list[list[RtfCell]] = []
    edge = row.left
    for cell in row.cells:
        edge = max(
            cell.edge, edge + _TOLERANCE + 1
        )  # whatever a row says, its cells go to the right
        moved = attrs.evolve(cell, edge=edge)
        if groups and cell.joins_left:
            groups[-1].append(moved)
        else:
            groups.append([moved])
    for group in groups:
        content = [piece for cell in group for piece in cell.content]
        yield attrs.evolve(group[0], edge=group[-1].edge, content=content)


def _edges(row: RtfRow, cells: Iterable[RtfCell]) -> Iterable[int]:
    yield row.left
    for cell in cells:
        yield cell.edge


def _columns(edges: Iterable[int]) -> dict[int, int]:
    """Return the number of the line between columns that each edge is on, from 0."""
    numbers: dict[int, int] = {}
    number, first = -1, 0
    for edge in sorted(set(edges)):
        if number < 0 or edge - first > _TOLERANCE:
            number, first = number + 1, edge
        numbers[edge] = number
    return numbers
