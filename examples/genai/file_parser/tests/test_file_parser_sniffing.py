"""What a file is, is seen in its content."""

from __future__ import annotations

import io
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
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser.domain.declared_type import DeclaredType
from hyperspot.file_parser.testing import SAMPLES

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


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
def test_content_wins(
    tmp_path: Path, data: bytes, filename: str, declared: str, found: str | None
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert sniff(path, filename=filename, declared=declared) == found


MESSAGE = b"Received: by x\r\n\tfolded\r\nFrom: a@x.example\r\nSubject: Hi\r\n\r\nText"


def ole(*names: str) -> bytes:
    """Return a compound file whose directory, in its first sector, has streams of these names."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + bytes(62)
        for name in ("Root Entry", *names)
    )
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head[30:32] = (9).to_bytes(2, "little")
    return bytes(head) + entries.ljust(512, b"\0")


def open_document(kind: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", kind)
    return buffer.getvalue()


ODS = "application/vnd.oasis.opendocument.spreadsheet"
ENCRYPTED = "application/vnd.ms-office.encrypted"


@pytest.mark.parametrize(
    ("data", "filename", "declared", "found"),
    [
        pytest.param(b"RIFF\x10\0\0\0WEBPVP8 ", "", "", "image/webp", id="webp"),
        pytest.param(b"RIFF\x10\0\0\0WAVEfmt ", "a.webp", "", None, id="wave-named-webp"),
        pytest.param(b"MM\x00*\0\0\0\x08", "", "", "image/tiff", id="tiff"),
        pytest.param(open_document(ODS), "", "", ODS, id="ods"),
        pytest.param(
            open_document("application/x-evil"), "", "", "application/zip", id="says-else"
        ),
        pytest.param(ole("Workbook"), "a.doc", "", "application/vnd.ms-excel", id="xls-named-doc"),
        pytest.param(ole("WordDocument"), "", "", "application/msword", id="doc"),
        pytest.param(ole("EncryptedPackage"), "a.docx", DOCX, ENCRYPTED, id="encrypted"),
        pytest.param(ole("Other"), "a.xls", "", "application/x-ole-storage", id="ole-named-xls"),
        pytest.param(ole()[:300], "", "", "application/x-ole-storage", id="ole-truncated"),
        pytest.param(MESSAGE, "a", "", "message/rfc822", id="message"),
        pytest.param(MESSAGE, "a.txt", "", "text/plain", id="message-named-txt"),
        pytest.param(b"From: here\nTo: there\n", "", "", "text/plain", id="no-message"),
        pytest.param(b"<?xml version='1.0'?><a/>", "a.txt", "", "application/xml", id="xml"),
        pytest.param(b"<?xml version='1.0'?><html>", "", "", "text/html", id="xhtml"),
        pytest.param(b'{"a": 1}', "", "", "application/json", id="json"),
        pytest.param(b"[link](target)", "", "", "text/plain", id="no-json"),
        pytest.param(b"a,b\n1,2\n", "a.csv", "", "text/csv", id="csv-by-name"),
        pytest.param(b"a,b\n1,2\n", "", "text/csv", "text/csv", id="csv-declared"),
        pytest.param(b'{"a":1}\n{"a":2}\n', "a.jsonl", "", "application/x-ndjson", id="lines"),
    ],
)
def test_every_format_has_its_signs(
    tmp_path: Path, data: bytes, filename: str, declared: str, found: str | None
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert sniff(path, filename=filename, declared=declared) == found


FOREIGN = (
    FileFormat(media_type="application/x-acme", extensions=("acme",), signature="41434d45"),
    FileFormat(media_type="text/x-recipe", extensions=("recipe",)),
    FileFormat(media_type="application/pdf", extensions=("pdf",)),
)


@pytest.mark.parametrize(
    ("data", "filename", "declared", "found"),
    [
        pytest.param(b"ACME\x00\x01", "a.txt", "", "application/x-acme", id="signature"),
        pytest.param(b"\x00\x01", "a.acme", "", None, id="no-signature"),
        pytest.param(b"boil", "a.recipe", "", "text/x-recipe", id="text-by-name"),
        pytest.param(b"boil", "", "text/x-recipe", "text/x-recipe", id="text-declared"),
        pytest.param(b"\x00\x01", "a.recipe", "", "text/x-recipe", id="bytes-by-name"),
        pytest.param(b"boil", "a.pdf", "", "text/plain", id="known-formats-keep-their-signs"),
        pytest.param(b"boil", "a.txt", "text/x-recipe", "text/plain", id="known-name-first"),
    ],
)
def test_formats_of_workers_are_found(
    tmp_path: Path, data: bytes, filename: str, declared: str, found: str | None
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert sniff(path, filename=filename, declared=declared, formats=FOREIGN) == found


@given(
    data=st.binary(min_size=1, max_size=200)
    | st.binary(max_size=80).map(lambda b: b"PK\x03\x04" + b)
    | st.binary(max_size=900).map(lambda b: ole()[:8] + b)
    | st.text("From: a\n<>{}[]", max_size=80).map(str.encode).filter(bool)
)
def test_any_bytes_have_a_type_or_none(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        found = sniff(path)
    assert found is None or "/" in found


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
