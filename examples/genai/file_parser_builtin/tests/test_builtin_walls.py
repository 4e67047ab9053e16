"""What code in a reader could try that no library offers: raw system calls, refused one and all."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from anyio import CapacityLimiter, fail_after

from hyperspot.file_parser.contract import ParseFailed, ParseLimits, ParseRequest, unreported
from hyperspot.file_parser.testing import text_of
from hyperspot.file_parser_builtin.infra import walls
from hyperspot.file_parser_builtin.infra.outcome import Job, ReaderBroken
from hyperspot.file_parser_builtin.infra.reader_client import decoded
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        bool(walls.missing()), reason=f"this system has no {', '.join(walls.missing())}"
    ),
    pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of calls are x86-64's"),
]

HOSTILE = (sys.executable, str(Path(__file__).with_name("hostile_reader.py")))
PRELUDE = """
import ctypes, errno, mmap, os
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.mmap.restype = ctypes.c_long
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
parent = os.getppid()
two = (ctypes.c_ulong * 2)(1, 1)
def call(number, *values):
    fixed = [ctypes.c_long(value) if isinstance(value, int) else value for value in values]
    return libc.syscall(ctypes.c_long(number), *fixed)
def map_anonymous(flags, size=4 << 30):
    return libc.mmap(None, size, 3, flags | mmap.MAP_ANONYMOUS, -1, 0)
"""
ATTACKS = {
    # The platform's process, which has the same user.
    "limit the processor of the parent": "call(302, parent, 0, two, None)",
    "pin the parent to a core": "call(203, parent, 8, two)",
    "slow the parent down": "call(141, 0, parent, 19)",
    "schedule the parent last": "call(144, parent, 5, (ctypes.c_int * 1)(0))",
    "signal the parent": "call(62, parent, 0)",
    "signal a thread of the parent": "call(200, parent, 0)",
    "signal a thread of the parent's group": "call(234, parent, parent, 0)",
    "queue a signal to the parent": "call(129, parent, 0, (ctypes.c_char * 128)())",
    "trace the parent": "call(101, 16, parent, 0, 0)",
    "open the parent": "call(434, parent, 0)",
    "compare the parent's files": "call(312, parent, os.getpid(), 0, 0, 0)",
    "move the parent's pages": "call(256, parent, 8, two, two)",
    # Ways around the table of calls.
    "socket": "call(41, 2, 1, 0)",
    "socket of the second table": "call(0x40000000 | 41, 2, 1, 0)",
    "socket with a number of more bits": "call(41 | 1 << 32, 2, 1, 0)",
    "pair of sockets": "call(53, 1, 1, 0, two)",
    "io_uring": "call(425, 8, (ctypes.c_char * 256)())",
    "user fault handling": "call(323, 1)",
    "program in the kernel": "call(321, 0, two, 16)",
    "performance counter": "call(298, two, 0, -1, -1, 0)",
    "new namespace": "call(272, 0x10000000)",
    "new process": "call(56, 17, 0, 0, 0, 0)",
    "new process of the third kind": "call(435, (ctypes.c_long * 11)(), 88)",
    "program from memory": "call(322, 3, b'', two, two, 0x1000)",
    # Memory that the limit of memory does not count.
    "shared memory": "map_anonymous(mmap.MAP_SHARED)",
    "memory that grows down": "map_anonymous(mmap.MAP_PRIVATE | 0x100)",
    "memory of system V": "call(29, 0, 1 << 30, 0o1600)",
    "file in memory": "call(319, b'x', 0)",
    "secret memory": "call(447, 0)",
    "pipe": "call(293, two, 0)",
    # Files, which Landlock does not watch over in every respect.
    "mode of its document": "call(90, bytes(path), 0o777)",
    "mode of an open file": "call(91, os.open(path, os.O_RDONLY), 0o777)",
    "owner of its document": "call(92, bytes(path), 0, 0)",
    "times of its document": "call(235, bytes(path), None)",
    "attribute of its document": "call(188, bytes(path), b'user.x', b'x', 1, 0)",
    "truncate its document": "call(76, bytes(path), 0)",
    "open to truncate": "call(2, bytes(path), os.O_RDONLY | os.O_TRUNC, 0)",
    "open to write": "call(257, -100, bytes(path), os.O_RDWR, 0)",
    "open anew": "call(437, -100, bytes(path), two, 24)",
    "create": "call(85, bytes(path) + b'-new', 0o600)",
    "link": "call(86, bytes(path), bytes(path) + b'-new')",
    "watch files": "call(294, 0)",
    "open by handle": "call(304, -100, two, 0)",
    "mount": "call(428, -100, b'/', 1)",
    "type for another": "call(16, 2, 0x5412, b'x')",
    # Limits of its own.
    "raise its own limits": "call(302, 0, 2, (ctypes.c_ulong * 2)(2**62, 2**62), None)",
    "drop the signal of its parent's death": "call(157, 1, 0, 0, 0, 0)",
}


@pytest.fixture(name="pool", scope="module")
async def pool_fixture() -> AsyncIterator[ReaderPool]:
    async with ReaderPool(CapacityLimiter(1), HOSTILE) as pool:
        yield pool


async def run(
    pool: ReaderPool, folder: Path, program: str, limits: ParseLimits | None = None
) -> str:
    path = folder / "program"
    path.write_text(PRELUDE + program)
    request = ParseRequest(
        filename="evil.txt", media_type="text/plain", limits=limits or ParseLimits(timeout_s=20)
    )
    content = await pool.read(Job.of(path, request), unreported)
    return text_of(content.blocks[0])


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
async def test_call_is_refused(pool: ReaderPool, tmp_path: Path, attack: str) -> None:
    program = (
        f"result = {attack}\nsaid = errno.errorcode[ctypes.get_errno()] if result == -1 else 'done'"
    )
    with fail_after(30):
        said = await run(pool, tmp_path, program)
    assert said in {errno.errorcode[errno.EPERM], errno.errorcode[errno.ENOSYS]}
    assert [path.name for path in tmp_path.iterdir()] == ["program"]


EXHAUSTING = {
    "processes": (
        "for _ in range(10_000):\n    try: os.fork(); made += 1\n    except OSError: pass",
        0,
    ),
    "descriptors": (
        (
            "kept = []\n"
            "for _ in range(10_000):\n"
            "    try: kept.append(os.open(path, os.O_RDONLY)); made += 1\n"
            "    except OSError: pass"
        ),
        100,
    ),
    "files in memory": (
        (
            "for number in range(1000):\n"
            "    try: os.ftruncate(number, 2 * 1024**2); made += 1\n"
            "    except OSError: pass"
        ),
        0,
    ),
}


@pytest.mark.parametrize(("program", "most"), EXHAUSTING.values(), ids=EXHAUSTING)
async def test_nothing_can_be_used_up(
    pool: ReaderPool, tmp_path: Path, program: str, most: int
) -> None:
    limits = ParseLimits(timeout_s=20, max_decompressed_bytes=1024**2)
    with fail_after(30):
        made = int(await run(pool, tmp_path, f"made = 0\n{program}\nsaid = made", limits))
    assert made <= most
    assert await run(pool, tmp_path, "said = 'well'") == "well"


async def test_honest_error_is_cut_to_what_may_be_handed_over(
    pool: ReaderPool, tmp_path: Path
) -> None:
    program = (
        "from hyperspot.file_parser.contract import ParseFailed\n"
        "raise ParseFailed('f', 'm', 'x' * 10_000_000)"
    )
    with pytest.raises(ParseFailed) as caught:
        await run(pool, tmp_path, program)
    assert len(caught.value.reason) < 10_000


HUGE = {
    "reason": '{"type":"failed","media_type":"m","reason":"%s"}',
    "media type": '{"type":"failed","media_type":"%s","reason":"r"}',
    "media type of a secret": '{"type":"encrypted","media_type":"%s"}',
    "limit": '{"type":"exceeded","limit":"%s","allowed":1,"stage":"s"}',
    "stage": '{"type":"exceeded","limit":"timeout_s","allowed":1,"stage":"%s"}',
    "report": '{"type":"broken","report":"%s"}',
}


@pytest.mark.parametrize("message", HUGE.values(), ids=HUGE)
def test_hostile_outcome_cannot_make_a_huge_error(message: str) -> None:
    with pytest.raises(ReaderBroken, match="no outcome"):
        decoded((message % ("x" * 100_000)).encode())


async def test_flood_of_progress_ends(pool: ReaderPool, tmp_path: Path) -> None:
    program = (
        "from hyperspot.file_parser_builtin.infra.frames import PROGRESS, frame\n"
        'message = frame(PROGRESS, b\'{"stage":"x","done":1}\') * 1000\n'
        "for number in range(60, 2, -1):\n"
        "    try:\n"
        "        while True: os.write(number, message)\n"
        "    except OSError: pass"
    )
    with fail_after(15), pytest.raises(ReaderBroken, match="too often"):
        await run(pool, tmp_path, program, ParseLimits(timeout_s=20, max_decompressed_bytes=1))
