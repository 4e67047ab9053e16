"""The worker keeps the contract of workers, and does more than that."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from acme.file_parser_subtitles import SubtitlesModule
from acme.file_parser_subtitles.infra.parser import PLUGIN, SubtitlesParser
from hyperspot.file_parser import FileParserModule
from hyperspot.file_parser.contract import DocumentParser, FileParserClient, UploadedFile
from hyperspot.file_parser.testing import DocumentParserSuite, Sample, chunks_of
from modkit import Plugin
from modkit.testing import ModuleHarness, security_context

TALK = Sample(
    name="talk.srt",
    data=b"1\n00:00:01,000 --> 00:00:02,500\nHello there.\n\n"
    b"2\n00:00:03,000 --> 00:00:04,000\nGood bye.\n",
    phrases=("Hello there.", "Good bye."),
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# region suite
class TestSubtitlesParser(DocumentParserSuite):
    def make_parser(self) -> DocumentParser:
        return SubtitlesParser()

    def plugin(self) -> Plugin:
        return PLUGIN

    def samples(self) -> Mapping[str, Sample]:
        return {"application/x-subrip": TALK}


# endregion


# region gateway
@pytest.mark.anyio
async def test_gateway_finds_the_worker(tmp_path: Path) -> None:
    config = {"spool_dir": str(tmp_path)}
    async with ModuleHarness(FileParserModule, modules=[SubtitlesModule], config=config) as harness:
        document = UploadedFile(content=chunks_of(TALK.data), filename=TALK.name)
        client = harness.hub.get(FileParserClient)
        result = await client.parse(security_context(), document, render_markdown=True)
    assert result.document.meta.content_type == "application/x-subrip; charset=utf-8"
    assert result.markdown == "Hello there.\n\nGood bye.\n"


# endregion
