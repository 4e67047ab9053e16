"""HTML pages, and HTML inside Markdown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from hyperspot.file_parser.contract import ParsedContent, ParseFailed, ParseRequest
from hyperspot.file_parser.contract.building.block_builder import BlockBuilder
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.contract.building.inline_run import one_line
from hyperspot.file_parser_builtin.domain.charset import decode
from hyperspot.file_parser_builtin.infra.html_walk import HtmlWalk
from modkit import UNSET

_STAGE: Final = "reading HTML"
_META_CHARSET: Final = re.compile(
    rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE
)
_HEAD_BYTES: Final = 4096
_MAX_DEPTH: Final = 512  # as in browsers
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_SHALLOW: Final = frozenset(
    # Elements without content, and those that the next of their kind closes.
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "caption",
        "colgroup",
        "option",
        "optgroup",
        "rb",
        "rp",
        "rt",
        "rtc",
        "html",
        "head",
        "body",
    ]
)


def parse_html(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of an HTML page; scripts, styles and form controls are dropped."""
    data = path.read_bytes()
    declared = _META_CHARSET.search(data, 0, _HEAD_BYTES)
    in_page = declared[1].decode("ascii") if declared else ""
    if in_page.lower().startswith("utf-16"):
        in_page = "utf-8"  # the declaration itself was read byte by byte, so it cannot be true
    decoded = decode(data, request.charset, in_page)
    budget.check_time(_STAGE)
    tree = _tree(decoded.text, request)
    budget.check_time(_STAGE)
    builder = BlockBuilder(budget, _STAGE)
    if tree.body is not None:
        HtmlWalk(builder).walk(tree.body)
    title = tree.css_first("head > title")
    language = (tree.root.attributes.get("lang") or "").strip() if tree.root else ""
    return ParsedContent(
        blocks=builder.finish(),
        title=(one_line(title.text()) if title else "") or UNSET,
        language=language or UNSET,
        charset=decoded.charset,
    )


def add_fragment(html: str, request: ParseRequest, builder: BlockBuilder) -> None:
    """Add the content of a piece of HTML to *builder*."""
    body = _tree(html, request).body
    if body is not None:
        HtmlWalk(builder).walk(body)


def _tree(html: str, request: ParseRequest) -> LexborHTMLParser:
    """Build the tree, unless it would be so deep that building it takes time with the square of its depth."""
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _SHALLOW:
            depth += -1 if tag[1] else 1
            if depth > _MAX_DEPTH:
                reason = f"its elements are nested more than {_MAX_DEPTH} deep"
                raise ParseFailed(request.filename, request.media_type, reason)
            depth = max(depth, 0)
    try:
        return LexborHTMLParser(html)
    except SelectolaxError as error:  # without memory; there is no HTML that it cannot read
        raise MemoryError from error
