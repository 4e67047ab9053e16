"""What kind of file this is: its content decides, then its name, then what the caller declared."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import media_types as known
from hyperspot.file_parser.contract.models import FileFormat
from hyperspot.file_parser.contract.text_signs import as_text, text_type

_HEAD_BYTES: Final = 8192
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG\r\n\x1a\n", known.PNG),
    (b"\xff\xd8\xff", known.JPEG),
    (b"GIF87a", known.GIF),
    (b"GIF89a", known.GIF),
    (b"II*\x00", known.TIFF),
    (b"MM\x00*", known.TIFF),
    (b"{\\rtf", known.RTF),
    (b"\x1f\x8b", known.GZIP),
)
_ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_MEMBERS: Final[tuple[tuple[str, str], ...]] = (
    ("word/document.xml", known.DOCX),
    ("xl/workbook.xml", known.XLSX),
    ("ppt/presentation.xml", known.PPTX),
    ("META-INF/container.xml", known.EPUB),
)
_OLE_START: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_HEAD_BYTES: Final = 512
_OLE_DIRECTORY_BYTES: Final = 128 * 64  # that many entries are looked at
_OLE_STREAMS: Final[tuple[tuple[str, str], ...]] = (
    ("Workbook", known.XLS),
    ("Book", known.XLS),
    ("WordDocument", known.DOC),
    ("PowerPoint Document", known.PPT),
    ("EncryptedPackage", known.ENCRYPTED_OFFICE),
)
_MAX_ZIP_DIRECTORY_BYTES: Final = 2 * 1024**2  # 20 000 members; Office documents have hundreds
_MAX_MIMETYPE_BYTES: Final = 256


def sniff(
    path: Path, *, filename: str = "", declared: str = "", formats: Iterable[FileFormat] = ()
) -> str | None:
    """Return the media type of the file at *path*, or None for bytes that are of no known kind.

    Text says little about itself: unless it begins like a page, an XML document or a message, its name, then
    *declared*, tell what it is.

    Args:
        path: An existing file, not empty; only its head and the directory of a container are read.
        filename: Name that the caller gave.
        declared: Media type that the caller declared, in lower case and without parameters.
        formats: Formats of installed workers: one with a signature is known by it, one without by its extensions
            and its name, where nothing else is known of the content.
    """
    formats = tuple(formats)
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    if signed := _signed(head, formats):
        return signed
    if b"%PDF-" in head[:1024]:
        return known.PDF
    if head.startswith(_ZIP_STARTS):
        return _zip_type(path)
    if head.startswith(_OLE_START):
        return _ole_type(path, head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return known.WEBP
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return known.BMP
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    named = _named(extension, declared, formats)
    text = as_text(head)
    if text is None:
        return named
    return text_type(text, extension=extension, declared=declared, named=named)


def _signed(head: bytes, formats: tuple[FileFormat, ...]) -> str | None:
    for item in formats:
        if item.signature and head.startswith(bytes.fromhex(item.signature)):
            return item.media_type
    return None


def _named(extension: str, declared: str, formats: tuple[FileFormat, ...]) -> str | None:
    """Return the format of a worker that name or declaration speak of, among those that are not known here."""
    ours = known.WITH_A_SIGN | known.TEXTS
    unsigned = [item for item in formats if not item.signature and item.media_type not in ours]
    for item in unsigned:
        if extension in item.extensions:
            return item.media_type
    return next((item.media_type for item in unsigned if item.media_type == declared), None)


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
            names = {member.filename: member for member in archive.infolist()}
            for name, media_type in _ZIP_MEMBERS:
                if name in names:
                    return media_type
            said = names.get("mimetype")
            is_plain = said and said.compress_type == zipfile.ZIP_STORED and not said.flag_bits & 1
            if said and is_plain and said.file_size <= _MAX_MIMETYPE_BYTES:
                return _said_type(archive.read(said))
            return known.ZIP
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return _damaged_zip_type(path)


def _said_type(content: bytes) -> str:
    """Return what the member ``mimetype`` of OpenDocument and EPUB files says, if it is a type that is known."""
    said = content.decode("ascii", "replace").strip()
    return said if said in known.IN_A_ZIP else known.ZIP


def _damaged_zip_type(path: Path) -> str:
    # The directory at the end is gone, but the names of the first members are still there to see.
    with path.open("rb") as file:
        head = file.read(64 * 1024)
    for name, media_type in _ZIP_MEMBERS:
        if name.encode() in head:
            return media_type
    found = re.search(rb"mimetype(application/[\w.+-]{3,100}?)PK\x03\x04", head)
    return _said_type(found[1]) if found else known.ZIP


def _ole_type(path: Path, head: bytes) -> str:
    """Return what the names in the first sectors of the directory say (MS-CFB 2.2 and 2.6)."""
    if len(head) < _OLE_HEAD_BYTES:
        return known.OLE
    shift = int.from_bytes(head[30:32], "little")
    first = int.from_bytes(head[48:52], "little")
    if shift not in (9, 12):
        return known.OLE
    with path.open("rb") as file:
        file.seek((first + 1) << shift)
        directory = file.read(_OLE_DIRECTORY_BYTES)
    names: set[str] = set()
    for start in range(0, len(directory) - 127, 128):
        size = int.from_bytes(directory[start + 64 : start + 66], "little")
        if 2 <= size <= 64:
            names.add(directory[start : start + size - 2].decode("utf-16-le", "replace"))
    return next((kind for name, kind in _OLE_STREAMS if name in names), known.OLE)
