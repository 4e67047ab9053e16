"""CSV and TSV: the file is one table."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import (
    ParsedContent,
    ParseFailed,
    ParseRequest,
    Place,
    media_types,
)
from hyperspot.file_parser.contract.building import BlockBuilder, Budget
from hyperspot.file_parser_builtin.domain.cells import range_name
from hyperspot.file_parser_builtin.domain.charset import decode

_STAGE: Final = "reading rows"
_DELIMITERS: Final = (",", ";", "\t", "|")
_LOOK_CHARS: Final = 64 * 1024
_LOOK_ROWS: Final = 50
_VALUE: Final = re.compile(r"[\s\d.,:;/+%$€£-]*")  # a number, a date, an amount, or nothing
_PROGRESS_ROWS: Final = 10_000


def parse_delimited(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the table; its first row is the header where every cell of it is a name."""
    decoded = decode(path.read_bytes(), request.charset)
    text = decoded.text
    is_tabbed = request.media_type == media_types.TSV
    delimiter = "\t" if is_tabbed else likely_delimiter(text[:_LOOK_CHARS])
    builder = BlockBuilder(budget, _STAGE)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    width = count = 0
    builder.open_table()
    try:
        nothing: list[str] = []
        first = next(rows, nothing)
        for row in chain([first], rows):
            if count % _PROGRESS_ROWS == 0:
                budget.progress(_STAGE, count)
            builder.add_row(row, is_header=count == 0 and _is_header(first))
            width, count = max(width, len(row)), count + 1
    except csv.Error as error:
        raise ParseFailed(
            request.filename, request.media_type, f"row {count + 1}: {error}"
        ) from error
    builder.at(Place(cells=range_name(0, 0, max(count, 1) - 1, max(width, 1) - 1)))
    builder.close()
    return ParsedContent(blocks=builder.finish(), charset=decoded.charset)


def likely_delimiter(head: str) -> str:
    r"""Return the delimiter that cuts the most rows of *head* into the same number of cells, more than one.

    Example:
        >>> likely_delimiter("name;price\nPears, ripe;1,20\n")
        ';'
    """

    def regularity(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(row) for row in islice(rows, _LOOK_ROWS) if row)
        except csv.Error:
            return (0, 0)
        width, rows_of_it = max(widths.items(), key=lambda item: item[1], default=(0, 0))
        return (rows_of_it, width) if width > 1 else (0, 0)

    return max(_DELIMITERS, key=regularity)  # the first of equals


def _is_header(row: Sequence[str]) -> bool:
    return bool(row) and not any(_VALUE.fullmatch(cell) for cell in row)
