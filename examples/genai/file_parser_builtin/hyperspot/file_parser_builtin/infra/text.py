"""Plain text: paragraphs between blank lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import ParsedContent, ParseRequest
from hyperspot.file_parser.contract.building.block_builder import BlockBuilder
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser_builtin.domain.charset import decode

_STAGE: Final = "reading text"
_BLANK_LINES: Final = re.compile(r"\n(?:[ \t]*\n)+")


def parse_text(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the paragraphs of a plain text; lines inside a paragraph stay lines."""
    decoded = decode(path.read_bytes(), request.charset)
    builder = BlockBuilder(budget, _STAGE)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    for paragraph in _BLANK_LINES.split(text):
        for line in paragraph.split("\n"):
            builder.text(line)
            builder.line_break()
        builder.end_block()
    return ParsedContent(blocks=builder.finish(), charset=decoded.charset)
