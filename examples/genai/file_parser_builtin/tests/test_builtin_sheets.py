"""Workbooks: every cell in its place, as it is shown."""

from __future__ import annotations

import io
import string
import struct
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter
import xlwt
from file_parser_corpus.containers import zipped
from file_parser_corpus.sheets import (
    DOCUMENTS,
    binary,
    cell,
    opened,
    record,
    saved,
    wide,
    workbook,
    written,
)
from hypothesis import given
from hypothesis import strategies as st

from hyperspot.file_parser.contract import (
    ParsedContent,
    ParseLimits,
    ParseProgress,
    ParseRequest,
    Table,
)
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.contract.media_types import ODS, XLS, XLSB, XLSX
from hyperspot.file_parser.testing import text_of
from hyperspot.file_parser_builtin.domain.cells import column_name, column_number
from hyperspot.file_parser_builtin.infra.reading import parse_file
from hyperspot.file_parser_builtin.infra.summary_information import SummaryInformation
from modkit import UNSET

NAME = "wanted.bin"
TYPES = {"xlsx": XLSX, "xlsb": XLSB, "xls": XLS, "ods": ODS}
a_text = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
values = st.one_of(
    st.none(),
    a_text,
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)),
)
tables = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(values, min_size=width, max_size=width), min_size=1, max_size=12
    )
)


def parse(
    data: bytes, media_type: str, told: list[ParseProgress] | None = None, **limits: int
) -> ParsedContent:
    request = ParseRequest(filename=NAME, media_type=media_type, limits=ParseLimits(**limits))
    report = told.append if told is not None else lambda progress: None
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        return parse_file(path, request, Budget(request, report))


def cells_of(content: ParsedContent) -> dict[str, str]:
    """Return the text of each cell that has any, by its name, as the provenance of its table says."""
    found: dict[str, str] = {}
    for table in content.blocks:
        if not isinstance(table, Table) or not table.provenance or not table.provenance.cells:
            continue
        first = table.provenance.cells.partition(":")[0]
        letters = first.rstrip(string.digits)
        top, left = int(first.removeprefix(letters)), column_number(letters)
        for row, cells in enumerate(table.rows, top):
            for column, found_cell in enumerate(cells.cells, left):
                if text := "".join(map(text_of, found_cell.blocks)):
                    found[f"{column_name(column)}{row}"] = text
    return found


def shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    return str(value)


def expected(table: list[list[object]]) -> dict[str, str]:
    return {
        f"{column_name(column)}{row + 1}": shown(value)
        for row, cells in enumerate(table)
        for column, value in enumerate(cells)
        if value is not None
    }


def as_xlsx(table: list[list[object]]) -> bytes:
    rows = []
    for row, cells in enumerate(table, 1):
        rows.append(f'<row r="{row}">')
        for column, value in enumerate(cells):
            name = f'r="{column_name(column)}{row}"'
            match value:
                case None:
                    continue
                case bool():
                    rows.append(f'<c {name} t="b"><v>{int(value)}</v></c>')
                case date():
                    rows.append(f'<c {name} s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>')
                case str():
                    text = value.replace("&", "&amp;").replace("<", "&lt;")
                    rows.append(f'<c {name} t="inlineStr"><is><t>{text}</t></is></c>')
                case _:
                    rows.append(f"<c {name}><v>{value!r}</v></c>")
        rows.append("</row>")
    styles = '<cellXfs><xf/><xf numFmtId="14"/></cellXfs>'
    return workbook(f"<sheetData>{''.join(rows)}</sheetData>", styles=styles)


def as_xls(table: list[list[object]]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Table")
    dated = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, cells in enumerate(table):
        for column, value in enumerate(cells):
            if value is not None:
                sheet.write(row, column, value, *([dated] if isinstance(value, date) else []))
    return saved(book)


def as_xlsb(table: list[list[object]]) -> bytes:
    records = b""
    for row, cells in enumerate(table):
        records += record(0, struct.pack("<I", row))
        for column, value in enumerate(cells):
            match value:
                case None:
                    records += cell(1, column, b"")
                case bool():
                    records += cell(4, column, bytes([value]))
                case date():
                    days = (value - date(1899, 12, 30)).days
                    records += cell(2, column, struct.pack("<I", days << 2 | 2), style=1)
                case str():
                    records += cell(6, column, wide(value))
                case int() | float():
                    records += cell(5, column, struct.pack("<d", value))
    return binary(records)


@given(table=tables.filter(lambda table: any(v is not None for row in table for v in row)))
def test_every_value_of_a_random_table_is_found_in_its_cell(table: list[list[object]]) -> None:
    assert cells_of(parse(as_xlsx(table), XLSX)) == expected(table)
    assert cells_of(parse(as_xls(table), XLS)) == expected(table)
    assert cells_of(parse(as_xlsb(table), XLSB)) == expected(table)


@given(
    places=st.dictionaries(
        st.tuples(st.integers(0, 1_048_575), st.integers(0, 16_383)), a_text, max_size=20
    )
)
def test_cells_anywhere_on_a_sheet_keep_their_names(places: Mapping[tuple[int, int], str]) -> None:
    sheet = [
        f'<row r="{row + 1}"><c r="{column_name(column)}{row + 1}" t="str"><v><![CDATA[{text}]]></v></c></row>'
        for (row, column), text in places.items()
    ]
    content = parse(workbook(f"<sheetData>{''.join(sheet)}</sheetData>"), XLSX)
    assert cells_of(content) == {
        f"{column_name(column)}{row + 1}": text for (row, column), text in places.items()
    }


def test_a_table_that_a_library_wrote_is_found_cell_by_cell() -> None:
    table: list[list[object]] = [
        [row * 7, f"text {row % 50}", row / 8, None, row % 2 == 0] for row in range(2_000)
    ]

    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for row, cells in enumerate(table):
            sheet.write_row(row, 0, cells)

    assert cells_of(parse(written(write), XLSX)) == expected(table)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_hidden_sheets_are_left_out(name: str) -> None:
    content = parse(DOCUMENTS[name](), TYPES[name.rpartition(".")[2]])
    assert all("secret" not in text_of(block) for block in content.blocks)


def test_properties_of_a_workbook_are_those_of_the_result() -> None:
    content = parse(DOCUMENTS["orders.xlsx"](), XLSX)
    assert (content.title, content.author) == ("Orders 2026", "Ada Byron")
    assert content.created_at == datetime(2026, 1, 2, tzinfo=UTC)


def test_properties_of_an_open_document_are_those_of_the_result() -> None:
    content = parse(opened(), ODS)
    assert (content.title, content.author, content.language) == ("Obst", "Ada", "de-DE")
    assert content.created_at == datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)


def property_set(values: Mapping[int, tuple[int, bytes]]) -> bytes:
    """A stream of properties: numbers with type and value."""
    table, data = b"", b""
    for number, (kind, value) in values.items():
        table += struct.pack("<II", number, 8 + 8 * len(values) + len(data))
        data += struct.pack("<I", kind) + value + bytes(-len(value) % 4)
    section = struct.pack("<II", 8 + len(table) + len(data), len(values)) + table + data
    return struct.pack("<HHI16sI16sI", 0xFFFE, 0, 2, b"", 1, b"", 48) + section


SUMMARY = property_set(
    {
        1: (2, struct.pack("<H", 1251)),
        2: (30, struct.pack("<I", 5) + "Лето\0".encode("cp1251")),
        4: (31, struct.pack("<I", 4) + "Ада\0".encode("utf-16-le")),
        12: (64, struct.pack("<Q", 134_118_000_000_000_000)),
        13: (64, bytes(8)),
    }
)


def test_summary_of_an_old_document_is_read_in_its_charset() -> None:
    assert SummaryInformation.read(SUMMARY) == SummaryInformation(
        title="Лето", author="Ада", created_at=datetime(2026, 1, 2, 4, tzinfo=UTC)
    )


@given(
    cut=st.integers(0, len(SUMMARY)),
    at=st.integers(0, len(SUMMARY) - 1),
    byte=st.binary(min_size=1, max_size=4),
)
def test_damaged_summary_says_less_and_raises_nothing(cut: int, at: int, byte: bytes) -> None:
    SummaryInformation.read(SUMMARY[:cut])
    SummaryInformation.read(SUMMARY[:at] + byte + SUMMARY[at + len(byte) :])


def test_progress_counts_sheets() -> None:
    told: list[ParseProgress] = []
    parse(DOCUMENTS["orders.xlsx"](), XLSX, told)
    assert [(item.done, item.total) for item in told] == [(0, 3), (1, 3), (2, 3)]


def test_a_sheet_with_two_cells_at_its_ends_is_two_tables() -> None:
    sheet = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
    )
    content = parse(workbook(sheet), XLSX, max_blocks=8)
    assert cells_of(content) == {"A1": "1", "XFD1048576": "2"}


MERGES = "".join(f'<mergeCell ref="{cell}:XFD1048576"/>' for cell in ("A1", "B1", "A2", "B2"))


def test_merges_are_as_large_as_the_table_and_never_overlap() -> None:
    cells = "".join(f"<row>{'<c><v>1</v></c>' * 3}</row>" for _ in range(3))
    content = parse(
        workbook(f"<sheetData>{cells}</sheetData><mergeCells>{MERGES * 100}</mergeCells>"), XLSX
    )
    table = content.blocks[1]
    assert isinstance(table, Table)
    assert cells_of(content) == {"A1": "1"}
    spans = [(cell.column_span, cell.row_span) for row in table.rows for cell in row.cells]
    assert spans == [(3, 3), *[(UNSET, UNSET)] * 8]


def test_parts_are_found_whatever_their_case_and_slashes() -> None:
    with zipfile.ZipFile(io.BytesIO(DOCUMENTS["by_hand.xlsx"]())) as archive:
        renamed = {
            item.filename.replace("/", "\\").upper(): archive.read(item)
            for item in archive.infolist()
        }
    assert cells_of(parse(zipped(renamed), XLSX)) == cells_of(
        parse(DOCUMENTS["by_hand.xlsx"](), XLSX)
    )
