"""Progress of long documents: the newest is seen, the result comes last, and who goes away ends the parse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from anyio import fail_after
from attrs import define, field

from hyperspot.file_parser import FileParserModule
from hyperspot.file_parser.contract import (
    DocumentMeta,
    DocumentParser,
    FileFormat,
    FileParserClient,
    ParsedContent,
    ParsedDocument,
    ParseFailed,
    ParseOptions,
    ParseProgress,
    ParseRequest,
    ParseResult,
    Report,
    UploadedFile,
    UploadedSource,
    parser_plugin,
    unreported,
)
from hyperspot.file_parser.domain.progress_stream import followed
from hyperspot.file_parser.testing import chunks_of
from modkit.plugins import Plugin
from modkit.security import SecurityContext
from modkit.testing import ModuleHarness, security_context

pytestmark = pytest.mark.anyio

CALLER = security_context()
OCTETS = {"content-type": "application/octet-stream"}
PLUGIN = parser_plugin(
    plugin_id="stepping",
    vendor="test",
    formats=[FileFormat(media_type="text/plain", extensions=("txt",))],
)
RESULT = ParseResult(document=ParsedDocument(meta=DocumentMeta(source=UploadedSource()), blocks=()))


def progress(done: int) -> ParseProgress:
    return ParseProgress(stage="reading", done=done, total=3)


@define
class SteppingParser(DocumentParser):
    """Reports one page at a time, each when it is told to go on; fails or ends after the third."""

    plugin: Plugin = PLUGIN
    _steps: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(0))
    failure: Exception | None = None
    requests: list[ParseRequest] = field(factory=list[ParseRequest])
    is_asked: asyncio.Event = field(factory=asyncio.Event)
    is_cancelled: asyncio.Event = field(factory=asyncio.Event)

    def go_on(self, pages: int) -> None:
        for _ in range(pages):
            self._steps.release()

    async def parse(
        self,
        ctx: SecurityContext,
        path: Path,
        request: ParseRequest,
        *,
        report: Report = unreported,
    ) -> ParsedContent:
        self.requests.append(request)
        self.is_asked.set()
        try:
            for page in range(1, 4):
                await self._steps.acquire()
                report(progress(page))
                await asyncio.sleep(0)  # let the reader see it
        except asyncio.CancelledError:
            self.is_cancelled.set()
            raise
        if self.failure:
            raise self.failure
        return ParsedContent(blocks=())


@pytest.fixture(name="parser")
def parser_fixture() -> SteppingParser:
    return SteppingParser()


@pytest.fixture(name="harness")
async def harness_fixture(tmp_path: Path, parser: SteppingParser) -> AsyncIterator[ModuleHarness]:
    for name in ("spool", "base"):
        (tmp_path / name).mkdir()
    (tmp_path / "base" / "a.txt").write_text("alpha")
    config = {
        "spool_dir": str(tmp_path / "spool"),
        "allowed_local_base_dir": str(tmp_path / "base"),
    }
    async with ModuleHarness(FileParserModule, fakes=[parser], config=config) as harness:
        yield harness


def events_in(text: str) -> list[tuple[str, Any]]:
    """Names and data of server-sent events."""
    blocks = [block for block in text.split("\n\n") if block and not block.startswith(":")]
    lines = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
    return [(line["event"], json.loads(line["data"])) for line in lines]


async def test_in_the_process_progress_is_reported(
    harness: ModuleHarness, parser: SteppingParser
) -> None:
    parser.go_on(3)
    seen: list[ParseProgress] = []
    document = UploadedFile(content=chunks_of(b"x"), filename="a.txt")
    client = harness.hub.get(FileParserClient)
    await client.parse(CALLER, document, report=seen.append)
    assert seen == [progress(1), progress(2), progress(3)]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("upload", {"content": b"x", "headers": OCTETS}, id="upload"),
        pytest.param("parse-local", {"json": {"file_path": "a.txt"}}, id="local"),
    ],
)
async def test_events_are_progress_and_at_last_the_result(
    harness: ModuleHarness, parser: SteppingParser, path: str, body: dict[str, Any]
) -> None:
    parser.go_on(3)
    answer = await harness.client(CALLER).post(
        f"/file-parser/v1/{path}/events?render_markdown=true&drop_running_headers=true", **body
    )
    assert answer.status_code == 200
    events = events_in(answer.text)
    assert [name for name, _ in events] == ["progress", "progress", "progress", "result"]
    assert events[0][1] == {"type": "progress", "stage": "reading", "done": 1, "total": 3}
    assert events[-1][1]["document"]["blocks"] == []
    assert events[-1][1]["markdown"] == ""
    assert parser.requests[0].options == ParseOptions(drop_running_headers=True)


async def test_refusal_before_any_progress_is_a_plain_problem(harness: ModuleHarness) -> None:
    answer = await harness.client(CALLER).post(
        "/file-parser/v1/upload/events", content=b"\0\1", headers=OCTETS
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "UNSUPPORTED_FILE_TYPE"


async def test_failure_after_progress_is_the_last_event(
    harness: ModuleHarness, parser: SteppingParser
) -> None:
    parser.failure = ParseFailed("a.txt", "text/plain", "it ends too early")
    parser.go_on(3)
    answer = await harness.client(CALLER).post(
        "/file-parser/v1/upload/events", content=b"x", headers=OCTETS
    )
    events = events_in(answer.text)
    assert [name for name, _ in events] == ["progress", "progress", "progress", "error"]
    assert events[-1][1]["code"] == "PARSE_FAILED"


async def test_slow_reader_sees_the_newest_progress_only() -> None:
    reported = asyncio.Event()

    async def parse(report: Report) -> ParseResult:
        for done in range(1000):
            report(progress(done))
        reported.set()
        return RESULT

    async with aclosing(followed(parse)) as items:
        assert [item async for item in items] == [progress(999), RESULT]


async def test_whoever_goes_away_ends_the_parse_and_leaves_nothing(
    harness: ModuleHarness, parser: SteppingParser, tmp_path: Path
) -> None:
    client = harness.hub.get(FileParserClient)
    document = UploadedFile(content=chunks_of(b"x"), filename="a.txt")

    async def parse(report: Report) -> ParseResult:
        return await client.parse(CALLER, document, report=report)

    parser.go_on(1)
    with fail_after(5):
        async with aclosing(followed(parse)) as items:
            assert await anext(items) == progress(1)
            assert spooled(tmp_path)
    assert parser.is_cancelled.is_set()
    assert not spooled(tmp_path)


async def test_whoever_is_cancelled_while_waiting_ends_the_parse(
    harness: ModuleHarness, parser: SteppingParser, tmp_path: Path
) -> None:
    client = harness.client(CALLER)
    asking = asyncio.create_task(
        client.post("/file-parser/v1/upload/events", content=b"x", headers=OCTETS)
    )
    with fail_after(5):
        await parser.is_asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert parser.is_cancelled.is_set()
    assert not spooled(tmp_path)


def spooled(folder: Path) -> list[Path]:
    """Files in the private folder of this process."""
    return list((folder / "spool").glob("*/*"))
