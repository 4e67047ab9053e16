"""Lines of one column to paragraphs: by the distance between lines, indents, markers of lists and looks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import define

from hyperspot.file_parser_builtin.domain.line_text import DIVIDED
from hyperspot.file_parser_builtin.domain.page_text import Line

_BULLET: Final = re.compile(r"[•‣◦▪●○■□◆➢❖∙\uf0a7\uf0b7]\s*(?=\S|$)|[-\u2013\u2014*]\s+(?=[^\W\d])")
_NUMBER: Final = re.compile(r"\(?(?:(\d{1,3})|([a-z]))[.)]\s+(?=\S)")
_SAME_SIZE_RATIO: Final = 0.12
_WIDER: Final = 1.2  # than usual: the space between two paragraphs
_INDENT: Final = 0.8  # in font sizes
_SHORT: Final = 0.25  # of the width of a column, that a last line leaves free at least
_ENDS: Final = frozenset(".!?:;\u3002\uff01\uff1f")


@define
class Group:
    """Lines that belong together.

    Attributes:
        lines: From top to bottom, at least one.
        marker: What the first line begins with if this is an item of a list, such as ``1. ``.
        is_ordered: Whether the marker is a number or letter.
    """

    lines: list[Line]
    marker: str = ""
    is_ordered: bool = False


def paragraphs(lines: Sequence[Line], spacing: float) -> Iterator[Group]:
    """Yield the paragraphs of *lines*, which are those of one column from top to bottom.

    Args:
        lines: Pieces of one line joined.
        spacing: From baseline to baseline inside a paragraph, in font sizes.
    """
    if not lines:
        return
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    short = right - _SHORT * (right - left)
    group: Group | None = None
    numbers: set[int] = {1}  # that would go on with a list, or begin one
    for line in lines:
        marker, number = _marker(line.text, numbers)
        if number:
            numbers.add(number + 1)
        if group and not marker and _continues(group, line, spacing, short):
            group.lines.append(line)
            continue
        if group:
            yield group
        group = Group([line], marker, is_ordered=number > 0)
    if group:
        yield group


def _marker(text: str, numbers: set[int]) -> tuple[str, int]:
    """Return the marker that a line begins with, and its number, 0 for a bullet."""
    if text[0].isalpha() and text[1:2] not in ".)":
        return "", 0
    if bullet := _BULLET.match(text):
        return bullet[0], 0
    if found := _NUMBER.match(text):
        number = int(found[1]) if found[1] else ord(found[2]) - ord("a") + 1
        if number in numbers and number:
            return found[0], number
    return "", 0


def _continues(group: Group, line: Line, spacing: float, short: float) -> bool:
    before, first = group.lines[-1], group.lines[0]
    size = max(before.size, line.size, 1.0)
    if abs(before.size - line.size) > _SAME_SIZE_RATIO * size or _looks_change(before, line):
        return False
    down = line.baseline - before.baseline
    if not size / 2 < down <= spacing * _WIDER * size:
        return False
    if before.text[-1] == DIVIDED:
        return True
    if min(before.right, line.right) <= max(before.left, line.left):
        return False
    ends = before.text[-1] in _ENDS
    if ends and before.right < short:
        return False
    indent = _INDENT * size
    if group.marker:
        return line.left > first.left + indent / 2 or not ends
    if line.left - before.left > indent:
        return len(group.lines) == 1 and not ends  # else the first line of a next paragraph
    # A hanging paragraph ends where a line is as far out as its first one.
    return not (before.left - line.left > indent and len(group.lines) > 1)


def _looks_change(before: Line, line: Line) -> bool:
    if before.face is line.face or before.runs or line.runs:
        return False
    return (
        before.face.is_bold != line.face.is_bold
        or before.face.is_fixed_width != line.face.is_fixed_width
    )
