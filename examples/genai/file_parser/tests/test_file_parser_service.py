"""The gateway: takes files in within limits, finds out what they are, and asks the right worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from anyio import fail_after
from attrs import define

from hyperspot.file_parser.config import FileParserConfig
from hyperspot.file_parser.contract import (
    DocumentParser,
    EmptyFile,
    FileFormat,
    FileTooLarge,
    NoParserAvailable,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParserCrashed,
    ParseRequest,
    Report,
    SpoolFailed,
    UnsupportedFileType,
    UploadedFile,
    UploadedSource,
    parser_plugin,
    unreported,
)
from hyperspot.file_parser.domain.admission import Admission
from hyperspot.file_parser.domain.installed_workers import InstalledWorkers
from hyperspot.file_parser.domain.intake import Intake
from hyperspot.file_parser.domain.ports import Download, Downloader
from hyperspot.file_parser.domain.service import FileParserService
from hyperspot.file_parser.domain.tenant_rules import RulesByTenant
from hyperspot.file_parser.infra.local_folder import ClosedLocalFiles
from hyperspot.file_parser.infra.spool import TemporaryFileSpool
from hyperspot.file_parser.testing import SAMPLES, FakeParser, chunks_of
from modkit.plugins import Plugin, PluginEntry, Plugins
from modkit.security import SecurityContext
from modkit_errors import PlatformError

CALLER = SecurityContext.ANONYMOUS
TEXT = FileFormat(media_type="text/plain", extensions=("txt", "log"))
MARKDOWN = FileFormat(media_type="text/markdown", extensions=("md",))


def worker(
    parser: DocumentParser, plugin_id: str = "fake", priority: int = 100, *formats: FileFormat
) -> PluginEntry[DocumentParser]:
    plugin = parser_plugin(
        plugin_id=plugin_id, vendor="test", formats=formats or (TEXT,), priority=priority
    )
    return PluginEntry(plugin=plugin, module="test", client=parser)


def uploaded(data: bytes, filename: str | None = None) -> UploadedFile:
    return UploadedFile(content=chunks_of(data), filename=filename)


class NoDownloads(Downloader):
    def open(self, url: str, *, limit_bytes: int) -> AbstractAsyncContextManager[Download]:
        raise AssertionError(url)


def service(
    folder: Path, *workers: PluginEntry[DocumentParser], config: FileParserConfig | None = None
) -> FileParserService:
    return FileParserService(
        InstalledWorkers(Plugins("DocumentParser", lambda: workers)),
        RulesByTenant.of(config or FileParserConfig()),
        Intake({"": ClosedLocalFiles()}, NoDownloads()),
        TemporaryFileSpool(folder, 4 * 1024**3),
        Admission(64),
    )


@pytest.mark.anyio
async def test_document_says_where_it_came_from(tmp_path: Path) -> None:
    parser = FakeParser()
    result = await service(tmp_path, worker(parser)).parse(
        CALLER,
        UploadedFile(
            content=chunks_of(b"hello"),
            filename="C:\\docs\\a\x00b.txt",
            media_type='Text/Plain; charset="KOI8-R"',
        ),
        render_markdown=True,
    )
    meta = result.document.meta
    assert meta.source == UploadedSource()
    assert meta.original_filename == "ab.txt"
    assert meta.content_type == "text/plain; charset=utf-8"
    assert result.markdown == "hello\n"
    assert parser.requests == [
        ParseRequest(filename="ab.txt", media_type="text/plain", charset="koi8-r")
    ]


@pytest.mark.anyio
async def test_markdown_comes_in_pieces(tmp_path: Path) -> None:
    pieces = await service(tmp_path, worker(FakeParser())).parse_markdown(
        CALLER, uploaded(b"a *b*")
    )
    assert "".join([piece async for piece in pieces]) == "a \\*b\\*\n"


@pytest.mark.anyio
async def test_lowest_priority_number_parses(tmp_path: Path) -> None:
    first, second, other = FakeParser(), FakeParser(), FakeParser()
    gateway = service(
        tmp_path,
        worker(second, "second", 20),
        worker(first, "first", 10),
        worker(other, "other", 1, MARKDOWN),
    )
    await gateway.parse(CALLER, uploaded(b"x", "a.txt"))
    assert [len(parser.requests) for parser in (first, second, other)] == [1, 0, 0]


@pytest.mark.anyio
async def test_info_lists_workers_and_extensions(tmp_path: Path) -> None:
    gateway = service(tmp_path, worker(FakeParser(), "fake", 5, TEXT, MARKDOWN))
    info = await gateway.info(CALLER)
    assert info.supported_extensions == {"fake": ("log", "md", "txt")}
    assert [(item.id, item.priority, item.formats) for item in info.workers] == [
        ("fake", 5, (TEXT, MARKDOWN))
    ]
    assert info.max_file_size_bytes == 100 * 1024**2


@pytest.mark.anyio
async def test_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile) as caught:
        await service(tmp_path, worker(FakeParser())).parse(CALLER, uploaded(b"", "a.txt"))
    assert caught.value.filename == "a.txt"


@pytest.mark.anyio
async def test_large_file_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield b"x" * 1024

    gateway = service(tmp_path, worker(FakeParser()), config=FileParserConfig(max_file_size_mb=1))
    with pytest.raises(FileTooLarge) as caught:
        await gateway.parse(CALLER, UploadedFile(content=endless(), filename="big.txt"))
    assert caught.value.limit_bytes == 1024**2
    assert given == 1025
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"\x00\x01\x02", UnsupportedFileType, id="binary"),
        pytest.param(b"\x89PNG\r\n\x1a\n123", NoParserAvailable, id="known-without-worker"),
    ],
)
async def test_what_no_worker_parses_is_refused(
    tmp_path: Path, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"lie\.txt"):
        await service(tmp_path, worker(FakeParser())).parse(CALLER, uploaded(data, "lie.txt"))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("failure", "error"),
    [
        pytest.param(ParseFailed("a", "text/plain", "bad"), ParseFailed, id="declared"),
        pytest.param(KeyError("x"), ParserCrashed, id="undeclared"),
    ],
)
async def test_failure_of_a_worker_leaves_no_file_behind(
    tmp_path: Path, failure: Exception, error: type[Exception]
) -> None:
    parser = FakeParser(failure=failure)
    with pytest.raises(error):
        await service(tmp_path, worker(parser)).parse(CALLER, uploaded(b"x", "a"))
    assert len(parser.paths) == 1
    assert list(tmp_path.iterdir()) == []


@define
class HangingParser(DocumentParser):
    started: asyncio.Event

    async def parse(
        self,
        ctx: SecurityContext,
        path: Path,
        request: ParseRequest,
        *,
        report: Report = unreported,
    ) -> ParsedContent:
        self.started.set()
        await asyncio.Event().wait()
        raise AssertionError


@pytest.mark.anyio
async def test_parse_has_a_wall_clock_limit(tmp_path: Path) -> None:
    config = FileParserConfig(limits=ParseLimits(timeout_s=0.01))
    gateway = service(tmp_path, worker(HangingParser(asyncio.Event())), config=config)
    with fail_after(5), pytest.raises(ParseLimitExceeded) as caught:
        await gateway.parse(CALLER, uploaded(b"x", "slow.txt"))
    assert (caught.value.filename, caught.value.limit) == ("slow.txt", "timeout_s")


@pytest.mark.anyio
async def test_cancelled_parse_leaves_no_file_behind(tmp_path: Path) -> None:
    started = asyncio.Event()
    gateway = service(tmp_path, worker(HangingParser(started)))
    task = asyncio.create_task(gateway.parse(CALLER, uploaded(b"x")))
    with fail_after(5):
        await started.wait()
        assert len(list(tmp_path.iterdir())) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_unusable_spool_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SpoolFailed) as caught:
        await service(tmp_path / "missing", worker(FakeParser())).parse(
            CALLER, uploaded(b"x", "a.txt")
        )
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.anyio
async def test_worker_that_names_no_formats_is_never_asked(tmp_path: Path) -> None:
    silent = PluginEntry[DocumentParser](
        plugin=Plugin(id="silent"), module="test", client=FakeParser()
    )
    with pytest.raises(NoParserAvailable):
        await service(tmp_path, silent).parse(CALLER, uploaded(SAMPLES["text/plain"].data))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        pytest.param(
            ParseLimitExceeded("a.zip", "max_decompressed_bytes", 512 * 1024**2, "unpacking"),
            "'a.zip' exceeds max_decompressed_bytes = 536870912 while unpacking.",
            id="large-number",
        ),
        pytest.param(
            ParseLimitExceeded("a.pdf", "max_cpu_s", 0.5, "reading"),
            "'a.pdf' exceeds max_cpu_s = 0.5 while reading.",
            id="fraction",
        ),
        pytest.param(
            ParseFailed("a.pdf", "application/pdf", "Data format error."),
            "'a.pdf' cannot be read as application/pdf: Data format error.",
            id="sentence-of-a-library",
        ),
    ],
)
def test_messages_are_exact(error: PlatformError, message: str) -> None:
    assert str(error) == message
