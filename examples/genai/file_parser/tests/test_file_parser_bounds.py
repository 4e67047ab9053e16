"""Bounds for all documents together, and a spool that nobody else sees and that nothing is left in."""

from __future__ import annotations

import asyncio
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio import fail_after
from attrs import define, field

from hyperspot.file_parser import FileParserModule
from hyperspot.file_parser.contract import (
    FileParserClient,
    ParsedContent,
    ParseRequest,
    Report,
    SpoolFailed,
    SpoolFull,
    TooManyDocuments,
    UploadedFile,
    unreported,
)
from hyperspot.file_parser.infra.private_folder import private_folder
from hyperspot.file_parser.infra.spool import TemporaryFileSpool
from hyperspot.file_parser.testing import FakeParser, chunks_of
from modkit.config import ConfigurationInvalid
from modkit.security import SecurityContext
from modkit.testing import ModuleHarness, security_context

CALLER = security_context()
MIB = 1024**2


@define
class WaitingParser(FakeParser):
    """Parses when it is let go; keeps the permissions that it saw."""

    go: asyncio.Event = field(factory=asyncio.Event)
    begun: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(0))
    modes: set[tuple[int, int]] = field(factory=set[tuple[int, int]])

    async def parse(
        self,
        ctx: SecurityContext,
        path: Path,
        request: ParseRequest,
        *,
        report: Report = unreported,
    ) -> ParsedContent:
        self.modes.add(
            (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode))
        )
        self.begun.release()
        await self.go.wait()
        return ParsedContent(blocks=())


@pytest.fixture(name="parser")
def parser_fixture() -> WaitingParser:
    return WaitingParser()


@pytest.fixture(name="harness")
async def harness_fixture(tmp_path: Path, parser: WaitingParser) -> AsyncIterator[ModuleHarness]:
    config = {
        "spool_dir": str(tmp_path),
        "max_in_flight": 2,
        "max_spool_mb": 2,
        "max_file_size_mb": 2,
    }
    async with ModuleHarness(FileParserModule, fakes=[parser], config=config) as harness:
        yield harness
    assert list(tmp_path.iterdir()) == []


def parse(harness: ModuleHarness, data: bytes) -> asyncio.Task[object]:
    document = UploadedFile(content=chunks_of(data, 100_000), filename="a.txt")
    return asyncio.create_task(harness.hub.get(FileParserClient).parse(CALLER, document))


@pytest.mark.anyio
async def test_documents_above_the_limit_are_refused_unread(
    harness: ModuleHarness, parser: WaitingParser
) -> None:
    with fail_after(10):
        working = [parse(harness, b"x"), parse(harness, b"x")]
        for _ in working:
            await parser.begun.acquire()

        async def unread() -> AsyncIterator[bytes]:
            raise AssertionError
            yield b""

        with pytest.raises(TooManyDocuments):
            await harness.hub.get(FileParserClient).parse(CALLER, UploadedFile(content=unread()))
        answer = await harness.client(CALLER).post(
            "/file-parser/v1/upload", content=b"x", headers={"content-type": "text/plain"}
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "TOO_MANY_DOCUMENTS")
        assert int(answer.headers["retry-after"]) >= 1
        parser.go.set()
        await asyncio.gather(*working)
        await parse(harness, b"x")


@pytest.mark.anyio
async def test_bytes_of_all_documents_together_are_bounded(
    harness: ModuleHarness, parser: WaitingParser
) -> None:
    with fail_after(10):
        working = parse(harness, b"x" * MIB)
        await parser.begun.acquire()
        with pytest.raises(SpoolFull) as caught:
            await parse(harness, b"x" * (MIB + 1))
        assert int(caught.value.headers()["retry-after"]) >= 1
        parser.go.set()
        await parse(harness, b"x" * MIB)  # what was refused takes no room
        await working
        await parse(harness, b"x" * 2 * MIB)


@pytest.mark.anyio
async def test_only_this_user_can_see_the_documents(
    harness: ModuleHarness, parser: WaitingParser
) -> None:
    parser.go.set()
    await parse(harness, b"x")
    assert parser.modes == {(0o600, 0o700)}


@pytest.mark.anyio
async def test_room_for_less_than_one_file_is_refused_at_start() -> None:
    with pytest.raises(ConfigurationInvalid, match="max_spool_mb"):
        async with ModuleHarness(FileParserModule, config={"max_spool_mb": 99}):
            pass


@pytest.mark.anyio
async def test_full_disk_is_a_refusal_for_now(tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")

    class FullSpool(TemporaryFileSpool):
        async def _create(self, filename: str) -> Any:
            return (tmp_path / "full").open("wb", buffering=0)

    with pytest.raises(SpoolFull):
        async with FullSpool(tmp_path, MIB).keep(
            chunks_of(b"x"), filename="a.txt", limit_bytes=MIB
        ):
            pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_missing_folder_is_a_failure_that_does_not_tell_where(tmp_path: Path) -> None:
    spool = TemporaryFileSpool(tmp_path / "gone", MIB)
    with pytest.raises(SpoolFailed) as caught:
        async with spool.keep(chunks_of(b"x"), filename="a.txt", limit_bytes=MIB):
            pass
    assert str(tmp_path) not in str(caught.value)


HOLDER = """
import asyncio, sys
from hyperspot.file_parser.infra.private_folder import private_folder

async def hold():
    async with private_folder(sys.argv[1]) as folder:
        (folder / "document").write_text("x")
        print(folder, flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""


@pytest.fixture(name="holder")
def holder_fixture(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def folder_of(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


@pytest.mark.anyio
async def test_what_a_killed_process_left_is_removed_and_nothing_of_one_that_lives(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    theirs = folder_of(holder)
    async with private_folder(str(tmp_path)) as own:
        assert (theirs / "document").exists()
        assert own != theirs
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    assert (theirs / "document").exists()
    async with private_folder(str(tmp_path)) as own:
        assert not theirs.exists()
        assert sorted(tmp_path.iterdir()) == [own, own.with_suffix(".lock")]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_a_leftover_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "hyperspot-file-parser-1").symlink_to(tmp_path / "precious")
    (spool / "hyperspot-file-parser-1.lock").touch()
    (spool / "hyperspot-file-parser-2.lock").symlink_to(tmp_path / "precious" / "file")
    async with private_folder(str(spool)):
        pass
    assert (tmp_path / "precious" / "file").exists()


@pytest.mark.anyio
async def test_many_at_once_make_and_tidy_without_a_clash(tmp_path: Path) -> None:
    async def live() -> None:
        async with private_folder(str(tmp_path)) as folder:
            (folder / "document").touch()
            await asyncio.sleep(0)
            assert [path.name for path in folder.iterdir()] == ["document"]

    with fail_after(20):
        for _ in range(5):
            await asyncio.gather(*(live() for _ in range(20)))
    assert list(tmp_path.iterdir()) == []
