"""Cells that reach down, counted beforehand or marked row by row; and text that is tidied."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from hyperspot.file_parser.contract import ParseRequest, Table
from hyperspot.file_parser.contract.building import BlockBuilder, Budget, clean


def made(rows: list[list[str]]) -> Table:
    """A table of cells: a text, ``""`` for an empty cell, ``^`` for one that continues the cell above."""
    builder = BlockBuilder(
        Budget(ParseRequest(filename="a.bin", media_type="application/x-test")), "building"
    )
    builder.open_table()
    for row in rows:
        builder.open_row()
        for text in row:
            if text == "^":
                builder.continue_cell()
                continue
            wide = text.count("-")
            builder.open_cell(column_span=1 + wide)
            builder.text(text)
            builder.close()
        builder.close()
    builder.close()
    (table,) = builder.finish()
    assert isinstance(table, Table)
    return table


def spans(table: Table) -> dict[tuple[int, int], tuple[int, int]]:
    return {
        (row, column): (cell.column_span or 1, cell.row_span or 1)
        for row, line in enumerate(table.rows)
        for column, cell in enumerate(line.cells)
        if cell.column_span or cell.row_span
    }


def test_a_continued_cell_reaches_down_as_wide_as_it_is() -> None:
    table = made([["a-", "b"], ["^", "c"], ["^", "d"]])
    assert spans(table) == {(0, 0): (2, 3)}
    assert [len(row.cells) for row in table.rows] == [3, 3, 3]
    assert table.rows[2].cells[0].blocks == ()


def test_a_row_of_continued_cells_stays_a_row() -> None:
    table = made([["a", "b"], ["^", "^"], ["c", "d"]])
    assert spans(table) == {(0, 0): (1, 2), (0, 1): (1, 2)}
    assert len(table.rows) == 3


def test_what_continues_nothing_is_an_empty_cell() -> None:
    assert spans(made([["^", "a"], ["b", "c"]])) == {}
    assert spans(made([["a", "b"], ["c-"], ["d", "^"]])) == {(1, 0): (2, 1)}


@given(
    rows=st.lists(st.lists(st.sampled_from(["a", "b-", "^"]), min_size=1, max_size=4), max_size=6)
)
def test_spans_of_any_marks_stay_inside_the_table_and_apart(rows: list[list[str]]) -> None:
    table = made([["x"], *rows])
    width = len(table.rows[0].cells)
    covered = [
        (row + down, column + right)
        for (row, column), (columns, height) in spans(table).items()
        for down in range(height)
        for right in range(columns)
    ]
    assert len(covered) == len(set(covered))
    assert all(row < len(table.rows) and column < width for row, column in covered)


@given(
    text=st.text() | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "L"]))
)
def test_clean_text_has_no_control_characters_but_line_feeds_and_tabs(text: str) -> None:
    result = clean(text)
    assert clean(result) == result
    assert {unicodedata.category(c) for c in result if c not in "\n\t\x80\x85"} & {
        "Cs",
        "Zl",
        "Zp",
    } == set()
    assert not set(result) & {chr(n) for n in range(32) if chr(n) not in "\n\t"}
    assert [c for c in text if c.isprintable()] == [c for c in result if c.isprintable()]
