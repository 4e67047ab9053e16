"""What the access log adds to a request: its record is made, queued, formatted and written by the log's thread."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import time
from pathlib import Path

from asgi_call import Case, request
from measure import print_table, print_title, run, sample_of
from peers.modkit_app import app

from modkit.observability.log_config import LoggingConfig
from modkit.observability.logging import configure

_REQUESTS = 2000  # fewer than the log's queue holds, so that no record is dropped
_ROUNDS = 12
_CASES = {"ping, not logged": False, "ping, logged": True}


async def cost_us(case: Case, home: Path, *, is_logged: bool) -> float:
    """Return the CPU of one request in microseconds; leaving `configure` waits until all is written."""
    logging.getLogger("modkit.access").disabled = not is_logged
    began = time.process_time_ns()
    with (
        Path(os.devnull).open("w") as console,
        configure(LoggingConfig(), home=home, console=console),
    ):
        for _ in range(_REQUESTS):
            await case()
        await asyncio.sleep(0)
    return (time.process_time_ns() - began) / _REQUESTS / 1000


async def main() -> None:
    """Print the table."""
    ping = request(app, "GET", "/bench/v1/ping")
    figures: dict[str, list[float]] = {name: [] for name in _CASES}
    print_title("access log: CPU in microseconds per request, the writing thread included")
    with tempfile.TemporaryDirectory() as home:
        for _ in range(_ROUNDS):
            for name, is_logged in _CASES.items():
                figures[name].append(await cost_us(ping, Path(home), is_logged=is_logged))
    samples = {name: sample_of(values) for name, values in figures.items()}
    base = samples["ping, not logged"]
    rows = [
        (name, f"{sample.least:.1f}", f"{sample.median:.1f}", f"{sample.least - base.least:+.1f}")
        for name, sample in samples.items()
    ]
    print_table(("", "least", "median", "over no log"), rows)


if __name__ == "__main__":
    run(main)
