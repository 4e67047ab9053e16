"""Workbooks: every cell in its place, and hostile ones stop at the limits."""

from __future__ import annotations

import io
import string
import struct
import zipfile
from collections.abc import AsyncIterator, Callable, Mapping
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
from hypothesis import given, settings
from hypothesis import strategies as st
from xlwt.CompoundDoc import XlsDoc

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseProgress,
    ParseRequest,
    Table,
)
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.contract.media_types import ENCRYPTED_OFFICE, ODS, XLS, XLSB, XLSX
from hyperspot.file_parser.testing import text_of
from hyperspot.file_parser_builtin.domain.cells import column_name, column_number
from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from hyperspot.file_parser_builtin.infra.reading import parse_file
from hyperspot.file_parser_builtin.infra.summary_information import SummaryInformation
from modkit import UNSET
from modkit.security import SecurityContext

NAME = "wanted.bin"
BROKEN = (ParseFailed, DocumentEncrypted, ParseLimitExceeded)
TYPES = {"xlsx": XLSX, "xlsb": XLSB, "xls": XLS, "ods": ODS}
BY_TYPE = {
    XLSX: DOCUMENTS["orders.xlsx"](),
    XLSB: DOCUMENTS["orders.xlsb"](),
    XLS: DOCUMENTS["orders.xls"](),
    ODS: opened(),
}
SECRET = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
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


@pytest.mark.parametrize("media_type", sorted(BY_TYPE))
@pytest.mark.parametrize(("limit", "allowed"), [("max_blocks", 10), ("max_text_chars", 20)])
def test_limits_of_the_result_are_named(media_type: str, limit: str, allowed: int) -> None:
    with pytest.raises(ParseLimitExceeded) as caught:
        parse(BY_TYPE[media_type], media_type, **{limit: allowed})
    assert (caught.value.limit, caught.value.filename) == (limit, NAME)
    assert caught.value.stage


@pytest.mark.parametrize("media_type", [XLSX, XLS, ODS])
def test_sheets_are_limited_as_pages_are(media_type: str) -> None:
    with pytest.raises(ParseLimitExceeded) as caught:
        parse(BY_TYPE[media_type], media_type, max_pages=1)
    assert caught.value.limit == "max_pages"


def test_a_sheet_with_two_cells_at_its_ends_is_two_tables() -> None:
    sheet = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>'
    )
    content = parse(workbook(sheet), XLSX, max_blocks=8)
    assert cells_of(content) == {"A1": "1", "XFD1048576": "2"}


ROW = "<row>" + "<c><v>1</v></c>" * 100 + "</row>"
STRINGS = f"<si><t>{'x' * 30_000}</t></si>"
MERGES = "".join(f'<mergeCell ref="{cell}:XFD1048576"/>' for cell in ("A1", "B1", "A2", "B2"))
REPEATED = (
    "<office:body><office:spreadsheet><table:table><table:table-row table:number-rows-repeated='{rows}'>"
    "<table:table-cell table:number-columns-repeated='{columns}' office:value-type='string'><text:p>x</text:p>"
    "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
)


@pytest.mark.parametrize(
    ("make", "media_type", "limits", "limit"),
    [
        pytest.param(
            lambda: workbook(f"<sheetData>{ROW * 10_000}</sheetData>"),
            XLSX,
            {},
            "max_blocks",
            id="million-cells",
        ),
        pytest.param(
            lambda: workbook(
                '<sheetData><row><c t="s"><v>0</v></c></row>'
                + "<row><c t='s'><v>0</v></c></row>" * 2_000
                + "</sheetData>",
                strings=STRINGS,
            ),
            XLSX,
            {},
            "max_text_chars",
            id="one-string-often",
        ),
        pytest.param(
            lambda: workbook(
                "<sheetData>"
                + "".join(
                    f'<row r="{n * 40 + 1}"><c r="A{n * 40 + 1}"><v>1</v></c>'
                    f'<c r="{column_name(n * 40)}{n * 40 + 1}"><v>1</v></c></row>'
                    for n in range(400)
                )
                + "</sheetData>"
            ),
            XLSX,
            {},
            "max_blocks",
            id="blank-cells-between",
        ),
        pytest.param(
            lambda: binary((record(0, bytes(4)) + cell(4, 1, b"\1")) * 300_000),
            XLSB,
            {},
            "max_blocks",
            id="million-records",
        ),
        pytest.param(
            lambda: opened(REPEATED.format(rows=10**9, columns=1)), ODS, {}, "max_blocks", id="rows"
        ),
        pytest.param(
            lambda: opened(REPEATED.format(rows=1, columns=10**9)),
            ODS,
            {},
            "max_blocks",
            id="columns",
        ),
        pytest.param(
            lambda: workbook(f"<sheetData>{'<row/>' * 10**6}</sheetData>"),
            XLSX,
            {"max_decompressed_bytes": 10**6},
            "max_decompressed_bytes",
            id="packed-sheet",
        ),
        pytest.param(
            lambda: workbook("", strings="<si/>" * 10**6),
            XLSX,
            {"max_decompressed_bytes": 10**6},
            "max_decompressed_bytes",
            id="packed-strings",
        ),
        pytest.param(
            lambda: opened(" " * 10**7),
            ODS,
            {"max_decompressed_bytes": 10**6},
            "max_decompressed_bytes",
            id="packed-open-document",
        ),
    ],
)
def test_hostile_workbook_stops_at_the_limit(
    make: Callable[[], bytes], media_type: str, limits: dict[str, int], limit: str
) -> None:
    with pytest.raises(ParseLimitExceeded) as caught:
        parse(make(), media_type, **limits)
    assert (caught.value.limit, caught.value.filename) == (limit, NAME)


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


@pytest.mark.parametrize("doctype", [SECRET, LAUGHS], ids=["external", "bomb"])
@pytest.mark.parametrize("part", ["book/sheet1.xml", "book/strings.xml", "book/main.xml"])
def test_xlsx_with_a_document_type_is_refused(doctype: str, part: str) -> None:
    xml = f"{doctype}<x><sst><si>&a;</si></sst><sheetData><row>&a;</row></sheetData></x>"
    data = workbook("", **{part: xml})
    with pytest.raises(ParseFailed, match="document type"):
        parse(data, XLSX)


@pytest.mark.parametrize("doctype", [SECRET, LAUGHS], ids=["external", "bomb"])
def test_ods_with_a_document_type_is_refused(doctype: str) -> None:
    data = zipped(
        {"content.xml": f"{doctype}<x><table><table-row>&a;</table-row></table></x>".encode()}
    )
    with pytest.raises(ParseFailed, match="document type"):
        parse(data, ODS)


def test_parts_are_found_whatever_their_case_and_slashes() -> None:
    with zipfile.ZipFile(io.BytesIO(DOCUMENTS["by_hand.xlsx"]())) as archive:
        renamed = {
            item.filename.replace("/", "\\").upper(): archive.read(item)
            for item in archive.infolist()
        }
    assert cells_of(parse(zipped(renamed), XLSX)) == cells_of(
        parse(DOCUMENTS["by_hand.xlsx"](), XLSX)
    )


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        (cell(7, 0, struct.pack("<I", 9)), "a cell of row 1 names string 9"),
        (record(5, bytes(9)), "too short"),
        (cell(6, 0, struct.pack("<I", 10**9)), "too short"),
        (b"\x06\xff\xff\xff\x7f" + bytes(100), "a record of"),
    ],
    ids=["no-string", "short-number", "short-string", "large"],
)
def test_binary_damage_is_named(records: bytes, reason: str) -> None:
    with pytest.raises(ParseFailed, match=reason):
        parse(binary(records), XLSB)


def test_a_string_that_is_not_there_is_named() -> None:
    with pytest.raises(ParseFailed, match="a cell of row 1 names string '7'"):
        parse(workbook('<sheetData><row><c t="s"><v>7</v></c></row></sheetData>'), XLSX)


def with_password() -> bytes:
    """An XLS workbook whose second record says that the others are encrypted."""
    book = xlwt.Workbook()
    book.add_sheet("Secret").write(0, 0, "x")
    records = book.get_biff_data()
    first = 4 + struct.unpack_from("<H", records, 2)[0]
    buffer = io.BytesIO()
    filepass = struct.pack("<HHHHH", 0x2F, 6, 0, 1, 2)
    XlsDoc().save(buffer, records[:first] + filepass + records[first:])
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        pytest.param(with_password(), XLS, id="xls"),
        pytest.param(
            opened(
                manifest="<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
            ),
            ODS,
            id="ods",
        ),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ENCRYPTED_OFFICE, id="office"),
    ],
)
def test_workbook_behind_a_password_is_named_so(data: bytes, media_type: str) -> None:
    with pytest.raises(DocumentEncrypted) as caught:
        parse(data, media_type)
    assert caught.value.filename == NAME


@pytest.mark.parametrize("media_type", sorted(BY_TYPE))
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 600,
        b"name;price\n",
        b"PK\x03\x04" + b"\0" * 50,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000,
        zipped({"a.txt": b"x"}),
    ],
    ids=["empty", "zeros", "text", "zip-head", "ole-head", "zip"],
)
def test_what_is_no_workbook_is_an_error(data: bytes, media_type: str) -> None:
    with pytest.raises(ParseFailed) as caught:
        parse(data, media_type)
    assert (caught.value.filename, caught.value.media_type) == (NAME, media_type)
    assert caught.value.reason


@settings(max_examples=150, deadline=None)  # a damaged file is slow now and then
@given(
    media_type=st.sampled_from(sorted(BY_TYPE)),
    cut=st.floats(0, 1),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), max_size=5),
)
def test_a_damaged_workbook_raises_declared_errors_only(
    media_type: str, cut: float, changes: list[tuple[float, bytes]]
) -> None:
    data = bytearray(BY_TYPE[media_type])
    for place, new in changes:
        at = int(place * (len(data) - 1))
        data[at : at + len(new)] = new
    damaged = bytes(data) if changes else bytes(data[: int(cut * len(data))])
    try:
        parse(damaged, media_type)
    except BROKEN as error:
        assert error.filename == NAME  # noqa: PT017 - either outcome is right


@given(xml=st.text("<>/rowcvis= \"'&;ABst019-:", max_size=80))
def test_any_xml_in_a_sheet_raises_declared_errors_only(xml: str) -> None:
    try:
        parse(workbook(f"<sheetData><row>{xml}</row></sheetData>"), XLSX)
    except ParseFailed as error:
        assert error.filename == NAME  # noqa: PT017 - either outcome is right


@pytest.fixture(name="parser")
async def parser_fixture() -> AsyncIterator[BuiltinParser]:
    async with ReaderPool() as pool:
        yield BuiltinParser(pool)


async def parse_walled(
    parser: BuiltinParser, folder: Path, data: bytes, media_type: str, **limits: int
) -> ParsedContent:
    path = folder / "document"
    path.write_bytes(data)
    request = ParseRequest(filename=NAME, media_type=media_type, limits=ParseLimits(**limits))
    return await parser.parse(SecurityContext.ANONYMOUS, path, request)


@pytest.mark.anyio
async def test_a_row_that_takes_all_memory_ends_its_process_only(
    parser: BuiltinParser, tmp_path: Path
) -> None:
    row = f"<row>{'<c><v>1</v></c>' * 600_000}</row>"
    bomb = workbook(f"<sheetData>{row}</sheetData>")
    with pytest.raises(BROKEN) as caught:
        await parse_walled(parser, tmp_path, bomb, XLSX, max_memory_bytes=64 * 1024**2)
    assert caught.value.filename == NAME
    await parse_walled(parser, tmp_path, BY_TYPE[XLSX], XLSX)
