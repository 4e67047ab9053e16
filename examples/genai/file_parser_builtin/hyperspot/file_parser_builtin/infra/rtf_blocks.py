"""The pieces of an RTF file to blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import attrs
from attrs import define

from hyperspot.file_parser.contract import Image, PageBreak, Style
from hyperspot.file_parser.contract.building import BlockBuilder
from hyperspot.file_parser_builtin.infra.rtf_pieces import (
    LINE_BREAK,
    Piece,
    RtfParagraph,
    RtfRun,
    RtfTable,
)
from hyperspot.file_parser_builtin.infra.rtf_table import grid_rows
from modkit import UNSET

_HALF: Final = re.compile("[\ud800-\udfff]")
_FLAGS: Final = tuple(attribute.name for attribute in attrs.fields(Style))
_UNITS: Final = "utf-16-le"


@define
class RtfBlocks:
    """Adds pieces to a builder; it calls itself for tables in tables only, which the reader bounds.

    Attributes:
        builder: Where blocks go.
    """

    builder: BlockBuilder

    def add(self, piece: Piece) -> None:
        """Add one piece."""
        match piece:
            case RtfParagraph():
                self._paragraph(piece)
            case RtfTable():
                self._table(piece)
            case PageBreak():
                self.builder.page_break()

    def _paragraph(self, paragraph: RtfParagraph) -> None:
        builder = self.builder
        is_item = paragraph.list_level >= 0
        builder.end_block()
        if is_item:
            builder.open_item(ordered=paragraph.ordered, level=paragraph.list_level)
        elif paragraph.is_quote:
            builder.open_quote()
        elif paragraph.heading:
            builder.start_heading(paragraph.heading)
        for item in joined(_undressed(paragraph) if paragraph.heading else paragraph.content):
            if isinstance(item, Image):
                builder.add(item)
            elif item.text == LINE_BREAK:
                builder.line_break()
            else:
                builder.text(item.text, item.style, target=item.target)
        if is_item or paragraph.is_quote:
            builder.close()
        builder.end_block()

    def _table(self, table: RtfTable) -> None:
        builder = self.builder
        builder.open_table()
        for row, cells in zip(table.rows, grid_rows(table.rows), strict=True):
            builder.open_row(is_header=row.is_header)
            for cell in cells:
                builder.open_cell(column_span=cell.column_span, row_span=cell.row_span)
                for piece in cell.content:
                    self.add(piece)
                builder.close()
            builder.close()
        builder.close()


def _undressed(heading: RtfParagraph) -> list[RtfRun | Image]:
    """Return a heading without the look that all of it has: the file repeats there what the style of headings is."""
    looks = [run.style for run in heading.content if isinstance(run, RtfRun) and run.text.strip()]
    shared = [flag for flag in _FLAGS if all(getattr(look, flag) for look in looks)]
    bare = dict.fromkeys(shared, UNSET)
    return [
        item
        if isinstance(item, Image)
        else attrs.evolve(item, style=attrs.evolve(item.style, **bare))
        for item in heading.content
    ]


def joined(content: Iterable[RtfRun | Image]) -> list[RtfRun | Image]:
    """Return *content* with runs of one look made one, and the halves of characters beyond U+FFFF put together.

    Example:
        >>> [run.text for run in joined([RtfRun(chr(0xD83C)), RtfRun(chr(0xDF4E)), RtfRun("!")])]
        ['🍎!']
    """
    parts: list[list[RtfRun | Image]] = []
    for item in content:
        if parts and _is_alike(parts[-1][-1], item):
            parts[-1].append(item)
        else:
            parts.append([item])
    return [_one(part) for part in parts]


def _is_alike(left: RtfRun | Image, right: RtfRun | Image) -> bool:
    return (
        isinstance(left, RtfRun)
        and isinstance(right, RtfRun)
        and LINE_BREAK not in (left.text, right.text)
        and (left.style, left.target) == (right.style, right.target)
    )


def _one(part: list[RtfRun | Image]) -> RtfRun | Image:
    first = part[0]
    if isinstance(first, Image):
        return first
    text = "".join(run.text for run in part if isinstance(run, RtfRun))
    if _HALF.search(text):
        text = text.encode(_UNITS, "surrogatepass").decode(_UNITS, "replace")
    return RtfRun(text, first.style, first.target)
