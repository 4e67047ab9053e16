"""Measuring side by side: the cases take turns, so that a busy machine slows all of them alike."""
# ruff: noqa: T201 - tables for a person to read

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from attrs import frozen


@frozen
class Sample:
    """CPU time of one case, in microseconds per call.

    Attributes:
        least: The quietest batch: what the code costs.
        median: The middle batch: what the machine made of it.
    """

    least: float
    median: float


def sample_of(figures: Sequence[float]) -> Sample:
    """Return the least and the median of *figures*."""
    return Sample(min(figures), statistics.median(figures))


async def take_turns(
    cases: Mapping[str, Callable[[], Awaitable[Any]]], *, batches: int = 40, batch_s: float = 0.004
) -> dict[str, Sample]:
    """Return the cost of awaiting each case once, from *batches* of about *batch_s* seconds each.

    Every batch ends with two turns of the event loop: timers that were cancelled are cleared away in them, and that
    belongs to the cost of this case and not of the next.
    """
    sizes = {name: await _batch_size(case, batch_s) for name, case in cases.items()}
    figures: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(batches):
        for name, case in cases.items():
            size = sizes[name]
            began = time.process_time_ns()
            for _ in range(size):
                await case()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            figures[name].append((time.process_time_ns() - began) / size / 1000)
    return {name: sample_of(values) for name, values in figures.items()}


async def _batch_size(case: Callable[[], Awaitable[Any]], batch_s: float) -> int:
    for _ in range(20):
        await case()
    began, calls = time.process_time(), 0
    while (passed := time.process_time() - began) < batch_s:
        await case()
        calls += 1
    return max(1, round(calls * batch_s / passed))


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run *main* on the event loop that the platform uses."""
    try:
        import uvloop
    except ImportError:
        factory = None
        print("uvloop is not installed: on asyncio's own loop")
    else:
        factory = uvloop.new_event_loop

    async def whole() -> None:
        await main()

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(whole())


def machine_speed() -> float:
    """Return how long a fixed loop of plain Python takes now, in milliseconds; the least of five."""
    figures: list[float] = []
    for _ in range(5):
        began = time.process_time_ns()
        total = 0
        for number in range(200_000):
            total += number & 7
        figures.append((time.process_time_ns() - began) / 1e6)
    return min(figures)


def print_title(title: str) -> None:
    """Print *title* and how fast the machine is now."""
    print(f"\n## {title}  (200 000 turns of a plain loop: {machine_speed():.1f} ms)", flush=True)


def print_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, file: Any = None
) -> None:
    """Print *rows*, the first column to the left and the others to the right."""
    table = [headings, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(headings))]
    for row in table:
        first, *others = (
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print(first, *others, sep="  ", file=file or sys.stdout)


def ratio(figure: float, base: float) -> str:
    """Return *figure* as a multiple of *base*."""
    return f"x{figure / base:.2f}" if base > 0 else "-"
