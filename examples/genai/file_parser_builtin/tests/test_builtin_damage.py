"""Damaged, hostile and odd files: a declared error that names the file, or less text, and nothing else."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseRequest,
)
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.testing import SAMPLES, make_docx, make_pdf, text_of
from hyperspot.file_parser.testing.samples import docx_paragraph
from hyperspot.file_parser_builtin.infra.reading import parse_file

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NAME = "wanted.bin"


def parse(data: bytes, media_type: str, limits: ParseLimits | None = None) -> ParsedContent:
    request = ParseRequest(filename=NAME, media_type=media_type, limits=limits or ParseLimits())
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        return parse_file(path, request, Budget(request))


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, bytes]:
    media_type = draw(st.sampled_from(sorted(SAMPLES)))
    data = bytearray(SAMPLES[media_type].data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data) - 1))
        action = draw(st.sampled_from(["flip", "insert", "delete", "repeat"]))
        if action == "flip":
            data[at] = draw(st.integers(0, 255))
        elif action == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=8))
        elif action == "delete" and len(data) > 40:
            del data[at : at + draw(st.integers(1, 20))]
        else:
            data[at:at] = data[at : at + draw(st.integers(1, 60))]
    return media_type, bytes(data)


def assert_numbered(content: ParsedContent) -> None:
    indexes = [block.provenance.index for block in content.blocks if block.provenance]
    assert indexes == list(range(len(content.blocks)))


@given(case=mutations())
def test_a_mutated_file_raises_declared_errors_only(case: tuple[str, bytes]) -> None:
    media_type, data = case
    try:
        content = parse(data, media_type)
    except (ParseFailed, DocumentEncrypted, ParseLimitExceeded) as error:
        assert error.filename == NAME  # noqa: PT017 - either outcome is right
    else:
        assert_numbered(content)


@given(xml=st.text("<>/w:ptblrc \"='&;?!-[]abc", max_size=60))
def test_any_xml_in_the_body_raises_declared_errors_only(xml: str) -> None:
    try:
        content = parse(make_docx(xml), DOCX)
    except ParseFailed as error:
        assert error.filename == NAME  # noqa: PT017 - either outcome is right
    else:
        assert_numbered(content)


@pytest.mark.parametrize("media_type", [PDF, DOCX], ids=["pdf", "docx"])
@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 100, b"hello", b"%PDF-1.7\n", b"PK\x03\x04" + b"\0" * 50],
    ids=["empty", "zeros", "text", "pdf-head", "zip-head"],
)
def test_what_is_not_the_format_is_an_error(media_type: str, data: bytes) -> None:
    with pytest.raises(ParseFailed) as caught:
        parse(data, media_type)
    assert caught.value.filename == NAME
    assert caught.value.media_type == media_type


@pytest.mark.parametrize("charset", ["US-ASCII", "GBK", "EUC-JP"])
def test_xml_with_bytes_that_its_charset_does_not_have_is_an_error(charset: str) -> None:
    data = f'<?xml version="1.0" encoding="{charset}"?>'.encode() + b"<a>\xff\xfe</a>"
    with pytest.raises(ParseFailed, match="Invalid bytes") as caught:
        parse(data, "application/xml")
    assert caught.value.filename == NAME


def test_encrypted_pdf_is_named_so() -> None:
    canvas_module = pytest.importorskip("reportlab.pdfgen.canvas")
    buffer = io.BytesIO()
    canvas = canvas_module.Canvas(buffer, encrypt="secret")
    canvas.drawString(72, 700, "hidden")
    canvas.save()
    with pytest.raises(DocumentEncrypted) as caught:
        parse(buffer.getvalue(), PDF)
    assert caught.value.filename == NAME


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
    ids=["bomb", "external-entity", "external-dtd"],
)
def test_docx_with_a_document_type_is_refused(doctype: str) -> None:
    xml = f"{doctype}<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>x</w:t></w:r></w:p></w:body></w:document>"
    with pytest.raises(ParseFailed, match="document type"):
        parse(make_docx("", {"word/document.xml": xml}), DOCX)


def test_zip_bomb_hits_the_limit_before_memory() -> None:
    bomb = make_docx("<w:p/>" * 500_000)
    with pytest.raises(ParseLimitExceeded) as caught:
        parse(bomb, DOCX, ParseLimits(max_decompressed_bytes=100_000))
    assert caught.value.limit == "max_decompressed_bytes"


def test_large_side_part_is_refused() -> None:
    styles = "<styles>" + "<a/>" * (5 * 1024**2) + "</styles>"
    relationships = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://x/styles" Target="styles.xml"/></Relationships>'
    )
    parts = {"word/styles.xml": styles, "word/_rels/document.xml.rels": relationships}
    with pytest.raises(ParseFailed, match="too large"):
        parse(make_docx(docx_paragraph("x"), parts), DOCX)


def test_encrypted_member_is_an_error() -> None:
    data = bytearray(make_docx(docx_paragraph("x")))
    start = data.index(b"PK\x01\x02")
    while start >= 0:  # set the encryption flag of every member
        data[start + 8] |= 1
        start = data.find(b"PK\x01\x02", start + 1)
    with pytest.raises(ParseFailed):
        parse(bytes(data), DOCX)


def test_missing_main_part_is_an_error() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("other.txt", "x")
    with pytest.raises(ParseFailed, match="is missing"):
        parse(buffer.getvalue(), DOCX)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 500 + "deep",
        "<ul><li>" * 500 + "deep",
        "<blockquote>" * 500 + "deep",
        "<table><tr><td>" * 500 + "deep",
        "<b>" * 500 + "deep",
    ],
    ids=["div", "list", "quote", "table", "bold"],
)
def test_deep_nesting_loses_no_text_and_does_not_overflow(html: str) -> None:
    content = parse(html.encode(), "text/html")
    assert "deep" in "".join(map(text_of, content.blocks))


@pytest.mark.parametrize("tag", ["p", "li", "td", "br"])
def test_many_unclosed_elements_are_no_nesting(tag: str) -> None:
    content = parse(b"<table><tr>" + f"<{tag}>x".encode() * 3_000, "text/html")
    assert "".join(map(text_of, content.blocks)).count("x") == 3_000


@pytest.mark.parametrize(
    "markdown",
    ["*" * 20_000 + "deep", "[" * 20_000 + "deep", "- " * 31 + "deep", "> " * 63 + "deep"],
    ids=["stars", "brackets", "list", "quote"],
)
def test_deep_markdown_is_read(markdown: str) -> None:
    content = parse(markdown.encode(), "text/markdown")
    assert "".join(map(text_of, content.blocks)).endswith("deep")


@pytest.mark.parametrize("mark", ["> ", "- "], ids=["quote", "list"])
@pytest.mark.parametrize("levels", [64, 5_000])
def test_markdown_that_is_too_deep_is_refused_not_cut(mark: str, levels: int) -> None:
    with pytest.raises(ParseFailed, match="nested more than 64 deep"):
        parse((mark * levels + "deep").encode(), "text/markdown")


def test_wide_spans_hit_the_limit() -> None:
    html = "<table>" + "<tr><td colspan=1000>x" * 2_000 + "</table>"
    with pytest.raises(ParseLimitExceeded) as caught:
        parse(html.encode(), "text/html", ParseLimits(max_blocks=100_000))
    assert caught.value.limit == "max_blocks"


def test_pages_are_limited() -> None:
    data = make_pdf([[(10, f"page {number}")] for number in range(5)])
    with pytest.raises(ParseLimitExceeded) as caught:
        parse(data, PDF, ParseLimits(max_pages=4))
    assert caught.value.limit == "max_pages"


@pytest.mark.parametrize("media_type", sorted(SAMPLES))
def test_time_is_limited(media_type: str) -> None:
    with pytest.raises(ParseLimitExceeded) as caught:
        parse(SAMPLES[media_type].data, media_type, ParseLimits(timeout_s=1e-9))
    assert caught.value.limit == "timeout_s"
    assert caught.value.stage
