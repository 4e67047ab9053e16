"""XhtmlReader: the XHTML of Tika to blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers import expat

import attrs
from attrs import define, field

from hyperspot.file_parser.contract import (
    PLAIN,
    Place,
    Style,
)
from hyperspot.file_parser.contract.building import BlockBuilder, Budget, one_line
from modkit import UNSET

_STAGE: Final = "reading the answer of Tika"
_MAX_DEPTH: Final = 1000
_MAX_NAME: Final = 1000
_STYLES: Final[Mapping[str, Style]] = {
    **dict.fromkeys(("b", "strong"), Style.of("bold")),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), Style.of("italic")),
    **dict.fromkeys(("u", "ins"), Style.of("underline")),
    **dict.fromkeys(("s", "del", "strike"), Style.of("strike")),
}
_CODE: Final = frozenset(("code", "kbd", "samp", "tt"))
_SKIPPED: Final = frozenset(("head", "script", "style", "noscript", "object", "iframe"))
_INLINE: Final = frozenset((*_STYLES, *_CODE, "a", "span", "font", "sub", "sup", "small", "big"))
_HEADING: Final = re.compile(r"h[1-6]")
_SLIDES: Final = frozenset(("slide", "slide-content"))


class InvalidXhtml(ValueError):
    """What Tika answered is not the XHTML that it promises."""


@define(kw_only=True)
class _Element:
    """An open element, and what it means for the text in it."""

    name: str
    style: Style = PLAIN
    target: str = ""
    is_code: bool = False
    ordered: bool = False
    in_head: bool = False  # of a table
    skipped: bool = False
    place: Place = field(factory=Place)
    names_place: str = ""  # "sheet" or "part" where its first heading does
    close: Callable[[], None] | None = None


class XhtmlReader:
    """Adds one XHTML document to a builder, by the events of a parser and without a tree; for one document only.

    A page, slide, sheet or attachment is a ``div`` of a class; blocks are said to be from there.

    Args:
        builder: Gets the content.
        budget: What the parse may use.
        place: Where in the file the document is.
        has_sheets: Whether its pages are sheets.
    """

    def __init__(
        self, builder: BlockBuilder, budget: Budget, place: Place, *, has_sheets: bool
    ) -> None:
        self._builder = builder
        self._budget = budget
        self._has_sheets = has_sheets
        self._elements = [_Element(name="", place=place)]
        self._heard: list[str] | None = None  # the heading that names a place
        self._preformatted: list[str] | None = None
        self._counts = {"page": 0, "slide": 0}
        self._slide_class = ""
        self._parser = expat.ParserCreate(namespace_separator=None)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def read(self, xhtml: str) -> None:
        """Add the whole document.

        Raises:
            InvalidXhtml: It is not well-formed, declares a document type, or is nested too deep.
            ParseLimitExceeded: There is more than the budget allows.
        """
        self._builder.at(self._elements[0].place)
        try:
            self._parser.Parse(xhtml, True)
        except expat.ExpatError as error:
            raise InvalidXhtml(f"it is not well-formed: {error}") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._elements) > _MAX_DEPTH:
            raise InvalidXhtml(f"elements are nested more than {_MAX_DEPTH} deep")
        outer = self._elements[-1]
        element = attrs.evolve(outer, name=name, close=None, names_place="")
        self._elements.append(element)
        if name in _SKIPPED:
            element.skipped = True
        elif not element.skipped:
            self._open(element, outer, attributes)

    def _end(self, name: str) -> None:
        element = self._elements.pop()
        if _HEADING.fullmatch(name) and self._heard is not None:
            self._name_place()
        if name == "pre" and self._preformatted is not None:
            self._builder.code_block("".join(self._preformatted))
            self._preformatted = None
        if element.close is not None:
            element.close()
        self._builder.at(self._elements[-1].place)

    def _text(self, text: str) -> None:
        element = self._elements[-1]
        if element.skipped:
            return
        if self._preformatted is not None:
            self._preformatted.append(text)
            return
        if self._heard is not None:
            self._heard.append(text)
        if element.is_code and not element.target:
            self._builder.code_text(text, element.style)
        else:
            self._builder.text(text, element.style, target=element.target)

    def _open(self, element: _Element, outer: _Element, attributes: Mapping[str, str]) -> None:
        name, builder = element.name, self._builder
        if name in _INLINE:
            self._open_inline(element, outer, attributes)
        elif _HEADING.fullmatch(name):
            builder.start_heading(int(name[1]))
            self._heard = [] if outer.names_place else None
            element.close = builder.end_block
        elif name == "div":
            builder.end_block()
            self._open_place(element, attributes.get("class", ""))
            element.close = builder.end_block
        elif name in ("ul", "ol"):
            builder.end_block()
            element.ordered = name == "ol"
            element.close = builder.end_block
        elif name in ("table", "tr", "td", "th", "li", "blockquote"):
            self._open_container(element, outer, attributes)
            element.close = builder.close
        elif name == "thead":
            element.in_head = True
        elif name == "br":
            builder.line_break()
        elif name == "hr":
            builder.rule()
        elif name == "img":
            src = attributes.get("src", "")
            builder.image(
                attributes.get("alt", ""), UNSET if src.startswith("embedded:") else src or UNSET
            )
        elif name == "pre":
            builder.end_block()
            self._preformatted = []
        elif name not in ("tbody", "tfoot", "colgroup", "col"):
            builder.end_block()
            element.close = builder.end_block

    def _open_inline(
        self, element: _Element, outer: _Element, attributes: Mapping[str, str]
    ) -> None:
        if element.name in _STYLES:
            flags = attrs.asdict(_STYLES[element.name], filter=lambda _, value: bool(value))
            element.style = attrs.evolve(outer.style, **flags)
        elif element.name in _CODE:
            element.is_code = True
        elif element.name == "a":
            element.target = attributes.get("href", "").strip() or outer.target

    def _open_container(
        self, element: _Element, outer: _Element, attributes: Mapping[str, str]
    ) -> None:
        builder = self._builder
        if element.name == "table":
            element.in_head = False
            builder.open_table()
        elif element.name == "tr":
            builder.open_row(is_header=outer.in_head)
        elif element.name == "li":
            builder.open_item(ordered=outer.ordered)
        elif element.name == "blockquote":
            builder.open_quote()
        else:
            builder.open_cell(
                is_header=element.name == "th",
                column_span=_span(attributes, "colspan"),
                row_span=_span(attributes, "rowspan"),
            )

    def _open_place(self, element: _Element, kind: str) -> None:
        if kind == "page" and self._has_sheets:
            element.names_place = "sheet"
        elif kind == "page":
            element.place = attrs.evolve(element.place, page=self._next("page"))
        elif kind in _SLIDES and self._slide_class in ("", kind):
            self._slide_class = kind
            element.place = attrs.evolve(element.place, slide=self._next("slide"))
        elif kind == "package-entry":
            element.names_place = "part"
        self._builder.at(element.place)

    def _next(self, what: str) -> int:
        self._counts[what] += 1
        self._budget.use_pages(self._counts[what])
        self._budget.progress(_STAGE, self._counts[what])
        return self._counts[what]

    def _name_place(self) -> None:
        """Give the place around the heading that just ended its name."""
        around = self._elements[-1]
        name = one_line("".join(self._heard or ()))[:_MAX_NAME]
        self._heard = None
        if around.names_place and name:
            if around.names_place == "sheet":
                place = attrs.evolve(around.place, sheet=name)
            else:
                path = f"{around.place.part}/{name}" if around.place.part else name
                place = attrs.evolve(around.place, part=path)
            around.place, around.names_place = place, ""
            self._builder.at(place)


def _refuse_doctype(*_: object) -> None:
    raise InvalidXhtml("Tika declares no document types; entities are not expanded")


def _span(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
