"""A hostile document ends the process that reads it, and nothing else."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from anyio import CapacityLimiter, create_task_group, fail_after, move_on_after

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseProgress,
    ParseRequest,
    unreported,
)
from hyperspot.file_parser.testing import text_of
from hyperspot.file_parser_builtin.infra import walls
from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from hyperspot.file_parser_builtin.infra.outcome import (
    Job,
    Outcome,
    ReaderBroken,
    content_or_error,
    refusal,
)
from hyperspot.file_parser_builtin.infra.reader_client import ReaderClient
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from modkit.codec import decoder, encoder
from modkit.security import SecurityContext

pytestmark = pytest.mark.anyio

CALLER = SecurityContext.ANONYMOUS
HOSTILE = (sys.executable, str(Path(__file__).with_name("hostile_reader.py")))
MEBIBYTE = 1024**2
only_behind_walls = pytest.mark.skipif(
    bool(walls.missing()), reason=f"this system has no {', '.join(walls.missing())}"
)


@pytest.fixture(name="pool")
async def pool_fixture() -> AsyncIterator[ReaderPool]:
    async with ReaderPool(CapacityLimiter(1), HOSTILE) as pool:
        yield pool


@pytest.fixture(name="parser")
async def parser_fixture() -> AsyncIterator[BuiltinParser]:
    async with ReaderPool(CapacityLimiter(2)) as pool:
        yield BuiltinParser(pool)


async def run(
    pool: ReaderPool, folder: Path, program: str, limits: ParseLimits | None = None
) -> str:
    """Have a document read that is *program*, and return what it leaves in ``said``."""
    path = folder / "program"
    path.write_text(program)
    request = ParseRequest(
        filename="evil.txt", media_type="text/plain", limits=limits or ParseLimits(timeout_s=20)
    )
    content = await pool.read(Job(path=str(path), request=request), unreported)
    return text_of(content.blocks[0])


async def assert_heals(pool: ReaderPool, folder: Path) -> None:
    with fail_after(20):
        assert await run(pool, folder, "said = 'well'") == "well"


DEATHS = {
    "crash": ("import ctypes; budget.check_time('digging'); ctypes.string_at(0)", "SIGSEGV"),
    "abort": ("import os; os.abort()", "SIGABRT"),
    "exit": ("import os; os._exit(7)", "exit code 7"),
    "exit as if well": ("import os; os._exit(0)", "exit code 0"),
}


@pytest.mark.parametrize(("program", "how"), DEATHS.values(), ids=DEATHS)
async def test_death_of_the_reader_is_the_documents_fault(
    pool: ReaderPool, tmp_path: Path, program: str, how: str
) -> None:
    with fail_after(30), pytest.raises(ParseFailed, match=how) as caught:
        await run(pool, tmp_path, program)
    assert caught.value.filename == "evil.txt"
    await assert_heals(pool, tmp_path)


LIMITS = {
    "memory": (
        "budget.check_time('hoarding'); hoard = [b'x' * 1024**2 for _ in range(4000)]",
        ParseLimits(max_memory_bytes=64 * MEBIBYTE),
        "max_memory_bytes",
        "hoarding",
    ),
    "processor": (
        "budget.check_time('spinning')\nwhile True: pass",
        ParseLimits(max_cpu_s=1),
        "max_cpu_s",
        "spinning",
    ),
    "processor, deaf": (
        "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        ParseLimits(max_cpu_s=1),
        "max_cpu_s",
        "beginning",
    ),
    "wall clock": (
        "budget.progress('sleeping', 0); import time; time.sleep(3600)",
        ParseLimits(timeout_s=0.5),
        "timeout_s",
        "sleeping",
    ),
    "output": (
        "said = 'x' * 3_000_000",
        ParseLimits(max_output_bytes=MEBIBYTE),
        "max_output_bytes",
        "handing over the result",
    ),
}


@pytest.mark.parametrize(("program", "limits", "name", "stage"), LIMITS.values(), ids=LIMITS)
async def test_limit_is_a_problem_that_names_file_limit_and_stage(
    pool: ReaderPool, tmp_path: Path, program: str, limits: ParseLimits, name: str, stage: str
) -> None:
    with fail_after(30), pytest.raises(ParseLimitExceeded) as caught:
        await run(pool, tmp_path, program, limits)
    error = caught.value
    assert (error.filename, error.limit, error.stage) == ("evil.txt", name, stage)
    await assert_heals(pool, tmp_path)


FORBIDDEN = {
    "read a file": "open('/etc/passwd').read()",
    "list a folder": "import os; os.listdir('/home')",
    "write a file": "open(path.with_name('written'), 'w')",
    "write its own document": "open(path, 'w')",
    "listen": "import socket; socket.socket()",
    "fork": "import os; os.fork()",
    "run a program": "import os; os.execv('/bin/true', ['true'])",
    "start a program": "import subprocess; subprocess.run(['/bin/true'])",
    "signal its parent": "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
    "read the memory of its parent": "import os; open(f'/proc/{os.getppid()}/mem', 'rb')",
    "read the secrets of its parent": "import os; open(f'/proc/{os.getppid()}/environ', 'rb')",
    "raise its limits": "import resource; resource.setrlimit(resource.RLIMIT_DATA, (2**62, 2**62))",
}


@only_behind_walls
@pytest.mark.parametrize("program", FORBIDDEN.values(), ids=FORBIDDEN)
async def test_document_cannot_leave_its_process(
    pool: ReaderPool, tmp_path: Path, program: str
) -> None:
    quoted = (
        f"try:\n    exec({program!r}, dict(path=path))\n    said = 'done'\n"
        "except (OSError, ValueError) as error:\n    said = type(error).__name__"
    )
    with fail_after(30):
        said = await run(pool, tmp_path, quoted)
    assert said != "done"
    assert not (tmp_path / "written").exists()
    await assert_heals(pool, tmp_path)


@only_behind_walls
async def test_document_cannot_reach_a_server_of_this_machine(
    pool: ReaderPool, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        program = (
            "import socket\ntry:\n    socket.create_connection(('127.0.0.1', PORT))\n"
            "    said = 'connected'\nexcept OSError as error:\n    said = type(error).__name__"
        )
        assert await run(pool, tmp_path, program.replace("PORT", str(port))) == "PermissionError"


async def test_reader_sees_nothing_of_the_platforms_environment(
    pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "hunter2")
    said = await run(pool, tmp_path, "import os; said = ' '.join(sorted(os.environ))")
    assert "DATABASE_PASSWORD" not in said


LIES = {
    "no frame": b"\xff" * 64,
    "frame of no kind": b"\x00\x00\x00\x01\x63x",
    "endless frame": b"\xff\xff\xff\xff\x04" + b"x" * 100_000,
    "no json": b"\x00\x00\x00\x03\x04abc",
    "json of another type": b"\x00\x00\x00\x0d\x04" + b'{"type":"no"}',
    "progress of another type": b"\x00\x00\x00\x02\x03{}",
    "progress of an essay": b"\x00\x01\x00\x00\x03" + b" " * 65_536,
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_reader_that_has_become_hostile_is_not_believed(
    pool: ReaderPool, tmp_path: Path, lie: bytes
) -> None:
    # The pipe to the parent is the highest open descriptor that can be written.
    program = (
        "import os\n"
        "for number in range(60, 2, -1):\n"
        "    try:\n"
        f"        os.write(number, {lie!r})\n"
        "        break\n"
        "    except OSError:\n"
        "        pass\n"
        "os._exit(0)"
    )
    with fail_after(30), pytest.raises((ReaderBroken, ParseFailed)):
        await run(pool, tmp_path, program)
    await assert_heals(pool, tmp_path)


async def test_bug_of_a_reader_is_reported_with_its_traceback(
    pool: ReaderPool, tmp_path: Path
) -> None:
    with pytest.raises(ReaderBroken, match="LookupError: a bug"):
        await run(pool, tmp_path, "raise LookupError('a bug')")
    await assert_heals(pool, tmp_path)


async def test_documents_leave_nothing_to_the_next(pool: ReaderPool, tmp_path: Path) -> None:
    await run(pool, tmp_path, "import sys; sys.modules['left'] = 'behind'")
    assert await run(pool, tmp_path, "import sys; said = 'left' in sys.modules") == "False"


async def test_cancelling_ends_the_parse_and_frees_its_place(
    pool: ReaderPool, tmp_path: Path
) -> None:
    with fail_after(30):
        with move_on_after(0.5) as scope:
            await run(pool, tmp_path, "import time; time.sleep(3600)")
        assert scope.cancelled_caught
        await assert_heals(pool, tmp_path)


async def test_document_does_not_notice_that_an_idle_process_was_killed(
    pool: ReaderPool, tmp_path: Path
) -> None:
    said = await run(pool, tmp_path, "import os; said = os.getppid()")
    os.kill(int(said), signal.SIGKILL)
    await assert_heals(pool, tmp_path)


async def test_process_killed_in_the_middle_is_replaced(pool: ReaderPool, tmp_path: Path) -> None:
    path = tmp_path / "slow"
    path.write_text("import os, time; budget.progress(str(os.getppid()), 0); time.sleep(3600)")
    request = ParseRequest(filename="slow.txt", media_type="text/plain")

    def kill(progress: ParseProgress) -> None:
        os.kill(int(progress.stage), signal.SIGKILL)

    with fail_after(30), pytest.raises(ReaderBroken, match="has ended"):
        await pool.read(Job.of(path, request), kill)
    await assert_heals(pool, tmp_path)


async def test_no_process_outlives_its_pool(tmp_path: Path) -> None:
    before = set(psutil.Process().children(recursive=True))
    async with ReaderPool(CapacityLimiter(2), HOSTILE) as pool:
        with move_on_after(0.5):
            await run(pool, tmp_path, "import time; time.sleep(3600)")
        await assert_heals(pool, tmp_path)
        started = set(psutil.Process().children(recursive=True)) - before
        assert started
    gone, alive = psutil.wait_procs(list(started), timeout=20)
    assert not alive
    assert gone


STARTS = {
    "never speaks": "import time; time.sleep(3600)",
    "speaks another language": "import time; print('hello, world', flush=True); time.sleep(3600)",
    "ends at once": "",
}


@pytest.mark.parametrize("program", STARTS.values(), ids=STARTS)
async def test_process_that_does_not_start_is_not_left_behind(program: str) -> None:
    before = set(psutil.Process().children())
    with move_on_after(1):
        with pytest.raises(ReaderBroken):
            await ReaderClient.start((sys.executable, "-c", program), {})
    assert set(psutil.Process().children()) <= before


async def test_many_documents_leave_no_descriptor_behind(
    parser: BuiltinParser, tmp_path: Path
) -> None:
    path = tmp_path / "quick.txt"
    path.write_text("quick")
    request = ParseRequest(filename="quick.txt", media_type="text/plain")
    await parser.parse(CALLER, path, request)
    before = psutil.Process().num_fds()
    with fail_after(60):
        async with create_task_group() as group:
            for _ in range(50):
                group.start_soon(parser.parse, CALLER, path, request)
    assert (
        psutil.Process().num_fds() <= before + 3 * 2
    )  # one more process at most, with three pipes


async def test_progress_is_reported_while_the_document_is_read(
    pool: ReaderPool, tmp_path: Path
) -> None:
    path = tmp_path / "program"
    path.write_text("for page in range(3):\n    budget.progress('reading pages', page, 3)\n")
    told: list[ParseProgress] = []
    request = ParseRequest(filename="f", media_type="text/plain")
    await pool.read(Job(path=str(path), request=request), told.append)
    assert told[0] == ParseProgress(stage="reading pages", done=0, total=3)


@pytest.mark.parametrize(
    "error",
    [
        ParseFailed("f", "m", "r"),
        DocumentEncrypted("f", "m"),
        ParseLimitExceeded("f", "max_pages", 3, "reading"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_errors_cross_processes_whole(error: ParseFailed) -> None:
    crossed = decoder(Outcome)(encoder(Outcome)(refusal(error)))
    with pytest.raises(type(error)) as caught:
        content_or_error(crossed, "f")
    assert str(caught.value) == str(error)


async def test_walls_can_be_required() -> None:
    async with ReaderPool() as pool:
        if walls.missing():
            pytest.skip("this system has not all of them")
        await pool.require_walls()
