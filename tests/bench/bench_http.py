"""What a call to another system costs the caller: ours against a bare aiohttp session and against httpx."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from measure import print_table, print_title, ratio, run, take_turns
from processes import free_port, wait_until_answered

from modkit.http import EgressPolicy, HttpClient, HttpClientConfig

_LOCAL = HttpClientConfig(egress=EgressPolicy(allow_http=True, allowed_networks=("127.0.0.0/8",)))
_SENT = {"title": "orchards", "sections": [{"number": number} for number in range(5)]}


@contextmanager
def serving() -> Iterator[str]:
    """Serve ``peers.echo`` in a process of its own, whose CPU does not count here."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "peers.echo:app", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "warning", "--lifespan", "off", "--no-access-log"],
        cwd=Path(__file__).parent,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_until_answered(url, process, within_s=20)
        yield url
    finally:
        process.terminate()
        process.wait(20)


async def main() -> None:
    """Print the tables."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(serving())
        bare = await stack.enter_async_context(aiohttp.ClientSession())
        ours = await stack.enter_async_context(HttpClient.open(_LOCAL))

        async def bare_get() -> None:
            async with bare.get(url) as response:
                await response.read()

        async def bare_post() -> None:
            async with bare.post(url, json=_SENT) as response:
                await response.json()

        async def our_get() -> None:
            await ours.get(url)

        async def our_post() -> None:
            (await ours.post(url, json=_SENT)).checked().json()

        async def our_stream() -> None:
            async with ours.stream("GET", url) as response:
                async for _ in response.chunks():
                    pass

        gets: dict[str, Callable[[], Awaitable[Any]]] = {
            "bare aiohttp": bare_get,
            "modkit.http": our_get,
            "modkit.http, streamed": our_stream,
        }
        posts: dict[str, Callable[[], Awaitable[Any]]] = {
            "bare aiohttp": bare_post,
            "modkit.http": our_post,
        }
        try:
            import httpx
        except ImportError:
            pass
        else:
            theirs = await stack.enter_async_context(httpx.AsyncClient())

            async def httpx_post() -> None:
                (await theirs.post(url, json=_SENT)).json()

            gets["httpx"] = lambda: theirs.get(url)
            posts["httpx"] = httpx_post
        await show("GET of a few bytes", gets)
        await show("POST of JSON, and its echo", posts)


async def show(title: str, cases: dict[str, Callable[[], Awaitable[Any]]]) -> None:
    """Measure *cases* and print their table."""
    print_title(f"{title}: CPU of the caller in microseconds")
    samples = await take_turns(cases, batches=40, batch_s=0.02)
    base = samples["bare aiohttp"].least
    rows = [
        (
            name,
            f"{sample.least:.0f}",
            f"{sample.median:.0f}",
            f"{sample.least - base:+.0f}",
            ratio(sample.least, base),
        )
        for name, sample in samples.items()
    ]
    print_table(("", "least", "median", "over aiohttp", "aiohttp = 1"), rows)


if __name__ == "__main__":
    run(main)
