"""Small real documents, made without any library."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from attrs import frozen

_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@frozen(kw_only=True)
class Sample:
    """A document and what every parser must find in it.

    Attributes:
        name: File name.
        data: The file.
        headings: Texts of its headings, in order.
        phrases: Texts of other blocks, in order.
        table: Cells of its table by row, the header first; empty for none.
        pages: Number of pages; 0 for formats without pages.
        encrypted: A document of the format that needs a password; empty for none.
    """

    name: str
    data: bytes
    headings: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    pages: int = 0
    encrypted: bytes = b""


def make_pdf(pages: Sequence[Sequence[tuple[int, str]]]) -> bytes:
    """Return a PDF; each page is lines of (font size in points, Latin-1 text), set apart like paragraphs."""
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b"", _FONT]
    kids: list[int] = []
    for lines in pages:
        content = b"".join(
            b"BT /F1 %d Tf 72 %d Td (%b) Tj ET\n" % (size, 720 - 40 * row, _pdf_text(text))
            for row, (size, text) in enumerate(lines)
        )
        objects.append(b"<</Length %d>>stream\n%bendstream" % (len(content), content))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>>>>>" % len(objects)
        )
        kids.append(len(objects))
    references = b" ".join(b"%d 0 R" % number for number in kids)
    objects[1] = b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(kids), references)
    return _pdf_file(objects)


def make_encrypted_pdf() -> bytes:
    """Return a PDF that needs a password, which nobody knows."""
    file = make_pdf([[(12, "Hidden")]])
    standard = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%b>/U<%b>>>/ID[<00><00>]" % (
        b"5a" * 32,
        b"a5" * 32,
    )
    return file.replace(b"/Root 1 0 R", b"/Root 1 0 R" + standard)


def make_docx(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """Return a Word document with *body* as the XML inside ``w:body``, and more *parts* by name."""
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_DOCX}.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
        **(parts or {}),
    }
    return _zipped(files)


def docx_paragraph(text: str, outline_level: int | None = None) -> str:
    """Return the XML of a paragraph, a heading where it has an *outline_level* (0 is the highest)."""
    look = (
        "" if outline_level is None else f'<w:pPr><w:outlineLvl w:val="{outline_level}"/></w:pPr>'
    )
    return f"<w:p>{look}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def docx_table(rows: Sequence[Sequence[str]]) -> str:
    """Return the XML of a table whose first row is a header."""

    def row(cells: Sequence[str], look: str) -> str:
        inner = "".join(f"<w:tc>{docx_paragraph(cell)}</w:tc>" for cell in cells)
        return f"<w:tr>{look}{inner}</w:tr>"

    header = row(rows[0], "<w:trPr><w:tblHeader/></w:trPr>")
    return f"<w:tbl>{header}{''.join(row(cells, '') for cells in rows[1:])}</w:tbl>"


def make_pptx(slides: Sequence[str], parts: Mapping[str, str] | None = None) -> bytes:
    """Return a presentation with *slides* as the XML inside ``p:spTree``, and more *parts* by name."""
    names = (
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{_OFFICE}"'
    )
    ids = "".join(f'<p:sldId r:id="s{number}"/>' for number in range(len(slides)))
    targets = "".join(
        f'<Relationship Id="s{number}" Type="{_OFFICE}/slide" Target="slides/slide{number + 1}.xml"/>'
        for number in range(len(slides))
    )
    files = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="ppt/presentation.xml"/></Relationships>',
        "ppt/presentation.xml": f"<p:presentation {names}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{targets}'
        "</Relationships>",
        **{
            f"ppt/slides/slide{number}.xml": f"<p:sld {names}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
            for number, shapes in enumerate(slides, 1)
        },
        **(parts or {}),
    }
    return _zipped(files)


def pptx_shape(text: str, *, is_title: bool = False) -> str:
    """Return the XML of a shape with one paragraph of *text*."""
    place = '<p:ph type="title"/>' if is_title else ""
    return f"<p:sp><p:nvSpPr><p:nvPr>{place}</p:nvPr></p:nvSpPr>{_pptx_text('p', text)}</p:sp>"


def pptx_table(rows: Sequence[Sequence[str]]) -> str:
    """Return the XML of a table whose first row is a header."""
    inner = "".join(f"<a:tr>{''.join(map(_pptx_cell, row))}</a:tr>" for row in rows)
    return (
        '<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow="1"/>'
        f"{inner}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )


def _pptx_cell(text: str) -> str:
    return f"<a:tc>{_pptx_text('a', text)}</a:tc>"


def _pptx_text(prefix: str, text: str) -> str:
    paragraph = f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>"
    return f"<{prefix}:txBody>{paragraph}</{prefix}:txBody>"


def _zipped(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


_FONT: Final = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def _pdf_text(text: str) -> bytes:
    data = text.encode("latin-1")
    return data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    file = bytearray(b"%PDF-1.4\n")
    offsets: list[int] = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        file += b"%010d 00000 n \n" % offset
    file += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(file)


_TABLE: Final = (("Name", "Amount"), ("Apples", "3"), ("Pears", "14"))
_HTML: Final = (
    "<!doctype html><html lang='en'><head><title>Harvest</title></head><body><h1>Harvest</h1>"
    "<p>What was picked.</p><h2>Fruit</h2><table>"
    + "".join(
        "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in row) + "</tr>"
        for tag, row in zip(("th", "td", "td"), _TABLE, strict=True)
    )
    + "</table><p>Nothing else.</p></body></html>"
)
_MARKDOWN: Final = (
    "# Harvest\n\nWhat was picked.\n\n## Fruit\n\n"
    "| Name | Amount |\n| --- | --- |\n| Apples | 3 |\n| Pears | 14 |\n\nNothing else.\n"
)
_HEADINGS: Final = ("Harvest", "Fruit")
_PHRASES: Final = ("What was picked.", "Nothing else.")

SAMPLES: Final[Mapping[str, Sample]] = {
    "application/pdf": Sample(
        name="harvest.pdf",
        data=make_pdf(
            [
                [(24, "Harvest"), (11, "What was picked.")],
                [(18, "Fruit"), (11, "Nothing else.")],
            ]
        ),
        headings=_HEADINGS,
        phrases=_PHRASES,
        pages=2,
        encrypted=make_encrypted_pdf(),
    ),
    _DOCX: Sample(
        name="harvest.docx",
        data=make_docx(
            docx_paragraph("Harvest", 0)
            + docx_paragraph("What was picked.")
            + docx_paragraph("Fruit", 1)
            + docx_table(_TABLE)
            + docx_paragraph("Nothing else.")
        ),
        headings=_HEADINGS,
        phrases=_PHRASES,
        table=_TABLE,
    ),
    _PPTX: Sample(
        name="harvest.pptx",
        data=make_pptx(
            [
                pptx_shape("Harvest", is_title=True) + pptx_shape("What was picked."),
                pptx_shape("Fruit", is_title=True)
                + pptx_table(_TABLE)
                + pptx_shape("Nothing else."),
            ]
        ),
        headings=_HEADINGS,
        phrases=_PHRASES,
        table=_TABLE,
    ),
    "text/html": Sample(
        name="harvest.html",
        data=_HTML.encode(),
        headings=_HEADINGS,
        phrases=_PHRASES,
        table=_TABLE,
    ),
    "text/markdown": Sample(
        name="harvest.md",
        data=_MARKDOWN.encode(),
        headings=_HEADINGS,
        phrases=_PHRASES,
        table=_TABLE,
    ),
    "text/plain": Sample(
        name="harvest.txt",
        data=b"Harvest\n\nWhat was picked.\n\nNothing else.\n",
        phrases=("Harvest", *_PHRASES),
    ),
}
"""One document per media type."""
