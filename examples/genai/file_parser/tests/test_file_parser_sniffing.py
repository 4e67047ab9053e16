"""What a file is, is seen in its content."""

from __future__ import annotations

import io
import os
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperspot.file_parser.contract import FileFormat
from hyperspot.file_parser.contract.media_types import (
    BMP,
    CSV,
    DOC,
    DOCX,
    EML,
    ENCRYPTED_OFFICE,
    EPUB,
    GIF,
    GZIP,
    HTML,
    JPEG,
    JSON,
    JSON_LINES,
    KNOWN,
    MARKDOWN,
    ODS,
    ODT,
    OLE,
    PDF,
    PLAIN_TEXT,
    PNG,
    PPT,
    PPTX,
    RTF,
    TIFF,
    TSV,
    WEBP,
    XLS,
    XLSB,
    XLSX,
    XML,
    ZIP,
)
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser.contract.sniffing.bounded_file import BoundedFile, FileTooSpreadOut
from hyperspot.file_parser.domain.declared_type import DeclaredType
from hyperspot.file_parser.testing import SAMPLES


def zipped(*names: str, **files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in {**files, **dict.fromkeys(names, "x")}.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def ole(*names: str) -> bytes:
    """An OLE file: header, sector 0 with the table of sectors, sector 1 with the root and three streams in a row."""
    header = struct.pack(
        "<8s16x5H6x5I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096
    )
    header = header.ljust(76, b"\0") + struct.pack("<I", 0) + b"\xff" * 432
    table = struct.pack("<2I", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")
    entries = [("Root Entry", 0xFFFFFFFF, 1)]
    entries += [
        (name, number + 1 if number < len(names) else 0xFFFFFFFF, 0xFFFFFFFF)
        for number, name in enumerate(names, 1)
    ]
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBB3I48x", 2 * len(name) + 2, 2, 1, 0xFFFFFFFF, right, child)
        for name, right, child in entries
    )
    return header + table + directory.ljust(512, b"\0")


def large_ole(name: str) -> bytes:
    """An OLE file whose directory is behind the 7 MB that the header describes: a chained sector names its table."""
    small = ole(name)
    directory = 109 * 128  # the first sector that table 109 describes
    header = small[:68] + struct.pack("<II", 0, 1) + b"\xff" * 436
    header = header[:48] + struct.pack("<I", directory) + header[52:]
    chained = struct.pack("<I", 1).ljust(512, b"\xff")  # sector 0; the table is sector 1
    table = struct.pack("<I", 0xFFFFFFFE).ljust(512, b"\xff")
    return (header + chained + table).ljust(512 * (directory + 1), b"\0") + small[1024:]


def odf(kind: str) -> bytes:
    return zipped("content.xml", mimetype=kind)


CONTENT_TYPES = {
    "[Content_Types].xml": f'<Override PartName="/w/d.xml" ContentType="{DOCX}.main+xml"/>'
}
MAIL = b"Received: from a by b\r\nFrom: a@b.c\r\nTo: d@e.f\r\nSubject: x\r\n\r\nHello\r\n"
LETTER = b"From: Ann\nTo: Bob\nSubject: x\n\nHello\n"
BMP_HEAD = b"BM" + struct.pack("<I4xII", 100, 54, 40)
CSV_TEXT = b'a,b,c\n1,"2,0",3\n4,5,6\n'


def found_in(
    data: bytes, filename: str = "", declared: str = "", formats: tuple[FileFormat, ...] = ()
) -> str | None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        return sniff(path, filename=filename, declared=declared, formats=formats)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(zipped("word/document.xml"), DOCX, id="docx"),
        pytest.param(zipped(**CONTENT_TYPES), DOCX, id="docx-with-an-odd-main-part"),
        pytest.param(zipped("xl/workbook.xml"), XLSX, id="xlsx"),
        pytest.param(zipped("xl/workbook.xml", "xl/vbaProject.bin"), XLSX, id="xlsm"),
        pytest.param(zipped("xl/workbook.bin"), XLSB, id="xlsb"),
        pytest.param(zipped("ppt/presentation.xml"), PPTX, id="pptx"),
        pytest.param(odf(ODT), ODT, id="odt"),
        pytest.param(odf(ODS), ODS, id="ods"),
        pytest.param(odf(ODS + "-template"), ODS, id="ods-template"),
        pytest.param(odf(ODT)[:90], ODT, id="odt-truncated"),
        pytest.param(odf(EPUB), EPUB, id="epub"),
        pytest.param(zipped("META-INF/container.xml"), EPUB, id="epub-without-its-type"),
        pytest.param(odf("application/x-other"), ZIP, id="zip-with-another-type"),
        pytest.param(zipped("a/%PDF-1.7"), ZIP, id="zip-that-holds-a-pdf"),
        pytest.param(b"PK\x05\x06" + bytes(18), ZIP, id="zip-without-members"),
        pytest.param(ole("Workbook"), XLS, id="xls"),
        pytest.param(ole("\x05SummaryInformation", "Book"), XLS, id="xls-of-excel-5"),
        pytest.param(ole("1Table", "WordDocument"), DOC, id="doc"),
        pytest.param(ole("PowerPoint Document"), PPT, id="ppt"),
        pytest.param(ole("WORKBOOK"), XLS, id="xls-in-capitals"),
        pytest.param(large_ole("Workbook"), XLS, id="large-xls"),
        pytest.param(ole("EncryptionInfo", "EncryptedPackage"), ENCRYPTED_OFFICE, id="encrypted"),
        pytest.param(ole("Contents"), OLE, id="ole"),
        pytest.param(ole("Workbook")[:1100], OLE, id="ole-truncated"),
        pytest.param(b"{\\rtf1 x}", RTF, id="rtf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", PNG, id="png"),
        pytest.param(b"\xff\xd8\xff\xe0", JPEG, id="jpeg"),
        pytest.param(b"GIF89a", GIF, id="gif"),
        pytest.param(b"RIFF\0\0\0\0WEBPVP8 ", WEBP, id="webp"),
        pytest.param(b"RIFF\0\0\0\0WAVEfmt ", None, id="riff-with-sound"),
        pytest.param(BMP_HEAD, BMP, id="bmp"),
        pytest.param(b"BMW is a maker of cars", PLAIN_TEXT, id="text-like-a-bmp"),
        pytest.param(b"II*\0", TIFF, id="tiff"),
        pytest.param(b"MM\0*", TIFF, id="tiff-big-endian"),
        pytest.param(b"\x1f\x8b\x08", GZIP, id="gzip"),
        pytest.param(b"<!doctype html>x", HTML, id="html"),
        pytest.param(b'<?xml version="1.0"?>\n<html xmlns="x">', HTML, id="xhtml"),
        pytest.param(b"<p>a piece of a page", HTML, id="html-piece"),
        pytest.param(b'<?xml version="1.0"?><a/>', XML, id="xml"),
        pytest.param(b'<svg viewBox="0 0 1 1" xmlns="http://www.w3.org/2000/svg"/>', XML, id="svg"),
        pytest.param(b"<!DOCTYPE note SYSTEM 'x'><note/>", XML, id="xml-with-doctype"),
        pytest.param(b' {"a": [1, -2.5e3, null]}\n', JSON, id="json"),
        pytest.param(b'[{"a": "' + b"x" * 9000, JSON, id="json-cut-in-a-string"),
        pytest.param(b"[1] A reference, 2020", PLAIN_TEXT, id="text-in-brackets"),
        pytest.param(b"{not json}", PLAIN_TEXT, id="text-in-braces"),
        pytest.param(b'{"a":1}\n{"a":2}\n', JSON_LINES, id="json-lines"),
        pytest.param(MAIL, EML, id="mail"),
        pytest.param(LETTER, EML, id="mail-typed"),
        pytest.param(b"Title: x\nDate: y\n\nHello", PLAIN_TEXT, id="text-with-headers"),
        pytest.param(CSV_TEXT, CSV, id="csv"),
        pytest.param(b"a;b;c\n1;2;3\n4;5;6\n7;8", PLAIN_TEXT, id="csv-of-uneven-rows"),
        pytest.param(b"a\tb\n1\t2\n3\t4\n", TSV, id="tsv"),
        pytest.param(b"Well, no.\nYes, so.\nNo, yes.\n", PLAIN_TEXT, id="prose"),
        pytest.param("h\u00e9llo w\u00f6rld".encode("utf-16-le"), PLAIN_TEXT, id="utf16-no-mark"),
        pytest.param("<html>".encode("utf-16-be"), HTML, id="utf16be-no-mark"),
        pytest.param("<html>".encode("utf-32"), HTML, id="utf32"),
        pytest.param(b"\x00\x01\x02\x03\x04\x05\x06\x07\x08", None, id="unknown"),
    ],
)
def test_content_alone_says_what_a_file_is(data: bytes, found: str | None) -> None:
    assert found_in(data) == found


@pytest.mark.parametrize(
    ("data", "filename", "declared", "found"),
    [
        pytest.param(CSV_TEXT, "a.txt", "", PLAIN_TEXT, id="name"),
        pytest.param(CSV_TEXT, "", "text/plain", PLAIN_TEXT, id="declared"),
        pytest.param(LETTER, "a.md", "message/rfc822", MARKDOWN, id="typed-headers-in-markdown"),
        pytest.param(MAIL, "a.txt", "", PLAIN_TEXT, id="mail-named-txt"),
        pytest.param(MAIL, "a", "text/plain", EML, id="mail-declared-as-text"),
        pytest.param(b"<h1>x</h1>\n\n# y", "README.md", "", MARKDOWN, id="html-in-markdown"),
        pytest.param(b"x", "a.csv", "text/plain", CSV, id="csv"),
        pytest.param(b"x", "a.tab", "", TSV, id="tsv"),
        pytest.param(b"x", "a.json", "", JSON, id="json"),
        pytest.param(b"x", "a.jsonl", "", JSON_LINES, id="json-lines"),
        pytest.param(b"x", "a.eml", "", EML, id="eml"),
        pytest.param(b"x", "a.svg", "", XML, id="svg"),
        pytest.param(b"x", "", "application/geo+json", JSON, id="declared-kind-of-json"),
        pytest.param(b"x", "", "application/atom+xml", XML, id="declared-kind-of-xml"),
        pytest.param(b"x", "", "application/xhtml+xml", HTML, id="declared-xhtml"),
        pytest.param(b"x", "a.py", "text/csv", CSV, id="unknown-name"),
    ],
)
def test_name_then_declared_type_tell_texts_apart(
    data: bytes, filename: str, declared: str, found: str
) -> None:
    assert found_in(data, filename, declared) == found


KML = FileFormat(media_type="application/vnd.google-earth.kml+xml", extensions=("kml",))
DJVU = FileFormat(media_type="image/vnd.djvu", extensions=("djvu",), signature="41542654464F524D")
JAR = FileFormat(media_type="application/java-archive", extensions=("jar",), signature="504b")
AT = FileFormat(media_type="application/x-at", extensions=("at",), signature="4154")
TEX = FileFormat(media_type="application/x-tex", extensions=("tex", "txt"))


@pytest.mark.parametrize(
    ("data", "filename", "declared", "found"),
    [
        pytest.param(b"AT&TFORM\0", "a.pdf", "", DJVU.media_type, id="longest-signature"),
        pytest.param(b"AT\0", "a.djvu", "", AT.media_type, id="name-without-signature"),
        pytest.param(zipped("x"), "a.jar", "", JAR.media_type, id="container-by-name"),
        pytest.param(zipped("x"), "", JAR.media_type, JAR.media_type, id="container-declared"),
        pytest.param(zipped("x"), "a.zip", "", ZIP, id="container-by-signature-alone"),
        pytest.param(zipped("word/document.xml"), "a.jar", "", DOCX, id="known-content-wins"),
        pytest.param(b"<?xml version='1.0'?><kml/>", "a.KML", "", KML.media_type, id="xml-by-name"),
        pytest.param(b"<?xml version='1.0'?><kml/>", "a.xml", "", XML, id="xml"),
        pytest.param(b"\\section{x}", "a.tex", "text/plain", TEX.media_type, id="text-by-name"),
        pytest.param(b"\\section{x}", "", TEX.media_type, TEX.media_type, id="text-declared"),
        pytest.param(b"\\section{x}", "a.md", TEX.media_type, MARKDOWN, id="name-before-declared"),
        pytest.param(b"\0\1", "a.tex", "", TEX.media_type, id="unknown-bytes-by-name"),
        pytest.param(b"\0\1", "", "", None, id="unknown-bytes"),
        pytest.param(b"<html>", "a.tex", "", HTML, id="certain-text"),
    ],
)
def test_formats_of_installed_workers_are_recognised(
    data: bytes, filename: str, declared: str, found: str | None
) -> None:
    assert found_in(data, filename, declared, (KML, AT, DJVU, JAR, TEX)) == found


def test_worker_of_a_known_format_does_not_claim_text_by_its_name() -> None:
    formats = (FileFormat(media_type=PDF, extensions=("pdf",)),)
    assert found_in(b"hello", "a.pdf", PDF, formats) == PLAIN_TEXT


def test_streams_of_embedded_documents_do_not_count() -> None:
    data = bytearray(ole("WordDocument", "Workbook"))
    first = 512 + 512 + 128
    data[first + 72 : first + 80] = struct.pack("<II", 0xFFFFFFFF, 2)  # no sibling, but a child
    assert found_in(bytes(data)) == DOC


@pytest.mark.parametrize("media_type", sorted(SAMPLES))
def test_samples_are_recognised_by_content_and_name(tmp_path: Path, media_type: str) -> None:
    sample = SAMPLES[media_type]
    path = tmp_path / "file"
    path.write_bytes(sample.data)
    assert sniff(path, filename=sample.name) == media_type


@pytest.mark.parametrize(
    ("data", "filename", "declared", "found"),
    [
        pytest.param(b"%PDF-1.7", "a.txt", "text/plain", "application/pdf", id="pdf-named-txt"),
        pytest.param(b"\n\n%PDF-1.7", "", "", "application/pdf", id="pdf-after-junk"),
        pytest.param(zipped("word/document.xml"), "a.pdf", "", DOCX, id="docx-named-pdf"),
        pytest.param(zipped("word/document.xml")[:60], "a.docx", "", DOCX, id="docx-truncated"),
        pytest.param(zipped("xl/workbook.xml"), "a.docx", DOCX, XLSX, id="xlsx-named-docx"),
        pytest.param(zipped("other"), "a.docx", DOCX, "application/zip", id="zip-named-docx"),
        pytest.param(b"hello", "a.pdf", "application/pdf", "text/plain", id="text-named-pdf"),
        pytest.param(b"# hi", "a.MD", "text/plain", "text/markdown", id="name-before-declared"),
        pytest.param(b"# hi", "", "text/markdown", "text/markdown", id="declared"),
        pytest.param(b"# hi", "a.b/", "", "text/plain", id="nothing-known"),
        pytest.param(b" <!-- x --><!DOCTYPE HTML>", "a.txt", "", "text/html", id="html-named-txt"),
        pytest.param("<html>".encode("utf-16"), "", "", "text/html", id="html-utf16"),
        pytest.param("é".encode("cp1252"), "", "", "text/plain", id="not-utf8"),
        pytest.param(b"a\x00b", "a.txt", "text/plain", None, id="binary"),
    ],
)
def test_content_wins(data: bytes, filename: str, declared: str, found: str | None) -> None:
    assert found_in(data, filename, declared) == found


STARTS = (
    b"",
    b"PK\x03\x04",
    ole("Workbook"),
    zipped("word/document.xml"),
    MAIL,
    b'{"a":',
    b"BM",
    b"<a ",
)


@st.composite
def odd_files(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(STARTS)) + draw(st.binary(min_size=1, max_size=80)))
    for _ in range(draw(st.integers(0, 4))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


formats = st.builds(
    FileFormat,
    media_type=st.sampled_from(["a/b", PDF]),
    extensions=st.tuples(st.text(max_size=3)),
    signature=st.text("0123456789abcdefXY", max_size=5),
)


@given(
    data=odd_files(),
    filename=st.text(max_size=8),
    declared=st.text(max_size=8),
    others=st.lists(formats, max_size=2).map(tuple),
)
def test_any_file_has_always_the_same_type_or_none(
    data: bytes, filename: str, declared: str, others: tuple[FileFormat, ...]
) -> None:
    found = found_in(data, filename, declared, others)
    assert found is None or found in KNOWN | {"a/b"}
    assert found_in(data, filename, declared, others) == found


@pytest.mark.parametrize(
    "start", STARTS[1:], ids=["zip", "ole", "docx", "mail", "json", "bmp", "xml"]
)
def test_little_of_a_huge_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    path = tmp_path / "file"
    path.write_bytes(start)
    os.truncate(path, 8 * 1024**3)  # sparse
    counts: list[int] = []

    def read(self: BoundedFile, size: int | None = -1, /) -> bytes:
        data = unwatched(self, size)
        counts.append(len(data))
        return data

    unwatched = BoundedFile.read
    monkeypatch.setattr(BoundedFile, "read", read)
    sniff(path)
    assert 0 < sum(counts) < 256 * 1024


def test_a_bounded_file_gives_out_no_more_than_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    os.truncate(path, 8 * 1024**3)
    with BoundedFile(path) as file:
        taken = sum(len(file.read(1024**2)) for _ in range(3))
        for size in (1, -1, None):
            with pytest.raises(FileTooSpreadOut):
                file.read(size)
    assert taken == 3 * 1024**2


@given(header=st.text(max_size=80))
def test_any_content_type_header_can_be_read(header: str) -> None:
    read = DeclaredType.parse(header)
    assert read.media_type == read.media_type.lower()


def test_a_row_of_comments_takes_no_exponential_time(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"<!---->" * 24 + b"x")
    begun_s = time.process_time()
    assert sniff(path) == "text/plain"
    assert time.process_time() - begun_s < 0.5  # each comment more would double it


def test_comments_before_the_page_end_where_they_say(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"<!-- a -- > <p> --> <!-- <html> -->\n<html>")
    assert sniff(path) == "text/html"


def test_a_huge_zip_directory_is_not_read(tmp_path: Path) -> None:
    entry = struct.pack("<4s22xH16x", b"PK\x01\x02", 0)
    count = 3 * 1024**2 // len(entry)
    end = struct.pack("<4s4x2H2L2x", b"PK\x05\x06", 0, 0, count * len(entry), 40)
    path = tmp_path / "file"
    path.write_bytes(
        b"PK\x03\x04".ljust(22) + b"word/document.xml ".ljust(18) + entry * count + end
    )
    tracemalloc.start()
    try:
        assert sniff(path) == DOCX  # from the head of the file, as for a damaged one
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most_bytes < 4 * 1024**2
