"""Hostile and damaged workbooks: they stop at the limits, or are an error that names the file."""

from __future__ import annotations

import io
import struct
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlwt
from file_parser_corpus.containers import zipped
from file_parser_corpus.sheets import (
    DOCUMENTS,
    binary,
    cell,
    opened,
    record,
    workbook,
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
)
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.contract.media_types import ENCRYPTED_OFFICE, ODS, XLS, XLSB, XLSX
from hyperspot.file_parser_builtin.domain.cells import column_name
from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from hyperspot.file_parser_builtin.infra.reading import parse_file
from modkit.security import SecurityContext

NAME = "wanted.bin"
BROKEN = (ParseFailed, DocumentEncrypted, ParseLimitExceeded)
BY_TYPE = {
    XLSX: DOCUMENTS["orders.xlsx"](),
    XLSB: DOCUMENTS["orders.xlsb"](),
    XLS: DOCUMENTS["orders.xls"](),
    ODS: opened(),
}
SECRET = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"


def parse(
    data: bytes, media_type: str, told: list[ParseProgress] | None = None, **limits: int
) -> ParsedContent:
    request = ParseRequest(filename=NAME, media_type=media_type, limits=ParseLimits(**limits))
    report = told.append if told is not None else lambda progress: None
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        return parse_file(path, request, Budget(request, report))


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


ROW = "<row>" + "<c><v>1</v></c>" * 100 + "</row>"
STRINGS = f"<si><t>{'x' * 30_000}</t></si>"
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
