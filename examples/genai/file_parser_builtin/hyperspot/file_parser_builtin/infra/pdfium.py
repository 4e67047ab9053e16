"""The one door to pdfium, which is not thread-safe and knows no types."""

from __future__ import annotations

import ctypes
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final

import pypdfium2  # type: ignore[import-untyped]  # the library has no annotations
import pypdfium2.raw  # type: ignore[import-untyped]  # nor has its binding

from hyperspot.file_parser_builtin.domain.page_layout import Line

_LOCK: Final = Lock()
_LIBRARY: Any = pypdfium2
_RAW: Any = pypdfium2.raw
_MAX_CHARS_PER_PAGE: Final = 2_000_000


class PdfDamaged(Exception):
    """The library cannot read the file; the message says why."""


class PdfEncrypted(Exception):
    """The file needs a password."""


class Pdf:
    """An open PDF; every call waits for its turn at the library.

    Use `open_pdf`. Pages count from 1.
    """

    def __init__(self, document: Any) -> None:
        self._document = document

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        with _LOCK:
            return len(self._document)

    def metadata(self) -> dict[str, str]:
        """Return the entries of the information dictionary that are not empty, such as ``Title``."""
        with _LOCK:
            found: dict[str, str] = self._document.get_metadata_dict(skip_empty=True)
        return found

    def lines(self, page_number: int) -> list[Line]:
        """Return the lines of a page in the order in which the page writes them.

        Raises:
            PdfDamaged: The page cannot be read.
        """
        with _LOCK:
            try:
                page = self._document[page_number - 1]
            except _LIBRARY.PdfiumError as error:
                raise PdfDamaged(f"page {page_number}: {error}") from error
            try:
                return _lines(page)
            except _LIBRARY.PdfiumError as error:
                raise PdfDamaged(f"page {page_number}: {error}") from error
            finally:
                page.close()


@contextmanager
def open_pdf(path: Path) -> Generator[Pdf]:
    """Open the PDF at *path*.

    Raises:
        PdfDamaged: It is no PDF, or is damaged beyond repair.
        PdfEncrypted: It needs a password.
    """
    with _openable(path) as source:
        with _LOCK:
            try:
                document = _LIBRARY.PdfDocument(source)
            except _LIBRARY.PdfiumError as error:
                if getattr(error, "err_code", None) == _RAW.FPDF_ERR_PASSWORD:
                    raise PdfEncrypted from error
                raise PdfDamaged(str(error)) from error
        try:
            yield Pdf(document)
        finally:
            with _LOCK:
                document.close()


@contextmanager
def _openable(path: Path) -> Generator[Path | IO[bytes]]:
    """Yield what the library opens: a file in memory only as a stream, for it resolves the path."""
    if path.resolve().exists():
        yield path
    else:
        with path.open("rb") as file:
            yield file


def _lines(page: Any) -> list[Line]:
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        if count > _MAX_CHARS_PER_PAGE:
            raise PdfDamaged(f"a page with {count} characters")
        text: str = text_page.get_text_range(0, count) if count else ""
        raw = text_page.raw
        lines: list[Line] = []
        start = 0
        for part in text.split("\n"):
            shown = part.strip()
            if shown:
                first = start + part.index(shown[0])
                lines.append(_line(raw, shown, first, first + len(shown) - 1))
            start += len(part) + 1
        return lines
    finally:
        text_page.close()


def _line(raw: Any, text: str, first: int, last: int) -> Line:
    first = max(_RAW.FPDFText_GetCharIndexFromTextIndex(raw, first), 0)
    last = max(_RAW.FPDFText_GetCharIndexFromTextIndex(raw, last), first)
    size: float = _RAW.FPDFText_GetFontSize(raw, first)
    left, bottom, _, top = _box(raw, first)
    _, last_bottom, right, last_top = _box(raw, last)
    return Line(
        text, size * _scale(raw, first), left, min(bottom, last_bottom), right, max(top, last_top)
    )


def _box(raw: Any, index: int) -> tuple[float, float, float, float]:
    box = _RAW.FS_RECTF()
    _RAW.FPDFText_GetLooseCharBox(raw, index, ctypes.byref(box))
    return box.left, box.bottom, box.right, box.top


def _scale(raw: Any, index: int) -> float:
    """Return how much the page enlarges the font vertically: many files write with size 1 and scale."""
    matrix = _RAW.FS_MATRIX()
    if not _RAW.FPDFText_GetMatrix(raw, index, ctypes.byref(matrix)):
        return 1.0
    return float((matrix.c**2 + matrix.d**2) ** 0.5) or 1.0
