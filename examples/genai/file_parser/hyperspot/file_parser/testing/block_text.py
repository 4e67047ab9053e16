"""The text of blocks, for tests that look for words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hyperspot.file_parser.contract import (
    Block,
    CodeBlock,
    Heading,
    HorizontalRule,
    Image,
    ListItem,
    PageBreak,
    Paragraph,
    Quote,
    Table,
)


def text_of(block: Block) -> str:
    """Return all text of *block*, nested blocks joined by line feeds."""
    return "\n".join(_texts(block))


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading() | Paragraph():
            yield "".join(inline.text for inline in block.inlines)
        case CodeBlock():
            yield block.text
        case Quote() | ListItem():
            yield from _all_texts(block.blocks)
        case Table():
            for row in block.rows:
                for cell in row.cells:
                    yield from _all_texts(cell.blocks)
        case Image():
            yield block.alt or ""
        case HorizontalRule() | PageBreak():
            pass


def _all_texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _texts(block)
