"""What a page shows: pieces of lines, rules and images, with their boxes.

All lengths are points (1/72 inch); x grows to the right and y downwards, from the upper left corner of the page as it
is shown. These values are made in great numbers for every page, so they are not frozen.
"""

from __future__ import annotations

from itertools import product
from typing import Final

from attrs import define, field, frozen


@frozen(eq=False)
class Face:
    """What a font looks like, as far as that says something about the text.

    There is one value for each look, so that they are compared by identity; `face` returns it.
    """

    is_bold: bool = False
    is_italic: bool = False
    is_fixed_width: bool = False


_FACES: Final = {key: Face(*key) for key in product((False, True), repeat=3)}


def face(*, is_bold: bool, is_italic: bool, is_fixed_width: bool) -> Face:
    """Return the one value for a look.

    Example:
        >>> face(is_bold=False, is_italic=False, is_fixed_width=False) is PLAIN_FACE
        True
    """
    return _FACES[is_bold, is_italic, is_fixed_width]


PLAIN_FACE: Final = face(is_bold=False, is_italic=False, is_fixed_width=False)


@define
class Run:
    """Text of one look inside a line; with a target it is a link."""

    text: str
    face: Face
    target: str = ""


@define
class Line:
    r"""A piece of a line of text, without wide gaps inside; a gap ends the piece, and another one follows.

    Attributes:
        text: Without line ends, and without white space around it; a trailing ``\ufffe`` is a hyphen at which
            a word was divided.
        left, top, right, bottom: Box around what is seen of the characters.
        baseline: What the characters stand on.
        size: Height of the font as it is shown.
        face: Look of the whole line; of a mixed one, how it begins.
        row: Number of the line on the page as it was written; pieces of one line share it.
        runs: Looks inside a line that has several or a link; else empty.
        is_upright: Whether it is written from left to right or from right to left.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    baseline: float
    size: float
    face: Face
    row: int
    runs: list[Run] = field(factory=list[Run])
    is_upright: bool = True


@define
class Rule:
    """A straight line: horizontal if its ends have the same ``top`` and ``bottom``, else vertical."""

    left: float
    top: float
    right: float
    bottom: float


@define
class Picture:
    """Where an image is on the page."""

    left: float
    top: float
    right: float
    bottom: float


@define
class PageText:
    """Everything on one page, in the order in which the page writes it.

    Attributes:
        number: 1-based page.
        height: From the upper to the lower edge of the page.
        lines: Text.
        rules: Straight lines, thin rectangles and borders of rectangles.
        pictures: Images.
    """

    number: int
    height: float
    lines: list[Line]
    rules: list[Rule] = field(factory=list[Rule])
    pictures: list[Picture] = field(factory=list[Picture])
