"""PDF: text by page, in reading order, with headings by font size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    ParsedContent,
    ParseFailed,
    ParseRequest,
)
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.contract.building.inline_run import one_line
from hyperspot.file_parser.contract.building.numbering import numbered
from hyperspot.file_parser_builtin.domain.page_layout import page_blocks
from hyperspot.file_parser_builtin.domain.page_text import PageText
from hyperspot.file_parser_builtin.domain.running_headers import drop_running_headers
from hyperspot.file_parser_builtin.domain.typography import Typography
from hyperspot.file_parser_builtin.infra.pdfium import Pdf, PdfDamaged, PdfEncrypted, open_pdf
from modkit import UNSET, UnsetType

_STAGE: Final = "reading PDF pages"
_LAYOUT: Final = "laying out PDF pages"
_DATE: Final = re.compile(
    r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-])(\d\d)'?(\d\d)?'?)?", re.ASCII
)


def parse_pdf(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of a PDF; each names its page, and page breaks stand between pages."""
    try:
        with open_pdf(path) as pdf:
            return _content(pdf, request, budget)
    except PdfEncrypted as error:
        raise DocumentEncrypted(request.filename, request.media_type) from error
    except PdfDamaged as error:
        raise ParseFailed(request.filename, request.media_type, str(error)) from error


def _content(pdf: Pdf, request: ParseRequest, budget: Budget) -> ParsedContent:
    budget.use_pages(pdf.page_count)
    pages: list[PageText] = []
    for number in range(1, pdf.page_count + 1):
        budget.progress(_STAGE, number - 1, pdf.page_count)
        page = pdf.page(number)
        budget.use_text(sum(len(line.text) for line in page.lines), _STAGE)
        budget.use_blocks(1 + len(page.lines), _STAGE)
        pages.append(page)
    usual = Typography.of(pages)
    if request.options.drop_running_headers:
        drop_running_headers(pages)
    blocks = page_blocks(
        _timed(pages, budget), usual, lambda grid: grid.table(usual.face, budget, _LAYOUT)
    )
    about = pdf.metadata()
    return ParsedContent(
        blocks=numbered(blocks),
        title=one_line(about.get("Title", "")) or UNSET,
        author=one_line(about.get("Author", "")) or UNSET,
        language=one_line(pdf.language()) or UNSET,
        created_at=_date(about.get("CreationDate", "")),
        modified_at=_date(about.get("ModDate", "")),
    )


def _timed(pages: Sequence[PageText], budget: Budget) -> Iterator[PageText]:
    for page in pages:
        budget.check_time(_LAYOUT)
        yield page


def _date(text: str) -> datetime | UnsetType:
    """Read a PDF date (ISO 32000-1, section 7.9.4); one that cannot be read is as if not given."""
    found = _DATE.match(text)
    if not found:
        return UNSET
    year, month, day, hour, minute, second = (
        int(part or default) for part, default in zip(found.groups()[:6], "011000", strict=True)
    )
    sign = -1 if found[7] == "-" else 1
    offset = sign * timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        return UNSET
