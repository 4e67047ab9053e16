"""Whether the type that a server declares can be that of a file with such a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hyperspot.file_parser.contract import media_types as kinds
from hyperspot.file_parser.contract.models import FileFormat
from hyperspot.file_parser.contract.sniffing import text_type_declared

# Servers and their tables of types are old: within a family they mix names up, and nobody means anything by it.
_FAMILIES: Final = (
    frozenset((kinds.DOC, kinds.DOCX, kinds.RTF, "text/rtf")),
    frozenset((kinds.XLS, kinds.XLSX, kinds.XLSB, kinds.CSV)),
    frozenset((kinds.PPT, kinds.PPTX)),
    frozenset((kinds.HTML, kinds.XML)),
    frozenset((kinds.JSON, kinds.JSON_LINES)),
    frozenset((kinds.CSV, kinds.TSV)),
)
_PACKED: Final = frozenset((kinds.ZIP, "application/x-zip-compressed"))
_IN_ZIP: Final = frozenset(
    (
        *(kinds.DOCX, kinds.XLSX, kinds.XLSB, kinds.PPTX),
        *(kinds.ODT, kinds.ODS, kinds.ODP, kinds.EPUB, kinds.ZIP),
    )
)
_PLAYED: Final = frozenset(("image", "audio", "video", "font", "model"))


def contradicted_type(filename: str, declared: str, formats: Iterable[FileFormat]) -> str | None:
    """Return the media type that the extension of *filename* stands for, if *declared* speaks against it, else None.

    A type that says nothing, such as ``application/octet-stream``, or that is not known here speaks against none; nor does
    ``text/plain`` against a text.

    Args:
        filename: Name of the file; without an extension that *formats* know, nothing speaks against it.
        declared: Media type in lower case and without parameters, or empty.
        formats: What the installed workers parse.

    Example:
        >>> formats = [FileFormat(media_type="application/pdf", extensions=("pdf",))]
        >>> contradicted_type("report.pdf", "text/html", formats)
        'application/pdf'
        >>> contradicted_type("report.pdf", "application/octet-stream", formats) is None
        True
    """
    extension = filename.rpartition(".")[2].lower()
    expected = [item.media_type for item in formats if extension in item.extensions]
    if "." not in filename or any(_agree(declared, item) for item in expected):
        return None
    return next(iter(expected), None)


def _agree(declared: str, expected: str) -> bool:
    name = text_type_declared(declared) or declared
    if name == expected or any({name, expected} <= family for family in _FAMILIES):
        return True
    if name == kinds.PLAIN_TEXT:
        return text_type_declared(expected) is not None
    if name in _PACKED:
        return expected in _IN_ZIP
    major = declared.partition("/")[0]
    if major in _PLAYED:
        return expected.startswith(f"{major}/") and name not in kinds.KNOWN
    return name not in kinds.KNOWN
