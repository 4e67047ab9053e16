"""A hostile document ends the process that reads it, and nothing else."""

from __future__ import annotations

import pickle
from pathlib import Path

import attrs
import pytest
from anyio import CapacityLimiter, fail_after, move_on_after

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseRequest,
)
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.testing import text_of
from hyperspot.file_parser_builtin.infra import reading, reading_process
from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from hyperspot.file_parser_builtin.infra.reading_process import Breakdown, Refusal
from modkit.security import SecurityContext

pytestmark = pytest.mark.anyio

CALLER = SecurityContext.ANONYMOUS
HOURS = b"<body>" + b"<a0></x>" * 1_000_000  # the library's time grows with the square of it


def request(timeout_s: float = 60.0, max_blocks: int = 100) -> ParseRequest:
    limits = ParseLimits(timeout_s=timeout_s, max_blocks=max_blocks)
    return ParseRequest(filename="f", media_type="text/html", limits=limits)


@pytest.fixture(name="slow")
def slow_fixture(tmp_path: Path) -> Path:
    path = tmp_path / "slow"
    path.write_bytes(HOURS)
    return path


@pytest.fixture(name="quick")
def quick_fixture(tmp_path: Path) -> Path:
    path = tmp_path / "quick"
    path.write_bytes(b"<p>quick")
    return path


async def test_a_library_that_does_not_end_is_ended(slow: Path, quick: Path) -> None:
    parser = BuiltinParser(CapacityLimiter(1))
    with fail_after(20), pytest.raises(ParseLimitExceeded) as caught:
        await parser.parse(CALLER, slow, request(timeout_s=0.5))
    assert caught.value.limit == "timeout_s"
    content = await parser.parse(CALLER, quick, request())
    assert [text_of(block) for block in content.blocks] == ["quick"]


async def test_cancelling_ends_the_parse_and_frees_its_place(slow: Path, quick: Path) -> None:
    parser = BuiltinParser(CapacityLimiter(1))
    with fail_after(20):
        with move_on_after(0.5) as scope:
            await parser.parse(CALLER, slow, request())
        assert scope.cancelled_caught
        await parser.parse(CALLER, quick, request())


async def test_too_much_memory_is_the_documents_fault(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"<p>x" * 2_000_000)
    parser = BuiltinParser(CapacityLimiter(1), 256 * 1024**2)
    with pytest.raises(ParseFailed, match=r"memory|process"):
        await parser.parse(CALLER, path, request(max_blocks=10**9))


async def test_the_platform_does_not_read_documents_itself(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "READERS", {})  # of this process only
    assert (await BuiltinParser().parse(CALLER, quick, request())).blocks


@pytest.mark.parametrize(
    "error",
    [
        ParseFailed("f", "m", "r"),
        DocumentEncrypted("f", "m", detail="d"),
        ParseLimitExceeded("f", "max_pages", 3, "reading"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_errors_cross_processes_whole(error: ParseFailed) -> None:
    crossed = pickle.loads(pickle.dumps(Refusal.of(error))).error()
    assert type(crossed) is type(error)
    assert attrs.asdict(crossed) == attrs.asdict(error)


async def test_a_bug_of_a_reader_is_reported_with_its_traceback(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path, _request: ParseRequest, _budget: Budget) -> ParsedContent:
        raise LookupError("a bug")

    monkeypatch.setattr(reading_process, "parse_file", fail)
    outcome = reading_process.outcome_of(quick, request())
    assert isinstance(outcome, Breakdown)
    assert "LookupError: a bug" in outcome.report
