"""BlockBuilder: turns a walk over a document tree (open, text, close) into blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

from attrs import define, field

from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.contract.building.inline_run import InlineRun, clean, one_line
from hyperspot.file_parser.contract.building.numbering import numbered
from hyperspot.file_parser.contract.building.table_grid import TableGrid
from hyperspot.file_parser.contract.models import (
    PLAIN,
    Block,
    CodeBlock,
    Heading,
    HorizontalRule,
    Image,
    Inline,
    ListItem,
    PageBreak,
    Paragraph,
    Place,
    Quote,
    Style,
)
from modkit import UNSET, UnsetType

_MAX_HEADING: Final = 6


@define(kw_only=True)
class _Frame:
    """Something open; what ends inside it is added to its blocks."""

    kind: Literal["document", "quote", "item", "table", "row", "cell", "dissolved"]
    home: _Frame | None = None  # of a frame that takes no blocks: the one around it that does
    blocks: list[Block] = field(factory=list[Block])
    deeper: list[Block] = field(factory=list[Block])  # items nested in an item
    level: int = 0  # of an item
    grid: TableGrid | None = None
    close: Callable[[_Frame], None] | None = None


class BlockBuilder:
    """Builds blocks in reading order; every ``open_...`` is matched by one `close`.

    Text collects until the block around it ends. Containers nested deeper than the budget allows, and rows and cells
    outside a table, are dissolved: their content moves to the container around them, so nothing is lost.

    Args:
        budget: What the parse has left; every block and character is counted.
        stage: What is being done, for the messages of limits.
    """

    def __init__(self, budget: Budget, stage: str) -> None:
        self._budget = budget
        self._stage = stage
        self._run = InlineRun()
        self._make: Callable[[tuple[Inline, ...]], Block] | None = None
        self._stack: list[_Frame] = [_Frame(kind="document")]
        self._places: list[Place] = []
        self._place_now = Place()

    def at(self, place: Place) -> None:
        """Say where in the file the walk is; a top-level block is from where the walk is when it ends."""
        self._place_now = place

    def text(self, text: str, style: Style = PLAIN, *, target: str = "") -> None:
        """Add text to the open block; outside any block it begins a paragraph. With a *target* it is a link."""
        self._budget.use_text(len(text), self._stage)
        self._run.add(text, style, target=target)

    def code_text(self, text: str, style: Style = PLAIN) -> None:
        """Add program text to the open block."""
        self._budget.use_text(len(text), self._stage)
        self._run.add_code(text, style)

    def line_break(self) -> None:
        """Force a line break in the open block."""
        self._run.line_break()

    def start_heading(self, level: int) -> None:
        """End the open block; what follows until the next end is a heading."""
        self.end_block()
        level = min(max(level, 1), _MAX_HEADING)
        self._make = lambda inlines: Heading(level=level, inlines=inlines)

    def end_block(self) -> None:
        """End the open block; without text it leaves nothing."""
        inlines = self._run.take()
        make, self._make = self._make, None
        if inlines:
            self._add(make(inlines) if make else Paragraph(inlines=inlines))

    def code_block(self, text: str, language: str = "") -> None:
        """Add program text as a block of its own; one last line feed is dropped."""
        self.end_block()
        self._budget.use_text(len(text), self._stage)
        self._add(CodeBlock(text=clean(text).removesuffix("\n"), language=language or UNSET))

    def image(self, alt: str, src: str | UnsetType = UNSET) -> None:
        """Note an image; inside a line it ends the text before it."""
        self.add_image(Image(alt=one_line(alt) or UNSET, src=src))

    def add_image(self, image: Image) -> None:
        """Add an image of which more is known; inside a line it ends the text before it."""
        self.end_block()
        self._budget.use_text(len(image.alt or "") + len(image.src or ""), self._stage)
        self._add(image)

    def rule(self) -> None:
        """Add a horizontal rule."""
        self.end_block()
        self._add(HorizontalRule())

    def page_break(self) -> None:
        """End the page."""
        self.end_block()
        self._add(PageBreak())

    def add(self, block: Block) -> None:
        """Add a block that was made elsewhere."""
        self.end_block()
        self._add(block)

    def open_quote(self) -> None:
        """Begin a quotation."""
        self._open(_Frame(kind="quote", close=self._close_quote))

    def open_item(self, *, ordered: bool, level: int | None = None) -> None:
        """Begin a list item; items opened inside it become one level deeper and follow it.

        Args:
            ordered: Whether the items are numbered.
            level: For formats that number the levels themselves; 0 is the outermost.
        """
        level = self._item_level() if level is None else level

        def close(frame: _Frame) -> None:
            self._add(ListItem(level=level, ordered=ordered, blocks=tuple(frame.blocks)))
            for block in frame.deeper:
                self._place(block)

        self._open(_Frame(kind="item", level=level, close=close))

    def open_table(self) -> None:
        """Begin a table; text in it outside cells, such as its caption, comes before it."""
        grid = TableGrid(self._budget, self._stage)
        self._open(_Frame(kind="table", grid=grid, close=self._close_table))

    def open_row(self, *, is_header: bool = False) -> None:
        """Begin a table row."""
        grid = self._stack[-1].grid if self._stack[-1].kind == "table" else None

        def close(frame: _Frame) -> None:
            if frame.grid:
                frame.grid.end_row(is_header=is_header)

        self._open(_Frame(kind="row" if grid else "dissolved", grid=grid, close=close))

    def open_cell(
        self, *, is_header: bool = False, column_span: int = 1, row_span: int = 1
    ) -> None:
        """Begin a table cell."""
        grid = self._stack[-1].grid if self._stack[-1].kind == "row" else None

        def close(frame: _Frame) -> None:
            if frame.grid:
                frame.grid.add_cell(
                    tuple(frame.blocks),
                    is_header=is_header,
                    column_span=column_span,
                    row_span=row_span,
                )

        self._open(_Frame(kind="cell" if grid else "dissolved", grid=grid, close=close))

    def continue_cell(self, *, column_span: int = 1) -> None:
        """Add no cell: the one above it reaches down. For formats that mark what is covered and count nothing."""
        self.end_block()
        frame = self._stack[-1]
        if frame.kind == "row" and frame.grid:
            frame.grid.continue_cell(column_span=column_span)

    def add_row(self, cells: Iterable[str], *, is_header: bool = False) -> None:
        """Add a whole row of plain text to the open table; line ends in a cell stay."""
        self.open_row(is_header=is_header)
        for cell in cells:
            self.open_cell()
            for number, line in enumerate(cell.splitlines()):
                if number:
                    self.line_break()
                self.text(line)
            self.close()
        self.close()

    def close(self) -> None:
        """End what was opened last."""
        self.end_block()
        frame = self._stack.pop()
        if frame.close:
            frame.close(frame)

    def finish(self) -> tuple[Block, ...]:
        """Return all blocks, numbered; everything that was opened must be closed."""
        self.end_block()
        return numbered(zip(self._places, self._stack[0].blocks, strict=True))

    def _open(self, frame: _Frame) -> None:
        self.end_block()
        if frame.kind == "dissolved" or len(self._stack) > self._budget.max_depth:
            frame = _Frame(kind="dissolved")
        if frame.kind in ("dissolved", "table", "row"):
            frame.home = self._stack[-1].home or self._stack[-1]
        self._stack.append(frame)

    def _add(self, block: Block) -> None:
        self._budget.use_blocks(1, self._stage)
        self._place(block)

    def _place(self, block: Block) -> None:
        frame = self._stack[-1].home or self._stack[-1]
        is_deeper_item = frame.kind == "item" and isinstance(block, ListItem)
        (frame.deeper if is_deeper_item else frame.blocks).append(block)
        if frame is self._stack[0]:
            self._places.append(self._place_now)

    def _item_level(self) -> int:
        frame = self._stack[-1].home or self._stack[-1]
        return frame.level + 1 if frame.kind == "item" else 0

    def _close_quote(self, frame: _Frame) -> None:
        if frame.blocks:
            self._add(Quote(blocks=tuple(frame.blocks)))

    def _close_table(self, frame: _Frame) -> None:
        table = frame.grid.table() if frame.grid else None
        if table:
            self._add(table)
