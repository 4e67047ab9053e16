"""What the style sheet and the lists of an RTF file make of its paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar, Final

import attrs
from attrs import define, field, frozen

from hyperspot.file_parser.contract import Image
from hyperspot.file_parser_builtin.infra.rtf_group import (
    ParagraphLook,
    RtfDestination,
    RtfGroup,
    Takes,
)
from hyperspot.file_parser_builtin.infra.rtf_pieces import RtfParagraph, RtfRun

_HEADING_NAME: Final = re.compile(r"heading (\d)", re.IGNORECASE)
_HEADING_LEVELS: Final = 6
_UNNUMBERED: Final = frozenset([23, 255])  # a bullet, nothing
_MAX_CHAIN: Final = 20
_MAX_NAME_CHARS: Final = 250


@define(kw_only=True)
class _Style:
    name: str = ""
    outline: int = -1
    parent: int | None = None


@frozen
class RtfStyles:
    """The styles by number, and whether the levels of the lists are numbered.

    Attributes:
        by_number: Styles of paragraphs.
        lists: Per list, whether each level is numbered.
        overrides: The list that a paragraph means by the number in its ``ls``.
    """

    by_number: dict[int, _Style] = field(factory=dict[int, _Style])
    lists: dict[int, list[bool]] = field(factory=dict[int, list[bool]])
    overrides: dict[int, int] = field(factory=dict[int, int])

    def paragraph(self, look: ParagraphLook, content: Sequence[RtfRun | Image]) -> RtfParagraph:
        """Return a paragraph as the block that it is."""
        if heading := self._heading(look):
            return RtfParagraph(content=content, heading=heading)
        if look.list_id > 0:
            levels = self.lists.get(self.overrides.get(look.list_id, 0), [])
            ordered = look.list_level < len(levels) and levels[look.list_level]
            return RtfParagraph(content=content, list_level=look.list_level, ordered=ordered)
        if look.bullet is not None:
            return RtfParagraph(
                content=content, list_level=look.list_level, ordered=not look.bullet
            )
        style = self.by_number.get(look.style)
        return RtfParagraph(content=content, is_quote="quote" in style.name if style else False)

    def _heading(self, look: ParagraphLook) -> int:
        if look.outline >= 0:
            return look.outline + 1 if look.outline < _HEADING_LEVELS else 0
        number: int | None = look.style
        for _ in range(_MAX_CHAIN):
            style = self.by_number.get(number) if number is not None else None
            if style is None:
                break
            if found := _HEADING_NAME.fullmatch(style.name):
                return min(max(int(found[1]), 1), _HEADING_LEVELS)
            if style.name == "title":
                return 1
            if 0 <= style.outline < _HEADING_LEVELS:
                return style.outline + 1
            number = style.parent
        return 0


@define
class StyleSheet(RtfDestination):
    r"""``{\stylesheet{\s1 heading 1;}...}``: a name ends in a semicolon."""

    takes: ClassVar[Takes] = Takes.TEXT

    _styles: RtfStyles
    _number: int | None = 0
    _style: _Style = field(factory=_Style, init=False)

    def word(self, name: str, value: int | None) -> None:
        """Take what a style says about itself."""
        match name:
            case "s":
                self._number = value or 0
            case "cs" | "ds" | "ts":  # a style of characters, sections, tables
                self._number = None
            case "outlinelevel":
                self._style.outline = value or 0
            case "sbasedon":
                self._style.parent = value
            case _:
                pass

    def text(self, text: str) -> None:
        """Take a piece of a name."""
        name, semicolon, _ = text.partition(";")
        if len(self._style.name) < _MAX_NAME_CHARS:
            self._style.name += name[:_MAX_NAME_CHARS]
        if semicolon:
            self._style.name = self._style.name.strip().lower()
            if self._number is not None:
                self._styles.by_number[self._number] = self._style
            self._style, self._number = _Style(), 0


@define
class ListTable(RtfDestination):
    r"""``{\*\listtable{\list{\listlevel\levelnfc23...}...\listid7}...}``."""

    _styles: RtfStyles
    _levels: list[bool] = field(factory=list[bool], init=False)

    def word(self, name: str, value: int | None) -> None:
        """Take what a list says about itself."""
        match name:
            case "list":
                self._levels = []
            case "levelnfc":
                self._levels.append(value not in _UNNUMBERED)
            case "listid":
                self._styles.lists[value or 0] = self._levels
            case _:
                pass


@define
class ListOverrides(RtfDestination):
    r"""``{\*\listoverridetable{\listoverride\listid7\ls1}...}``."""

    _styles: RtfStyles
    _list_id: int = 0

    def word(self, name: str, value: int | None) -> None:
        """Take which list is meant by which number."""
        if name == "listid":
            self._list_id = value or 0
        elif name == "ls":
            self._styles.overrides[value or 0] = self._list_id


@define
class OldNumbering(RtfDestination):
    r"""``{\*\pn\pnlvlblt...}``: the list item that the paragraph is, as programs before lists with ids wrote it."""

    _paragraph: RtfGroup

    def word(self, name: str, value: int | None) -> None:
        """Take what kind of item it is."""
        if name == "pnlvlblt":
            self._set(True, 0)
        elif name == "pnlvlbody":
            self._set(False, 0)
        elif name == "pnlvl":
            self._set(False, min(max((value or 1) - 1, 0), 8))

    def _set(self, bullet: bool, level: int) -> None:
        look = self._paragraph.look
        self._paragraph.look = attrs.evolve(look, bullet=bullet, list_level=level)
