"""Which paragraphs of a slide are list items: what they say themselves, or inherit through layout and master."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from attrs import field, frozen

from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    XmlElement,
    child,
    local_attribute,
    local_name,
    number,
)

Bullet: TypeAlias = Literal["none", "bullet", "number"]
Bullets: TypeAlias = Mapping[int, Bullet]  # by level

_KINDS: Final[Mapping[str, Bullet]] = {
    "buNone": "none",
    "buChar": "bullet",
    "buBlip": "bullet",
    "buAutoNum": "number",
}
_MAX_LEVEL: Final = 8
_TITLES: Final = frozenset(("title", "ctrTitle"))
_ALONE: Final = frozenset(("dt", "ftr", "sldNum", "hdr"))
_MASTER_STYLES: Final = {"title": "titleStyle", "body": "bodyStyle", "other": "otherStyle"}
_NO_BULLETS: Final[Bullets] = {}


@frozen(kw_only=True)
class Placeholder:
    """What a shape says about the place of the layout that it fills.

    Attributes:
        kind: Its type, such as ``title``, ``body`` or ``obj``, which is the general one.
        index: By which the layout knows it.
    """

    kind: str
    index: str

    @property
    def is_title(self) -> bool:
        """Whether it is the title of the slide."""
        return self.kind in _TITLES

    @property
    def is_footer(self) -> bool:
        """Whether it is what slides repeat: a footer, a date, the number of the slide."""
        return self.kind in _ALONE

    @property
    def family(self) -> str:
        """The kind of text on the master that it takes after."""
        if self.is_title:
            return "title"
        return "other" if self.is_footer else "body"


@frozen
class _Places:
    """The placeholders of one layout or master, and the part that it is based on."""

    by_index: dict[str, Bullets] = field(factory=dict[str, "Bullets"])
    by_family: dict[str, Bullets] = field(factory=dict[str, "Bullets"])
    styles: dict[str, Bullets] = field(factory=dict[str, "Bullets"])
    base: str = ""


@frozen
class Layouts:
    """The layouts and masters of a presentation, each read once."""

    _package: OoxmlPackage
    _known: dict[str, _Places] = field(factory=dict[str, _Places], init=False)

    def bullets(self, layout: str, place: Placeholder | None, own: XmlElement | None) -> Bullets:
        """Return the bullets of the levels of a shape.

        Args:
            layout: The part that its slide is based on.
            place: What it fills there; None for a shape of its own.
            own: Its ``a:lstStyle``.
        """
        if place is None:
            return _levels(own)
        on_layout = self._places(layout, "slideMaster")
        on_master = self._places(on_layout.base, "")
        family = place.family
        return {
            **on_master.styles.get(family, _NO_BULLETS),
            **on_master.by_family.get(family, _NO_BULLETS),
            **on_layout.by_index.get(place.index, _NO_BULLETS),
            **_levels(own),
        }

    def _places(self, part: str, base: str) -> _Places:
        if part not in self._known:
            root = self._package.tree(part)
            self._known[part] = _Places() if root is None else self._read(root, part, base)
        return self._known[part]

    def _read(self, root: XmlElement, part: str, base: str) -> _Places:
        bases = dict(self._package.relationships(part).values())
        found = _Places(base=bases.get(base, ""))
        for shape in root.iter("{*}sp"):
            if place := placeholder_of(shape):
                levels = _levels(child(shape, "txBody", "lstStyle"))
                found.by_index.setdefault(place.index, levels)
                found.by_family.setdefault(place.family, levels)
        for family, name in _MASTER_STYLES.items():
            found.styles[family] = _levels(child(root, "txStyles", name))
        return found


def placeholder_of(shape: XmlElement) -> Placeholder | None:
    """Return what *shape* fills; None for a shape of its own."""
    for properties in shape:
        if local_name(properties).startswith("nv"):
            place = child(properties, "nvPr", "ph")
            if place is not None:
                return Placeholder(
                    kind=local_attribute(place, "type", "obj"),
                    index=local_attribute(place, "idx", "0"),
                )
    return None


def level_of(properties: XmlElement | None) -> int:
    """Return the level that ``a:pPr`` gives a paragraph, 0..8."""
    text = "" if properties is None else local_attribute(properties, "lvl")
    return min(number(text, 0), _MAX_LEVEL)


def bullet_of(properties: XmlElement | None) -> Bullet | None:
    """Return the bullet that paragraph properties set; None if they leave it to what they inherit from."""
    if properties is None:
        return None
    return next((_KINDS[name] for item in properties if (name := local_name(item)) in _KINDS), None)


def _levels(style: XmlElement | None) -> Bullets:
    found: dict[int, Bullet] = {}
    for level in range(_MAX_LEVEL + 1):
        if bullet := bullet_of(child(style, f"lvl{level + 1}pPr")):
            found[level] = bullet
    return found
