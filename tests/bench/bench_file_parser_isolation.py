"""What it costs that each document is read by a process of its own, against reading it here; and the memory of that."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from anyio import CapacityLimiter, create_task_group
from attrs import frozen
from measure import print_table, print_title, ratio, run

from hyperspot.file_parser.contract import ParseRequest, unreported
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.testing import SAMPLES, make_docx, make_pdf
from hyperspot.file_parser.testing.samples import docx_paragraph
from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from hyperspot.file_parser_builtin.infra.outcome import Job
from hyperspot.file_parser_builtin.infra.reader_client import ReaderClient
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from hyperspot.file_parser_builtin.infra.reading import parse_file
from modkit.security import SecurityContext

_DOCUMENTS = 150
_AT_ONCE = 2
_COMMAND = (sys.executable, "-P", "-m", "hyperspot.file_parser_builtin.infra.reader_process")


@frozen
class Cost:
    """Of one document: milliseconds of CPU in all processes, median of the clock alone, and how many a second two at once."""

    cpu_ms: float
    clock_ms: float
    per_s: float


@frozen
class File:
    """A document on the disk."""

    path: Path
    request: ParseRequest


def files(folder: Path, documents: Mapping[str, tuple[str, bytes]]) -> dict[str, File]:
    """Write *documents*, which are media type and bytes by name."""
    found: dict[str, File] = {}
    for name, (media_type, data) in documents.items():
        path = folder / name
        path.write_bytes(data)
        found[name] = File(path, ParseRequest(filename=name, media_type=media_type))
    return found


def here(file: File) -> Cost:
    """Read in this process, again and again."""
    parse_file(file.path, file.request, Budget(file.request))
    times: list[float] = []
    cpu = time.process_time()
    for _ in range(_DOCUMENTS):
        began = time.perf_counter()
        parse_file(file.path, file.request, Budget(file.request))
        times.append(time.perf_counter() - began)
    cpu = time.process_time() - cpu
    return Cost(cpu * 1000 / _DOCUMENTS, statistics.median(times) * 1000, _DOCUMENTS / sum(times))


async def isolated(file: File) -> Cost:
    """Have it read by the worker; the start of its processes is not counted."""
    start_cpu, _, _ = await _campaign(file, 1)
    cpu, clock, per_s = await _campaign(file, _DOCUMENTS)
    return Cost((cpu - start_cpu) * 1000 / (2 * (_DOCUMENTS - 1)), clock * 1000, per_s)


async def _campaign(file: File, count: int) -> tuple[float, float, float]:
    """Have it read *count* times alone, then as often two at once."""
    cpu = _cpu_s()
    async with ReaderPool(CapacityLimiter(_AT_ONCE)) as pool:
        parser = BuiltinParser(pool)

        async def some(number: int) -> None:
            for _ in range(number):
                await parser.parse(SecurityContext.ANONYMOUS, file.path, file.request)

        async with (
            create_task_group() as group
        ):  # both processes are started, and have the reader loaded
            for _ in range(_AT_ONCE):
                group.start_soon(some, 1)
        times: list[float] = []
        for _ in range(count):
            began = time.perf_counter()
            await some(1)
            times.append(time.perf_counter() - began)
        began = time.perf_counter()
        async with create_task_group() as group:
            for _ in range(_AT_ONCE):
                group.start_soon(some, count // _AT_ONCE)
        took = time.perf_counter() - began
    return _cpu_s() - cpu, statistics.median(times), count / took


def _cpu_s() -> float:
    """Return the CPU of this process and of all that it has waited for."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


async def peak_mib(file: File) -> float:
    """Return the memory that the child has resident at most, its libraries included."""
    client = await ReaderClient.start(_COMMAND, {})
    try:
        await client.read(Job.of(file.path, file.request), unreported)
        return client.peak_memory_bytes / 1024**2
    finally:
        await client.kill()


def large() -> dict[str, tuple[str, bytes]]:
    """Return documents of a size that people have."""
    lines = [(11, f"line {number}: " + "word " * 10) for number in range(45)]
    paragraph = docx_paragraph("Some words of a document that is not short. " * 20)
    docx = next(kind for kind in SAMPLES if kind.endswith("wordprocessingml.document"))
    return {
        "100 pages.pdf": (
            "application/pdf",
            make_pdf([[(14, f"Page {number}"), *lines] for number in range(100)]),
        ),
        "20 MB of XML.docx": (docx, make_docx(paragraph * (20_000_000 // len(paragraph)))),
    }


async def main() -> None:
    """Print both tables."""
    small = {"tiny.txt": ("text/plain", b"Hello, world.\n")} | {
        sample.name: (media_type, sample.data) for media_type, sample in sorted(SAMPLES.items())
    }
    with TemporaryDirectory() as folder:
        written = files(Path(folder), small)
        rows: list[tuple[str, ...]] = []
        print_title("file_parser_builtin: reading a small document")
        for name, file in written.items():
            alone, walled = here(file), await isolated(file)
            for label, cost in (("here", alone), ("isolated", walled)):
                figures = f"{cost.cpu_ms:.2f}", f"{cost.clock_ms:.2f}", f"{cost.per_s:.0f}"
                more = f"{walled.clock_ms - alone.clock_ms:+.2f}" if cost is walled else ""
                rows.append((f"{name}, {label}", *figures, more, ratio(alone.per_s, cost.per_s)))
        headings = ("", "CPU ms", "clock ms", "a second", "hand-over ms", "here = 1")
        print_table(headings, rows)
        print_title("file_parser_builtin: peak memory of the child, its libraries included")
        sizes = {**written, **files(Path(folder), large())}
        print_table(
            ("", "MiB"), [(name, f"{await peak_mib(file):.0f}") for name, file in sizes.items()]
        )


if __name__ == "__main__":
    run(main)
