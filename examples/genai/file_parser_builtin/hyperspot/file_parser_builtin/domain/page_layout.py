"""Pages to blocks: tables, columns, paragraphs, headings, lists and program text, by geometry and looks alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from hyperspot.file_parser.contract import (
    Block,
    Box,
    CodeBlock,
    Heading,
    Image,
    ListItem,
    PageBreak,
    Paragraph,
    Place,
)
from hyperspot.file_parser_builtin.domain.line_text import inlines
from hyperspot.file_parser_builtin.domain.page_text import Line, PageText
from hyperspot.file_parser_builtin.domain.paragraphs import Group, paragraphs
from hyperspot.file_parser_builtin.domain.typography import Typography

_MAX_HEADING_CHARS: Final = 250
_MAX_BOLD_HEADING_CHARS: Final = 120
_LETTER: Final = re.compile(r"[^\W\d_]")


class Boxed(Protocol):
    """Has a place on a page."""

    left: float
    top: float
    right: float
    bottom: float


def page_blocks(pages: Sequence[PageText]) -> Iterator[tuple[Place, Block]]:
    """Yield the blocks of a document with their pages and boxes."""
    usual = Typography.of(pages)
    for page in pages:
        for group in paragraphs(page.lines, usual.spacing):
            if block := _block(group, usual):
                yield Place(page=page.number, box=box_around(group.lines)), block
        for picture in page.pictures:
            yield Place(page=page.number, box=box_around([picture])), Image()
        if page is not pages[-1]:
            yield Place(page=page.number), PageBreak()


def box_around(parts: Iterable[Boxed]) -> Box:
    """Return the smallest box around *parts*, of which there is at least one."""
    boxes = list(parts)
    return Box(
        left=round(min([box.left for box in boxes]), 1),
        top=round(min([box.top for box in boxes]), 1),
        right=round(max([box.right for box in boxes]), 1),
        bottom=round(max([box.bottom for box in boxes]), 1),
    )


def _block(group: Group, usual: Typography) -> Block | None:
    lines = group.lines
    if level := _level(lines, usual):
        content = inlines(lines, usual.face, is_heading=True)
        return Heading(level=level, inlines=content) if content else None
    if group.marker:
        return _item(group, usual)
    content = inlines(lines, usual.face)
    return Paragraph(inlines=content) if content else None


def _item(group: Group, usual: Typography) -> ListItem:
    first = group.lines[0]
    cut = len(group.marker)
    first.text = first.text[cut:]
    content = inlines(group.lines, usual.face)
    blocks = (Paragraph(inlines=content),) if content else ()
    return ListItem(level=0, ordered=group.is_ordered, blocks=blocks)


def _level(lines: Sequence[Line], usual: Typography) -> int | None:
    level = usual.level(lines)
    if not level:
        return None
    length = sum(len(line.text) for line in lines)
    if length > _MAX_HEADING_CHARS or not any(_LETTER.search(line.text) for line in lines):
        return None
    is_larger = lines[0].size > usual.size * 1.1
    if not is_larger and (length > _MAX_BOLD_HEADING_CHARS or lines[-1].text[-1] in ".,;:"):
        return None
    return level


__all__ = ["CodeBlock", "box_around", "page_blocks"]
