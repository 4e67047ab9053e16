"""Workbooks: XLSX by a library and by hand, XLSB, XLS, ODS."""

import io
import struct
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

import xlsxwriter
import xlwt
from xlsxwriter.worksheet import Worksheet

from file_parser_corpus.containers import zipped

# Sheets know no time zones, and the libraries want times without.
MOMENT = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001
DAY = datetime(2026, 1, 2)  # noqa: DTZ001
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def written(write: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """Return the XLSX workbook that *write* fills."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        write(book)
    return buffer.getvalue()


def orders(book: xlsxwriter.Workbook) -> None:
    book.set_properties(
        {
            "title": "Orders  2026",
            "author": "Ada Byron",
            "created": datetime(2026, 1, 2, tzinfo=UTC),
        }
    )
    sheet = book.add_worksheet("Orders")
    sheet.merge_range("B2:F2", "Orders of January")
    sheet.write_row("B3", ["Fruit", "Kilos", "Picked", "Share", "Paid"])
    look = {code: book.add_format({"num_format": code}) for code in ("yyyy-mm-dd", "0.0%", "$0.00")}
    sheet.write_row("B4", ["Pears", 3.0])
    sheet.write_datetime("D4", DAY, look["yyyy-mm-dd"])
    sheet.write("E4", 0.125, look["0.0%"])
    sheet.write_boolean("F4", True)
    sheet.write_row("B5", ["Äpfel, grün\nund rot", 0.1 + 0.2])
    sheet.write("E5", 1200.5, look["$0.00"])
    sheet.write_boolean("F5", False)
    sheet.write_url("B6", "https://example.org/figs", string="Figs")
    sheet.write_formula("C6", "=1/0", None, "#DIV/0!")
    sheet.write_formula("D6", '="a"&"b"', None, "ab")
    sheet.write_formula("E6", "=1+1", None, 2)
    sheet.write_blank("Z99", None, look["$0.00"])
    sheet.write_rich_string("B7", "Half ", book.add_format({"bold": True}), "ripe", " ones")
    sheet.merge_range("C7:D8", "both")
    sheet.write_url("B8", "internal:'More'!A1", string="More")
    hidden = book.add_worksheet("Prices")
    hidden.write("A1", "secret")
    hidden.hide()
    moments(book.add_worksheet("More"), book)
    book.add_worksheet("Empty")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Orders!$C$4:$C$5"})
    book.add_chartsheet("Chart").set_chart(chart)


def moments(sheet: Worksheet, book: xlsxwriter.Workbook) -> None:
    cells: list[tuple[float | datetime | time | timedelta, str]] = [
        (MOMENT, "dd/mm/yyyy hh:mm:ss"),
        (time(6, 30), "h:mm AM/PM"),
        (timedelta(hours=36, minutes=5), "[h]:mm:ss"),
        (date(1999, 12, 31), "[$-407]d. mmmm yyyy;@"),
        (60, "d/m/yy"),
        (45.5, '0.0" days"'),
        (-1, "yyyy"),
        (1e21, "General"),
        (12345678901, "0"),
    ]
    sheet.write_row("A1", ["Value", "Format"])
    for row, (value, code) in enumerate(cells, 1):
        sheet.write(row, 0, value, book.add_format({"num_format": code}))
        sheet.write_string(row, 1, code)


def far(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("Far & wide")
    sheet.write("C3", "here")
    sheet.write("D54", "still here")
    sheet.write("BD54", "other table")
    sheet.write("XFD1048576", "last")


def workbook(
    sheet: str,
    *,
    namespace: str = MAIN,
    strings: str = "",
    styles: str = "",
    date1904: bool = False,
    **more: str,
) -> bytes:
    """Return an XLSX workbook with *sheet* as the XML inside its one worksheet, and *more* parts by name."""
    about = f'<Relationships xmlns="{RELATIONSHIPS}">'
    kinds = {"worksheet": "sheet1", "sharedStrings": "strings", "styles": "styles"}
    parts = {
        "[Content_Types].xml": '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml" PartName="/book/main.xml"/></Types>',
        "_rels/.rels": f'{about}<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="book/main.xml"/>'
        "</Relationships>",
        "book/main.xml": f'<workbook xmlns="{namespace}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(date1904)}"/>'
        '<sheets><sheet name="By _x0068_and" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "book/_rels/main.xml.rels": about
        + "".join(
            f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{name}.xml"/>'
            for kind, name in kinds.items()
        )
        + "</Relationships>",
        "book/sheet1.xml": f'<worksheet xmlns="{namespace}">{sheet}</worksheet>',
        "book/strings.xml": f'<sst xmlns="{namespace}">{strings}</sst>',
        "book/styles.xml": f'<styleSheet xmlns="{namespace}">{styles}</styleSheet>',
        **more,
    }
    return zipped({name: text.encode() for name, text in parts.items()})


BY_HAND = """<dimension ref="A1:XFD1048576"/><sheetData>
<row r="2"><c r="B2" t="inlineStr"><is><t>in</t><r><rPr><b/></rPr><t>line</t></r><rPh><t>iin</t></rPh></is></c>
<c t="s"><v>1</v></c><c t="s"><v>0</v></c></row>
<row><c/><c s="1"><v>1.5</v></c><c s="2"><v>0.5</v></c><c t="d"><v>2026-01-02</v></c><c t="b"><v>1</v></c>
<c t="e"><v>#N/A</v></c><c t="str"><f>A1</f><v>a_x000A_b _x005F_x0041_</v></c><c><f>1+1</f></c><c><v>1E-3</v></c></row>
</sheetData><mergeCells><mergeCell ref="B2:B2"/><mergeCell ref="C2:D3"/><mergeCell ref="nonsense"/></mergeCells>"""
STRINGS = (
    "<si><t>covered</t></si><si><r><t>rich </t></r><r><t>text</t></r><rPh><t>no</t></rPh></si>"
)
STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="[mm]:ss"/></numFmts>'
    '<cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs>'
)


def by_hand(namespace: str = MAIN) -> bytes:
    return workbook(
        BY_HAND, namespace=namespace, strings=STRINGS, styles=STYLES, date1904=namespace == MAIN
    )


def saved(book: xlwt.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def old_orders() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Größe")
    sheet.write_merge(0, 0, 1, 4, "Orders of January")
    for column, name in enumerate(["Fruit", "Kilos", "Picked", "Paid"], 1):
        sheet.write(1, column, name)
    sheet.write(2, 1, "Äpfel\n🍏")
    sheet.write(2, 2, 3.0)
    sheet.write(2, 3, date(2026, 1, 2), xlwt.easyxf(num_format_str="d/m/yyyy"))
    sheet.write(2, 4, True)
    sheet.write(3, 1, "Pears")
    sheet.write(3, 2, 0.1 + 0.2)
    sheet.write(3, 3, MOMENT, xlwt.easyxf(num_format_str="yyyy hh:mm"))
    sheet.write(3, 4, time(6, 30), xlwt.easyxf(num_format_str="h:mm"))
    sheet.row(4).set_cell_error(1, "#DIV/0!")
    sheet.write(4, 2, 1.5, xlwt.easyxf(num_format_str="[h]:mm"))
    sheet.write(99, 60, "far")
    hidden = book.add_sheet("Hidden")
    hidden.write(0, 0, "secret")
    hidden.visibility = 1
    return saved(book)


NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in {
        **{name: name for name in ("office", "table", "text", "style", "meta", "manifest")},
    }.items()
)
ODS_BODY = """<office:automatic-styles><style:style style:name="ta1" style:family="table">
<style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table">
<style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>
<table:table table:name="Obst &amp; mehr" table:style-name="ta1"><table:table-column table:number-columns-repeated="1024"/>
<table:table-header-rows><table:table-row><table:table-cell/>
<table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>Sorte</text:p></table:table-cell>
<table:covered-table-cell/><table:table-cell office:value-type="string"><office:annotation><text:p>a comment</text:p>
</office:annotation><text:p>zwei<text:s text:c="2"/><text:span>Worte</text:span><text:line-break/>unten</text:p><text:p>mehr</text:p>
</table:table-cell></table:table-row></table:table-header-rows>
<table:table-row table:number-rows-repeated="2"><table:table-cell/>
<table:table-cell office:value-type="float" office:value="3"><text:p>3,00</text:p></table:table-cell>
<table:table-cell office:value-type="percentage" office:value="0.125"><text:p>12,5%</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2026-01-02"><text:p>02.01.26</text:p></table:table-cell>
</table:table-row><table:table-row table:number-rows-repeated="2"/>
<table:table-row-group><table:table-row><table:table-cell/>
<table:table-cell office:value-type="time" office:time-value="PT03H04M05S"><text:p>03:04</text:p></table:table-cell>
<table:table-cell office:value-type="time" office:time-value="PT36H00M00S"><text:p>36:00</text:p></table:table-cell>
<table:table-cell office:value-type="boolean" office:boolean-value="false"><text:p>FALSCH</text:p></table:table-cell>
<table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>#DIV/0!</text:p></table:table-cell>
</table:table-row></table:table-row-group><table:table-row><table:table-cell table:number-columns-repeated="3"/>
<table:table-cell office:value-type="string"><text:p>see <text:a xmlns:xlink="http://www.w3.org/1999/xlink"
 xlink:href="https://example.org/">here</text:a></text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="16380"/></table:table-row>
<table:table-row table:number-rows-repeated="1048569"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table><table:table table:name="Geheim" table:style-name="ta2"><table:table-row>
<table:table-cell office:value-type="string"><text:p>secret</text:p></table:table-cell></table:table-row></table:table>
<table:table table:name="Leer" table:style-name="ta1"><table:table-row><table:table-cell/></table:table-row></table:table>
</office:spreadsheet></office:body>"""
META = (
    '<office:meta><dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">Obst</dc:title>'
    "<meta:initial-creator>Ada</meta:initial-creator><meta:creation-date>2026-01-02T03:04:05.678</meta:creation-date>"
    '<dc:language xmlns:dc="http://purl.org/dc/elements/1.1/">de-DE</dc:language></office:meta>'
)


def opened(body: str = ODS_BODY, manifest: str = "") -> bytes:
    """Return an ODS workbook."""
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f"<office:document-content {NAMESPACES}>{body}</office:document-content>",
        "meta.xml": f"<office:document-meta {NAMESPACES}>{META}</office:document-meta>",
        "META-INF/manifest.xml": f"<manifest:manifest {NAMESPACES}>{manifest}</manifest:manifest>",
    }
    return zipped({name: text.encode() for name, text in parts.items()})


def record(kind: int, content: bytes = b"") -> bytes:
    """Return a record of an XLSB part."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, sizes = len(content), b""
    while size >= 0x80:
        size, sizes = size >> 7, sizes + bytes([size & 0x7F | 0x80])
    return head + sizes + bytes([size]) + content


def wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def cell(kind: int, column: int, value: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<II", column, style) + value)


def binary(sheet: bytes) -> bytes:
    """Return an XLSB workbook with *sheet* as the records of its one sheet that is shown; style 1 is a date."""
    about = f'<Relationships xmlns="{RELATIONSHIPS}">'
    kinds = {"worksheet": "sheet1", "sharedStrings": "strings", "styles": "styles"}
    strings = record(19, b"\0" + wide("Shared 🍐")) + record(19, b"\0" + wide("other"))
    styles = (
        record(44, struct.pack("<H", 170) + wide("[h]:mm")) + record(47, bytes(16)) + record(617)
    )
    styles += b"".join(record(47, struct.pack("<HH12x", 0, code)) for code in (0, 14, 170))
    listed = [(1, "gone", "Hidden"), (0, "worksheet", "Binary")]
    return zipped(
        {
            "xl/workbook.bin": record(153, struct.pack("<II", 0, 0) + wide(""))
            + b"".join(
                record(156, struct.pack("<II", hidden, 1) + wide(key) + wide(name))
                for hidden, key, name in listed
            ),
            "xl/_rels/workbook.bin.rels": (
                about
                + "".join(
                    f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{name}.bin"/>'
                    for kind, name in kinds.items()
                )
                + "</Relationships>"
            ).encode(),
            "xl/sheet1.bin": sheet,
            "xl/_rels/sheet1.bin.rels": f'{about}<Relationship Id="r1" Type="{OFFICE}/hyperlink" '
            'TargetMode="External" Target="https://example.org/"/></Relationships>'.encode(),
            "xl/strings.bin": strings,
            "xl/styles.bin": styles + record(618),
        }
    )


def binary_orders() -> bytes:
    return binary(
        record(0, struct.pack("<I", 1))
        + cell(7, 1, struct.pack("<I", 0))
        + cell(6, 2, wide("inline"))
        + cell(62, 3, b"\0" + wide("rich"))
        + cell(8, 4, wide("formula"))
        + record(0, struct.pack("<I", 2))
        + cell(2, 1, struct.pack("<I", 46024 << 2 | 2), style=1)
        + cell(2, 2, struct.pack("<I", 12345 << 2 | 3))
        + cell(2, 3, struct.pack("<i", -7 << 2 | 2))
        + cell(5, 4, struct.pack("<d", 1.5), style=2)
        + record(0, struct.pack("<I", 3))
        + cell(2, 1, struct.pack("<I", struct.unpack("<Q", struct.pack("<d", 0.5))[0] >> 32))
        + cell(3, 2, b"\x2a")
        + cell(4, 3, b"\1")
        + cell(9, 4, struct.pack("<d", 1e21))
        + record(0, struct.pack("<I", 4))
        + cell(7, 1, struct.pack("<I", 1))
        + cell(1, 90, b"")
        + record(176, struct.pack("<4I", 4, 4, 1, 2))
        + record(
            494, struct.pack("<4I", 1, 1, 2, 2) + wide("r1") + wide("part") + wide("") + wide("")
        )
    )


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "orders.xlsx": lambda: written(orders),
    "far.xlsx": lambda: written(far),
    "by_hand.xlsx": by_hand,
    "strict.xlsx": lambda: by_hand(STRICT),
    "orders.xls": old_orders,
    "orders.xlsb": binary_orders,
    "fruit.ods": opened,
}
