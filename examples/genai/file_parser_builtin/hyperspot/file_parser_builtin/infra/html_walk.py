"""HTML nodes to blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import attrs
from attrs import define, field
from selectolax.lexbor import LexborNode

from hyperspot.file_parser.contract import PLAIN, Style
from hyperspot.file_parser.contract.building.block_builder import BlockBuilder

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
_STYLES: Final[dict[str, Style]] = {
    **dict.fromkeys(("b", "strong"), Style.of("bold")),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), Style.of("italic")),
    **dict.fromkeys(("u", "ins"), Style.of("underline")),
    **dict.fromkeys(("s", "del", "strike"), Style.of("strike")),
}
_CODE: Final = frozenset(("code", "kbd", "samp", "tt"))
_HEADING: Final = re.compile(r"h[1-6]")
_LANGUAGE_CLASS: Final = re.compile(r"(?:^|\s)(?:language|lang)-([\w.+#-]+)")


@define(kw_only=True)
class _Look:
    """What text looks like at this depth."""

    style: Style = PLAIN
    target: str = ""
    is_code: bool = False
    ordered: bool = False
    in_head: bool = False


@define
class HtmlWalk:
    """Walks a tree without recursion, so that its depth does not matter."""

    _builder: BlockBuilder
    _looks: list[_Look] = field(factory=lambda: [_Look()], init=False)

    def walk(self, root: LexborNode) -> None:
        """Add the content of *root* to the builder."""
        leaves: list[Callable[[], None]] = []
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
        if tag.startswith("-") or tag in _SKIPPED:
            leaves.append(_nothing)
            return False
        if tag in ("pre", "br", "hr", "img"):
            self._leaf(tag, node)
            leaves.append(_nothing)
            return False
        self._looks.append(self._changed(tag, node, look))
        close = self._open(tag, node, look)

        def leave() -> None:
            self._looks.pop()
            close()

        leaves.append(leave)
        return True

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
            src = _attribute(node, "src")
            # A data URL is the image itself, which is not kept.
            keeps_src = src and not src.lower().startswith("data:")
            if keeps_src:
                self._builder.image(_attribute(node, "alt"), src)
            elif src or _attribute(node, "alt"):
                self._builder.image(_attribute(node, "alt"))

    def _changed(self, tag: str, node: LexborNode, look: _Look) -> _Look:
        if tag in _STYLES:
            flags = {name: value for name, value in attrs.asdict(_STYLES[tag]).items() if value}
            return attrs.evolve(look, style=attrs.evolve(look.style, **flags))
        if tag == "a":
            return attrs.evolve(look, target=_attribute(node, "href").strip() or look.target)
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


def _attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""


def _span(node: LexborNode, name: str) -> int:
    text = _attribute(node, name).strip()
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
    classes = f"{_attribute(node, 'class')} {_attribute(child, 'class') if child else ''}"
    found = _LANGUAGE_CLASS.search(classes)
    return found[1] if found else ""
