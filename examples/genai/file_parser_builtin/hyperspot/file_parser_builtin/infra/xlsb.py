"""XLSB: sheets of binary workbooks as tables, streamed."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs
from attrs import define

from hyperspot.file_parser.contract import ParsedContent, ParseFailed, ParseRequest
from hyperspot.file_parser.contract.building import BlockBuilder, Budget, one_line
from hyperspot.file_parser_builtin.domain.cell_text import boolean_text, shown_text
from hyperspot.file_parser_builtin.domain.number_format import Shown, built_in, shown_as
from hyperspot.file_parser_builtin.domain.sheet import SheetCells
from hyperspot.file_parser_builtin.infra.ooxml import OoxmlPackage, PackageDamaged, open_package
from hyperspot.file_parser_builtin.infra.ooxml_metadata import CoreProperties
from hyperspot.file_parser_builtin.infra.xlsb_records import records, wide_string
from hyperspot.file_parser_builtin.infra.xlsx_workbook import XlsxWorkbook

_STAGE: Final = "reading sheets"
_USUAL_MAIN: Final = "xl/workbook.bin"
# Types of records, MS-XLSB 2.3.2.
_ROW, _RK, _ERROR, _BOOLEAN, _REAL, _STRING, _SHARED = 0, 2, 3, 4, 5, 6, 7
_FORMULA_STRING, _FORMULA_REAL, _FORMULA_BOOLEAN, _FORMULA_ERROR, _RICH_STRING = 8, 9, 10, 11, 62
_CELLS: Final = frozenset([*range(_RK, _FORMULA_ERROR + 1), _RICH_STRING])
_MERGED, _LINK = 176, 494
_BOOK_PROPERTIES, _SHEET, _SHARED_ITEM = 153, 156, 19
_STYLES_BEGIN, _STYLES_END, _STYLE, _FORMAT = 617, 618, 47, 44
_ERRORS: Final[Mapping[int, str]] = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}


def parse_xlsb(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return a heading and a table for each sheet that is shown; formulas count as what they last came to."""
    try:
        with open_package(path, request, budget) as package:
            return _content(package, budget)
    except struct.error as error:
        reason = f"a record is too short: {error}"
        raise ParseFailed(request.filename, request.media_type, reason) from error


def _content(package: OoxmlPackage, budget: Budget) -> ParsedContent:
    properties = CoreProperties.read(package)
    workbook = _workbook(package)
    budget.use_pages(len(workbook.sheets))
    builder = BlockBuilder(budget, _STAGE)
    for number, (name, part) in enumerate(workbook.sheets):
        budget.progress(_STAGE, number, len(workbook.sheets))
        cells = SheetCells(budget, _STAGE)
        reader = _SheetReader(workbook, cells, package.relationships(part))
        for kind, record in records(package.chunks(part), part):
            reader.add(kind, record)
        cells.write(name, builder)
    return ParsedContent(blocks=builder.finish(), **attrs.asdict(properties))


def _workbook(package: OoxmlPackage) -> XlsxWorkbook:
    main = package.main_part(_USUAL_MAIN)
    references = package.relationships(main)
    by_kind = dict(references.values())
    sheets: list[tuple[str, str]] = []
    is_1904 = False
    for kind, record in records(package.chunks(main), main):
        if kind == _BOOK_PROPERTIES:
            is_1904 = bool(record and record[0] & 1)
        elif kind == _SHEET:
            (hidden,) = struct.unpack_from("<I", record)
            reference, end = wide_string(record, 8)
            role, part = references.get(reference, ("", ""))
            if role == "worksheet" and not hidden:
                name = one_line(wide_string(record, end)[0]) or f"Sheet{len(sheets) + 1}"
                sheets.append((name, part))
    return XlsxWorkbook(
        sheets=sheets,
        is_1904=is_1904,
        strings=_strings(package, by_kind.get("sharedStrings", "")),
        formats=_formats(package, by_kind.get("styles", "")),
    )


def _strings(package: OoxmlPackage, part: str) -> list[str]:
    if part not in package:
        return []
    found = records(package.chunks(part), part)
    return [wide_string(record, 1)[0] for kind, record in found if kind == _SHARED_ITEM]


def _formats(package: OoxmlPackage, part: str) -> list[Shown]:
    if part not in package:
        return []
    codes: dict[int, Shown] = {}
    found: list[Shown] = []
    is_of_cells = False
    for kind, record in records(package.chunks(part), part):
        if kind in (_STYLES_BEGIN, _STYLES_END):
            is_of_cells = kind == _STYLES_BEGIN
        elif kind == _FORMAT:
            (number,) = struct.unpack_from("<H", record)
            codes[number] = shown_as(wide_string(record, 2)[0])
        elif kind == _STYLE and is_of_cells:
            (number,) = struct.unpack_from("<H", record, 2)
            found.append(codes.get(number, built_in(number)))
    return found


@define
class _SheetReader:
    """Puts the cells of one sheet where they belong."""

    workbook: XlsxWorkbook
    cells: SheetCells
    references: Mapping[str, tuple[str, str]]
    row: int = 0

    def add(self, kind: int, record: bytes) -> None:
        """Take one record."""
        if kind == _ROW:
            (self.row,) = struct.unpack_from("<I", record)
        elif kind in _CELLS:
            (column,) = struct.unpack_from("<I", record)
            self.cells.put(self.row, column, self._text(kind, record))
        elif kind == _MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", record)
            if top <= bottom and left <= right:
                self.cells.merge(top, left, bottom - top + 1, right - left + 1)
        elif kind == _LINK:
            row, _, column, _ = struct.unpack_from("<4I", record)
            reference, end = wide_string(record, 16)
            _, target = self.references.get(reference, ("", ""))
            location, _ = wide_string(record, end)
            if target := f"{target}#{location}" if location else target:
                self.cells.link(row, column, target)

    def _text(self, kind: int, record: bytes) -> str:
        if kind == _RK:
            return self._number(_rk(*struct.unpack_from("<I", record, 8)), record)
        if kind in (_REAL, _FORMULA_REAL):
            (number,) = struct.unpack_from("<d", record, 8)
            return self._number(number, record)
        if kind in (_STRING, _FORMULA_STRING):
            return wide_string(record, 8)[0]
        if kind == _RICH_STRING:
            return wide_string(record, 9)[0]
        if kind == _SHARED:
            return self._shared(*struct.unpack_from("<I", record, 8))
        (value,) = struct.unpack_from("<B", record, 8)
        is_error = kind in (_ERROR, _FORMULA_ERROR)
        return _ERRORS.get(value, "#N/A") if is_error else boolean_text(value=bool(value))

    def _number(self, value: float, record: bytes) -> str:
        style = int.from_bytes(record[4:7], "little")
        formats = self.workbook.formats
        shown = formats[style] if style < len(formats) else "number"
        return shown_text(value, shown, is_1904=self.workbook.is_1904)

    def _shared(self, number: int) -> str:
        if number >= len(self.workbook.strings):
            reason = f"a cell of row {self.row + 1} names string {number}, which there is not"
            raise PackageDamaged(reason)
        return self.workbook.strings[number]


def _rk(packed: int) -> float:
    """Return a number of 30 bits: the upper ones of a double, or an integer; either may count hundredths."""
    if packed & 2:
        value = float((packed >> 2) - (packed >> 31 << 30))
    else:
        (value,) = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))
    return value / 100 if packed & 1 else value
