"""Real documents of each format, made by the libraries that people use."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, SimpleDocTemplate
from reportlab.platypus import PageBreak as FlowPageBreak
from reportlab.platypus import Paragraph as FlowParagraph

from hyperspot.file_parser.contract import (
    Code,
    CodeBlock,
    Heading,
    Image,
    Link,
    ListItem,
    PageBreak,
    Paragraph,
    ParsedContent,
    ParseRequest,
    Quote,
    Style,
    Table,
    Text,
)
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.testing import make_docx, text_of
from hyperspot.file_parser_builtin.infra.reading import parse_file
from modkit import UNSET

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORDS = "The quick brown fox jumps over the lazy dog and keeps running through the wood. " * 4


def parse(folder: Path, data: bytes, media_type: str, charset: str | None = None) -> ParsedContent:
    path = folder / "document"
    path.write_bytes(data)
    request = ParseRequest(filename="document", media_type=media_type, charset=charset)
    return parse_file(path, request, Budget(request))


def test_pdf_has_headings_paragraphs_and_pages(tmp_path: Path) -> None:
    look = getSampleStyleSheet()
    story: list[Flowable] = []
    for chapter in (1, 2, 3):
        story += [
            FlowParagraph(f"Chapter {chapter}", look["Title"]),
            FlowParagraph("Section", look["Heading2"]),
            FlowParagraph(f"First {WORDS}", look["BodyText"]),
            FlowParagraph(f"Second {WORDS}", look["BodyText"]),
            FlowPageBreak(),
        ]
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, title="A report").build(story)
    content = parse(tmp_path, buffer.getvalue(), PDF)
    assert content.title == "A report"
    assert isinstance(content.created_at, datetime)
    shown = [(type(block), block.provenance and block.provenance.page) for block in content.blocks]
    page = [Heading, Heading, Paragraph, Paragraph]
    assert shown == [
        *((kind, 1) for kind in [*page, PageBreak]),
        *((kind, 2) for kind in [*page, PageBreak]),
        *((kind, 3) for kind in page),
    ]
    assert [b.level for b in content.blocks if isinstance(b, Heading)] == [1, 2] * 3
    assert text_of(content.blocks[2]) == f"First {WORDS}".strip()


def test_docx_of_python_docx_keeps_its_structure(tmp_path: Path) -> None:
    made = docx.Document()
    made.core_properties.title = "Plan"
    made.core_properties.created = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    made.add_heading("Plan", 1)
    paragraph = made.add_paragraph("Plain ")
    paragraph.add_run("bold").bold = True
    paragraph.add_run(" and ")
    paragraph.add_run("italic").italic = True
    made.add_paragraph("one", style="List Bullet")
    made.add_paragraph("two", style="List Number")
    made.add_paragraph("said", style="Quote")
    table = made.add_table(3, 2)
    for row in range(3):
        for column in range(2):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(1, 0).merge(table.cell(1, 1)).text = "wide"
    buffer = io.BytesIO()
    made.save(buffer)

    content = parse(tmp_path, buffer.getvalue(), DOCX)
    heading, text, bullet, number, quote, grid = content.blocks
    assert content.title == "Plan"
    assert content.created_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert isinstance(heading, Heading)
    assert isinstance(text, Paragraph)
    assert text.inlines == (
        Text(text="Plain "),
        Text(text="bold", style=Style.of("bold")),
        Text(text=" and "),
        Text(text="italic", style=Style.of("italic")),
    )
    assert isinstance(bullet, ListItem)
    assert not bullet.ordered
    assert isinstance(number, ListItem)
    assert number.ordered
    assert isinstance(quote, Quote)
    assert isinstance(grid, Table)
    assert [
        [len(cell.blocks) and text_of(cell.blocks[0]) for cell in row.cells] for row in grid.rows
    ] == [
        ["00", "01"],
        ["wide", 0],
        ["20", "21"],
    ]


def test_docx_follows_links_insertions_and_images(tmp_path: Path) -> None:
    relationships = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="h1" '
        'Type="http://x/hyperlink" Target="https://example.org/" TargetMode="External"/></Relationships>'
    )
    body = (
        '<w:p><w:hyperlink xmlns:r="r" r:id="h1"><w:r><w:t>site</w:t></w:r></w:hyperlink>'
        "<w:ins><w:r><w:t> new</w:t></w:r></w:ins><w:del><w:r><w:delText> old</w:delText></w:r></w:del></w:p>"
        '<w:p><w:r><w:drawing><docPr xmlns="wp" descr="A chart"/></w:drawing></w:r></w:p>'
    )
    content = parse(
        tmp_path, make_docx(body, {"word/_rels/document.xml.rels": relationships}), DOCX
    )
    text, image = content.blocks
    assert isinstance(text, Paragraph)
    assert text.inlines == (Link(text="site", target="https://example.org/"), Text(text=" new"))
    assert isinstance(image, Image)
    assert image.alt == "A chart"


def test_html_page_keeps_its_structure(tmp_path: Path) -> None:
    page = """<!doctype html><html lang="en-GB"><head><title>T &amp; more</title><style>p{}</style></head><body>
    <h2>Head <em>ing</em></h2><p>See <a href="/x">this <b>link</b></a>,<br>or <code>code</code>.
    <ul><li>one<ol><li>deep</ol><li>two</ul>
    <table><caption>Cap</caption><thead><tr><td>A<td>B</thead><tr><td rowspan=2>1<td>2<tr><td>3</table>
    <pre><code class="language-python">if x:\n    y\n</code></pre>
    <blockquote><p>said</blockquote><img src="a.png" alt="An image"><script>alert(1)</script></body></html>"""
    content = parse(tmp_path, page.encode(), "text/html")
    heading, text, one, deep, two, caption, table, code, quote, image = content.blocks
    assert (content.title, content.language, content.charset) == ("T & more", "en-GB", "utf-8")
    assert isinstance(heading, Heading)
    assert heading.inlines == (Text(text="Head "), Text(text="ing", style=Style.of("italic")))
    assert isinstance(text, Paragraph)
    assert text.inlines == (
        Text(text="See "),
        Link(text="this", target="/x"),
        Text(text=" "),
        Link(text="link", target="/x", style=Style.of("bold")),
        Text(text=",\nor "),
        Code(text="code"),
        Text(text="."),
    )
    items = [b for b in (one, deep, two) if isinstance(b, ListItem)]
    assert [(i.level, i.ordered, text_of(i)) for i in items] == [
        (0, False, "one"),
        (1, True, "deep"),
        (0, False, "two"),
    ]
    assert text_of(caption) == "Cap"
    assert isinstance(table, Table)
    assert [row.is_header for row in table.rows] == [True, False, False]
    assert text_of(table) == "A\nB\n1\n2\n3"
    assert [len(row.cells) for row in table.rows] == [2, 2, 2]
    assert table.rows[2].cells[0].blocks == ()
    assert isinstance(code, CodeBlock)
    assert (code.text, code.language) == ("if x:\n    y", "python")
    assert isinstance(quote, Quote)
    assert isinstance(image, Image)
    assert (image.alt, image.src) == ("An image", "a.png")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param("<pre>\na</pre>", "a", id="line-feed-of-the-tag"),
        pytest.param("<pre>\n\na</pre>", "\na", id="blank-line"),
        pytest.param("<pre><code>\na</code></pre>", "\na", id="blank-line-of-the-code"),
        pytest.param("<pre>a<br>b<b><br/>c</b></pre>", "a\nb\nc", id="line-breaks"),
        pytest.param("<pre>a<script>x()</script><!--y-->b</pre>", "ab", id="unseen"),
    ],
)
def test_preformatted_text_keeps_its_lines(tmp_path: Path, source: str, text: str) -> None:
    (code,) = parse(tmp_path, source.encode(), "text/html").blocks
    assert isinstance(code, CodeBlock)
    assert code.text == text


@pytest.mark.parametrize(
    ("data", "declared", "charset", "text"),
    [
        pytest.param("héllo".encode(), None, "utf-8", "héllo", id="utf-8"),
        pytest.param("\ufeffhéllo".encode(), None, "utf-8", "héllo", id="utf-8-bom"),
        pytest.param("héllo".encode("utf-16"), None, "utf-16le", "héllo", id="utf-16"),
        pytest.param(
            b"\xfe\xff" + "héllo".encode("utf-16-be"), "latin1", "utf-16be", "héllo", id="utf-16be"
        ),
        pytest.param("“héllo”".encode("cp1252"), None, "windows-1252", "“héllo”", id="cp1252"),
        pytest.param("привет".encode("koi8-r"), "koi8-r", "koi8-r", "привет", id="declared"),
        pytest.param("привет".encode(), "shift_jis", "utf-8", "привет", id="declared-wrong"),
        pytest.param(b"h\\u00e9", "unicode_escape", "utf-8", "h\\u00e9", id="declared-no-charset"),
        pytest.param(b"a\x81b", None, "windows-1252", "a\ufffdb", id="undefined-byte"),
    ],
)
def test_text_is_read_in_its_charset(
    tmp_path: Path, data: bytes, declared: str | None, charset: str, text: str
) -> None:
    content = parse(tmp_path, data, "text/plain", declared)
    assert content.charset == charset
    assert "".join(map(text_of, content.blocks)) == text


def test_text_has_paragraphs_between_blank_lines(tmp_path: Path) -> None:
    content = parse(tmp_path, b"one\r\nmore\r\n\r\n \r\n\r\ntwo\r\n", "text/plain")
    assert [text_of(block) for block in content.blocks] == ["one\nmore", "two"]


def test_text_has_pages_between_form_feeds(tmp_path: Path) -> None:
    content = parse(tmp_path, b"one\n\nmore\n\ftwo\n\f\fend\n\f\n", "text/plain")
    pages = [block.provenance.page for block in content.blocks if block.provenance]
    assert [text_of(block) for block in content.blocks] == ["one", "more", "", "two", "", "", "end"]
    assert pages == [1, 1, 1, 2, 2, 3, 4]
    assert isinstance(content.blocks[2], PageBreak)


def test_text_is_cleaned_of_what_is_no_text(tmp_path: Path) -> None:
    data = b"a\x00b\x1b[0m\x07 " + b"long " * 100_000
    (block,) = parse(tmp_path, data, "text/plain").blocks
    assert text_of(block).startswith("ab[0m long long")
    assert len(text_of(block)) == 500_005


def test_html_charset_comes_from_the_page(tmp_path: Path) -> None:
    page = "<html><meta charset=iso-8859-1><p>caf\xe9</p>".encode("latin-1")
    content = parse(tmp_path, page, "text/html")
    assert (text_of(content.blocks[0]), content.charset) == ("café", "windows-1252")


def test_html_inside_markdown_is_read_as_html(tmp_path: Path) -> None:
    content = parse(tmp_path, b"<h1 align=center>Big</h1>\n\na<br>b <u>c</u>\n", "text/markdown")
    heading, text = content.blocks
    assert isinstance(heading, Heading)
    assert isinstance(text, Paragraph)
    assert text.inlines == (
        Text(text="a\nb "),
        Text(text="c", style=Style.of("underline")),
    )
    assert content.title is UNSET
