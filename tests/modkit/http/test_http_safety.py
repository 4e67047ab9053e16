"""Errors that tell no secrets, calls that can be cancelled, connections that are closed, traces that go along."""

from __future__ import annotations

import asyncio
import logging
import shutil
import ssl
import subprocess
import traceback
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiohttp import web
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from modkit.http import (
    HttpClient,
    InvalidResponse,
    RetryPolicy,
    UpstreamTooSlow,
    UpstreamUnreachable,
)
from modkit.observability.context import REQUEST, RequestInfo
from modkit_errors import PlatformError, UpstreamFailed

from .conftest import ClientMaker, FakeTime, Server

pytestmark = pytest.mark.anyio
SECRET = "s3cr3t"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 9000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: b\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfi",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\nfi",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nfine",
        b"HTTP/1.1 302 Found\r\nlocation: https://user:s3cr3t@127.0.0.1/?s3cr3t\r\n\r\n",
    ],
    ids=[
        *("nothing", "garbage", "long-line", "many-lines", "cut-off", "too-large"),
        *("bad-chunk", "bad-gzip", "bad-redirect"),
    ],
)
async def test_a_bad_answer_is_an_error_of_the_platform_without_the_query(
    open_client: ClientMaker, serve_raw, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def respond(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    url = await serve_raw(respond)
    with caplog.at_level(logging.DEBUG):
        async with open_client(retries=RetryPolicy(retries=0)) as client:
            with pytest.raises(UpstreamFailed) as caught:
                await client.get(
                    f"{url}/a?token={SECRET}#{SECRET}", headers={"Authorization": SECRET}
                )
    assert f"{url}/a" in str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + caplog.text
    assert SECRET not in repr(caught.value)


async def test_a_header_that_would_be_two_is_refused(client: HttpClient, server: Server) -> None:
    with pytest.raises(ValueError, match="injection"):
        await client.get(server.url, headers={"X-A": "b\r\nX-C: d"})
    assert server.requests == []


async def test_a_line_of_the_head_has_a_bound(open_client: ClientMaker, server: Server) -> None:
    server.answers(web.Response(headers={"X-Long": "a" * 2000}))
    async with open_client(max_header_bytes=1024) as client:
        with pytest.raises(InvalidResponse, match="not valid HTTP"):
            await client.get(server.url)


async def test_a_certificate_that_nobody_signed_is_not_trusted(
    open_client: ClientMaker, server: Server
) -> None:
    async with open_client(retries=RetryPolicy(retries=0)) as client:
        with pytest.raises(UpstreamUnreachable, match="not trusted, or speaks no TLS"):
            await client.get(server.url.replace("http:", "https:"))


async def test_cookies_are_not_kept(client: HttpClient, server: Server) -> None:
    server.answers(web.Response(headers={"Set-Cookie": "session=1; Path=/"}))
    response = await client.get(server.url)
    await client.get(server.url)
    assert response.headers.all("set-cookie") == ("session=1; Path=/",)
    assert "Cookie" not in server.requests[1][2]


async def test_a_connect_timeout_is_told(open_client: ClientMaker, time: FakeTime) -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    async with open_client(resolve=never, attempt_timeout_s=0.05) as client:
        with pytest.raises(UpstreamTooSlow):
            await client.get("http://slow.example.com/")
    assert len(time.slept) == 3


def sockets() -> set[int]:
    """Descriptors of this process's connections."""
    return {found.fd for found in psutil.Process().net_connections("inet")}


async def test_all_connections_are_closed_at_the_end(
    open_client: ClientMaker, server: Server
) -> None:
    before = sockets()
    async with open_client() as client:
        await asyncio.gather(*(client.get(server.url) for _ in range(8)))
        assert len(sockets() - before) > 0
    await wait_until_only(before)


async def test_a_cancelled_call_gives_its_connection_up(
    open_client: ClientMaker, server: Server
) -> None:
    arrived = asyncio.Event()

    async def silent(_: web.Request) -> web.Response:
        arrived.set()
        await asyncio.Event().wait()
        return web.Response()

    server.handler = silent
    before = sockets()
    async with open_client(pool_size=1) as client:
        call = asyncio.create_task(client.get(server.url))
        await arrived.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        server.answers(web.Response(text="fine"))
        assert (await client.get(server.url)).text() == "fine"
    await wait_until_only(before)


async def test_a_stream_that_is_left_gives_its_connection_up(
    open_client: ClientMaker, server: Server
) -> None:
    server.answers(web.Response(body=b"x" * 10_000_000))
    async with open_client(pool_size=1) as client:
        for _ in range(3):
            async with client.stream("GET", server.url) as response:
                assert await anext(response.chunks())
    assert len(server.connections) == 3


async def wait_until_only(before: set[int]) -> None:
    async with asyncio.timeout(5):
        while sockets() - before:
            await asyncio.sleep(0)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield exporter
    provider.shutdown()


async def test_each_attempt_is_a_span_whose_context_goes_along(
    client: HttpClient, server: Server, spans: InMemorySpanExporter
) -> None:
    server.answers(web.Response(status=503), web.Response())
    await client.get(f"{server.url}/a?token={SECRET}")
    first, second = spans.get_finished_spans()
    assert [span.attributes["http.response.status_code"] for span in (first, second)] == [503, 200]
    assert [span.status.is_ok for span in (first, second)] == [False, True]
    assert second.attributes["http.request.resend_count"] == 1
    assert second.attributes["url.full"] == f"{server.url}/a"
    sent = [headers["traceparent"] for _, _, headers in server.requests]
    assert sent == [
        f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-01"
        for span in (first, second)
    ]


async def test_a_failed_attempt_is_a_failed_span(
    client: HttpClient, unused_port: int, spans: InMemorySpanExporter
) -> None:
    with pytest.raises(PlatformError):
        await client.post(f"http://127.0.0.1:{unused_port}/")
    (span,) = spans.get_finished_spans()
    assert span.attributes["error.type"] == "UPSTREAM_UNREACHABLE"


async def test_without_tracing_the_trace_of_the_request_goes_along(
    client: HttpClient, server: Server
) -> None:
    token = REQUEST.set(RequestInfo(request_id="r", trace_id="0af7651916cd43dd8448eb211c80319c"))
    try:
        await client.get(server.url)
    finally:
        REQUEST.reset(token)
    assert server.requests[0][2]["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c-")


async def test_outside_of_any_trace_nothing_is_made_up(client: HttpClient, server: Server) -> None:
    await client.get(server.url)
    assert "traceparent" not in server.requests[0][2]


async def test_a_current_span_of_somebody_else_is_passed_on(
    client: HttpClient, server: Server
) -> None:
    context = trace.SpanContext(
        1, 2, is_remote=True, trace_state=trace.TraceState([("vendor", "x")])
    )
    with trace.use_span(trace.NonRecordingSpan(context)):
        await client.get(server.url)
    headers = server.requests[0][2]
    assert headers["traceparent"] == f"00-{1:032x}-{2:016x}-00"
    assert headers["tracestate"] == "vendor=x"


async def test_a_pool_has_a_size(open_client: ClientMaker, server: Server) -> None:
    async with open_client(pool_size=2) as client:
        await asyncio.gather(*(client.get(server.url) for _ in range(10)))
    assert len(server.connections) <= 2


async def test_a_closed_client_is_not_used(open_client: ClientMaker, server: Server) -> None:
    async with open_client() as client:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        await client.get(server.url)


async def test_bodies_are_not_read_when_nobody_asks(
    open_client: ClientMaker, server: Server
) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    server.handler = endless
    async with open_client() as client, client.stream("GET", server.url) as response:
        assert response.is_success


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
async def test_an_authority_of_ones_own_is_trusted_where_it_is_named(
    open_client: ClientMaker, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "1", "-subj", "/CN=a.example.com"),
            *("-addext", "subjectAltName=DNS:a.example.com"),
            *("-out", str(certificate), "-keyout", str(key)),
        ],
        check=True,
        capture_output=True,
    )

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine")
        await writer.drain()
        writer.close()

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    tls = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    port = tls.sockets[0].getsockname()[1]
    options = {"resolve": resolve, "retries": RetryPolicy(retries=0)}
    async with open_client(ca_file=certificate, **options) as client:
        assert (await client.get(f"https://a.example.com:{port}/")).text() == "fine"
        with pytest.raises(UpstreamUnreachable, match="not trusted"):
            await client.get(f"https://b.example.com:{port}/")
    async with open_client(**options) as client:
        with pytest.raises(UpstreamUnreachable, match="not trusted"):
            await client.get(f"https://a.example.com:{port}/")
    tls.close()
