"""Tables that Markdown has no notation for, as HTML in Markdown: joined cells and more than one header row.

Every table is lines without a blank one, which would end it; so a line break inside a cell is a tag or a reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from attrs import define, field

from hyperspot.file_parser.contract.models import (
    Block,
    Code,
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
    TableCell,
)
from hyperspot.file_parser.domain.markdown_inlines import describe_image, is_safe_target, tagged

_LINE_ENDS: Final = {ord("\n"): "&#10;", ord("\r"): "&#13;"}


def needs_html(table: Table) -> bool:
    """Return whether *table* has joined cells or a header row that is not the first one."""
    return any(
        (number and row.is_header) or any(cell.column_span or cell.row_span for cell in row.cells)
        for number, row in enumerate(table.rows)
    )


def render_html_table(table: Table) -> str:
    """Return *table* as lines of HTML, one for each row; a covered cell is left out unless something is in it."""
    lines = ["<table>"]
    covered: set[tuple[int, int]] = set()
    for row, content in enumerate(table.rows):
        tag = "th" if content.is_header else "td"
        cells: list[str] = []
        for column, cell in enumerate(content.cells):
            if (row, column) not in covered or cell.blocks:
                cells.append(f"<{tag}{_spans(cell)}>{_content(cell.blocks)}</{tag}>")
            covered.update(_covered_by(cell, row, column, len(table.rows)))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join([*lines, "</table>"])


def _covered_by(cell: TableCell, row: int, column: int, rows: int) -> Iterator[tuple[int, int]]:
    for below in range(row, min(row + (cell.row_span or 1), rows)):
        for beside in range(column, column + (cell.column_span or 1)):
            yield below, beside


def _spans(cell: TableCell) -> str:
    columns = f' colspan="{cell.column_span}"' if cell.column_span else ""
    rows = f' rowspan="{cell.row_span}"' if cell.row_span else ""
    return columns + rows


def _content(blocks: tuple[Block, ...]) -> str:
    match blocks:
        case (Paragraph(inlines=inlines),):
            return _inlines(inlines)
        case _:
            return "".join(_blocks(blocks))


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    lists = _Lists()
    for block in blocks:
        if isinstance(block, ListItem):
            yield lists.item(block) + "".join(_blocks(block.blocks))
        else:
            yield lists.end() + _block(block)
    yield lists.end()


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return f"<p>{_inlines(block.inlines)}</p>"
        case Heading():
            return f"<h{block.level}>{_inlines(block.inlines)}</h{block.level}>"
        case CodeBlock():
            language = f' class="language-{escape(block.language)}"' if block.language else ""
            return f"<pre><code{language}>{_text(block.text)}&#10;</code></pre>"
        case Quote():
            return f"<blockquote>{''.join(_blocks(block.blocks))}</blockquote>"
        case Table():
            return render_html_table(block).replace("\n", "")
        case Image():
            source = f' src="{_text(block.src)}"' if block.src and is_safe_target(block.src) else ""
            return f'<img{source} alt="{_text(describe_image(block))}">'
        case HorizontalRule() | PageBreak():
            return "<hr>"
        case ListItem():
            return "".join(_blocks([block]))


@define
class _Lists:
    """The lists that are open, the outermost first, each with an open item."""

    _tags: list[str] = field(factory=list[str])

    def item(self, block: ListItem) -> str:
        """Return what opens an item, after what comes before it is closed."""
        tag = "ol" if block.ordered else "ul"
        html = self._close(block.level + 1)
        if len(self._tags) <= block.level:
            self._tags.append(tag)
            return f"{html}<{tag}><li>"
        if self._tags[-1] == tag:
            return f"{html}</li><li>"
        html += f"</li></{self._tags.pop()}><{tag}><li>"
        self._tags.append(tag)
        return html

    def end(self) -> str:
        """Return what closes all lists."""
        return self._close(0)

    def _close(self, depth: int) -> str:
        html = ""
        while len(self._tags) > depth:
            html += f"</li></{self._tags.pop()}>"
        return html


def _inlines(inlines: Iterable[Inline]) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    match inline:
        case Code():
            html = f"<code>{_text(inline.text)}</code>"
        case Link() if is_safe_target(inline.target):
            html = f'<a href="{_text(inline.target)}">{_broken(inline.text)}</a>'
        case _:
            html = _broken(inline.text)
    return tagged(html, inline.style)


def _broken(text: str) -> str:
    return "<br>".join(map(escape, text.split("\n")))


def _text(text: str) -> str:
    return escape(text).translate(_LINE_ENDS)
