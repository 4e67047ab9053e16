"""A module that calls another system over HTTP, within limits that its configuration sets."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import field, frozen

from modkit import ModuleContext, module
from modkit.http import (
    EgressPolicy,
    EgressRefused,
    HttpClient,
    HttpClientConfig,
    Response,
    UpstreamRefused,
)
from modkit.testing import ModuleHarness


class Weather(ABC):
    """What other modules may ask."""

    @abstractmethod
    async def celsius(self, city: str) -> float: ...


# region module
@frozen(kw_only=True)
class WeatherConfig:
    """Section ``modules.weather.config``."""

    base_url: str = "https://api.weather.example"
    http: HttpClientConfig = field(factory=HttpClientConfig)


@frozen
class WeatherService(Weather):
    """Asks a weather service."""

    base_url: str
    client: HttpClient

    async def celsius(self, city: str) -> float:
        response = await self.client.get(f"{self.base_url}/now", params={"city": city})
        return float(response.checked().json()["celsius"])


@module(name="weather", config=WeatherConfig, provides=(Weather,))
class WeatherModule:
    """The weather, from elsewhere."""

    async def init(self, ctx: ModuleContext[WeatherConfig]) -> None:
        client = await ctx.enter(HttpClient.open(ctx.config.http))
        ctx.hub.provide(Weather, WeatherService(ctx.config.base_url, client))


# endregion


# region upload
@frozen
class Upload:
    """The bytes of a file, read anew each time they are sent."""

    path: Path

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with self.path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, 65536):
                yield piece


async def report(client: HttpClient, url: str, path: Path) -> Response:
    return await client.put(url, content=Upload(path))


# endregion


# region stream
async def download(client: HttpClient, url: str, path: Path) -> int:
    async with client.stream("GET", url, max_response_bytes=100 * 1024**2) as response:
        size_bytes = 0
        with path.open("wb") as file:
            async for chunk in response.checked().chunks():
                size_bytes += await asyncio.to_thread(file.write, chunk)
    return size_bytes


# endregion


class Upstream:
    """Stands in for the weather service: busy at first, then warm."""

    def __init__(self) -> None:
        self.requests = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"chunked" in head:
            await reader.readuntil(b"0\r\n\r\n")
        self.requests += 1
        status = b"503 Busy" if self.requests == 1 else b"200 OK"
        status = b"404 Not Found" if b"/none" in head else status
        writer.write(
            b"HTTP/1.1 " + status + b"\r\ncontent-length: 16\r\n\r\n" + b'{"celsius":21.5}'
        )
        await writer.drain()
        writer.close()


async def main() -> None:
    upstream = Upstream()
    server = await asyncio.start_server(upstream.answer, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    # region local
    egress = {"allow_http": True, "allowed_networks": ["127.0.0.0/8"]}
    config = {"base_url": base_url, "http": {"egress": egress}}
    async with ModuleHarness(WeatherModule, config=config) as harness:
        assert await harness.hub.get(Weather).celsius("Oslo") == 21.5
    # endregion
    assert upstream.requests == 2

    local = HttpClientConfig(
        egress=EgressPolicy(allow_http=True, allowed_networks=("127.0.0.0/8",))
    )
    async with HttpClient.open(local) as client:
        with TemporaryDirectory() as folder:
            path = Path(folder, "report")
            assert await download(client, f"{base_url}/now", path) == 16
            assert (await report(client, f"{base_url}/reports", path)).is_success
        # region status
        response = await client.get(f"{base_url}/none?token=1")
        assert response.status == 404
        with pytest.raises(UpstreamRefused) as caught:
            response.checked()
        assert str(caught.value) == f"{base_url}/none answered with the status 404."
        # endregion

    # region refused
    async with HttpClient.open() as client:
        with pytest.raises(EgressRefused, match=r"its address is not public \(link-local\)"):
            await client.get("https://169.254.169.254/latest/meta-data")
    # endregion
    server.close()


asyncio.run(main())
