"""Grid: a table as it stands on a page, with the lines in its cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import define, field

from hyperspot.file_parser.contract import Paragraph, Table
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.contract.building.table_grid import TableGrid
from hyperspot.file_parser_builtin.domain.line_text import inlines
from hyperspot.file_parser_builtin.domain.page_text import Face, Line
from hyperspot.file_parser_builtin.domain.paragraphs import paragraphs

_CELL_SPACING: Final = 1.5
_DIGITS: Final = frozenset("0123456789")


@define
class GridCell:
    """A cell and what stands in it."""

    lines: list[Line] = field(factory=list[Line])
    column_span: int = 1
    row_span: int = 1


@define
class Grid:
    """A table on a page.

    Attributes:
        left, top, right, bottom: Box in points.
        rows: From top to bottom; cells that others cover are left out.
    """

    left: float
    top: float
    right: float
    bottom: float
    rows: list[list[GridCell]]

    def table(self, usual: Face, budget: Budget, stage: str) -> Table | None:
        """Return the table as a block."""
        grid = TableGrid(budget, stage)
        is_headed = self._is_headed()
        for number, row in enumerate(self.rows):
            is_header = is_headed and not number
            for cell in row:
                grid.add_cell(
                    _blocks(cell.lines, usual, is_header=is_header),
                    column_span=cell.column_span,
                    row_span=cell.row_span,
                )
            grid.end_row(is_header=is_header)
        return grid.table()

    def _is_headed(self) -> bool:
        """Whether the first row says what stands below it: bold, or words over figures."""
        if len(self.rows) < 2:
            return False
        first = [line for cell in self.rows[0] for line in cell.lines]
        below = [line for row in self.rows[1:] for cell in row for line in cell.lines]
        if not first or not below:
            return False
        if all(line.face.is_bold for line in first) and not all(
            line.face.is_bold for line in below
        ):
            return True
        return not any(_has_digit(line.text) for line in first) and any(
            _has_digit(line.text) for line in below
        )


def _has_digit(text: str) -> bool:
    return not _DIGITS.isdisjoint(text)


def _blocks(lines: Sequence[Line], usual: Face, *, is_header: bool) -> tuple[Paragraph, ...]:
    made = (
        inlines(group.lines, usual, is_heading=is_header)
        for group in paragraphs(lines, _CELL_SPACING)
    )
    return tuple(Paragraph(inlines=content) for content in made if content)
