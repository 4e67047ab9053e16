"""XLSX: sheets as tables, streamed from the XML of the package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs
from attrs import define

from hyperspot.file_parser.contract import ParsedContent, ParseRequest
from hyperspot.file_parser.contract.building import BlockBuilder, Budget
from hyperspot.file_parser_builtin.domain.cell_text import boolean_text, shown_text
from hyperspot.file_parser_builtin.domain.cells import column_number
from hyperspot.file_parser_builtin.domain.sheet import SheetCells
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    PackageDamaged,
    XmlElement,
    child,
    local_name,
    open_package,
    reference,
)
from hyperspot.file_parser_builtin.infra.ooxml_metadata import CoreProperties
from hyperspot.file_parser_builtin.infra.xlsx_workbook import XlsxWorkbook, rich_text, unescaped

_STAGE: Final = "reading sheets"
_LEAVES: Final = ("row", "mergeCell", "hyperlink")
_RANGE: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})(?::([A-Z]{1,3})([1-9]\d{0,6}))?")
_DIGITS: Final = "0123456789"


def parse_xlsx(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return a heading and a table for each sheet that is shown; formulas count as what they last came to."""
    with open_package(path, request, budget) as package:
        return _content(package, budget)


def _content(package: OoxmlPackage, budget: Budget) -> ParsedContent:
    properties = CoreProperties.read(package)
    workbook = XlsxWorkbook.read(package)
    budget.use_pages(len(workbook.sheets))
    builder = BlockBuilder(budget, _STAGE)
    for number, (name, part) in enumerate(workbook.sheets):
        budget.progress(_STAGE, number, len(workbook.sheets))
        cells = SheetCells(budget, _STAGE)
        _SheetReader(workbook, cells, package.relationships(part)).read(package, part)
        cells.write(name, builder)
    return ParsedContent(blocks=builder.finish(), **attrs.asdict(properties))


@define
class _SheetReader:
    """Puts the cells of one sheet where they belong."""

    workbook: XlsxWorkbook
    cells: SheetCells
    references: Mapping[str, tuple[str, str]]
    row: int = -1

    def read(self, package: OoxmlPackage, part: str) -> None:
        """Read the sheet in *part*."""
        for _, element in package.steps(part, root="worksheet", leaves=_LEAVES):
            match local_name(element):
                case "row":
                    self._add_row(element)
                case "mergeCell":
                    self._merge(element.get("ref", ""))
                case _:  # a hyperlink
                    self._link(element)

    def _add_row(self, element: XmlElement) -> None:
        number = element.get("r", "")
        self.row = int(number) - 1 if number.isdecimal() and int(number) else self.row + 1
        column = -1
        for cell in element:
            letters = cell.get("r", "").rstrip(_DIGITS)
            column = column_number(letters) if letters else column + 1
            self.cells.put(self.row, column, self._text(cell))

    def _text(self, cell: XmlElement) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = child(cell, "is")
            return rich_text(inline) if inline is not None else ""
        value = child(cell, "v")
        text = (value.text or "") if value is not None else ""
        if not text:
            return ""
        match kind:
            case "n":
                return self._number(text, cell.get("s", ""))
            case "s":
                return self._shared(text)
            case "b":
                return boolean_text(value=text.strip() == "1")
            case _:  # the text of a formula, an error, a date in ISO 8601
                return unescaped(text)

    def _number(self, text: str, style: str) -> str:
        try:
            number = float(text)
        except ValueError:
            return text
        formats = self.workbook.formats
        is_known = style.isdecimal() and int(style) < len(formats)
        shown = formats[int(style)] if is_known else "number"
        return shown_text(number, shown, is_1904=self.workbook.is_1904)

    def _shared(self, text: str) -> str:
        try:
            return self.workbook.strings[int(text)]
        except (ValueError, IndexError) as error:
            reason = f"a cell of row {self.row + 1} names string {text[:20]!r}, which there is not"
            raise PackageDamaged(reason) from error

    def _merge(self, cells: str) -> None:
        if found := _RANGE.fullmatch(cells):
            left, top, right, bottom = found.groups()
            row, column = int(top) - 1, column_number(left)
            if right and int(bottom) > row and column_number(right) >= column:
                self.cells.merge(row, column, int(bottom) - row, column_number(right) - column + 1)

    def _link(self, element: XmlElement) -> None:
        _, target = self.references.get(reference(element), ("", ""))
        location = element.get("location", "")
        target = f"{target}#{location}" if location else target
        found = _RANGE.fullmatch(element.get("ref", ""))
        if found and target:
            self.cells.link(int(found[2]) - 1, column_number(found[1]), target)
