"""Markdown: CommonMark with tables, strikethrough and footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import attrs
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from hyperspot.file_parser.contract import PLAIN, ParsedContent, ParseFailed, ParseRequest, Style
from hyperspot.file_parser.contract.building.block_builder import BlockBuilder
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser_builtin.domain.charset import decode
from hyperspot.file_parser_builtin.infra.front_matter import split_front_matter
from hyperspot.file_parser_builtin.infra.html import add_fragment
from modkit import UNSET

_STAGE: Final = "reading Markdown"
_MAX_NESTING: Final = 64
"""Of quotes, lists and items; whatever is deeper the library leaves out without a word."""
_FLAGS: Final = {
    **dict.fromkeys(("strong", "b"), "bold"),
    **dict.fromkeys(("em", "i"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "del", "strike"), "strike"),
}
_CONTAINERS: Final = frozenset(("blockquote_open", "list_item_open"))
_NEW_LINE: Final = re.compile(r"\r\n?")
_TAG: Final = re.compile(r"<(/?)([a-z]+)\s*/?>", re.IGNORECASE)


def parse_markdown(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of a Markdown text; HTML in it is read as HTML.

    Front matter in YAML is no text. Notes come last, as ``[1] text`` where the text has ``[1]``. The boxes of task lists
    stay as they are written, and so do addresses that are not in angle brackets.
    """
    decoded = decode(path.read_bytes(), request.charset)
    about, text = split_front_matter(_NEW_LINE.sub("\n", decoded.text))
    options = {"maxNesting": _MAX_NESTING}
    reader = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    footnote_plugin(reader, inline=False)
    tokens = reader.parse(text)
    budget.check_time(_STAGE)
    if any(token.level >= _MAX_NESTING - 1 and token.type in _CONTAINERS for token in tokens):
        reason = f"its quotes and lists are nested more than {_MAX_NESTING} deep"
        raise ParseFailed(request.filename, request.media_type, reason)
    builder = BlockBuilder(budget, _STAGE)
    _add_blocks(tokens, builder)
    return ParsedContent(
        blocks=builder.finish(),
        title=about.title,
        author=about.author,
        language=about.language,
        charset=decoded.charset,
        created_at=about.created_at,
        modified_at=about.modified_at,
    )


def _add_blocks(tokens: Sequence[Token], builder: BlockBuilder) -> None:
    ordered: list[bool] = []
    for token in tokens:
        match token.type:
            case "heading_open":
                builder.start_heading(int(token.tag[1]))
            case "bullet_list_open" | "ordered_list_open":
                ordered.append(token.type == "ordered_list_open")
            case "bullet_list_close" | "ordered_list_close":
                ordered.pop()
            case "list_item_open":
                builder.open_item(ordered=ordered[-1])
            case "blockquote_open":
                builder.open_quote()
            case "table_open":
                builder.open_table()
            case "tr_open":
                builder.open_row()
            case "th_open" | "td_open":
                builder.open_cell(is_header=token.type == "th_open")
            case (
                "list_item_close"
                | "blockquote_close"
                | "table_close"
                | "tr_close"
                | "th_close"
                | "td_close"
            ):
                builder.close()
            case "fence" | "code_block":
                language = token.info.split()[0] if token.info.split() else ""
                builder.code_block(token.content, language)
            case "hr":
                builder.rule()
            case "html_block":
                builder.end_block()
                add_fragment(token.content, builder)
                builder.end_block()
            case "footnote_open":
                builder.end_block()
                builder.text(f"{_label(token)} ")
            case "footnote_close":
                builder.end_block()
            case "inline":
                _add_inlines(token.children or (), builder)
            case "heading_close" | "paragraph_close":
                builder.end_block()
            case _:
                pass  # thead, tbody and paragraph_open say nothing more


def _add_inlines(tokens: Sequence[Token], builder: BlockBuilder) -> None:
    style = PLAIN
    targets: list[str] = []
    for token in tokens:
        target = targets[-1] if targets else ""
        match token.type:
            case "text" | "text_special":
                builder.text(token.content, style, target=target)
            case "softbreak":
                builder.text(" ", style, target=target)
            case "hardbreak":
                builder.line_break()
            case "code_inline":
                builder.code_text(token.content, style)
            case "image":
                builder.image(_alt(token), str(token.attrGet("src") or "") or UNSET)
            case "link_open":
                targets.append(str(token.attrGet("href") or ""))
            case "link_close":
                targets.pop()
            case "footnote_ref":
                builder.text(_label(token))
            case "html_inline":
                style = _after_tag(token.content, style, builder)
            case _ if token.tag in _FLAGS:
                style = _flagged(style, _FLAGS[token.tag], is_on=token.nesting > 0)
            case _:
                pass


def _label(note: Token) -> str:
    return f"[{int(note.meta['id']) + 1}]"


def _after_tag(html: str, style: Style, builder: BlockBuilder) -> Style:
    """Return the style that holds after an HTML tag inside a line; tags without a style say nothing."""
    found = _TAG.fullmatch(html)
    name = found[2].lower() if found else ""
    if name == "br":
        builder.line_break()
    if found and name in _FLAGS:
        return _flagged(style, _FLAGS[name], is_on=not found[1])
    return style


def _flagged(style: Style, flag: str, *, is_on: bool) -> Style:
    return attrs.evolve(style, **{flag: True if is_on else UNSET})


def _alt(image: Token) -> str:
    return "".join(child.content for child in image.children or ())
