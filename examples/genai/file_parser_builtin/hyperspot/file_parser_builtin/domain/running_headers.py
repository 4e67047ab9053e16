"""Running headers: lines that repeat at the top or bottom of most pages, and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from hyperspot.file_parser_builtin.domain.page_text import Line, PageText

_MIN_PAGES: Final = 2
_EDGE_LINES: Final = 3  # at the top and at the bottom, that can be of a header
_ZONE: Final = 0.2  # of the height of the page, from its edges
_MOST: Final = 0.6  # of the pages
_EVERY_OTHER: Final = 0.4  # of the pages: left and right ones may differ
_MIN_FOR_EVERY_OTHER: Final = 5
_NUMBER: Final = re.compile(r"\d+|\b[ivxlcdm]+\b")

_Key = tuple[str, str]


def drop_running_headers(pages: Sequence[PageText]) -> None:
    """Take the lines out of *pages* that repeat at their edges; numbers in them may differ."""
    if len(pages) < _MIN_PAGES:
        return
    edges = [_edge_lines(page) for page in pages]
    seen: Counter[_Key] = Counter(key for page in edges for key in set(page.values()))
    share = _EVERY_OTHER if len(pages) >= _MIN_FOR_EVERY_OTHER else _MOST
    least = max(_MIN_PAGES, share * len(pages))
    for page, found in zip(pages, edges, strict=True):
        dropped = {number for number, key in found.items() if seen[key] >= least}
        page.lines = [line for number, line in enumerate(page.lines) if number not in dropped]


def _edge_lines(page: PageText) -> dict[int, _Key]:
    """Return the lines at the edges of a page by their position, as they compare with those of other pages."""
    ordered = sorted(range(len(page.lines)), key=lambda number: page.lines[number].top)
    found: dict[int, _Key] = {}
    for number in _first_rows(page.lines, ordered):
        if page.lines[number].bottom < _ZONE * page.height:
            found[number] = "top", _comparable(page.lines[number].text)
    for number in _first_rows(page.lines, ordered[::-1]):
        if page.lines[number].top > (1 - _ZONE) * page.height:
            found[number] = "bottom", _comparable(page.lines[number].text)
    return found


def _first_rows(lines: Sequence[Line], ordered: Sequence[int]) -> list[int]:
    """Return the lines of the first few heights; several pieces may stand at one."""
    heights: list[float] = []
    taken: list[int] = []
    for number in ordered:
        line = lines[number]
        if not heights or abs(heights[-1] - line.baseline) > line.size / 2:
            heights.append(line.baseline)
        if len(heights) > _EDGE_LINES:
            break
        taken.append(number)
    return taken


def _comparable(text: str) -> str:
    return _NUMBER.sub("#", " ".join(text.split()).casefold())
