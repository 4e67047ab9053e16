"""XLS: sheets of Excel 2.1 to 2003 as tables."""

from __future__ import annotations

import struct
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs
import xlrd
from attrs import field, frozen
from xlrd.biffh import (
    XL_CELL_BOOLEAN,
    XL_CELL_DATE,
    XL_CELL_ERROR,
    XL_CELL_NUMBER,
    XL_CELL_TEXT,
    XLRDError,
    error_text_from_code,
)
from xlrd.book import Book
from xlrd.compdoc import CompDoc, CompDocError
from xlrd.sheet import Sheet

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    ParsedContent,
    ParseFailed,
    ParseRequest,
)
from hyperspot.file_parser.contract.building import BlockBuilder, Budget, one_line
from hyperspot.file_parser_builtin.domain.cell_text import boolean_text, shown_text
from hyperspot.file_parser_builtin.domain.number_format import Shown, shown_as
from hyperspot.file_parser_builtin.domain.sheet import SheetCells
from hyperspot.file_parser_builtin.infra.summary_information import (
    SUMMARY_STREAM,
    SummaryInformation,
)

_STAGE: Final = "reading sheets"
_ENCRYPTED: Final = "Workbook is encrypted"  # what xlrd says
# xlrd trusts what it reads: in a damaged file everything goes wrong that can go wrong with numbers and lists.
_DAMAGED: Final = (
    XLRDError,
    CompDocError,
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NameError,
    EOFError,
    NotImplementedError,
)


class _Damaged(Exception):
    """The workbook cannot be read; the message says why."""


class _Encrypted(Exception):
    """The workbook is behind a password."""


class _Nowhere:
    """Takes what the library says of damage while it reads on."""

    def write(self, text: str, /) -> object:
        """Drop *text*."""


def parse_xls(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return a heading and a table for each sheet that is shown; formulas count as what they last came to."""
    budget.check_time(_STAGE)
    data = path.read_bytes()
    try:
        with _trusting():
            summary = CompDoc(data, logfile=_Nowhere()).get_named_stream(SUMMARY_STREAM)
            book = xlrd.open_workbook(
                logfile=_Nowhere(),
                file_contents=data,
                formatting_info=True,  # merged cells and links as well
                on_demand=True,
                ragged_rows=True,
            )
        return _content(book, SummaryInformation.read(summary or b""), budget)
    except _Encrypted as error:
        raise DocumentEncrypted(request.filename, request.media_type) from error
    except _Damaged as error:
        raise ParseFailed(request.filename, request.media_type, str(error)) from error


@contextmanager
def _trusting() -> Generator[None]:
    """Tell what goes wrong inside the library."""
    try:
        yield
    except _DAMAGED as error:
        if _ENCRYPTED in str(error):
            raise _Encrypted from error
        reason = str(error) or type(error).__name__
        raise _Damaged(f"its records are damaged: {reason}") from error


def _content(book: Book, properties: SummaryInformation, budget: Budget) -> ParsedContent:
    budget.use_pages(book.nsheets)
    builder = BlockBuilder(budget, _STAGE)
    for number in range(book.nsheets):
        budget.progress(_STAGE, number, book.nsheets)
        with _trusting():
            sheet = book.sheet_by_index(number)
        if not sheet.visibility:
            name = one_line(sheet.name) or f"Sheet{number + 1}"
            cells = SheetCells(budget, _STAGE)
            _SheetReader(book, sheet, cells).read()
            cells.write(name, builder)
        book.unload_sheet(number)
    return ParsedContent(blocks=builder.finish(), **attrs.asdict(properties))


@frozen
class _SheetReader:
    """Puts the cells of one sheet where they belong."""

    book: Book
    sheet: Sheet
    cells: SheetCells
    formats: dict[int, Shown] = field(factory=dict[int, Shown])

    def read(self) -> None:
        """Read the sheet."""
        for row in range(self.sheet.nrows):
            kinds = self.sheet.row_types(row)
            for column, value in enumerate(self.sheet.row_values(row)):
                self.cells.put(row, column, self._text(row, column, kinds[column], value))
        for top, bottom, left, right in self.sheet.merged_cells:
            self.cells.merge(top, left, bottom - top, right - left)
        for link in self.sheet.hyperlink_list:
            target = link.url_or_path or ""
            if isinstance(target, bytes):
                target = target.decode("cp1252", "replace")  # no file says which charset it is
            target = f"{target}#{link.textmark}" if link.textmark else target
            if target and link.frowx is not None and link.fcolx is not None:
                self.cells.link(link.frowx, link.fcolx, target)

    def _text(self, row: int, column: int, kind: int, value: object) -> str:
        if kind == XL_CELL_TEXT:
            return str(value)
        if not isinstance(value, int | float):
            return ""
        if kind == XL_CELL_BOOLEAN:
            return boolean_text(value=bool(value))
        if kind == XL_CELL_ERROR:
            return error_text_from_code.get(int(value), "#N/A")
        if kind in (XL_CELL_NUMBER, XL_CELL_DATE):
            is_1904 = bool(self.book.datemode)
            return shown_text(value, self._shown(row, column), is_1904=is_1904)
        return ""

    def _shown(self, row: int, column: int) -> Shown:
        with _trusting():
            style = self.sheet.cell_xf_index(row, column)
            found = self.formats.get(style)
            if found is None:
                code = self.book.format_map[self.book.xf_list[style].format_key].format_str
                found = self.formats[style] = shown_as(code)
        return found
