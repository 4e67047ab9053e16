"""Blocks as Markdown: what a person reads; that it reads back is tested where a reader is."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from hyperspot.file_parser.contract import (
    Block,
    CodeBlock,
    Heading,
    Image,
    Link,
    ListItem,
    PageBreak,
    Paragraph,
    Quote,
    Style,
    Table,
    TableCell,
    TableRow,
    Text,
)
from hyperspot.file_parser.domain.markdown import render_markdown


def words(text: str) -> Paragraph:
    return Paragraph(inlines=(Text(text=text),))


def cell(*blocks: Block) -> TableCell:
    return TableCell(blocks=blocks)


def row(*cells: TableCell, is_header: bool = False) -> TableRow:
    return TableRow(is_header=is_header, cells=cells)


def item(text: str, level: int = 0, *, ordered: bool = False) -> ListItem:
    return ListItem(level=level, ordered=ordered, blocks=(words(text),))


@pytest.mark.parametrize(
    ("blocks", "markdown"),
    [
        pytest.param([Heading(level=2, inlines=(Text(text="A\nB"),))], "## A B\n", id="heading"),
        pytest.param([words("1. x"), words("a_b *c*")], "1\\. x\n\na_b \\*c\\*\n", id="escapes"),
        pytest.param(
            [item("a"), item("b", 1), item("c", 5), item("d"), words("e")],
            "- a\n  - b\n    - c\n- d\n\ne\n",
            id="nested-list",
        ),
        pytest.param(
            [item("a", ordered=True), item("b", 1), item("c", ordered=True)],
            "1. a\n   - b\n2. c\n",
            id="numbered-list",
        ),
        pytest.param(
            [CodeBlock(text="```\nx", language="a`b")], "````ab\n```\nx\n````\n", id="code"
        ),
        pytest.param([Quote(blocks=(words("a"), words("b")))], "> a\n>\n> b\n", id="quote"),
        pytest.param([words("a"), PageBreak(), words("b")], "a\n\n***\n\nb\n", id="page-break"),
        pytest.param([Image(alt="A [x]", src="a b.png")], "![A \\[x\\]](a%20b.png)\n", id="image"),
        pytest.param([Image(alt="A  chart")], "![A chart]()\n", id="image-without-address"),
        pytest.param([Image()], "![image]()\n", id="image-without-anything"),
        pytest.param(
            [Image(src="data:image/png;base64,AA==", media_type="image/png", width=2, height=3)],
            "![image/png, 2 x 3]()\n",
            id="image-that-is-data",
        ),
        pytest.param([Image(alt="x", src="javascript:a()")], "![x]()\n", id="image-that-runs"),
        pytest.param([Paragraph(inlines=()), words("  ")], "", id="empty"),
        pytest.param(
            [Table(rows=(row(cell(words("a|b\nc"), words("d"))), row(cell())))],
            "|  |\n| --- |\n| a\\|b<br>c<br>d |\n|  |\n",
            id="table-without-header",
        ),
        pytest.param(
            [
                Table(
                    rows=(row(cell(words("h")), is_header=True), row(cell(CodeBlock(text="a|b"))))
                ),
            ],
            "| h |\n| --- |\n| `a\\|b` |\n",
            id="table-with-code",
        ),
        pytest.param(
            [
                Table(
                    rows=(
                        row(TableCell(blocks=(words("a"),), column_span=2), cell(), is_header=True),
                        row(TableCell(blocks=(words("b<\nc"),), row_span=2), cell(words("d"))),
                        row(cell(), cell(CodeBlock(text="e\n\nf"))),
                    )
                ),
                words("g"),
            ],
            "<table>\n"
            '<tr><th colspan="2">a</th></tr>\n'
            '<tr><td rowspan="2">b&lt;<br>c</td><td>d</td></tr>\n'
            "<tr><td><pre><code>e&#10;&#10;f&#10;</code></pre></td></tr>\n"
            "</table>\n\ng\n",
            id="table-with-joined-cells",
        ),
        pytest.param(
            [
                Table(
                    rows=(
                        row(cell(words("a")), is_header=True),
                        row(cell(words("b")), is_header=True),
                    )
                )
            ],
            "<table>\n<tr><th>a</th></tr>\n<tr><th>b</th></tr>\n</table>\n",
            id="table-with-two-header-rows",
        ),
        pytest.param(
            [Table(rows=(row(TableCell(blocks=(words("a"),), column_span=2), cell(words("b"))),))],
            '<table>\n<tr><td colspan="2">a</td><td>b</td></tr>\n</table>\n',
            id="covered-cell-with-content-is-kept",
        ),
        pytest.param(
            [
                Table(
                    rows=(
                        row(
                            TableCell(
                                blocks=(item("a"), item("b", 1), item("c", ordered=True)),
                                row_span=2,
                            )
                        ),
                        row(cell()),
                    )
                )
            ],
            '<table>\n<tr><td rowspan="2"><ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>'
            "<ol><li><p>c</p></li></ol></td></tr>\n<tr></tr>\n</table>\n",
            id="list-in-a-joined-cell",
        ),
    ],
)
def test_blocks_render_as(blocks: list[Block], markdown: str) -> None:
    assert "".join(render_markdown(blocks)) == markdown


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:x",
        "data:text/html,x",
        "vbscript:x",
    ],
)
def test_a_link_that_runs_code_keeps_only_its_text(target: str) -> None:
    blocks = [Paragraph(inlines=(Link(text="click", target=target),))]
    assert "".join(render_markdown(blocks)) == "click\n"


def test_text_never_becomes_html() -> None:
    hostile = Paragraph(
        inlines=(
            Text(text="<script>alert(1)</script>", style=Style.of("bold", "underline")),
            Link(text="<img onerror=x>", target='/a"><script>'),
        )
    )
    joined = Table(
        rows=(
            row(TableCell(blocks=(hostile, CodeBlock(text="<script>")), column_span=2), cell()),
            row(
                cell(Image(alt='"><script>', src='/"><script>')),
                cell(Paragraph(inlines=(Link(text="x", target="javascript:a()"),))),
            ),
        )
    )
    html = MarkdownIt("commonmark").render("".join(render_markdown([hostile, joined])))
    assert "<script" not in html
    assert "<img o" not in html
    assert "javascript" not in html


def test_rendering_is_lazy() -> None:
    pieces = render_markdown(words(str(number)) for number in iter(int, 1))
    assert [next(pieces) for _ in range(3)] == ["0\n", "\n0\n", "\n0\n"]
