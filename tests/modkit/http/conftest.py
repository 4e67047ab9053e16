"""A server on loopback that does what a test tells it, and clients that may call it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from aiohttp import web

from modkit.http import EgressPolicy, HttpClient, HttpClientConfig, Timing

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOCAL = EgressPolicy(allow_http=True, allowed_networks=("127.0.0.0/8",))


class Server:
    """A server with one handler, which tests replace.

    Attributes:
        handler: Answers every request.
        requests: What came, in order: method, target and headers.
    """

    def __init__(self) -> None:
        self.handler: Handler = self._hello
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self.connections: set[Any] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self, *answers: web.Response) -> None:
        """Answer with these in turn, and with the last one from then on."""
        left = list(answers)

        async def next_answer(_: web.Request) -> web.Response:
            answer = left.pop(0) if len(left) > 1 else left[0]
            return web.Response(
                status=answer.status, headers=answer.headers.copy(), body=answer.body
            )

        self.handler = next_answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.method, request.path_qs, dict(request.headers)))
        self.bodies.append(await request.read())
        self.connections.add(request.transport)
        return await self.handler(request)

    async def _hello(self, _: web.Request) -> web.Response:
        return web.json_response({"hello": "world"})


class FakeTime:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []
        self.timing = Timing(
            clock=lambda: self.seconds,
            now=lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds),
            sleep=self._sleep,
            chance=lambda: 0.5,
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    runner = web.ServerRunner(web.Server(server.handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    yield server
    await runner.cleanup()


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


ClientMaker = Callable[..., AbstractAsyncContextManager[HttpClient]]


@pytest.fixture
def open_client(time: FakeTime) -> ClientMaker:
    """Return what opens a client that may call loopback, with the given changes to its configuration."""

    def make(resolve: Any = None, **changes: Any) -> AbstractAsyncContextManager[HttpClient]:
        config = attrs.evolve(HttpClientConfig(egress=LOCAL), **changes)
        return HttpClient.open(config, resolve=resolve, timing=time.timing)

    return make


@pytest.fixture
async def client(open_client: ClientMaker) -> AsyncIterator[HttpClient]:
    async with open_client() as client:
        yield client


RawAnswer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def serve_raw() -> AsyncIterator[Callable[[RawAnswer], Awaitable[str]]]:
    """Return what serves connections by hand, for answers that no decent server gives."""
    servers: list[asyncio.Server] = []

    async def serve(answer: RawAnswer) -> str:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await reader.readuntil(b"\r\n\r\n")
                await answer(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        servers.append(await asyncio.start_server(connected, "127.0.0.1", 0))
        return f"http://127.0.0.1:{servers[-1].sockets[0].getsockname()[1]}"

    yield serve
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
def unused_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
