"""sniff: its content decides what a file is, then its name, then what the caller declared."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract.media_types import (
    BMP,
    CSV,
    EML,
    GIF,
    GZIP,
    HTML,
    JPEG,
    JSON,
    JSON_LINES,
    KNOWN,
    MARKDOWN,
    OLE,
    PDF,
    PLAIN_TEXT,
    PNG,
    RTF,
    TIFF,
    TSV,
    WEBP,
    XML,
    ZIP,
)
from hyperspot.file_parser.contract.models import FileFormat
from hyperspot.file_parser.contract.sniffing.bounded_file import BoundedFile
from hyperspot.file_parser.contract.sniffing.declared_text import text_type_declared
from hyperspot.file_parser.contract.sniffing.ole_type import ole_type
from hyperspot.file_parser.contract.sniffing.text_type import (
    as_text,
    certain_type,
    has_mail_headers,
    probable_type,
)
from hyperspot.file_parser.contract.sniffing.zip_type import zip_type

_HEAD_BYTES: Final = 8192
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", PDF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"{\\rtf", RTF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"\x1f\x8b", GZIP),
)
_LATE_PDF: Final = re.compile(rb"[\r\n]%PDF-\d")  # printers and mail programs put lines before it
_LATE_PDF_BYTES: Final = 1024
_BMP_HEADER_BYTES: Final = frozenset([12, 16, 40, 52, 56, 64, 108, 124])
_EXTENSIONS: Final[dict[str, str]] = {
    **dict.fromkeys(("html", "htm", "xhtml", "xht"), HTML),
    **dict.fromkeys(("xml", "svg", "rss", "atom", "xsd", "xsl", "xslt"), XML),
    **dict.fromkeys(("json", "geojson"), JSON),
    **dict.fromkeys(("ndjson", "jsonl"), JSON_LINES),
    **dict.fromkeys(("eml", "mht", "mhtml"), EML),
    "csv": CSV,
    **dict.fromkeys(("tsv", "tab"), TSV),
    **dict.fromkeys(("md", "markdown"), MARKDOWN),
    **dict.fromkeys(("txt", "text", "log"), PLAIN_TEXT),
}
_GENERAL: Final = frozenset([ZIP, OLE, GZIP, XML, JSON])  # many formats are made of these


def sniff(
    path: Path, *, filename: str = "", declared: str = "", formats: Iterable[FileFormat] = ()
) -> str | None:
    """Return the media type of the file at *path*, or None for bytes that are of no known kind.

    HTML, XML and JSON are recognised in the text; another text is what its name, then *declared*, say, or what it looks
    like if they say nothing. At most 3 MiB of the file are read.

    A format of *formats* that is not known here is recognised by its signature, or by name or declared type where the
    content allows: in a text, unknown bytes, or a general container such as ZIP or XML.

    Args:
        path: An existing file, not empty.
        filename: Name that the caller gave.
        declared: Media type that the caller declared, in lower case and without parameters.
        formats: What the installed workers parse.
    """
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    if extension in _EXTENSIONS:
        declared = ""
    foreign = [item for item in formats if item.media_type not in KNOWN]
    with BoundedFile(path) as file:
        head = file.read(_HEAD_BYTES)
        found = _binary_type(file, head)
    text = as_text(head) if found is None else None
    certain = found or (certain_type(text) if text is not None else None)
    if certain and certain not in _GENERAL:
        return certain
    if other := _foreign_type(foreign, head, extension, declared, needs_hint=bool(certain)):
        return other
    if certain or text is None:
        return certain
    return (
        _EXTENSIONS.get(extension)
        or (EML if has_mail_headers(text) else None)
        or text_type_declared(declared)
        or probable_type(text, is_whole=len(head) < _HEAD_BYTES)
        or PLAIN_TEXT
    )


def _binary_type(file: BoundedFile, head: bytes) -> str | None:
    found = next((media_type for magic, media_type in _MAGIC if head.startswith(magic)), None)
    if found == ZIP:
        return zip_type(file)
    if found == OLE:
        return ole_type(file)
    if found:
        return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if (
        head[:2] == b"BM"
        and len(head) >= 18
        and struct.unpack_from("<I", head, 14)[0] in _BMP_HEADER_BYTES
    ):
        return BMP
    return PDF if _LATE_PDF.search(head, 0, _LATE_PDF_BYTES) else None


def _foreign_type(
    formats: list[FileFormat], head: bytes, extension: str, declared: str, *, needs_hint: bool
) -> str | None:
    """Return the format that fits best: the longest signature, then the name, then the declared type."""
    fitting = [
        (len(item.signature or ""), extension in item.extensions, declared == item.media_type, item)
        for item in formats
        if _begins(head, item.signature or "")
    ]
    likely = [fit for fit in fitting if fit[1] or fit[2] or (fit[0] and not needs_hint)]
    return max(likely, key=lambda fit: fit[:3])[3].media_type if likely else None


def _begins(head: bytes, signature: str) -> bool:
    return head[: len(signature)].hex().startswith(signature.lower())
