"""DocumentParserSuite: what every worker of file_parser must do."""

from __future__ import annotations

import asyncio
import os
import pickle
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from anyio import fail_after

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    DocumentParser,
    Heading,
    Paragraph,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseProgress,
    ParseRequest,
    Report,
    Table,
    formats_of,
    unreported,
)
from hyperspot.file_parser.testing.block_text import text_of
from hyperspot.file_parser.testing.samples import SAMPLES, Sample
from modkit import UNSET
from modkit.plugins import Plugin
from modkit.security import SecurityContext

_CALLER = SecurityContext.ANONYMOUS
_DECLARED = (ParseFailed, DocumentEncrypted, ParseLimitExceeded)
_PATIENCE_S = 30.0
_FEW = 2


class DocumentParserSuite(ABC):
    """Tests that the test class of a worker inherits; they run for each of its formats that there is a sample of.

    Example::

        class TestMyParser(DocumentParserSuite):
            def make_parser(self) -> DocumentParser: return MyParser()
            def plugin(self) -> Plugin: return PLUGIN
            def samples(self) -> Mapping[str, Sample]: return {**SAMPLES, "application/x-mine": MINE}
    """

    @abstractmethod
    def make_parser(self) -> DocumentParser:
        """Return a new worker."""

    @abstractmethod
    def plugin(self) -> Plugin:
        """Return what the worker says about itself; asked before any fixture is there."""

    def samples(self) -> Mapping[str, Sample]:
        """Return small documents by media type; a worker adds those of its own formats."""
        return SAMPLES

    def damaged(self, sample: Sample) -> Iterable[bytes]:
        """Return what is left of *sample* after an accident; a worker that replays answers returns what it has them for."""
        cuts = range(1, len(sample.data), max(len(sample.data) // 40, 1))
        return [b"", *(sample.data[:cut] for cut in cuts), bytes(range(256)) * 8]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run what takes a *media_type* for each format that the worker parses and that has a sample."""
        if "media_type" in metafunc.fixturenames:
            metafunc.parametrize("media_type", self._sampled())

    async def parse(
        self,
        folder: Path,
        sample: Sample,
        media_type: str,
        limits: ParseLimits | None = None,
        report: Report = unreported,
    ) -> ParsedContent:
        """Have a new worker parse *sample*."""
        path = folder / "document"
        path.write_bytes(sample.data)
        request = ParseRequest(
            filename=sample.name, media_type=media_type, limits=limits or ParseLimits()
        )
        with fail_after(_PATIENCE_S):
            return await self.make_parser().parse(_CALLER, path, request, report=report)

    def test_names_its_formats(self) -> None:
        """A worker without formats is never chosen."""
        formats = formats_of(self.plugin())
        assert formats
        assert all(item.media_type == item.media_type.lower() for item in formats)

    def test_has_a_sample_of_some_format(self) -> None:
        """Without one, nothing below says anything; override `samples`."""
        assert self._sampled()

    @pytest.mark.anyio
    async def test_finds_headings_and_text_in_order(self, tmp_path: Path, media_type: str) -> None:
        """Nothing is lost, and reading order is kept."""
        sample = self.samples()[media_type]
        blocks = (await self.parse(tmp_path, sample, media_type)).blocks
        headings = [text_of(block) for block in blocks if isinstance(block, Heading)]
        paragraphs = [text_of(block) for block in blocks if isinstance(block, Paragraph)]
        assert headings == list(sample.headings)
        assert paragraphs == list(sample.phrases)

    @pytest.mark.anyio
    async def test_keeps_tables_cell_by_cell(self, tmp_path: Path, media_type: str) -> None:
        """The header is marked, and every cell is in its place."""
        sample = self.samples()[media_type]
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

    @pytest.mark.anyio
    async def test_says_where_each_block_is_from(self, tmp_path: Path, media_type: str) -> None:
        """Blocks are numbered, and documents with pages name them."""
        sample = self.samples()[media_type]
        blocks = (await self.parse(tmp_path, sample, media_type)).blocks
        origins = [block.provenance for block in blocks if block.provenance]
        assert [origin.index for origin in origins] == list(range(len(blocks)))
        pages = {origin.page for origin in origins if origin.page}
        assert pages == set(range(1, sample.pages + 1))

    @pytest.mark.anyio
    async def test_result_can_cross_processes(self, tmp_path: Path, media_type: str) -> None:
        """Isolation needs results that pickle."""
        content = await self.parse(tmp_path, self.samples()[media_type], media_type)
        assert pickle.loads(pickle.dumps(content)) == content  # noqa: S301 - our own bytes

    @pytest.mark.anyio
    @pytest.mark.parametrize("limit", ["max_text_chars", "max_blocks", "max_pages"])
    async def test_limit_is_an_error_that_names_file_and_limit(
        self, tmp_path: Path, media_type: str, limit: str
    ) -> None:
        """Too much is refused, not cut."""
        sample = self.samples()[media_type]
        if limit == "max_pages" and sample.pages < _FEW:
            pytest.skip("the sample has no pages to count")
        with pytest.raises(ParseLimitExceeded) as caught:
            await self.parse(tmp_path, sample, media_type, ParseLimits(**{limit: 1}))
        assert caught.value.filename == sample.name
        assert (caught.value.limit, caught.value.allowed) == (limit, 1)

    @pytest.mark.anyio
    async def test_progress_goes_forward_on_the_event_loop(
        self, tmp_path: Path, media_type: str
    ) -> None:
        """Inside a stage it never goes back, and never beyond the total."""
        loop = asyncio.get_running_loop()
        seen: list[ParseProgress] = []

        def report(progress: ParseProgress) -> None:
            assert asyncio.get_running_loop() is loop
            seen.append(progress)

        await self.parse(tmp_path, self.samples()[media_type], media_type, report=report)
        for before, after in pairwise(seen):
            assert before.stage != after.stage or before.done <= after.done
        assert all(item.done <= item.total for item in seen if item.total is not UNSET)

    @pytest.mark.anyio
    async def test_cancelled_parse_ends_and_the_next_is_as_good(
        self, tmp_path: Path, media_type: str
    ) -> None:
        """Nobody waits for a document that nobody wants any more."""
        sample = self.samples()[media_type]
        expected = await self.parse(tmp_path, sample, media_type)
        parser = self.make_parser()
        path = tmp_path / "document"
        request = ParseRequest(filename=sample.name, media_type=media_type)
        with fail_after(_PATIENCE_S):
            parsing = asyncio.create_task(parser.parse(_CALLER, path, request))
            await asyncio.sleep(0)
            parsing.cancel()
            await asyncio.wait({parsing})
            assert parsing.cancelled() or parsing.exception() is None
            assert await parser.parse(_CALLER, path, request) == expected

    @pytest.mark.anyio
    async def test_documents_at_once_do_not_mix(self, tmp_path: Path, media_type: str) -> None:
        """One worker serves many callers."""
        sample = self.samples()[media_type]
        expected = await self.parse(tmp_path, sample, media_type)
        parser = self.make_parser()
        request = ParseRequest(filename=sample.name, media_type=media_type)
        with fail_after(_PATIENCE_S):
            found = await asyncio.gather(
                *(parser.parse(_CALLER, tmp_path / "document", request) for _ in range(4))
            )
        assert found == [expected] * 4

    @pytest.mark.anyio
    async def test_leaves_the_file_as_it_was_and_nothing_beside_it(
        self, tmp_path: Path, media_type: str
    ) -> None:
        """The file belongs to the gateway."""
        sample = self.samples()[media_type]
        await self.parse(tmp_path, sample, media_type)
        assert os.listdir(tmp_path) == ["document"]  # noqa: PTH208 - a few names in a test
        assert (tmp_path / "document").read_bytes() == sample.data

    @pytest.mark.anyio
    async def test_damage_is_a_declared_error_or_less_text(
        self, tmp_path: Path, media_type: str
    ) -> None:
        """A file that is empty, truncated or something else never raises anything undeclared."""
        sample = self.samples()[media_type]
        for data in self.damaged(sample):
            try:
                await self.parse(tmp_path, Sample(name=sample.name, data=data), media_type)
            except _DECLARED as error:
                assert error.filename == sample.name  # noqa: PT017 - either outcome is right

    @pytest.mark.anyio
    async def test_encrypted_document_is_called_so(self, tmp_path: Path, media_type: str) -> None:
        """People can do something about it."""
        sample = self.samples()[media_type]
        if not sample.encrypted:
            pytest.skip("there is no encrypted sample")
        locked = Sample(name="locked", data=sample.encrypted)
        with pytest.raises(DocumentEncrypted) as caught:
            await self.parse(tmp_path, locked, media_type)
        assert caught.value.filename == "locked"

    def _sampled(self) -> list[str]:
        samples = self.samples()
        formats = formats_of(self.plugin())
        return [item.media_type for item in formats if item.media_type in samples]
