"""A parse as a stream: how far it is, and at last what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, TypeAlias

from hyperspot.file_parser.contract.models import ParseResult
from hyperspot.file_parser.contract.progress import ParseProgress, Report

Parse: TypeAlias = Callable[[Report], Coroutine[Any, Any, ParseResult]]


async def followed(parse: Parse) -> AsyncGenerator[ParseProgress | ParseResult]:
    """Run *parse* and yield its progress, then its result; whoever closes this cancels it.

    A reader that is slower than the parse sees the newest progress only: nothing is queued.

    Raises:
        Exception: What *parse* raises.
    """
    newest: list[ParseProgress] = []
    changed = asyncio.Event()

    def report(progress: ParseProgress) -> None:
        newest[:] = [progress]
        changed.set()

    task = asyncio.create_task(parse(report))
    task.add_done_callback(lambda _: changed.set())
    try:
        while newest or not task.done():
            if newest:
                yield newest.pop()
            else:
                changed.clear()
                await changed.wait()
        yield task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # seen: it was raised above, or nobody is there to see it
