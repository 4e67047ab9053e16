"""One slide of a presentation to blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from hyperspot.file_parser.contract.building import BlockBuilder
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    PackageDamaged,
    XmlElement,
    child,
    children,
    chosen,
    local_name,
)
from hyperspot.file_parser_builtin.infra.pptx_bullets import Layouts, Placeholder, placeholder_of
from hyperspot.file_parser_builtin.infra.pptx_shape import ShapeReader
from hyperspot.file_parser_builtin.infra.pptx_text import DrawingText, has_text

_HEADING_LEVEL: Final = 2


@frozen(kw_only=True)
class SlideReader:
    """Adds slides to a builder.

    The title comes first, the other shapes in the order in which they are stacked: that is the order in which
    PowerPoint reads a slide aloud and exports it, and authors arrange it. An order by position would mix columns.

    Attributes:
        builder: Where blocks go.
        package: Where the slides are.
        layouts: What shapes inherit from.
        drops_footers: Whether footers, dates and slide numbers are left out.
    """

    builder: BlockBuilder
    package: OoxmlPackage
    layouts: Layouts
    drops_footers: bool

    def add(self, part: str, number: int) -> None:
        """Add the slide in *part*, which is the 1-based *number* of the presentation."""
        root = self.package.tree(part)
        if root is None:
            raise PackageDamaged(f"{part} is missing")
        references = self.package.relationships(part)
        by_kind = dict(references.values())
        text = DrawingText(
            self.builder,
            {key: target for key, (kind, target) in references.items() if kind == "hyperlink"},
        )
        shapes = [
            (shape, placeholder_of(shape)) for shape in _shapes(child(root, "cSld", "spTree"))
        ]
        title = next(
            (s for s, place in shapes if place and place.is_title and has_text(child(s, "txBody"))),
            None,
        )
        self._heading(title, number, text)
        reader = ShapeReader(
            builder=self.builder,
            package=self.package,
            text=text,
            targets={key: target for key, (_, target) in references.items()},
        )
        layout = by_kind.get("slideLayout", "")
        for shape, place in shapes:
            if shape is not title and not (self.drops_footers and place and place.is_footer):
                style = child(shape, "txBody", "lstStyle")
                reader.add(shape, self.layouts.bullets(layout, place, style))
        self._notes(by_kind.get("notesSlide", ""))

    def _heading(self, title: XmlElement | None, number: int, text: DrawingText) -> None:
        self.builder.start_heading(_HEADING_LEVEL)
        if title is None:
            self.builder.text(f"Slide {number}")
        for paragraph in children(child(title, "txBody"), "p"):
            text.inlines(paragraph)
            self.builder.text(" ")
        self.builder.end_block()

    def _notes(self, part: str) -> None:
        root = self.package.tree(part)
        if root is None:
            return
        self.builder.open_quote()
        for shape in _shapes(child(root, "cSld", "spTree")):
            if (place := placeholder_of(shape)) and _is_notes(place):
                DrawingText(self.builder, {}).add(child(shape, "txBody"), {})
        self.builder.close()


def _is_notes(place: Placeholder) -> bool:
    return place.kind == "body"  # the others are the picture of the slide, headers and numbers


def _shapes(tree: XmlElement | None) -> Iterator[XmlElement]:
    """Yield the shapes of a tree, groups dissolved; the XML parser bounds how deep it goes."""
    for item in tree if tree is not None else ():
        name = local_name(item)
        if name == "AlternateContent":
            yield from _shapes(chosen(item))
        elif name == "grpSp":
            yield from _shapes(item)
        elif name in ("sp", "pic", "graphicFrame", "cxnSp"):
            yield item
