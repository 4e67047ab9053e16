"""Reading order: what stands in columns is read column by column.

Most files write their text in the order in which it is read, so that is kept unless a column of the page shows that it
is not: pieces that stand beside one another, on both sides of a strip of free space that goes down the page.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

_MIN_LINES: Final = 3  # on both sides of a gutter
_MIN_GUTTER: Final = 5.0
_MAX_DEPTH: Final = 8
_MAX_PARTS: Final = 1_500  # more are the labels of a map or a drawing
_SAME_EDGE: Final = 2.0
_MIN_LENGTH: Final = 8.0  # of lines on average, in their heights; shorter ones are cells of a table
_MAX_CROSSING: Final = 0.5  # of the lines, that may run over the gutter: titles, figures


class Placed(Protocol):
    """Has a place on a page."""

    left: float
    top: float
    right: float
    bottom: float


P = TypeVar("P", bound=Placed)


def in_columns(parts: Sequence[P]) -> list[list[P]]:
    """Return *parts* in reading order, those of each column in a list of their own."""
    if is_downward(parts):
        return [list(parts)] if parts else []
    return _divided(list(parts), 0)


def is_downward(parts: Sequence[Placed]) -> bool:
    """Whether *parts* go down the page, with too few beside one another for columns."""
    beside = 0
    last, right = float("-inf"), 0.0
    for part in parts:
        if part.top < last:
            beside += 1
            if beside >= _MIN_LINES or part.left < right or part.bottom < last:
                return False
        last = (part.top + part.bottom) / 2
        right = part.right
    return True


def _divided(parts: list[P], depth: int) -> list[list[P]]:
    is_divisible = depth < _MAX_DEPTH and 2 * _MIN_LINES <= len(parts) <= _MAX_PARTS
    gutter = _gutter(parts) if is_divisible else None
    if gutter is None:
        return [_by_rows(parts)] if parts else []
    begin, end = gutter
    bands: list[list[P]] = [[]]
    for part in sorted(parts, key=_middle):
        if part.left < begin and part.right > end:
            bands += [[part], []]
        else:
            bands[-1].append(part)
    ordered: list[list[P]] = []
    for band in bands:
        left = [part for part in band if part.left < begin]
        right = [part for part in band if part.left >= begin]
        for side in (left, right):
            ordered += _divided(side, depth + 1)
    return _merged(ordered)


def _merged(columns: list[list[P]]) -> list[list[P]]:
    """Join bands of single full-width parts that follow one another."""
    made: list[list[P]] = []
    for column in columns:
        if made and len(column) == 1 and _is_wide(made[-1], column[0]):
            made[-1] += column
        else:
            made.append(column)
    return made


def _is_wide(column: Sequence[Placed], part: Placed) -> bool:
    """Whether *part* goes on below a column that is as wide."""
    last = column[-1]
    return part.top >= last.bottom - 1 and abs(part.left - last.left) < _MIN_GUTTER


def _gutter(parts: Sequence[Placed]) -> tuple[float, float] | None:
    """Return the left and right of the best strip between two columns."""
    edges = sorted(part.left for part in parts)
    best: tuple[int, float, float] | None = None
    tried = edges[0] + _MIN_GUTTER
    for number, edge in enumerate(edges):
        if edge < tried or bisect_right(edges, edge + 2 * _SAME_EDGE) - number < _MIN_LINES:
            continue
        tried = edge + 2 * _SAME_EDGE
        found = _strip(parts, edge)
        if found and (best is None or found[0] > best[0]):
            best = found
    return best[1:] if best else None


def _strip(parts: Sequence[Placed], edge: float) -> tuple[int, float, float] | None:
    """Return how good a gutter to the left of *edge* is, and where it is."""
    left: list[Placed] = []
    right: list[Placed] = []
    begin, end = 0.0, edge - _MIN_GUTTER / 2
    crossing = 0
    for part in parts:
        if part.left >= edge:
            right.append(part)
        elif part.right <= end:
            left.append(part)
            begin = max(part.right, begin)
        else:
            crossing += 1
    if min(len(left), len(right)) < _MIN_LINES or crossing > _MAX_CROSSING * len(parts):
        return None
    if edge - begin < _MIN_GUTTER or not (_is_text(left) and _is_text(right)):
        return None
    if not _is_beside(left, right):
        return None
    return min(len(left), len(right)) - crossing, (begin + edge) / 2, edge - 1


def _is_beside(left: Sequence[Placed], right: Sequence[Placed]) -> bool:
    """Whether two columns stand at the same height for a good part."""
    tops = [min([part.top for part in side]) for side in (left, right)]
    bottoms = [max([part.bottom for part in side]) for side in (left, right)]
    heights = [bottom - top for top, bottom in zip(tops, bottoms, strict=True)]
    return min(bottoms) - max(tops) > min(heights) / 2


def _is_text(column: Sequence[Placed]) -> bool:
    """Whether pieces are as long as lines of text, unlike the cells of a table."""
    width = height = 0.0
    for part in column:
        width += part.right - part.left
        height += part.bottom - part.top
    return width >= _MIN_LENGTH * height


def _middle(part: Placed) -> float:
    return (part.top + part.bottom) / 2


def _by_rows(parts: list[P]) -> list[P]:
    """Return parts from top to bottom, those at one height from left to right, unless they are so already."""
    if is_downward(parts):
        return parts
    ordered: list[P] = []
    row: list[P] = []
    bottom = 0.0
    for part in sorted(parts, key=_middle):
        if row and _middle(part) > bottom - 1:
            ordered += sorted(row, key=lambda other: other.left)
            row, bottom = [], 0.0
        row.append(part)
        bottom = max(part.bottom, bottom)
    return ordered + sorted(row, key=lambda other: other.left)
