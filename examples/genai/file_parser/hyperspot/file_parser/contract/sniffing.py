"""What kind of file this is: its content decides, then its name, then what the caller declared."""

from __future__ import annotations

import codecs
import re
import zipfile
from io import FileIO
from pathlib import Path
from typing import Final

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML: Final = "text/html"
MARKDOWN: Final = "text/markdown"
PLAIN_TEXT: Final = "text/plain"

_HEAD_BYTES: Final = 8192
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
)
_ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_MEMBERS: Final[tuple[tuple[str, str], ...]] = (
    ("word/document.xml", DOCX),
    ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("META-INF/container.xml", "application/epub+zip"),
)
_TEXT_EXTENSIONS: Final[dict[str, str]] = {
    "html": HTML,
    "htm": HTML,
    "xhtml": HTML,
    "md": MARKDOWN,
    "markdown": MARKDOWN,
    "txt": PLAIN_TEXT,
    "text": PLAIN_TEXT,
    "log": PLAIN_TEXT,
}
_TEXT_TYPES: Final[dict[str, str]] = {
    "text/html": HTML,
    "application/xhtml+xml": HTML,
    "text/markdown": MARKDOWN,
    "text/x-markdown": MARKDOWN,
    "text/plain": PLAIN_TEXT,
}
# Atomic, so that a comment ends at its first "-->": else a row of comments could be split in 2^n ways.
_HTML_START: Final = re.compile(
    r"\s*+(?><\?xml[^>]*>\s*)?+(?><!--.*?-->\s*)*+<(!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_BOMS: Final[tuple[tuple[bytes, str], ...]] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAX_ZIP_DIRECTORY_BYTES: Final = 2 * 1024**2  # 20 000 members; Office documents have hundreds
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def sniff(path: Path, *, filename: str = "", declared: str = "") -> str | None:
    """Return the media type of the file at *path*, or None for bytes that are of no known kind.

    Text says little about itself: its name, then *declared*, tell HTML, Markdown and plain text apart; unless it
    begins like an HTML page.

    Args:
        path: An existing file, not empty.
        filename: Name that the caller gave.
        declared: Media type that the caller declared, in lower case and without parameters.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(_ZIP_STARTS):
        return _zip_type(path)
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    text = _as_text(head)
    if text is None:
        return None
    if _HTML_START.match(text):
        return HTML
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    return _TEXT_EXTENSIONS.get(extension) or _TEXT_TYPES.get(declared) or PLAIN_TEXT


class _BoundedFile(FileIO):
    """A file that is not read in large pieces: a ZIP directory, which is read at once, takes 30 times its size."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes."""
        if size is not None and size > _MAX_ZIP_DIRECTORY_BYTES:
            raise zipfile.BadZipFile(f"a directory of {size} bytes")
        return super().read(size)


def _zip_type(path: Path) -> str:
    try:
        with _BoundedFile(path) as file, zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
        return _damaged_zip_type(path)
    for member, media_type in _ZIP_MEMBERS:
        if member in names:
            return media_type
    return "application/zip"


def _damaged_zip_type(path: Path) -> str:
    # The directory at the end is gone, but the names of the first members are still there to see.
    with path.open("rb") as file:
        head = file.read(64 * 1024)
    for member, media_type in _ZIP_MEMBERS:
        if member.encode() in head:
            return media_type
    return "application/zip"


def _as_text(head: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head.decode(encoding, "replace")
    if _BINARY.search(head):
        return None
    return head.decode("utf-8", "replace")
