"""What the styles and list definitions of a Word document make of a paragraph."""

from __future__ import annotations

import re
from typing import Final

from attrs import field, frozen

from hyperspot.file_parser_builtin.infra.ooxml import XmlElement, child, local_attribute, local_name

_HEADING_NAME: Final = re.compile(r"heading (\d)", re.IGNORECASE)
_BULLET_FORMATS: Final = frozenset(("bullet", "none"))
_MAX_CHAIN: Final = 20
_MAX_LIST_LEVEL: Final = 8
_OUTLINE_LEVELS: Final = 6


@frozen(kw_only=True)
class ParagraphLook:
    """What kind of block a paragraph is; at most one of these is set.

    Attributes:
        heading: Level 1..6, or 0.
        list_level: 0..8, or -1 outside lists.
        ordered: Whether the list is numbered.
        quote: Whether it is a quotation.
    """

    heading: int = 0
    list_level: int = -1
    ordered: bool = False
    quote: bool = False


@frozen(kw_only=True)
class _ParagraphStyle:
    name: str
    parent: str
    properties: XmlElement | None


@frozen
class DocxStyles:
    """The styles by id, and the format of each list level by list id."""

    _styles: dict[str, _ParagraphStyle] = field(factory=dict[str, _ParagraphStyle])
    _formats: dict[str, dict[int, str]] = field(factory=dict[str, dict[int, str]])

    @classmethod
    def read(cls, styles: XmlElement | None, numbering: XmlElement | None) -> DocxStyles:
        """Read the parts ``styles.xml`` and ``numbering.xml``, either of which may be missing."""
        return cls(_read_styles(styles), _read_formats(numbering))

    def look_of(self, properties: XmlElement | None) -> ParagraphLook:
        """Return the look of a paragraph with these ``w:pPr``."""
        style_id = _value(child(properties, "pStyle"))
        names = [style.name for style in self._chain(style_id)]
        sources = [properties, *(style.properties for style in self._chain(style_id))]
        heading = _heading(names, sources)
        if heading:
            return ParagraphLook(heading=heading)
        list_id = _first(sources, "numPr", "numId")
        if list_id not in ("", "0"):  # 0 takes a paragraph out of the list of its style
            level = min(_number(_first(sources, "numPr", "ilvl"), 0), _MAX_LIST_LEVEL)
            known = self._formats.get(list_id, {}).get(level, "bullet")
            return ParagraphLook(list_level=level, ordered=known not in _BULLET_FORMATS)
        return ParagraphLook(quote=any("quote" in name.lower() for name in names[:1]))

    def _chain(self, style_id: str) -> list[_ParagraphStyle]:
        chain: list[_ParagraphStyle] = []
        while style_id in self._styles and len(chain) < _MAX_CHAIN:
            chain.append(self._styles[style_id])
            style_id = chain[-1].parent
        return chain


def _heading(names: list[str], sources: list[XmlElement | None]) -> int:
    outline = _number(_first(sources, "outlineLvl"), -1)
    if 0 <= outline < _OUTLINE_LEVELS:
        return outline + 1
    for name in names:
        if name.lower() == "title":
            return 1
        if found := _HEADING_NAME.fullmatch(name):
            return min(max(int(found[1]), 1), _OUTLINE_LEVELS)
    return 0


def _first(sources: list[XmlElement | None], *path: str) -> str:
    for source in sources:
        if (found := child(source, *path)) is not None:
            return _value(found)
    return ""


def _read_styles(root: XmlElement | None) -> dict[str, _ParagraphStyle]:
    if root is None:
        return {}
    return {
        local_attribute(style, "styleId"): _ParagraphStyle(
            name=_value(child(style, "name")),
            parent=_value(child(style, "basedOn")),
            properties=child(style, "pPr"),
        )
        for style in root
        if local_name(style) == "style"
    }


def _read_formats(root: XmlElement | None) -> dict[str, dict[int, str]]:
    if root is None:
        return {}
    abstract = {
        local_attribute(item, "abstractNumId"): {
            _number(local_attribute(level, "ilvl"), 0): _value(child(level, "numFmt"))
            for level in item
            if local_name(level) == "lvl"
        }
        for item in root
        if local_name(item) == "abstractNum"
    }
    return {
        local_attribute(item, "numId"): abstract.get(_value(child(item, "abstractNumId")), {})
        for item in root
        if local_name(item) == "num"
    }


def _value(element: XmlElement | None) -> str:
    return "" if element is None else local_attribute(element, "val")


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
