"""DocumentParserSuite: what every worker of file_parser must do."""

from __future__ import annotations

import pickle
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from hyperspot.file_parser.contract import (
    Block,
    CodeBlock,
    DocumentEncrypted,
    DocumentParser,
    Heading,
    HorizontalRule,
    Image,
    ListItem,
    PageBreak,
    Paragraph,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseRequest,
    Quote,
    Table,
    formats_of,
)
from hyperspot.file_parser.testing.samples import SAMPLES, Sample
from modkit.plugins import Plugin
from modkit.security import SecurityContext

_CALLER = SecurityContext.ANONYMOUS
_every_format = pytest.mark.parametrize("media_type", [pytest.param(m, id=m) for m in SAMPLES])
_declared_errors = (ParseFailed, DocumentEncrypted, ParseLimitExceeded)


class DocumentParserSuite(ABC):
    """Tests that the test class of a worker inherits; formats that the worker does not parse are skipped.

    Example::

        class TestMyParser(DocumentParserSuite):
            def make_parser(self) -> DocumentParser: return MyParser()
            def plugin(self) -> Plugin: return PLUGIN
    """

    @abstractmethod
    def make_parser(self) -> DocumentParser:
        """Return a new worker."""

    @abstractmethod
    def plugin(self) -> Plugin:
        """Return what the worker says about itself."""

    def sample(self, media_type: str) -> Sample:
        """Return the sample of a format, or skip the test."""
        if all(media_type != item.media_type for item in formats_of(self.plugin())):
            pytest.skip(f"the worker does not parse {media_type}")
        return SAMPLES[media_type]

    async def parse(
        self, folder: Path, sample: Sample, media_type: str, limits: ParseLimits | None = None
    ) -> ParsedContent:
        """Have a new worker parse *sample*."""
        path = folder / "document"
        path.write_bytes(sample.data)
        request = ParseRequest(
            filename=sample.name, media_type=media_type, limits=limits or ParseLimits()
        )
        return await self.make_parser().parse(_CALLER, path, request)

    def test_names_its_formats(self) -> None:
        """A worker without formats is never chosen."""
        formats = formats_of(self.plugin())
        assert formats
        assert all(item.media_type == item.media_type.lower() for item in formats)

    @_every_format
    @pytest.mark.anyio
    async def test_finds_headings_and_text_in_order(self, tmp_path: Path, media_type: str) -> None:
        """Nothing is lost, and reading order is kept."""
        sample = self.sample(media_type)
        blocks = (await self.parse(tmp_path, sample, media_type)).blocks
        headings = [text_of(block) for block in blocks if isinstance(block, Heading)]
        paragraphs = [text_of(block) for block in blocks if isinstance(block, Paragraph)]
        assert headings == list(sample.headings)
        assert paragraphs == list(sample.phrases)

    @_every_format
    @pytest.mark.anyio
    async def test_keeps_tables_cell_by_cell(self, tmp_path: Path, media_type: str) -> None:
        """The header is marked, and every cell is in its place."""
        sample = self.sample(media_type)
        blocks = (await self.parse(tmp_path, sample, media_type)).blocks
        tables = [block for block in blocks if isinstance(block, Table)]
        found = [
            tuple(
                tuple("".join(map(text_of, cell.blocks)) for cell in row.cells)
                for row in table.rows
            )
            for table in tables
        ]
        assert found == ([sample.table] if sample.table else [])
        assert [[row.is_header for row in table.rows] for table in tables] == (
            [[True] + [False] * (len(sample.table) - 1)] if sample.table else []
        )

    @_every_format
    @pytest.mark.anyio
    async def test_says_where_each_block_is_from(self, tmp_path: Path, media_type: str) -> None:
        """Blocks are numbered, and documents with pages name them."""
        sample = self.sample(media_type)
        blocks = (await self.parse(tmp_path, sample, media_type)).blocks
        origins = [block.provenance for block in blocks if block.provenance]
        assert [origin.index for origin in origins] == list(range(len(blocks)))
        pages = {origin.page for origin in origins if origin.page}
        assert pages == set(range(1, sample.pages + 1))

    @_every_format
    @pytest.mark.anyio
    async def test_result_can_cross_processes(self, tmp_path: Path, media_type: str) -> None:
        """Isolation needs results that pickle."""
        content = await self.parse(tmp_path, self.sample(media_type), media_type)
        assert pickle.loads(pickle.dumps(content)) == content  # noqa: S301 - our own bytes

    @_every_format
    @pytest.mark.anyio
    async def test_limit_is_an_error_that_names_file_and_limit(
        self, tmp_path: Path, media_type: str
    ) -> None:
        """Too much text is refused, not cut."""
        sample = self.sample(media_type)
        with pytest.raises(ParseLimitExceeded) as caught:
            await self.parse(tmp_path, sample, media_type, ParseLimits(max_text_chars=5))
        assert caught.value.filename == sample.name
        assert caught.value.limit == "max_text_chars"

    @_every_format
    @pytest.mark.anyio
    async def test_damage_is_a_declared_error_or_less_text(
        self, tmp_path: Path, media_type: str
    ) -> None:
        """A truncated file never raises anything undeclared."""
        sample = self.sample(media_type)
        for cut in range(1, len(sample.data), max(len(sample.data) // 40, 1)):
            damaged = Sample(name=sample.name, data=sample.data[:cut])
            try:
                await self.parse(tmp_path, damaged, media_type)
            except _declared_errors as error:
                assert error.filename == sample.name  # noqa: PT017 - either outcome is right


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
