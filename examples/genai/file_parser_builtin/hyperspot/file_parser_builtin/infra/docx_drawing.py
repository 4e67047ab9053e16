"""Drawings of a Word document, of today (DrawingML) and of old (VML): pictures, charts, diagrams, boxes of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from hyperspot.file_parser.contract import Image
from hyperspot.file_parser.contract.building import BlockBuilder, one_line
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    XmlElement,
    chosen,
    local_attribute,
    local_name,
    reference,
)
from hyperspot.file_parser_builtin.infra.ooxml_chart import add_chart
from hyperspot.file_parser_builtin.infra.ooxml_diagram import add_diagram
from hyperspot.file_parser_builtin.infra.ooxml_picture import picture


@frozen(kw_only=True)
class DrawingReader:
    """Adds drawings to a builder.

    Attributes:
        builder: Where blocks go.
        package: Where pictures and charts are.
        targets: What the text refers to, by relationship id.
        boxes: Is told of each ``w:txbxContent``, whose paragraphs come after the one that it hangs on.
    """

    builder: BlockBuilder
    package: OoxmlPackage
    targets: Mapping[str, str]
    boxes: Callable[[XmlElement], None]

    def add(self, drawing: XmlElement) -> None:
        """Add what *drawing* shows; one without any content leaves its description."""
        alt = _description(drawing)
        if not self._walk(drawing, alt) and alt:
            self.builder.add_image(Image(alt=one_line(alt)))

    def _walk(self, element: XmlElement, alt: str) -> bool:
        has_content = False
        for item in element:
            match local_name(item):
                case "blip":
                    self._picture(reference(item, "embed"), alt)
                case "imagedata":
                    self._picture(reference(item), alt or local_attribute(item, "title"))
                case "chart":
                    add_chart(self.builder, self.package, self.targets.get(reference(item), ""))
                case "relIds":
                    part = self.targets.get(reference(item, "dm"), "")
                    add_diagram(self.builder, self.package, part)
                case "txbxContent":
                    self.boxes(item)
                case "AlternateContent":
                    branch = chosen(item)
                    has_content |= branch is not None and self._walk(branch, alt)
                    continue
                case _:
                    has_content |= self._walk(item, _description(item) or alt)
                    continue
            has_content = True
        return has_content

    def _picture(self, key: str, alt: str) -> None:
        self.builder.add_image(picture(self.package, self.targets.get(key, ""), alt))


def _description(element: XmlElement) -> str:
    """Return the alternative text that *element* has itself, or in its properties."""
    if alt := local_attribute(element, "alt"):  # of a shape in VML
        return alt
    for item in element:
        name = local_name(item)
        if name in ("docPr", "cNvPr"):
            return local_attribute(item, "descr")
        if name.startswith("nv"):
            return _description(item)
    return ""
