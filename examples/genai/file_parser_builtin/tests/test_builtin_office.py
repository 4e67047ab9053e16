"""Office documents: nothing that is written in them is lost, and hostile ones are errors that say what and where."""

from __future__ import annotations

import struct
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from file_parser_corpus import documents, presentations
from file_parser_corpus.containers import zipped

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    Heading,
    PageBreak,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseOptions,
    ParseRequest,
    Quote,
    Table,
)
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.contract.media_types import DOCX, PPTX
from hyperspot.file_parser.testing import make_docx, text_of
from hyperspot.file_parser.testing.samples import docx_paragraph
from hyperspot.file_parser_builtin.infra.reading import parse_file

NAME = "wanted.bin"
BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def parse(
    data: bytes, media_type: str, options: ParseOptions | None = None, **limits: int
) -> ParsedContent:
    request = ParseRequest(
        filename=NAME,
        media_type=media_type,
        options=options or ParseOptions(),
        limits=ParseLimits(**limits),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        return parse_file(path, request, Budget(request))


def texts(content: ParsedContent) -> list[str]:
    return [text_of(block) for block in content.blocks]


def cells(table: Table) -> list[list[str]]:
    return [["\n".join(map(text_of, cell.blocks)) for cell in row.cells] for row in table.rows]


def tables(content: ParsedContent) -> list[Table]:
    return [block for block in content.blocks if isinstance(block, Table)]


def recall(wanted: list[str], content: ParsedContent) -> float:
    """Share of the characters of *wanted* that are there, word by word and in order."""
    found = iter("\n".join(texts(content)).split())
    words = [word for text in wanted for word in text.split()]
    kept = sum(len(word) for word in words if word in found)
    return kept / sum(map(len, words))


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        pytest.param(documents.scripts, DOCX, id="docx"),
        pytest.param(presentations.scripts, PPTX, id="pptx"),
    ],
)
def test_text_in_any_script_is_kept(data: object, media_type: str) -> None:
    wanted = [text for pair in documents.SCRIPTS for text in pair]
    assert callable(data)
    assert recall(wanted, parse(data(), media_type)) >= 0.98


@pytest.mark.parametrize(
    ("data", "media_type", "table"),
    [
        pytest.param(documents.report(), DOCX, documents.TABLE, id="docx"),
        pytest.param(presentations.harvest(), PPTX, presentations.TABLE, id="pptx"),
        pytest.param(
            presentations.figures(),
            PPTX,
            (("", "2025", "2026"), ("Pears", "14", "12.5"), ("Figs", "3", "")),
            id="chart",
        ),
    ],
)
def test_table_is_kept_cell_by_cell(
    data: bytes, media_type: str, table: tuple[tuple[str, ...], ...]
) -> None:
    found = tables(parse(data, media_type))[0]
    assert cells(found) == [list(row) for row in table]
    assert [row.is_header for row in found.rows] == [True, False, False]


@pytest.mark.parametrize(
    ("data", "media_type", "spans"),
    [
        pytest.param(
            documents.merged(),
            DOCX,
            {(0, 0): (3, 1), (1, 0): (1, 3), (1, 2): (2, 2)},
            id="docx",
        ),
        pytest.param(presentations.harvest(), PPTX, {(0, 2): (1, 2), (1, 0): (2, 2)}, id="pptx"),
    ],
)
def test_merged_cells_span_columns_and_rows(
    data: bytes, media_type: str, spans: dict[tuple[int, int], tuple[int, int]]
) -> None:
    table = tables(parse(data, media_type))[-1]
    found = {
        (row, column): (cell.column_span or 1, cell.row_span or 1)
        for row, cells_of_row in enumerate(table.rows)
        for column, cell in enumerate(cells_of_row.cells)
        if cell.column_span or cell.row_span
    }
    assert found == spans
    assert len({len(row.cells) for row in table.rows}) == 1


def test_deletions_and_hidden_text_are_gone_and_boxes_are_read_once() -> None:
    shown = "\n".join(texts(parse(documents.edited(), DOCX)))
    assert "and new" in shown
    assert "old" not in shown
    assert "Hidden" not in shown
    assert "HYPERLINK" not in shown
    assert shown.count("In the box.") == 1


def test_fields_inside_the_code_of_a_field_are_not_shown() -> None:
    def mark(kind: str) -> str:
        return f"<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>"

    inner = mark("begin") + mark("separate") + documents.run("3") + mark("end")
    code = "<w:r><w:instrText> IF </w:instrText></w:r>" + inner
    outer = mark("begin") + code + mark("separate") + documents.run("shown") + mark("end")
    assert texts(parse(make_docx(f"<w:p>{outer}</w:p>"), DOCX)) == ["shown"]


def test_fields_that_never_end_lose_nothing_after_their_paragraph() -> None:
    begin = "<w:r><w:fldChar w:fldCharType='begin'/></w:r>"
    separate = "<w:r><w:fldChar w:fldCharType='separate'/></w:r>"
    for field in (begin, begin + separate):
        made = make_docx(f"<w:p>{field * 5_000}</w:p>{docx_paragraph('after')}")
        assert texts(parse(made, DOCX)) == ["after"]


def test_notes_are_where_their_number_says() -> None:
    shown = texts(parse(documents.edited(), DOCX))
    assert "A claim[1] and more[2]" in shown
    assert shown[-3:] == ["[1] Says who.", "[2] At the end.", "Eve: Are you sure?"]


def test_headers_and_footers_are_left_out_if_asked() -> None:
    drops = ParseOptions(drop_running_headers=True)
    assert texts(parse(documents.report(), DOCX))[0] == "Orchards Ltd"
    assert texts(parse(documents.report(), DOCX))[-1] == "Confidential"
    assert not {"Orchards Ltd", "Confidential"} & set(texts(parse(documents.report(), DOCX, drops)))
    assert "Orchards Ltd" in texts(parse(presentations.odd(), PPTX))
    assert "Orchards Ltd" not in texts(parse(presentations.odd(), PPTX, drops))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        pytest.param("{a}<w:p><w:r><w:br w:type='page'/></w:r></w:p>{b}", "a|b", id="own"),
        pytest.param("<w:p><w:r><w:br w:type='page'/></w:r></w:p>{a}", "a", id="first"),
        pytest.param("{a}<w:p><w:r><w:br w:type='page'/></w:r></w:p>", "a", id="last"),
        pytest.param(
            "{a}<w:p><w:r><w:br w:type='page'/></w:r></w:p>"
            "<w:p><w:r><w:lastRenderedPageBreak/><w:t>b</w:t></w:r></w:p>",
            "a|b",
            id="own-and-rendered",
        ),
        pytest.param(
            "<w:p><w:r><w:t>a</w:t><w:lastRenderedPageBreak/><w:t>a</w:t></w:r></w:p>{b}",
            "aa|b",
            id="rendered-inside",
        ),
        pytest.param("{a}<w:p><w:pPr><w:pageBreakBefore/></w:pPr></w:p>{b}", "a|b", id="before"),
        pytest.param(
            "<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>{b}", "a|b", id="section"
        ),
        pytest.param(
            "{a}<w:tbl><w:tr><w:tc><w:p><w:r><w:br w:type='page'/><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>{a}",
            "ab|a",
            id="in-a-table",
        ),
    ],
)
def test_pages_end_once_and_between_content(body: str, wanted: str) -> None:
    made = body.format(a=docx_paragraph("a"), b=docx_paragraph("b"))
    blocks = parse(make_docx(made), DOCX).blocks
    assert "".join("|" if isinstance(b, PageBreak) else text_of(b) for b in blocks) == wanted


def test_every_slide_has_a_heading_and_names_itself() -> None:
    blocks = parse(presentations.harvest(), PPTX).blocks
    headings = [
        (block.provenance.slide, block.level, text_of(block))
        for block in blocks
        if isinstance(block, Heading) and block.provenance
    ]
    assert headings == [
        *((1, 2, "Harvest"), (2, 2, "Fruit")),
        *((3, 2, "Slide 3"), (4, 2, "Slide 4")),
    ]
    notes = [block for block in blocks if isinstance(block, Quote)]
    assert [text_of(note) for note in notes] == ["Say it slowly.\nThen wait."]


def test_document_says_who_wrote_it_when_and_in_which_language() -> None:
    about = parse(presentations.harvest(), PPTX)
    assert (about.title, about.author, about.language) == ("Harvest", "Ada Byron", "en-GB")
    assert about.created_at
    about = parse(documents.report(), DOCX)
    assert (about.title, about.author, about.language) == ("Report", "Ada Byron", "en-US")


def encrypted_package() -> bytes:
    """An OLE file with the streams of an Office document behind a password."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<I", header, 76, 0)
    entries = b""
    for name, child in (("Root Entry", 1), ("EncryptedPackage", 0xFFFFFFFF)):
        entry = bytearray(128)
        entry[: 2 * len(name)] = name.encode("utf-16-le")
        struct.pack_into("<3I", entry, 68, 0xFFFFFFFF, 0xFFFFFFFF, child)
        entries += entry
    table = struct.pack("<2I", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")
    return bytes(header) + table + entries.ljust(512, b"\0")


@pytest.mark.parametrize("media_type", [DOCX, PPTX], ids=["docx", "pptx"])
def test_document_with_a_password_is_encrypted(media_type: str) -> None:
    with pytest.raises(DocumentEncrypted) as caught:
        parse(encrypted_package(), media_type)
    assert caught.value.filename == NAME


def slide_of(text: str) -> str:
    return presentations.slide(presentations.shape(presentations.paragraph(text)))


def word_part(name: str, xml: str) -> bytes:
    relations = documents.relations(r1=f"{name}:{name}.xml")
    parts = {f"word/{name}.xml": xml, "word/_rels/document.xml.rels": relations}
    return make_docx(docx_paragraph("x"), parts)


DAMAGED = {
    "docx-cut": (documents.report()[:-2000], DOCX, ""),
    "pptx-cut": (presentations.harvest()[:-2000], PPTX, ""),
    "docx-as-pptx": (documents.report(), PPTX, "presentation"),
    "pptx-as-docx": (presentations.harvest(), DOCX, "instead of <document>"),
    "no-presentation": (zipped({"a": b""}), PPTX, "ppt/presentation.xml is missing"),
    "slide-missing": (
        presentations.raw([], {}, "<p:sldId r:id='r7'/>"),
        PPTX,
        "lists a slide 'r7'",
    ),
    "slide-part-missing": (
        presentations.raw(
            [],
            {"ppt/_rels/presentation.xml.rels": presentations.relations(a="slide:x.xml")},
            "<p:sldId r:id='a'/>",
        ),
        PPTX,
        "ppt/x.xml is missing",
    ),
    "slide-bomb": (
        presentations.raw([f"{BOMB}]>{slide_of('&i;')}"]),
        PPTX,
        "ppt/slides/slide1.xml has a document type",
    ),
    "slide-attribute-bomb": (
        presentations.raw([f"{BOMB}]><p:sld xmlns:p='p' a='&i;'/>"]),
        PPTX,
        "ppt/slides/slide1.xml has a document type",
    ),
    "slide-external-entity": (
        presentations.raw(
            [f"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>{slide_of('&a;')}"]
        ),
        PPTX,
        "document type",
    ),
    "styles-external-dtd": (
        word_part("styles", "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'><styles/>"),
        DOCX,
        "word/styles.xml has a document type",
    ),
    "body-bomb-behind-a-comment": (
        make_docx(
            "",
            {
                "word/document.xml": f"<?xml version='1.0'?><!-- {' ' * 70_000}-->{BOMB}]>"
                "<w:document xmlns:w='w' a='&i;'/>"
            },
        ),
        DOCX,
        "word/document.xml is no well-formed XML",
    ),
    "body-nested": (
        make_docx("<w:sdt><w:sdtContent>" * 10_000),
        DOCX,
        "word/document.xml is no well-formed XML: Excessive depth",
    ),
    "slide-nested": (
        presentations.raw([presentations.slide("<p:grpSp>" * 10_000)]),
        PPTX,
        "ppt/slides/slide1.xml is no well-formed XML: Excessive depth",
    ),
    "notes-no-xml": (word_part("comments", "<comments><"), DOCX, "word/comments.xml"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_document_is_an_error_that_names_file_and_part(case: str) -> None:
    data, media_type, reason = DAMAGED[case]
    with pytest.raises(ParseFailed) as caught:
        parse(data, media_type)
    assert (caught.value.filename, caught.value.media_type) == (NAME, media_type)
    assert reason in caught.value.reason


def nested_as_allowed(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


@pytest.mark.parametrize(
    "body",
    [
        nested_as_allowed("<w:sdt>", docx_paragraph("deep"), "</w:sdt>", 245),
        nested_as_allowed(
            "<w:tbl><w:tr><w:tc>", docx_paragraph("deep"), "</w:tc></w:tr></w:tbl>", 80
        ),
        "<w:p>"
        + nested_as_allowed("<w:ins>", "<w:r><w:t>deep</w:t></w:r>", "</w:ins>", 245)
        + "</w:p>",
        "<w:p><w:r>"
        + nested_as_allowed(
            "<w:ruby><w:rubyBase><w:r>", "<w:t>deep</w:t>", "</w:r></w:rubyBase></w:ruby>", 80
        )
        + "</w:r></w:p>",
        "<w:p><m:oMath xmlns:m='m'>"
        + nested_as_allowed("<m:f><m:num>", "<m:t>deep</m:t>", "</m:num></m:f>", 120)
        + "</m:oMath></w:p>",
        "<w:p><m:oMath xmlns:m='m'>"
        + nested_as_allowed("<m:r>", "<m:t>deep</m:t>", "</m:r>", 245)
        + "</m:oMath></w:p>",
        "<w:p><w:r><w:drawing>"
        + nested_as_allowed(
            "<w:x>", f"<w:txbxContent>{docx_paragraph('deep')}</w:txbxContent>", "</w:x>", 240
        )
        + "</w:drawing></w:r></w:p>",
        "<w:p>"
        + nested_as_allowed(
            "<w:r><w:pict><w:txbxContent><w:p>",
            "<w:r><w:t>deep</w:t></w:r>",
            "</w:p></w:txbxContent></w:pict></w:r>",
            60,
        )
        + "</w:p>",
    ],
    ids=["controls", "tables", "insertions", "ruby", "fractions", "math-runs", "drawing", "boxes"],
)
def test_nesting_that_xml_allows_loses_no_text(body: str) -> None:
    assert "deep" in "".join(texts(parse(make_docx(body), DOCX)))


def test_nested_groups_of_a_slide_lose_no_text() -> None:
    inner = presentations.shape(presentations.paragraph("deep"))
    made = presentations.raw([presentations.slide("<p:grpSp>" * 240 + inner + "</p:grpSp>" * 240)])
    assert texts(parse(made, PPTX)) == ["Slide 1", "deep"]


def test_circles_of_styles_and_layouts_end() -> None:
    styles = (
        "<w:styles xmlns:w='w'><w:style w:styleId='a'><w:basedOn w:val='b'/></w:style>"
        "<w:style w:styleId='b'><w:basedOn w:val='a'/></w:style></w:styles>"
    )
    body = "<w:p><w:pPr><w:pStyle w:val='a'/></w:pPr><w:r><w:rPr><w:rStyle w:val='b'/></w:rPr><w:t>x</w:t></w:r></w:p>"
    parts = {
        "word/styles.xml": styles,
        "word/_rels/document.xml.rels": documents.relations(r1="styles:styles.xml"),
    }
    assert texts(parse(make_docx(body, parts), DOCX)) == ["x"]
    circle = {
        "ppt/slides/_rels/slide1.xml.rels": presentations.relations(
            a="slideLayout:slide1.xml", b="slideMaster:slide1.xml", c="notesSlide:slide1.xml"
        )
    }
    assert texts(parse(presentations.raw([slide_of("x")], circle), PPTX)) == ["Slide 1", "x"]


def many_slides(count: int) -> bytes:
    return presentations.raw([slide_of("x")], {}, "<p:sldId r:id='s0'/>" * (count - 1))


@pytest.mark.parametrize(
    ("data", "media_type", "limits", "limit", "stage"),
    [
        pytest.param(many_slides(100_000), PPTX, {}, "max_pages", "counting pages", id="slides"),
        pytest.param(
            presentations.raw([slide_of("x" * 9_000_000)]),
            PPTX,
            {"max_decompressed_bytes": 10**6},
            "max_decompressed_bytes",
            "unpacking ppt/slides/slide1.xml",
            id="pptx-zip-bomb",
        ),
        pytest.param(
            many_slides(3000),
            PPTX,
            {"max_decompressed_bytes": 10**6},
            "max_decompressed_bytes",
            "unpacking ppt/slides/slide1.xml",
            id="one-slide-again-and-again",
        ),
        pytest.param(
            zipped({"x" * 60_000 + str(n): b"" for n in range(3)}),
            PPTX,
            {"max_members": 100},
            "max_members",
            "reading the directory",
            id="directory",
        ),
        pytest.param(
            make_docx(
                "<w:tbl>"
                + "<w:tr><w:tc><w:tcPr><w:gridSpan w:val='9999'/></w:tcPr><w:p/></w:tc></w:tr>"
                * 200
                + "</w:tbl>"
            ),
            DOCX,
            {"max_blocks": 100_000},
            "max_blocks",
            "reading the document body",
            id="wide-spans",
        ),
        pytest.param(
            presentations.raw([slide_of("x" * 1000)]),
            PPTX,
            {"max_text_chars": 500},
            "max_text_chars",
            "reading slides",
            id="text",
        ),
    ],
)
def test_hostile_document_stops_at_the_limit(
    data: bytes, media_type: str, limits: dict[str, int], limit: str, stage: str
) -> None:
    with pytest.raises(ParseLimitExceeded) as caught:
        parse(data, media_type, **limits)
    assert (caught.value.filename, caught.value.limit) == (NAME, limit)
    assert caught.value.stage == stage
