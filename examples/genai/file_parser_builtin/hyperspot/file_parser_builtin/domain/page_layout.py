"""Lines on pages to paragraphs, headings and list items, by geometry alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from attrs import frozen

from hyperspot.file_parser.contract import (
    Block,
    Heading,
    ListItem,
    PageBreak,
    Paragraph,
    Place,
    Text,
)

_SOFT_HYPHEN: Final = (
    "\ufffe\x02\u00ad"  # how a PDF library marks a word divided at the end of a line
)
_BULLET: Final = re.compile(r"[•‣◦▪●○■\uf0b7]\s*(?=\S)")
_SIZE_STEP: Final = 0.5  # sizes are compared in half points
_HEADING_RATIO: Final = 1.15
_MAX_HEADING_CHARS: Final = 250
_MAX_HEADING_LEVEL: Final = 6
_SAME_SIZE_RATIO: Final = 0.12
_MAX_SPACING: Final = 1.5  # of the font size, from line to line inside a paragraph
_SPACING_STEP: Final = 0.05
_WIDER: Final = 1.2  # than usual: the space between two paragraphs
_MAX_INDENT: Final = 1.2


@frozen
class Line:
    """One line of text on a page.

    Attributes:
        text: Without line ends.
        size: Font size in points.
        left, bottom, right, top: Box in points, from the lower left corner of the page.
    """

    text: str
    size: float
    left: float
    bottom: float
    right: float
    top: float


def page_blocks(pages: Sequence[Sequence[Line]]) -> Iterator[tuple[Place, Block]]:
    """Yield the blocks of a document with their pages.

    Font sizes clearly above the one most characters have are headings: the largest has level 1.
    """
    levels = _heading_levels(line for page in pages for line in page)
    spacing = _usual_spacing(pages)
    for number, page in enumerate(pages, 1):
        place = Place(page=number)
        for group in _paragraphs(page, spacing):
            if block := _block(group, levels):
                yield place, block
        if number < len(pages):
            yield place, PageBreak()


def _heading_levels(lines: Iterable[Line]) -> dict[float, int]:
    characters: Counter[float] = Counter()
    for line in lines:
        characters[_rounded(line.size)] += len(line.text)
    if not characters:
        return {}
    body = characters.most_common(1)[0][0]
    larger = sorted((size for size in characters if size > body * _HEADING_RATIO), reverse=True)
    return {size: min(rank, _MAX_HEADING_LEVEL) for rank, size in enumerate(larger, 1)}


def _usual_spacing(pages: Sequence[Sequence[Line]]) -> float:
    """Return the most common distance from line to line, in font sizes."""
    seen: Counter[float] = Counter()
    for lines in pages:
        for above, below in pairwise(lines):
            down = (above.bottom - below.bottom) / max(below.size, 1.0)
            if _SPACING_STEP < down < 2 * _MAX_SPACING:
                seen[round(down / _SPACING_STEP) * _SPACING_STEP] += 1
    usual = seen.most_common(1)[0][0] if seen else _MAX_SPACING
    return min(max(usual, 1.0), _MAX_SPACING)


def _paragraphs(lines: Sequence[Line], spacing: float) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if not line.text.strip():
            continue
        if group and not _continues(group, line, spacing):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _continues(group: Sequence[Line], line: Line, spacing: float) -> bool:
    before = group[-1]
    size = max(before.size, line.size, 1.0)
    if abs(before.size - line.size) > _SAME_SIZE_RATIO * size or _BULLET.match(line.text):
        return False
    down = before.bottom - line.bottom
    if not size / 2 < down <= spacing * _WIDER * size:
        return _is_beside(before, line)
    is_indented = line.left - before.left > _MAX_INDENT * size
    starts_over = is_indented and len(group) > 1  # the first line of a next paragraph
    overlaps = min(before.right, line.right) > max(before.left, line.left)
    return overlaps and not starts_over


def _is_beside(before: Line, line: Line) -> bool:
    """Whether *line* goes on where *before* stopped, at the same height."""
    height = max(before.top - before.bottom, 1.0)
    return abs(before.bottom - line.bottom) < height / 2 and 0 <= line.left - before.right < height


def _block(group: Sequence[Line], levels: dict[float, int]) -> Block | None:
    text = _joined(group)
    if not text:
        return None
    level = levels.get(_rounded(group[0].size))
    if level and len(text) <= _MAX_HEADING_CHARS:
        return Heading(level=level, inlines=(Text(text=text),))
    if bullet := _BULLET.match(text):
        item = Paragraph(inlines=(Text(text=text[bullet.end() :]),))
        return ListItem(level=0, ordered=False, blocks=(item,))
    return Paragraph(inlines=(Text(text=text),))


def _joined(group: Sequence[Line]) -> str:
    joined = ""
    for line in group:
        text = " ".join(line.text.split())
        if joined and joined[-1] in _SOFT_HYPHEN:
            joined = joined[:-1] + text
        else:
            joined = f"{joined} {text}" if joined else text
    return joined.strip(_SOFT_HYPHEN + " ")


def _rounded(size: float) -> float:
    return round(size / _SIZE_STEP) * _SIZE_STEP
