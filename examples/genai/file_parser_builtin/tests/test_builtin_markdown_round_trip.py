"""Rendering blocks as Markdown and reading that Markdown gives the same blocks."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperspot.file_parser.contract import (
    Block,
    Code,
    CodeBlock,
    Heading,
    HorizontalRule,
    Inline,
    Link,
    ListItem,
    Paragraph,
    ParseRequest,
    Quote,
    Style,
    StyleFlag,
    Table,
    TableCell,
    TableRow,
    Text,
)
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.contract.building.inline_run import InlineRun
from hyperspot.file_parser.contract.building.table_grid import TableGrid
from hyperspot.file_parser.domain.html_table import needs_html
from hyperspot.file_parser.domain.markdown import render_markdown
from hyperspot.file_parser_builtin.infra.markdown import parse_markdown
from modkit import UNSET

ALPHABET = "ab1.)(*_`~#>+-=|\\<>&;![]:/ \"'é中\t\n"
texts = st.text(ALPHABET, min_size=1, max_size=12) | st.sampled_from(
    [
        "1. x",
        "- y",
        "# z",
        "***",
        "---",
        "&amp;",
        "![a](b)",
        "<b>",
        "a_b_c",
        "http://x.y",
        "~~~",
        "| a |",
    ]
)
FLAGS: list[StyleFlag] = ["bold", "italic", "underline", "strike"]
styles = st.lists(st.sampled_from(FLAGS), max_size=2, unique=True).map(
    lambda flags: Style.of(*flags)
)
inlines = st.one_of(
    st.builds(Text, text=texts, style=styles),
    st.builds(Code, text=texts, style=styles),
    st.builds(
        Link, text=texts, target=st.sampled_from(["/a", "https://x.y/z?q=1", "#f"]), style=styles
    ),
)


def tidy(pieces: list[Inline], *, one_line: bool = False) -> tuple[Inline, ...]:
    """Inlines as a reader makes them: joined, white space collapsed."""
    run = InlineRun()
    for piece in pieces:
        match piece:
            case Code():
                run.add_code(" ".join(piece.text.split()), piece.style)
            case Link():
                run.add(" ".join(piece.text.split()), piece.style, target=piece.target)
            case Text():
                for number, line in enumerate(piece.text.split("\n")):
                    if number and not one_line:
                        run.line_break()
                    run.add(line, piece.style)
    return run.take()


runs = st.lists(inlines, min_size=1, max_size=4)
lines = runs.map(tidy).filter(bool)
single_lines = runs.map(lambda pieces: tidy(pieces, one_line=True)).filter(bool)
paragraphs = lines.map(lambda made: Paragraph(inlines=made))
headings = st.builds(Heading, level=st.integers(1, 6), inlines=single_lines)
codes = st.builds(
    CodeBlock,
    text=st.text(ALPHABET, max_size=20),
    language=st.sampled_from([UNSET, "python", "c++"]),
)
cells = single_lines.map(lambda made: TableCell(blocks=(Paragraph(inlines=made),)))
rows = st.lists(cells, min_size=2, max_size=2).map(tuple)
tables = st.lists(rows, min_size=1, max_size=3).map(
    lambda made: Table(
        rows=tuple(TableRow(is_header=index == 0, cells=row) for index, row in enumerate(made))
    )
)
spans = st.tuples(
    st.lists(paragraphs | headings | codes, max_size=2).map(tuple),
    st.booleans(),
    st.integers(1, 3),
    st.integers(1, 3),
)


def joined(made: list[list[tuple[tuple[Block, ...], bool, int, int]]]) -> Table | None:
    """A table as a reader makes it, of the content, kind and spans of its cells."""
    grid = TableGrid(Budget(ParseRequest(filename="x", media_type="text/html")), "")
    for line in made:
        for blocks, is_header, column_span, row_span in line:
            grid.add_cell(blocks, is_header=is_header, column_span=column_span, row_span=row_span)
        grid.end_row()
    return grid.table()


joined_tables = (
    st.lists(st.lists(spans, min_size=1, max_size=3), min_size=1, max_size=3)
    .map(joined)
    .filter(lambda table: table is not None and needs_html(table))
)
leaves = st.one_of(paragraphs, headings, codes, tables, st.just(HorizontalRule()))
quotes = st.lists(leaves, min_size=1, max_size=2).map(lambda made: Quote(blocks=tuple(made)))
items = st.builds(
    ListItem,
    level=st.just(0),
    ordered=st.booleans(),
    blocks=st.lists(leaves | quotes, max_size=2).map(tuple),
)


def read(markdown: str) -> tuple[Block, ...]:
    request = ParseRequest(filename="x.md", media_type="text/markdown")
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.md")
        path.write_text(markdown, encoding="utf-8", newline="")
        content = parse_markdown(path, request, Budget(request))
    return tuple(attrs.evolve(block, provenance=UNSET) for block in content.blocks)


@given(blocks=st.lists(leaves | quotes | items, max_size=4))
def test_markdown_reads_back_as_the_same_blocks(blocks: list[Block]) -> None:
    assert read("".join(render_markdown(blocks))) == tuple(blocks)


@given(table=joined_tables)
def test_table_with_joined_cells_reads_back_as_the_same(table: Table) -> None:
    assert read("".join(render_markdown([table]))) == (table,)


@pytest.mark.parametrize(
    "levels",
    [pytest.param([0, 1, 2, 1, 0], id="up-and-down"), pytest.param([0, 0, 1, 1], id="pairs")],
)
@pytest.mark.parametrize("ordered", [False, True], ids=["bullets", "numbers"])
def test_nested_lists_keep_their_levels(levels: list[int], ordered: bool) -> None:
    blocks = tuple(
        ListItem(level=level, ordered=ordered, blocks=(Paragraph(inlines=(Text(text=f"i{n}"),)),))
        for n, level in enumerate(levels)
    )
    assert read("".join(render_markdown(blocks))) == blocks


def test_fence_is_longer_than_any_fence_inside() -> None:
    block = CodeBlock(text="```\n````\ncode")
    assert read("".join(render_markdown([block]))) == (block,)
