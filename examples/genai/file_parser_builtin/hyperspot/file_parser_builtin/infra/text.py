"""Plain text: paragraphs between blank lines, pages between form feeds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import ParsedContent, ParseRequest, Place
from hyperspot.file_parser.contract.building.block_builder import BlockBuilder
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser_builtin.domain.charset import decode

_STAGE: Final = "reading text"
_NEW_LINE: Final = re.compile(r"\r\n?")
_BLANK_LINES: Final = re.compile(r"\n(?:[ \t]*\n)+")


def parse_text(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the paragraphs of a plain text; lines inside a paragraph stay lines, form feeds end pages."""
    decoded = decode(path.read_bytes(), request.charset)
    builder = BlockBuilder(budget, _STAGE)
    pages = _NEW_LINE.sub("\n", decoded.text).rstrip("\f\n \t").split("\f")
    budget.use_pages(len(pages))
    for number, page in enumerate(pages, 1):
        if len(pages) > 1:
            builder.at(Place(page=number))
        _add_paragraphs(page, builder)
        if number < len(pages):
            builder.page_break()
    return ParsedContent(blocks=builder.finish(), charset=decoded.charset)


def _add_paragraphs(page: str, builder: BlockBuilder) -> None:
    for paragraph in _BLANK_LINES.split(page):
        for line in paragraph.split("\n"):
            builder.text(line)
            builder.line_break()
        builder.end_block()
