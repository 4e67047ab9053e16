"""Blocks as GitHub-flavoured Markdown, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import define, field

from hyperspot.file_parser.contract.models import (
    Block,
    CodeBlock,
    Heading,
    HorizontalRule,
    Image,
    Inline,
    Link,
    ListItem,
    PageBreak,
    Paragraph,
    Quote,
    Table,
    TableRow,
    Text,
)
from hyperspot.file_parser.domain.html_table import needs_html, render_html_table
from hyperspot.file_parser.domain.markdown_inlines import (
    describe_image,
    fence_for,
    is_safe_target,
    render_code,
    render_inlines,
    render_one_line,
)

_RULE: Final = "***"  # three hyphens would turn a line above into a heading
_LANGUAGE: Final = re.compile(r"[^\w.+#-]")


def render_markdown(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield the Markdown of *blocks* in pieces that end in a line feed, at most one per block.

    A block that has nothing to show (an empty paragraph, say) yields nothing. Page breaks become rules,
    tables with joined cells HTML, and images without an address their description.
    """
    marks = _ListMarks()
    started = False
    follows_item = False
    for block in blocks:
        if isinstance(block, ListItem):
            piece = marks.item(block)
        else:
            marks = _ListMarks()
            piece = _block(block)
        if not piece:
            continue
        tight = follows_item and isinstance(block, ListItem)
        separator = "\n" if started and not tight else ""
        yield f"{separator}{piece}\n"
        started = True
        follows_item = isinstance(block, ListItem)


@define
class _ListMarks:
    """The open levels of a list: how far their content is indented, and the last number given."""

    _widths: list[int] = field(factory=list[int])
    _numbers: list[int] = field(factory=list[int])

    def item(self, block: ListItem) -> str:
        depth = min(block.level, len(self._widths))
        numbers = self._numbers[: depth + 1]
        was_ordered = depth < len(numbers) and numbers[depth] > 0
        number = (numbers[depth] + 1 if was_ordered else 1) if block.ordered else 0
        mark = f"{number}. " if block.ordered else "- "
        indent = sum(self._widths[:depth])
        self._widths[depth:] = [len(mark)]
        self._numbers[depth:] = [number]
        content = _nested(block.blocks)
        text = mark + _indented(content, len(mark)) if content else mark.rstrip()
        return _indented(text, indent, first=True)


def _nested(blocks: Iterable[Block]) -> str:
    return "".join(render_markdown(blocks)).rstrip("\n")


def _indented(text: str, width: int, *, first: bool = False) -> str:
    margin = " " * width
    lines = text.split("\n")
    start = 0 if first else 1
    lines[start:] = [margin + line if line else line for line in lines[start:]]
    return "\n".join(lines)


def _block(block: Block) -> str:
    match block:
        case Heading():
            text = render_one_line(block.inlines)
            return f"{'#' * min(max(block.level, 1), 6)} {text}" if text else ""
        case Paragraph():
            return render_inlines(block.inlines)
        case CodeBlock():
            return _code(block)
        case Quote():
            return "\n".join(
                f"> {line}" if line else ">" for line in _nested(block.blocks).split("\n")
            )
        case Table():
            return _table(block)
        case Image():
            return _image(block)
        case HorizontalRule() | PageBreak():
            return _RULE
        case ListItem():
            return _ListMarks().item(block)


def _code(block: CodeBlock) -> str:
    fence = fence_for(block.text)
    language = _LANGUAGE.sub("", block.language or "")
    return f"{fence}{language}\n{block.text}\n{fence}"


def _image(block: Image) -> str:
    # The data of an image does not belong into a text, and what could run not either: its description stands for it.
    target = block.src if block.src and is_safe_target(block.src) else ""
    return "!" + render_inlines([Link(text=describe_image(block), target=target)])


def _table(block: Table) -> str:
    width = max((len(row.cells) for row in block.rows), default=0)
    if not width:
        return ""
    if needs_html(block):
        return render_html_table(block)
    rows = list(block.rows)
    header = rows.pop(0) if rows[0].is_header else TableRow(is_header=True, cells=())
    lines = [_row(header, width), "|" + " --- |" * width, *(_row(row, width) for row in rows)]
    return "\n".join(lines)


def _row(row: TableRow, width: int) -> str:
    cells = ["<br>".join(_cell_lines(cell.blocks)) for cell in row.cells]
    cells += [""] * (width - len(cells))
    return "|" + "".join(f" {cell} |" if cell else "  |" for cell in cells)


def _cell_lines(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield what a cell shows, each piece on one line, pipes escaped."""
    for block in blocks:
        match block:
            case Paragraph() | Heading():
                yield from _lines(block.inlines)
            case CodeBlock():
                lines = (render_code(line) for line in block.text.split("\n"))
                yield from (line.replace("|", "\\|") for line in lines if line)
            case ListItem():
                mark = "1\\. " if block.ordered else "\\- "
                yield mark + " ".join(_cell_lines(block.blocks))
            case Quote():
                yield from _cell_lines(block.blocks)
            case Table():
                for row in block.rows:
                    yield " ".join(line for cell in row.cells for line in _cell_lines(cell.blocks))
            case Image():
                yield _image(block)
            case HorizontalRule() | PageBreak():
                pass


def _lines(inlines: Iterable[Inline]) -> Iterator[str]:
    rendered = render_inlines(_without_code_pipes(inlines))
    yield from (line for line in rendered.split("\\\n") if line)


def _without_code_pipes(inlines: Iterable[Inline]) -> Iterator[Inline]:
    # A pipe ends the cell even inside a code span, and there a backslash is the only way to keep it.
    for inline in inlines:
        if isinstance(inline, Text | Link) or "|" not in inline.text:
            yield inline
        else:
            yield type(inline)(text=inline.text.replace("|", "\\|"), style=inline.style)
