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

from hyperspot.file_parser.contract.building.inline_run import clean
from hyperspot.file_parser_builtin.domain.page_text import PageText, Picture, Rule
from hyperspot.file_parser_builtin.infra.page_frame import PageFrame
from hyperspot.file_parser_builtin.infra.pdf_calls import address_of
from hyperspot.file_parser_builtin.infra.pdf_lines import LineReader
from hyperspot.file_parser_builtin.infra.pdf_looks import LinkArea
from hyperspot.file_parser_builtin.infra.pdf_objects import page_objects
from hyperspot.file_parser_builtin.infra.pdf_text_page import TextPage

_LOCK: Final = Lock()
_LIBRARY: Any = pypdfium2
_RAW: Any = pypdfium2.raw
_MAX_CHARS_PER_PAGE: Final = 2_000_000
_MAX_LINKS_PER_PAGE: Final = 2_000
_MAX_OUTLINE: Final = 5_000
_MAX_OUTLINE_DEPTH: Final = 6
_MAX_ADDRESS_BYTES: Final = 8_192
_MAX_LANGUAGE_BYTES: Final = 256


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

    def language(self) -> str:
        """Return the language that the document declares, or nothing."""
        buffer = (ctypes.c_ushort * (_MAX_LANGUAGE_BYTES // 2))()
        with _LOCK:
            size = _RAW.FPDFCatalog_GetLanguage(self._document, buffer, _MAX_LANGUAGE_BYTES)
        if not 2 < size <= _MAX_LANGUAGE_BYTES:
            return ""
        return bytes(buffer)[: size - 2].decode("utf-16-le", "replace")

    def page(self, number: int) -> PageText:
        """Return what is on a page.

        Raises:
            PdfDamaged: The page cannot be read.
        """
        with _LOCK:
            try:
                page = self._document[number - 1]
                try:
                    return _page_text(page, number)
                finally:
                    page.close()
            except _LIBRARY.PdfiumError as error:
                raise PdfDamaged(f"page {number}: {error}") from error


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


def _page_text(page: Any, number: int) -> PageText:
    left, bottom, right, top = page.get_bbox()
    frame = PageFrame(left, bottom, right, top, page.get_rotation() // 90)
    objects = page_objects(address_of(page.raw))
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        if count > _MAX_CHARS_PER_PAGE:
            raise PdfDamaged(f"page {number} has {count} characters")
        text: str = text_page.get_text_range(0, count) if count else ""
        rules = [Rule(*frame.shown(*rule)) for rule in objects.rules]
        reader = LineReader(
            TextPage(address_of(text_page.raw), text, count, frame),
            objects=objects,
            rules=rules,
            links=_links(page, frame),
        )
        return PageText(
            number=number,
            height=frame.height,
            lines=reader.lines(),
            rules=rules,
            pictures=[Picture(*frame.shown(*image)) for image in objects.images],
        )
    finally:
        text_page.close()


def _links(page: Any, frame: PageFrame) -> list[LinkArea]:
    """Return the areas of a page that lead to addresses."""
    found: list[LinkArea] = []
    position, link = ctypes.c_int(0), _RAW.FPDF_LINK()
    while len(found) < _MAX_LINKS_PER_PAGE and _RAW.FPDFLink_Enumerate(page, position, link):
        action = _RAW.FPDFLink_GetAction(link)
        if not action or _RAW.FPDFAction_GetType(action) != _RAW.PDFACTION_URI:
            continue
        box = _RAW.FS_RECTF()
        size = _RAW.FPDFAction_GetURIPath(page.pdf, action, None, 0)
        if not _RAW.FPDFLink_GetAnnotRect(link, box) or not 1 < size <= _MAX_ADDRESS_BYTES:
            continue
        buffer = ctypes.create_string_buffer(size)
        _RAW.FPDFAction_GetURIPath(page.pdf, action, buffer, size)
        if target := clean(buffer.value.decode("utf-8", "replace")):
            left, right = sorted((box.left, box.right))
            bottom, top = sorted((box.bottom, box.top))
            found.append(LinkArea(frame.shown(left, bottom, right, top), target))
    return found
