"""A Tika server on loopback that answers as recorded, and a worker that asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from fake_tika import LOCAL, FakeTika, Parse

from hyperspot.file_parser.contract import ParsedContent, ParseLimits, ParseRequest
from hyperspot.file_parser_tika.config import FileParserTikaConfig
from hyperspot.file_parser_tika.infra.tika_parser import TikaParser
from hyperspot.file_parser_tika.module import client_config
from modkit.http import HttpClient, Timing
from modkit.security import SecurityContext


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def tika(anyio_backend: str) -> AsyncIterator[FakeTika]:
    tika = FakeTika()
    runner = web.ServerRunner(web.Server(tika.handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tika.url = f"http://127.0.0.1:{runner.addresses[0][1]}/base/"
    yield tika
    await runner.cleanup()


async def at_once(_: float) -> None:
    """Wait no time."""


@pytest.fixture
async def client(anyio_backend: str) -> AsyncIterator[HttpClient]:
    config = client_config(FileParserTikaConfig(egress=LOCAL))
    async with HttpClient.open(config, timing=Timing(sleep=at_once)) as client:
        yield client


@pytest.fixture
def parse(tika: FakeTika, client: HttpClient, tmp_path: Path) -> Parse:
    """Return what has the worker parse some bytes."""

    async def call(
        data: bytes,
        media_type: str,
        name: str = "document",
        limits: ParseLimits | None = None,
        **options: Any,
    ) -> ParsedContent:
        path = tmp_path / "spooled"
        path.write_bytes(data)
        request = ParseRequest(filename=name, media_type=media_type, limits=limits or ParseLimits())
        parser = TikaParser(client, tika.url, options.pop("authorization", None))
        return await parser.parse(SecurityContext.ANONYMOUS, path, request, **options)

    return call
