"""The kind of a ZIP file, seen in its directory and in what its first members say."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from typing import Final

from hyperspot.file_parser.contract.media_types import (
    DOCX,
    EPUB,
    ODP,
    ODS,
    ODT,
    PPTX,
    XLSB,
    XLSX,
    ZIP,
)
from hyperspot.file_parser.contract.sniffing.bounded_file import BoundedFile

_MEMBERS: Final[tuple[tuple[str, str], ...]] = (
    ("word/document.xml", DOCX),
    ("xl/workbook.xml", XLSX),
    ("xl/workbook.bin", XLSB),
    ("ppt/presentation.xml", PPTX),
    ("META-INF/container.xml", EPUB),
)
# Office names its main part as it likes, although nearly always as above; the content types tell for sure.
_CONTENT_TYPES: Final = "[Content_Types].xml"
_MAIN_PARTS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"wordprocessingml.document.main+xml", DOCX),
    (b"wordprocessingml.template.main+xml", DOCX),
    (b"ms-word.document.macroEnabled.main+xml", DOCX),
    (b"ms-word.template.macroEnabledTemplate.main+xml", DOCX),
    (b"ms-excel.sheet.macroEnabled.main+xml", XLSX),
    (b"spreadsheetml.sheet.main+xml", XLSX),
    (b"spreadsheetml.template.main+xml", XLSX),
    (b"presentationml.presentation.main+xml", PPTX),
    (b"presentationml.slideshow.main+xml", PPTX),
    (b"presentationml.template.main+xml", PPTX),
    (b"ms-powerpoint.presentation.macroEnabled.main+xml", PPTX),
    (b"ms-powerpoint.slideshow.macroEnabled.main+xml", PPTX),
    (b"ms-powerpoint.template.macroEnabled.main+xml", PPTX),
)
_MIME_TYPES: Final = {name: kind for kind in (ODT, ODS, ODP) for name in (kind, f"{kind}-template")}
_MIME_TYPES[EPUB] = EPUB
_MAX_MEMBER_BYTES: Final = 64 * 1024
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,  # offsets outside the file, names in no charset
    RuntimeError,  # an encrypted member, an unknown compression
    OverflowError,
)


def zip_type(file: BoundedFile) -> str:
    """Return the media type of a ZIP file; a damaged one is known by the names at its beginning."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            for member, media_type in _MEMBERS:
                if member in names:
                    return media_type
            return _declared_type(archive, names)
    except _DAMAGED:
        return _damaged_type(file)


def _declared_type(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names:
        declared = _start_of(archive, "mimetype").decode("ascii", "replace").strip()
        return _MIME_TYPES.get(declared, ZIP)
    if _CONTENT_TYPES in names:
        text = _start_of(archive, _CONTENT_TYPES)
        return next((kind for name, kind in _MAIN_PARTS if name in text), ZIP)
    return ZIP


def _start_of(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as stream:
            return stream.read(_MAX_MEMBER_BYTES)
    except _DAMAGED:
        return b""


def _damaged_type(file: BoundedFile) -> str:
    try:
        file.seek(0)
        head = file.read(_MAX_MEMBER_BYTES)
    except OSError:
        return ZIP
    if head[30:38] == b"mimetype":
        return next(
            (kind for name, kind in _MIME_TYPES.items() if head[38:].startswith(name.encode())), ZIP
        )
    return next((kind for member, kind in _MEMBERS if member.encode() in head), ZIP)
