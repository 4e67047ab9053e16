"""What reading a PDF costs: the worker against the text alone, and against markitdown where it is installed.

The pages that are read are made here; a path as argument is read instead.
"""
# ruff: noqa: T201 - tables for a person to read

from __future__ import annotations

import asyncio
import io
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]  # the library has no annotations
from measure import Sample, print_table, print_title, ratio, sample_of
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

from hyperspot.file_parser.contract import ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from hyperspot.file_parser_builtin.infra.reading import parse_file
from modkit.security import SecurityContext

_PAGES: Final = 36
_LONG_PAGES: Final = 100
_ROUNDS: Final = 15
_MEDIA_TYPE: Final = "application/pdf"
_WORDS: Final = [
    "pears",
    "along",
    "the",
    "old",
    "wall",
    "bear",
    "fruit",
    "in",
    "every",
    "year",
    "that",
    "has",
    "no",
    "late",
    "frost",
    "while",
    "quinces",
    "stand",
    "lower",
    "where",
    "ground",
    "is",
    "wet",
    "and",
    "are",
    "picked",
    "last",
    "then",
    "kept",
    "on",
    "straw",
    "in",
    "dark",
    "cellars",
    "until",
    "they",
    "smell",
]
_MEMORY: Final = """
import sys
from pathlib import Path
from hyperspot.file_parser.contract import ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_builtin.infra.reading import load_reader, parse_file
def peak():
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))
request = ParseRequest(filename="a.pdf", media_type="application/pdf")
load_reader(request.media_type)
before = peak()
content = parse_file(Path(sys.argv[1]), request, Budget(request))
print(f"{before:.0f} {peak():.0f} {len(content.blocks)}")
"""


def document(pages: int) -> bytes:
    """Return a PDF of headings, paragraphs with words in bold, lists and tables."""
    chance = random.Random(7)
    look = getSampleStyleSheet()

    def words(count: int) -> str:
        return " ".join(chance.choice(_WORDS) for _ in range(count))

    story: list[Any] = []
    for page in range(pages):
        story.append(Paragraph(f"{page + 1}. {words(4)}", look["Heading1"]))
        for _ in range(5):
            text = f"{words(40)} <b>{words(3)}</b> {words(60)}."
            story.append(Paragraph(text, look["BodyText"]))
        story += [Paragraph(words(9), look["BodyText"], bulletText="•") for _ in range(4)]
        if page % 3 == 0:
            rows = [[words(1), f"{chance.random():.3f}", words(2)] for _ in range(8)]
            grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
            story.append(Table(rows, style=grid))
        story.append(PageBreak())
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, invariant=1).build(story)
    return buffer.getvalue()


def text_alone(path: Path) -> int:
    """Return how much text pypdfium2 finds, page by page."""
    pdf = pypdfium2.PdfDocument(path)
    return sum(len(pdf[number].get_textpage().get_text_range()) for number in range(len(pdf)))


async def side_by_side(path: Path) -> dict[str, Sample]:
    """Return how long each way takes, in milliseconds of the clock: they take turns."""
    request = ParseRequest(filename=path.name, media_type=_MEDIA_TYPE)
    async with ReaderPool() as pool:
        parser = BuiltinParser(pool)

        async def bare() -> None:
            text_alone(path)

        async def reader() -> None:
            parse_file(path, request, Budget(request))

        async def worker() -> None:
            await parser.parse(SecurityContext.ANONYMOUS, path, request)

        cases: dict[str, Callable[[], Awaitable[None]]] = {
            "text alone, pypdfium2": bare,
            "reader, in this process": reader,
            "worker, with the hand-over": worker,
        }
        if convert := _markitdown():

            async def peer() -> None:
                convert(path)

            cases["markitdown"] = peer
        figures: dict[str, list[float]] = {name: [] for name in cases}
        for number in range(_ROUNDS + 1):
            for name, case in cases.items():
                if name == "markitdown" and number > 2:
                    continue
                began = time.perf_counter()
                await case()
                if number:  # the first turn starts and imports what the others find ready
                    figures[name].append((time.perf_counter() - began) * 1000)
    return {name: sample_of(values) for name, values in figures.items()}


def _markitdown() -> Callable[[Path], object] | None:
    try:
        peer: Any = import_module("markitdown")
    except ImportError:
        print("\nmarkitdown is not installed and therefore not in the table")
        return None
    convert: Callable[[Path], object] = peer.MarkItDown().convert
    return convert


def memory(path: Path) -> tuple[str, str, str]:
    """Return the most memory of a process that reads *path*, in MiB: before, at most, and how many blocks came out."""
    command = [sys.executable, "-c", _MEMORY, str(path)]
    before, most, blocks = subprocess.run(
        command, check=True, capture_output=True, text=True
    ).stdout.split()
    return before, most, blocks


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        path, long_path = Path(folder, "report.pdf"), Path(folder, "long.pdf")
        if len(sys.argv) > 1:
            path = Path(sys.argv[1])
        else:
            path.write_bytes(document(_PAGES))
        long_path.write_bytes(document(_LONG_PAGES))
        print_title(f"reading {path.name}: {len(pypdfium2.PdfDocument(path))} pages")
        figures = asyncio.run(side_by_side(path))
        base = next(iter(figures.values()))
        rows = [
            (name, f"{it.least:.1f}", f"{it.median:.1f}", ratio(it.median, base.median))
            for name, it in figures.items()
        ]
        print_table(("", "least ms", "median ms", "text = 1"), rows)
        print_title(f"memory for {_LONG_PAGES} pages (Linux)")
        print_table(("MiB before", "at most", "blocks"), [memory(long_path)])


if __name__ == "__main__":
    main()
