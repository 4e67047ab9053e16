"""The lists of a Word document: which of their levels are numbered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from hyperspot.file_parser_builtin.infra.ooxml import (
    XmlElement,
    child,
    children,
    local_attribute,
    number,
)

_BULLET_FORMATS: Final = frozenset(("bullet", "none"))
_MAX_LEVEL: Final = 8


@frozen
class _Levels:
    """The levels of one list.

    Attributes:
        formats: Number format by level.
        styles: Level by the id of the paragraph style that puts a paragraph there.
    """

    formats: Mapping[int, str]
    styles: Mapping[str, int]


@frozen
class DocxNumbering:
    """The lists by id."""

    _lists: dict[str, _Levels] = field(factory=dict[str, _Levels])

    @classmethod
    def read(cls, root: XmlElement | None) -> DocxNumbering:
        """Read the part ``numbering.xml``, which may be missing."""
        abstract = {
            local_attribute(item, "abstractNumId"): item for item in children(root, "abstractNum")
        }
        named = {name: item for item in abstract.values() if (name := _value(item, "styleLink"))}
        lists: dict[str, _Levels] = {}
        for item in children(root, "num"):
            base = abstract.get(_value(item, "abstractNumId"))
            if base is not None:  # one that only names a list style has its levels elsewhere
                base = named.get(_value(base, "numStyleLink"), base)
            lists[local_attribute(item, "numId")] = _levels(base, item)
        return cls(lists)

    def level(self, list_id: str, given: str, style_id: str) -> int:
        """Return the level of a paragraph, 0..8: as *given*, or by its style."""
        levels = self._lists.get(list_id)
        by_style = levels.styles.get(style_id, 0) if levels else 0
        return min(number(given, by_style), _MAX_LEVEL)

    def is_ordered(self, list_id: str, level: int) -> bool:
        """Whether a level of a list is numbered; an unknown list is not."""
        levels = self._lists.get(list_id)
        return levels is not None and levels.formats.get(level, "bullet") not in _BULLET_FORMATS


def _levels(base: XmlElement | None, own: XmlElement) -> _Levels:
    given = list(children(base, "lvl"))
    for override in children(own, "lvlOverride"):
        given += children(override, "lvl")
    formats: dict[int, str] = {}
    styles: dict[str, int] = {}
    for item in given:
        level = number(local_attribute(item, "ilvl"), 0)
        formats[level] = _value(item, "numFmt")
        if style := _value(item, "pStyle"):
            styles[style] = level
    return _Levels(formats, styles)


def _value(element: XmlElement, name: str) -> str:
    found = child(element, name)
    return "" if found is None else local_attribute(found, "val")
