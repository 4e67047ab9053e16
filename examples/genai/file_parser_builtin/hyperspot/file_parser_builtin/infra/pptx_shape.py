"""One shape of a slide to blocks: text, a table, a picture, a chart or a diagram."""

from __future__ import annotations

from attrs import frozen

from hyperspot.file_parser.contract.building import BlockBuilder
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    XmlElement,
    child,
    children,
    is_on,
    local_attribute,
    local_name,
    number,
    reference,
)
from hyperspot.file_parser_builtin.infra.ooxml_chart import add_chart
from hyperspot.file_parser_builtin.infra.ooxml_diagram import add_diagram
from hyperspot.file_parser_builtin.infra.ooxml_picture import picture
from hyperspot.file_parser_builtin.infra.pptx_bullets import Bullets
from hyperspot.file_parser_builtin.infra.pptx_text import DrawingText


@frozen(kw_only=True)
class ShapeReader:
    """Adds the shapes of one slide to a builder.

    Attributes:
        builder: Where blocks go.
        package: Where pictures and charts are.
        text: Adds what is written in shapes.
        targets: What the slide refers to, by relationship id.
    """

    builder: BlockBuilder
    package: OoxmlPackage
    text: DrawingText
    targets: dict[str, str]

    def add(self, shape: XmlElement, bullets: Bullets) -> None:
        """Add *shape*, which inherits *bullets*."""
        match local_name(shape):
            case "sp" | "cxnSp":
                self.text.add(child(shape, "txBody"), bullets)
            case "pic":
                self._picture(shape)
            case "graphicFrame":
                self._graphic(child(shape, "graphic", "graphicData"))
            case _:
                pass

    def _picture(self, shape: XmlElement) -> None:
        about = child(shape, "nvPicPr", "cNvPr")
        alt = "" if about is None else local_attribute(about, "descr")
        part = self.targets.get(reference(child(shape, "blipFill", "blip"), "embed"), "")
        self.builder.add_image(picture(self.package, part, alt))

    def _graphic(self, data: XmlElement | None) -> None:
        for item in data if data is not None else ():
            match local_name(item):
                case "tbl":
                    self._table(item)
                case "chart":
                    add_chart(self.builder, self.package, self.targets.get(reference(item), ""))
                case "relIds":
                    part = self.targets.get(reference(item, "dm"), "")
                    add_diagram(self.builder, self.package, part)
                case "oleObj":
                    if (shape := child(item, "pic")) is not None:
                        self._picture(shape)
                case _:
                    pass

    def _table(self, table: XmlElement) -> None:
        look = child(table, "tblPr")
        has_header = look is not None and is_on(look.get("firstRow", ""))
        self.builder.open_table()
        for index, row in enumerate(children(table, "tr")):
            self.builder.open_row(is_header=has_header and index == 0)
            for cell in children(row, "tc"):
                if is_on(cell.get("hMerge", "")):
                    continue  # the cell to the left says how many columns it takes
                self._cell(cell)
            self.builder.close()
        self.builder.close()

    def _cell(self, cell: XmlElement) -> None:
        if is_on(cell.get("vMerge", "")):
            self.builder.continue_cell(column_span=number(cell.get("gridSpan", ""), 1))
            return
        self.builder.open_cell(column_span=number(cell.get("gridSpan", ""), 1))
        self.text.add(child(cell, "txBody"), {})
        self.builder.close()
