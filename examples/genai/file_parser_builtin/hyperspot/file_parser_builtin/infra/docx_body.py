"""The body of a Word document to blocks."""

from __future__ import annotations

from typing import Final

import attrs
from attrs import frozen

from hyperspot.file_parser.contract import PLAIN, Style
from hyperspot.file_parser.contract.building.block_builder import BlockBuilder
from hyperspot.file_parser_builtin.infra.docx_styles import DocxStyles
from hyperspot.file_parser_builtin.infra.ooxml import XmlElement, child, local_attribute, local_name

_TRANSPARENT: Final = frozenset(
    ("ins", "moveTo", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo")
)
_OFF: Final = frozenset(("0", "false", "off", "none"))
_FLAGS: Final = {
    "b": "bold",
    "i": "italic",
    "u": "underline",
    "strike": "strike",
    "dstrike": "strike",
}
_MAX_SPAN_DIGITS: Final = 4
_FIRST_ROW: Final = 0x0020  # the bit of tblLook that says the first row is special


@frozen
class DocxBody:
    """Adds elements of the body to a builder; its recursion is as deep as the XML, which the reader bounds.

    Attributes:
        builder: Where blocks go.
        styles: What styles and lists mean.
        targets: Addresses of hyperlinks by relationship id.
    """

    builder: BlockBuilder
    styles: DocxStyles
    targets: dict[str, str]

    def add(self, element: XmlElement) -> None:
        """Add a paragraph, a table, or what a wrapper around them holds."""
        name = local_name(element)
        if name == "p":
            self._paragraph(element)
        elif name == "tbl":
            self._table(element)
        elif name in _TRANSPARENT:
            for item in element:
                self.add(item)

    def _paragraph(self, paragraph: XmlElement) -> None:
        builder = self.builder
        look = self.styles.look_of(child(paragraph, "pPr"))
        builder.end_block()
        if look.list_level >= 0:
            builder.open_item(ordered=look.ordered, level=look.list_level)
        elif look.quote:
            builder.open_quote()
        elif look.heading:
            builder.start_heading(look.heading)
        self._inlines(paragraph, "")
        if look.list_level >= 0 or look.quote:
            builder.close()
        builder.end_block()

    def _inlines(self, element: XmlElement, target: str) -> None:
        for item in element:
            name = local_name(item)
            if name == "r":
                self._run(item, target)
            elif name == "hyperlink":
                anchor = local_attribute(item, "anchor")
                known = self.targets.get(local_attribute(item, "id"), "")
                self._inlines(item, known or (f"#{anchor}" if anchor else ""))
            elif name in _TRANSPARENT:
                self._inlines(item, target)

    def _run(self, run: XmlElement, target: str) -> None:
        properties = child(run, "rPr")
        if _is_on(child(properties, "vanish")):
            return
        style = _style(properties)
        for item in run:
            match local_name(item):
                case "t":
                    self.builder.text(item.text or "", style, target=target)
                case "tab" | "ptab":
                    self.builder.text(" ", style, target=target)
                case "noBreakHyphen":
                    self.builder.text("-", style, target=target)
                case "br" if local_attribute(item, "type") == "page":
                    self.builder.page_break()
                case "br" | "cr":
                    self.builder.line_break()
                case "drawing" | "pict" | "object":
                    self._image(item)
                case "AlternateContent":
                    if (choice := child(item, "Choice", "drawing")) is not None:
                        self._image(choice)
                case _:
                    pass  # field codes, notes and comments are no text of the body

    def _image(self, drawing: XmlElement) -> None:
        for item in drawing.iter():
            name = local_name(item)
            if name == "docPr":
                self.builder.image(local_attribute(item, "descr"))
                return
            if name == "imagedata":
                self.builder.image(local_attribute(item, "title"))
                return

    def _table(self, table: XmlElement) -> None:
        rows = [row for row in _unwrapped(table) if local_name(row) == "tr"]
        declared = any(_is_on(child(row, "trPr", "tblHeader")) for row in rows)
        first_is_header = not declared and _first_row_is_special(table)
        self.builder.open_table()
        for index, row in enumerate(rows):
            is_header = _is_on(child(row, "trPr", "tblHeader")) or (index == 0 and first_is_header)
            self.builder.open_row(is_header=is_header)
            for cell in _unwrapped(row):
                if local_name(cell) == "tc":
                    self._cell(cell)
            self.builder.close()
        self.builder.close()

    def _cell(self, cell: XmlElement) -> None:
        span = child(cell, "tcPr", "gridSpan")
        columns = "" if span is None else local_attribute(span, "val")
        is_number = columns.isascii() and columns.isdigit() and len(columns) <= _MAX_SPAN_DIGITS
        self.builder.open_cell(column_span=int(columns) if is_number else 1)
        merge = child(cell, "tcPr", "vMerge")
        # A cell that continues the one above it repeats nothing: it stays empty.
        if merge is None or local_attribute(merge, "val") == "restart":
            for item in cell:
                self.add(item)
        self.builder.close()


def _unwrapped(element: XmlElement) -> list[XmlElement]:
    found: list[XmlElement] = []
    for item in element:
        if local_name(item) in _TRANSPARENT:
            found += _unwrapped(item)
        else:
            found.append(item)
    return found


def _style(properties: XmlElement | None) -> Style:
    if properties is None:
        return PLAIN
    flags = {
        _FLAGS[local_name(item)]: True
        for item in properties
        if local_name(item) in _FLAGS and _is_on(item)
    }
    return attrs.evolve(PLAIN, **flags) if flags else PLAIN


def _is_on(element: XmlElement | None) -> bool:
    return element is not None and local_attribute(element, "val", "1") not in _OFF


def _first_row_is_special(table: XmlElement) -> bool:
    look = child(table, "tblPr", "tblLook")
    if look is None:
        return False
    if named := local_attribute(look, "firstRow"):
        return named not in _OFF
    try:
        return bool(int(local_attribute(look, "val", "0"), 16) & _FIRST_ROW)
    except ValueError:
        return False
