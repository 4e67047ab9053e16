"""HTML nodes to blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin

import attrs
from attrs import define, field
from selectolax.lexbor import LexborNode

from hyperspot.file_parser.contract import PLAIN, Image, Place, Style
from hyperspot.file_parser.contract.building import BlockBuilder, one_line
from hyperspot.file_parser_builtin.infra.html_head import attribute
from modkit import UNSET, UnsetType

_SKIPPED: Final = frozenset(
    [
        "head",
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "canvas",
        "audio",
        "video",
        "select",
        "datalist",
        "textarea",
    ]
)
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "legend",
        "main",
        "nav",
        "p",
        "section",
        "summary",
    ]
)
_LEAVES: Final = frozenset(["pre", "br", "hr", "img"])
_STRUCTURE: Final = _BLOCKS | frozenset(
    (
        *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "menu", "li", "blockquote", "pre"),
        *("hr", "img", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "html"),
    )
)
"""Elements that blocks can come from."""

_STYLES: Final[dict[str, Style]] = {
    **dict.fromkeys(("b", "strong"), Style.of("bold")),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), Style.of("italic")),
    **dict.fromkeys(("u", "ins"), Style.of("underline")),
    **dict.fromkeys(("s", "del", "strike"), Style.of("strike")),
}
_CODE: Final = frozenset(("code", "kbd", "samp", "tt"))
_HEADING: Final = re.compile(r"h[1-6]")
_CODE_CLASS: Final = re.compile(
    r"(?:^|\s)(?:(?:language|lang|highlight-source)-|brush:\s*|sourceCode\s+)([\w.+#-]+)"
)
_NOT_SHOWN: Final = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE
)
_MAX_PATH_CHARS: Final = 400
_MAX_SIZE_DIGITS: Final = 5
_DATA_URL: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+)", re.IGNORECASE)


@define(kw_only=True)
class _Look:
    """What text looks like at this depth."""

    style: Style = PLAIN
    target: str = ""
    is_code: bool = False
    ordered: bool = False
    in_head: bool = False


@define
class _Spot:
    """Where the walk is, and how many children of each name it has seen there."""

    path: str
    seen: dict[str, int] = field(factory=dict[str, int])


@define
class HtmlWalk:
    """Walks a tree without recursion, so that its depth does not matter.

    Args:
        builder: Where blocks go.
        base: Address that relative ones start from, as the page says; empty for none.
        path: XPath of the parent of the root, for provenance; None for none. Elements of which the path would have more
            than 400 characters go by the path of the element around them.
    """

    _builder: BlockBuilder
    _base: str = ""
    _path: str | None = None
    _looks: list[_Look] = field(factory=lambda: [_Look()], init=False)
    _spots: list[_Spot] = field(factory=list[_Spot], init=False)
    _places: list[str] = field(factory=list[str], init=False)

    def walk(self, root: LexborNode) -> None:
        """Add the content of *root* to the builder."""
        leaves: list[Callable[[], None]] = []
        self._spots = [_Spot(self._path)] if self._path is not None else []
        node: LexborNode | None = root
        depth = 0
        while node is not None:
            child = node.child if self._enter(node, leaves) else None
            if child is not None:
                node, depth = child, depth + 1
                continue
            leaves.pop()()
            while node.next is None and depth:
                parent = node.parent
                if parent is None:
                    break
                node, depth = parent, depth - 1
                leaves.pop()()
            node = node.next if depth else None

    def _enter(self, node: LexborNode, leaves: list[Callable[[], None]]) -> bool:
        """Open *node*, push what to do when it ends, and return whether to look into it."""
        tag = node.tag or ""
        look = self._looks[-1]
        if tag == "-text":
            self._text(node.text_content or "", look)
        if tag.startswith("-"):
            leaves.append(_nothing)
            return False
        is_block = tag in _STRUCTURE
        if is_block and self._spots:
            self._builder.end_block()
        self._step(tag, is_block)
        if tag in _SKIPPED or _is_hidden(node):
            leaves.append(self._step_back)
            return False
        if tag in _LEAVES:
            self._leaf(tag, node)
            leaves.append(self._step_back)
            return False
        self._looks.append(self._changed(tag, node, look))
        close = self._open(tag, node, look)

        def leave() -> None:
            self._looks.pop()
            close()
            self._step_back()

        leaves.append(leave)
        return True

    def _step(self, tag: str, is_block: bool) -> None:
        """Go into an element; blocks are from the last one that is a block itself."""
        if not self._spots:
            return
        around = self._spots[-1]
        number = around.seen[tag] = around.seen.get(tag, 0) + 1
        is_only = tag in ("html", "body")
        path = f"{around.path}/{tag}" if is_only else f"{around.path}/{tag}[{number}]"
        self._spots.append(_Spot(path if len(path) <= _MAX_PATH_CHARS else around.path))
        if is_block:
            self._places.append(self._spots[-1].path)
            self._builder.at(Place(element=self._places[-1]))
        else:
            self._places.append(self._places[-1] if self._places else around.path)

    def _step_back(self) -> None:
        if self._spots:
            self._spots.pop()
            self._places.pop()
            if self._places:
                self._builder.at(Place(element=self._places[-1]))

    def _text(self, text: str, look: _Look) -> None:
        if look.is_code and not look.target:
            self._builder.code_text(text, look.style)
        else:
            self._builder.text(text, look.style, target=look.target)

    def _leaf(self, tag: str, node: LexborNode) -> None:
        if tag == "pre":
            self._builder.code_block(_preformatted(node), _language(node))
        elif tag == "br":
            self._builder.line_break()
        elif tag == "hr":
            self._builder.rule()
        else:
            self._image(node)

    def _image(self, node: LexborNode) -> None:
        alt = one_line(attribute(node, "alt"))
        src = attribute(node, "src").strip() or attribute(node, "data-src").strip()
        data = _DATA_URL.match(src)  # the image itself, which is not kept
        kept = "" if src.lower().startswith("data:") else self._absolute(src)
        if alt or src:
            self._builder.add(
                Image(
                    alt=alt or UNSET,
                    src=kept or UNSET,
                    media_type=data[1].lower() if data else UNSET,
                    width=_pixels(node, "width"),
                    height=_pixels(node, "height"),
                )
            )

    def _absolute(self, address: str) -> str:
        """Return *address* as seen from the base that the page names; a place in the page itself stays one."""
        if not self._base or not address or address.startswith("#"):
            return address
        try:
            return urljoin(self._base, address)
        except ValueError:
            return address  # no address that anybody could follow; what is written is all that is known

    def _changed(self, tag: str, node: LexborNode, look: _Look) -> _Look:
        if tag in _STYLES:
            flags = {name: value for name, value in attrs.asdict(_STYLES[tag]).items() if value}
            return attrs.evolve(look, style=attrs.evolve(look.style, **flags))
        if tag == "a":
            return attrs.evolve(
                look, target=self._absolute(attribute(node, "href").strip()) or look.target
            )
        if tag in _CODE:
            return attrs.evolve(look, is_code=True)
        if tag in ("ul", "ol", "menu"):
            return attrs.evolve(look, ordered=tag == "ol")
        if tag == "thead":
            return attrs.evolve(look, in_head=True)
        if tag == "table":
            return attrs.evolve(look, in_head=False)
        return look

    def _open(self, tag: str, node: LexborNode, look: _Look) -> Callable[[], None]:
        builder = self._builder
        if _HEADING.fullmatch(tag):
            builder.start_heading(int(tag[1]))
            return builder.end_block
        if tag == "li":
            builder.open_item(ordered=look.ordered)
        elif tag == "blockquote":
            builder.open_quote()
        elif tag == "table":
            builder.open_table()
        elif tag == "tr":
            builder.open_row(is_header=look.in_head)
        elif tag in ("td", "th"):
            builder.open_cell(
                is_header=tag == "th",
                column_span=_span(node, "colspan"),
                row_span=_span(node, "rowspan"),
            )
        elif tag in _BLOCKS or tag in ("ul", "ol", "menu"):
            builder.end_block()
            return builder.end_block
        else:
            return _nothing
        return builder.close


def _nothing() -> None:
    """There is nothing to close."""


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or bool(_NOT_SHOWN.search(attributes.get("style") or ""))


def _pixels(node: LexborNode, name: str) -> int | UnsetType:
    text = attribute(node, name).strip().lower().removesuffix("px")
    is_number = text.isascii() and text.isdigit() and len(text) <= _MAX_SIZE_DIGITS
    return int(text) if is_number else UNSET


def _span(node: LexborNode, name: str) -> int:
    text = attribute(node, name).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _preformatted(node: LexborNode) -> str:
    """Return the text of *node* as it stands; the line feed after its start tag is gone since the tree was built."""
    pieces: list[str] = []
    for item in node.traverse(include_text=True):
        if item.tag == "br":
            pieces.append("\n")
        elif item.tag == "-text" and not (item.parent and item.parent.tag in _SKIPPED):
            pieces.append(item.text_content or "")
    return "".join(pieces)


def _language(node: LexborNode) -> str:
    child = node.css_first("code")
    for element in (node, child) if child else (node,):
        if found := _CODE_CLASS.search(attribute(element, "class")):
            return found[1]
        if named := attribute(element, "data-lang") or attribute(element, "data-language"):
            return named.split()[0] if named.split() else ""
    return ""
