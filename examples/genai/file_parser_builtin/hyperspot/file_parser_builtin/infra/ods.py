"""ODS: sheets as tables, streamed from the XML of the package."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import attrs
from attrs import define, field

from hyperspot.file_parser.contract import ParsedContent, ParseRequest
from hyperspot.file_parser.contract.building import BlockBuilder, Budget, one_line
from hyperspot.file_parser_builtin.domain.cell_text import (
    boolean_text,
    duration_text,
    number_text,
    shown_text,
)
from hyperspot.file_parser_builtin.domain.sheet import SheetCells
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    XmlElement,
    child,
    local_attribute,
    local_name,
)
from hyperspot.file_parser_builtin.infra.ooxml_metadata import CoreProperties
from hyperspot.file_parser_builtin.infra.opendocument import (
    CONTENT,
    count_of,
    flat_text,
    open_opendocument,
)

_STAGE: Final = "reading sheets"
_LEAVES: Final = ("style", "table-row")
_CELLS: Final = frozenset(["table-cell", "covered-table-cell"])
_TIME: Final = re.compile(r"(-?)PT(\d{1,9})H(\d{1,2})M(\d{1,2}(?:[.,]\d{1,9})?)S")
_DAY: Final = timedelta(days=1)


def parse_ods(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return a heading and a table for each sheet that is shown; formulas count as what they last came to."""
    with open_opendocument(path, request, budget) as package:
        properties = CoreProperties.read_opendocument(package)
        builder = BlockBuilder(budget, _STAGE)
        _BookReader(builder, budget).read(package)
        return ParsedContent(blocks=builder.finish(), **attrs.asdict(properties))


@define
class _BookReader:
    """Takes the sheets as they come: a style or a row at a time, a sheet at its end."""

    builder: BlockBuilder
    budget: Budget
    hidden_styles: set[str] = field(factory=set[str])
    sheets: int = 0

    def read(self, package: OoxmlPackage) -> None:
        """Read all sheets."""
        sheet = _SheetReader(SheetCells(self.budget, _STAGE))
        steps = package.steps(
            CONTENT, root="document-content", leaves=_LEAVES, containers=("table",)
        )
        for step, element in steps:
            match local_name(element):
                case "style":
                    self._add_style(element)
                case "table-row":
                    if _is_sheet(_table_of(element)):
                        sheet.add_row(element)
                case _:
                    if step == "close" and _is_sheet(element):
                        self._end_sheet(element, sheet.cells)
                        sheet = _SheetReader(SheetCells(self.budget, _STAGE))

    def _add_style(self, element: XmlElement) -> None:
        look = child(element, "table-properties")
        if look is not None and local_attribute(look, "display") == "false":
            self.hidden_styles.add(local_attribute(element, "name"))

    def _end_sheet(self, element: XmlElement, cells: SheetCells) -> None:
        self.sheets += 1
        self.budget.use_pages(self.sheets)
        self.budget.progress(_STAGE, self.sheets)
        if local_attribute(element, "style-name") not in self.hidden_styles:
            name = one_line(local_attribute(element, "name")) or f"Sheet{self.sheets}"
            cells.write(name, self.builder)


@define
class _SheetReader:
    """Puts the cells of one sheet where they belong."""

    cells: SheetCells
    row: int = 0

    def add_row(self, element: XmlElement) -> None:
        """Add a row, or as many as are alike."""
        count = count_of(element, "number-rows-repeated")
        texts: list[tuple[int, int, str]] = []
        column = 0
        for cell in element:
            if local_name(cell) not in _CELLS:
                continue
            columns = count_of(cell, "number-columns-repeated")
            if text := _text(cell):
                texts.append((column, columns, text))
            self._mark(cell, column, text)
            column += columns
        for row in range(self.row, self.row + count) if texts else ():
            for start, columns, text in texts:
                for place in range(start, start + columns):
                    self.cells.put(row, place, text)
        self.row += count

    def _mark(self, cell: XmlElement, column: int, text: str) -> None:
        rows, columns = (count_of(cell, f"number-{what}-spanned") for what in ("rows", "columns"))
        if rows > 1 or columns > 1:
            self.cells.merge(self.row, column, rows, columns)
        link = (
            next((item for item in cell.iter() if local_name(item) == "a"), None) if text else None
        )
        if link is not None and (target := local_attribute(link, "href")):
            self.cells.link(self.row, column, target)


def _table_of(row: XmlElement) -> XmlElement | None:
    above = row.getparent()
    while above is not None and local_name(above) != "table":
        above = above.getparent()
    return above


def _is_sheet(table: XmlElement | None) -> bool:
    """Whether *table* is a sheet, and no table in a shape or of another file."""
    above = table.getparent() if table is not None else None
    return above is not None and local_name(above) == "spreadsheet"


def _text(cell: XmlElement) -> str:
    match local_attribute(cell, "value-type"):
        case "float" | "percentage" | "currency":
            return _number(cell)
        case "date":
            return local_attribute(cell, "date-value")
        case "time":
            return _time(local_attribute(cell, "time-value"))
        case "boolean":
            return boolean_text(value=local_attribute(cell, "boolean-value") == "true")
        case _:  # an error is a text, too
            return "\n".join(flat_text(item) for item in cell if local_name(item) == "p")


def _number(cell: XmlElement) -> str:
    text = local_attribute(cell, "value")
    try:
        return number_text(float(text))
    except ValueError:
        return text


def _time(text: str) -> str:
    """Return a duration as the time of the day, if it can be one."""
    found = _TIME.fullmatch(text)
    if found is None:
        return text
    sign, hours, minutes, seconds = found.groups()
    duration = timedelta(
        hours=int(hours), minutes=int(minutes), seconds=float(seconds.replace(",", "."))
    )
    if sign or duration >= _DAY:
        return duration_text(-duration if sign else duration)
    return shown_text(duration / _DAY, "time")
