"""HTML pages, and HTML inside Markdown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from hyperspot.file_parser.contract import ParsedContent, ParseRequest
from hyperspot.file_parser.contract.building.block_builder import BlockBuilder
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser_builtin.domain.charset import decode
from hyperspot.file_parser_builtin.infra.html_head import HtmlHead
from hyperspot.file_parser_builtin.infra.html_taming import tamed
from hyperspot.file_parser_builtin.infra.html_walk import HtmlWalk

_STAGE: Final = "reading HTML"
_META_CHARSET: Final = re.compile(
    rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE
)
_HEAD_BYTES: Final = 4096


def parse_html(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of an HTML page; what a browser would not show, and form controls, are dropped.

    That is scripts, styles, templates, ``noscript``, and elements hidden by their ``hidden`` or ``style`` attribute.
    Addresses are seen from ``<base href>`` where the page has one.
    """
    data = path.read_bytes()
    declared = _META_CHARSET.search(data, 0, _HEAD_BYTES)
    in_page = declared[1].decode("ascii") if declared else ""
    if in_page.lower().startswith("utf-16"):
        in_page = "utf-8"  # the declaration itself was read byte by byte, so it cannot be true
    decoded = decode(data, request.charset, in_page)
    budget.check_time(_STAGE)
    tree = _tree(decoded.text)
    budget.check_time(_STAGE)
    head = HtmlHead.read(tree)
    builder = BlockBuilder(budget, _STAGE)
    if tree.body is not None:
        HtmlWalk(builder, head.base, "/html").walk(tree.body)
    return ParsedContent(
        blocks=builder.finish(),
        title=head.title,
        author=head.author,
        language=head.language,
        charset=decoded.charset,
        created_at=head.created_at,
        modified_at=head.modified_at,
    )


def add_fragment(html: str, builder: BlockBuilder) -> None:
    """Add the content of a piece of HTML to *builder*."""
    body = _tree(html).body
    if body is not None:
        HtmlWalk(builder).walk(body)


def _tree(html: str) -> LexborHTMLParser:
    try:
        return LexborHTMLParser(tamed(html))
    except SelectolaxError as error:  # without memory; there is no HTML that it cannot read
        raise MemoryError from error
