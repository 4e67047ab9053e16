"""The text of the paragraphs of a Word document: runs, links, fields, references to notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from attrs import Factory, define, field

from hyperspot.file_parser.contract.building import BlockBuilder
from hyperspot.file_parser_builtin.infra.docx_drawing import DrawingReader
from hyperspot.file_parser_builtin.infra.docx_fields import FieldStack, link_target
from hyperspot.file_parser_builtin.infra.docx_styles import DocxStyles, RunLook
from hyperspot.file_parser_builtin.infra.ooxml import (
    XmlElement,
    child,
    chosen,
    local_attribute,
    local_name,
    properties_of,
    reference,
)
from hyperspot.file_parser_builtin.infra.ooxml_math import math_text

TRANSPARENT: Final = frozenset(
    ("ins", "moveTo", "smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo")
)
"""Elements around content that change nothing about it; deletions (``del``, ``moveFrom``) are none of them."""


@define(kw_only=True)
class RunReader:
    """Adds the runs of paragraphs to the open block of a builder.

    Attributes:
        builder: Where text goes.
        styles: What styles mean.
        targets: What the text refers to, by relationship id.
        drawings: Adds drawings.
        page_ends: Is told where a page ends, and whether the text of the paragraph is to be split there: where the author
            ended the page, and not only the last print.
        notes: Numbers of the notes referred to so far, by kind and id, from 1.
    """

    builder: BlockBuilder
    styles: DocxStyles
    targets: Mapping[str, str]
    drawings: DrawingReader
    page_ends: Callable[[bool], None]
    notes: dict[tuple[str, str], int] = Factory(dict[tuple[str, str], int])
    _fields: FieldStack = field(factory=FieldStack, init=False)

    def add_paragraph(self, paragraph: XmlElement) -> None:
        """Add the runs of a whole paragraph."""
        self.add(paragraph)
        self._fields.end_paragraph()

    def add(self, element: XmlElement, target: str = "") -> None:
        """Add what *element* holds; with a *target* it leads there."""
        for item in element:
            name = local_name(item)
            if name == "r":
                self._run(item, target)
            elif name == "hyperlink":
                anchor = local_attribute(item, "anchor")
                address = self.targets.get(reference(item), "")
                self.add(item, f"{address}#{anchor}" if anchor else address)
            elif name == "fldSimple":
                self.add(item, link_target(local_attribute(item, "instr")) or target)
            elif name in ("oMath", "oMathPara"):
                self.builder.text(math_text(item))
            elif name == "AlternateContent":
                if (branch := chosen(item)) is not None:
                    self.add(branch, target)
            elif name in TRANSPARENT:
                self.add(item, target)

    def _run(self, run: XmlElement, target: str) -> None:
        look = self.styles.run_look(properties_of(run))
        if not look.hidden:
            self._items(run, look, target or self._fields.target)

    def _items(self, run: XmlElement, look: RunLook, target: str) -> None:
        for item in run:
            match local_name(item):
                case "t":
                    self._text(item.text or "", look, target)
                case "tab" | "ptab":
                    self._text(" ", look, target)
                case "noBreakHyphen":
                    self._text("-", look, target)
                case "br" if local_attribute(item, "type") == "page":
                    self.page_ends(_is_followed(item))
                case "lastRenderedPageBreak":
                    self.page_ends(False)
                case "br" | "cr":
                    self.builder.line_break()
                case "fldChar":
                    self._fields.mark(local_attribute(item, "fldCharType"))
                    target = self._fields.target
                case "instrText":
                    self._fields.add_code(item.text or "")
                case "footnoteReference" | "endnoteReference":
                    self._note(local_name(item).removesuffix("Reference"), item)
                case "ruby":
                    if (base := child(item, "rubyBase")) is not None:
                        self.add(base, target)
                case "drawing" | "pict" | "object":
                    self.drawings.add(item)
                case "AlternateContent":
                    if (branch := chosen(item)) is not None:
                        self._items(branch, look, target)
                case _:
                    pass  # properties, and marks that are no text

    def _text(self, text: str, look: RunLook, target: str) -> None:
        if not self._fields.shows:
            return
        if look.code and not target:
            self.builder.code_text(text, look.style)
        else:
            self.builder.text(text, look.style, target=target)

    def _note(self, kind: str, item: XmlElement) -> None:
        key = kind, local_attribute(item, "id")
        number = self.notes.setdefault(key, len(self.notes) + 1)
        self.builder.text(f"[{number}]")


def _is_followed(item: XmlElement) -> bool:
    """Whether more of the paragraph comes after *item* of a run."""
    run = item.getparent()
    places = (item, run) if run is not None else (item,)
    return any(
        next(later.iter("{*}t"), None) is not None
        for place in places
        for later in place.itersiblings()
    )
