"""What the text of an RTF file is made of before it is blocks: a table is known only at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from attrs import frozen

from hyperspot.file_parser.contract import PLAIN, Image, PageBreak, Style

LINE_BREAK: Final = "\n"
"""Text of a run that is a forced line break."""


@frozen
class RtfRun:
    """Text in one look; with a target it is a link."""

    text: str
    style: Style = PLAIN
    target: str = ""


@frozen(kw_only=True)
class RtfParagraph:
    """A paragraph, and which kind of block it is.

    Attributes:
        content: Runs, and images between them.
        heading: Level 1..6, or 0.
        list_level: 0..8, or -1 outside lists.
        ordered: Whether the list is numbered.
        is_quote: Whether it is a quotation.
    """

    content: Sequence[RtfRun | Image]
    heading: int = 0
    list_level: int = -1
    ordered: bool = False
    is_quote: bool = False


@frozen(kw_only=True)
class RtfCell:
    """A cell as a row defines it, and what is in it.

    Attributes:
        edge: Where it ends at the right, in twips (1/20 point) from the margin.
        joins_left: Whether it is one cell with that at its left.
        spans_down: Whether cells below may be one with it.
        joins_above: Whether it is one cell with that above it.
        content: What is in it.
    """

    edge: int
    joins_left: bool = False
    spans_down: bool = False
    joins_above: bool = False
    content: Sequence[Piece] = ()


@frozen(kw_only=True)
class RtfRow:
    """A row of a table.

    Attributes:
        left: Where it begins, in twips from the margin.
        is_header: Whether it repeats at the top of each page.
        cells: From left to right.
    """

    left: int
    is_header: bool
    cells: Sequence[RtfCell]


@frozen
class RtfTable:
    """A table."""

    rows: Sequence[RtfRow]


Piece: TypeAlias = RtfParagraph | RtfTable | PageBreak
