"""The body of a Word document to blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import define, field

from hyperspot.file_parser.contract.building import BlockBuilder
from hyperspot.file_parser_builtin.infra.docx_drawing import DrawingReader
from hyperspot.file_parser_builtin.infra.docx_run import TRANSPARENT, RunReader
from hyperspot.file_parser_builtin.infra.docx_styles import DocxStyles, ParagraphLook, is_set
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    XmlElement,
    XmlStep,
    child,
    local_attribute,
    local_name,
    number,
    properties_of,
)

_FIRST_ROW: Final = 0x0020  # the bit of tblLook that says the first row is special
_SHOWN: Final = ("{*}t", "{*}drawing", "{*}pict", "{*}object")


@define
class DocxBody:
    """Adds the content of one part to a builder; its recursion is as deep as the XML, which the reader bounds.

    Args:
        builder: Where blocks go.
        package: Where pictures are.
        styles: What styles and lists mean.
        targets: What the part refers to, by relationship id.
    """

    _builder: BlockBuilder
    _package: OoxmlPackage
    _styles: DocxStyles
    _targets: Mapping[str, str]
    _runs: RunReader = field(init=False)
    _boxes: list[XmlElement] = field(factory=list[XmlElement], init=False)
    _code: list[str] = field(factory=list[str], init=False)
    _tables: int = field(default=0, init=False)
    _label: str = field(default="", init=False)
    _page_ended: bool = field(default=False, init=False)
    _can_split: bool = field(default=False, init=False)
    _is_blank: bool = field(default=True, init=False)

    def __attrs_post_init__(self) -> None:
        self._runs = RunReader(
            builder=self._builder,
            styles=self._styles,
            targets=self._targets,
            drawings=DrawingReader(
                builder=self._builder,
                package=self._package,
                targets=self._targets,
                boxes=self._boxes.append,
            ),
            page_ends=self._end_page,
        )

    @property
    def notes(self) -> Mapping[tuple[str, str], int]:
        """The numbers of the notes referred to so far, by kind (``footnote``, ``endnote``) and id."""
        return self._runs.notes

    def add_steps(self, steps: Iterable[XmlStep]) -> None:
        """Add a part as it streams in: paragraphs and rows are leaves, tables containers."""
        first_rows: list[XmlElement] = []  # tables that are open and have no row yet
        for step, element in steps:
            if step == "open":
                self._open_table()
                first_rows.append(element)
            elif step == "close":
                first_rows.clear()
                self._close_table()
            elif local_name(element) == "tr":
                self._row(
                    element, is_special=bool(first_rows) and _first_row_is_special(first_rows.pop())
                )
            else:
                self.add(element)
        self._end_code()

    def add_labelled(self, element: XmlElement, label: str) -> None:
        """Add the content of *element*, its first paragraph with *label* before its text."""
        self._label = label
        for item in element:
            self.add(item)
        self._end_code()
        self._label = ""

    def add(self, element: XmlElement) -> None:
        """Add a paragraph, a table, or what a wrapper around them holds."""
        name = local_name(element)
        if name == "p":
            self._paragraph(element)
        elif name == "tbl":
            self._open_table()
            is_special = _first_row_is_special(element)
            for row in _unwrapped(element):
                if local_name(row) == "tr":
                    self._row(row, is_special=is_special)
                    is_special = False
            self._close_table()
        elif name in TRANSPARENT:
            for item in element:
                self.add(item)

    def _paragraph(self, paragraph: XmlElement) -> None:
        properties = properties_of(paragraph)
        found = {} if properties is None else {local_name(item): item for item in properties}
        look = self._styles.look_of(properties, found)
        if is_set(found.get("pageBreakBefore")) or _begins_with_break(paragraph):
            self._end_page(False)
        if look.code and self._add_code(paragraph):
            return
        self._end_code()
        if self._is_blank or self._page_ended:
            self._begin_page_with(paragraph)
        self._inlines(paragraph, look)
        if self._boxes:
            self._add_boxes()
        if "sectPr" in found and _ends_page(found["sectPr"]):
            self._end_page(False)

    def _add_boxes(self) -> None:
        boxes, self._boxes[:] = self._boxes[:], []
        for box in boxes:
            for item in box:
                self.add(item)

    def _inlines(self, paragraph: XmlElement, look: ParagraphLook) -> None:
        builder = self._builder
        builder.end_block()
        is_contained = look.list_level >= 0 or look.quote
        if look.list_level >= 0:
            builder.open_item(ordered=look.ordered, level=look.list_level)
        elif look.quote:
            builder.open_quote()
        elif look.heading:
            builder.start_heading(look.heading)
        self._can_split = not (is_contained or look.heading or self._tables)
        if self._label:
            builder.text(f"{self._label} ")
            self._label = ""
        self._runs.add_paragraph(paragraph)
        if is_contained:
            builder.close()
        builder.end_block()

    def _add_code(self, paragraph: XmlElement) -> bool:
        """Keep a line of program text until its block is whole; False for one with a drawing in it."""
        if next(paragraph.iter(*_SHOWN[1:]), None) is not None:
            return False
        self._code.append(_code_line(paragraph))
        return True

    def _end_code(self) -> None:
        if any(self._code):
            self._begin_page()
            self._builder.code_block("\n".join(self._code))
            self._is_blank = False
        self._code.clear()

    def _open_table(self) -> None:
        self._end_code()
        self._begin_page()
        self._is_blank = False
        self._tables += 1
        self._builder.open_table()

    def _close_table(self) -> None:
        self._tables -= 1
        self._builder.close()

    def _row(self, row: XmlElement, *, is_special: bool) -> None:
        properties = properties_of(row)
        if child(properties, "del") is not None:
            return  # a tracked deletion
        self._builder.open_row(is_header=is_special or is_set(child(properties, "tblHeader")))
        for cell in _unwrapped(row):
            if local_name(cell) == "tc":
                self._cell(cell)
        self._builder.close()

    def _cell(self, cell: XmlElement) -> None:
        properties = properties_of(cell)
        span = child(properties, "gridSpan")
        columns = 1 if span is None else number(local_attribute(span, "val"), 1)
        merge = child(properties, "vMerge")
        if merge is not None and local_attribute(merge, "val") != "restart":
            self._builder.continue_cell(column_span=columns)
            return
        self._builder.open_cell(column_span=columns)
        for item in cell:
            self.add(item)
        self._end_code()
        self._builder.close()

    def _end_page(self, splits: bool) -> None:
        """Note that a page ends; the break is added where the next begins, so that none is doubled or trails."""
        self._page_ended = self._page_ended or not self._is_blank
        if splits and self._can_split:
            self._builder.end_block()
            self._begin_page()

    def _begin_page_with(self, paragraph: XmlElement) -> None:
        if next(paragraph.iter(*_SHOWN), None) is not None:
            self._begin_page()
            self._is_blank = False

    def _begin_page(self) -> None:
        if self._page_ended and not self._tables:
            self._builder.page_break()
            self._page_ended = False


def _code_line(paragraph: XmlElement) -> str:
    pieces: list[str] = []
    for item in paragraph.iter("{*}t", "{*}tab", "{*}br", "{*}cr"):
        name = local_name(item)
        pieces.append((item.text or "") if name == "t" else "\t" if name == "tab" else "\n")
    return "".join(pieces)


def _unwrapped(element: XmlElement) -> Iterator[XmlElement]:
    for item in element:
        if local_name(item) in TRANSPARENT:
            yield from _unwrapped(item)
        else:
            yield item


def _begins_with_break(paragraph: XmlElement) -> bool:
    """Whether the first thing in the first run of *paragraph* is the beginning of a page."""
    for run in paragraph:
        name = local_name(run)
        if name == "pPr":
            continue
        first = next((item for item in run if local_name(item) != "rPr"), None)
        if name != "r" or first is None:
            return False
        name = local_name(first)
        return name == "lastRenderedPageBreak" or (
            name == "br" and local_attribute(first, "type") == "page"
        )
    return False


def _ends_page(section: XmlElement) -> bool:
    kind = child(section, "type")
    return kind is None or local_attribute(kind, "val") not in ("continuous", "nextColumn")


def _first_row_is_special(table: XmlElement) -> bool:
    look = child(table, "tblPr", "tblLook")
    if look is None:
        return False
    if named := local_attribute(look, "firstRow"):
        return named not in ("0", "false", "off")
    try:
        return bool(int(local_attribute(look, "val", "0"), 16) & _FIRST_ROW)
    except ValueError:
        return False
