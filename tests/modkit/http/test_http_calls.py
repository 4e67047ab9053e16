"""What goes out, and what comes back."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from attrs import frozen

from modkit.http import (
    HttpClient,
    InvalidResponse,
    InvalidUrl,
    ResponseTooLarge,
    StreamedResponse,
    UpstreamRefused,
    UpstreamTooSlow,
)

from .conftest import ClientMaker, Server

pytestmark = pytest.mark.anyio


async def test_an_answer_has_status_headers_and_body(client: HttpClient, server: Server) -> None:
    response = await client.get(f"{server.url}/users/1?page=2", params={"q": "ä b"})
    assert (response.status, response.json()) == (200, {"hello": "world"})
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert server.requests[0][:2] == ("GET", "/users/1?page=2&q=%C3%A4+b")
    assert server.requests[0][2]["User-Agent"] == "modkit"


@frozen
class Order:
    sku: str


@pytest.mark.parametrize(
    ("options", "media_type", "body"),
    [
        ({"json": Order("a")}, "application/json", b'{"sku":"a"}'),
        ({"json": None}, "application/json", b"null"),
        ({"form": {"a": "1 2", "b": "ä"}}, "application/x-www-form-urlencoded", b"a=1+2&b=%C3%A4"),
        ({"content": b"\0\1"}, "application/octet-stream", b"\0\1"),
        ({"content": b"x", "headers": {"content-type": "text/x"}}, "text/x", b"x"),
    ],
    ids=["json", "json-null", "form", "bytes", "own-type"],
)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
async def test_bodies_are_sent(
    client: HttpClient, server: Server, method: str, options: dict, media_type: str, body: bytes
) -> None:
    await getattr(client, method)(server.url, **options)
    assert server.requests[0][0] == method.upper()
    assert server.requests[0][2]["Content-Type"] == media_type
    assert server.bodies == [body]


async def test_a_body_can_be_an_iterator(client: HttpClient, server: Server) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    await client.put(server.url, content=pieces())
    assert server.bodies == [b"one two"]


async def test_a_failing_upload_fails_with_its_own_error(
    client: HttpClient, server: Server
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        raise LookupError("the disk is gone")

    with pytest.raises(LookupError, match="the disk is gone"):
        await client.put(server.url, content=pieces())


async def test_two_bodies_are_refused(client: HttpClient, server: Server) -> None:
    with pytest.raises(ValueError, match="one body, not json and content"):
        await client.post(server.url, json={}, content=b"")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/path",
        "ftp://host/",
        "http://",
        "https:///path",
        "http://host:99999/",
        "http://ho st/",
        "http://host/\r\nx: y",
        "http:\\\\host",
        "file:///etc/passwd",
        f"http://{'a' * 64}.org/",
        f"http://{'é' * 60}.org/",
        f"http://{'a.' * 127}org/",
        "http://a..org/",
        "http://.org/",
    ],
)
async def test_what_is_no_url_is_refused(client: HttpClient, url: str) -> None:
    with pytest.raises(InvalidUrl):
        await client.get(url)


async def test_a_failure_is_an_answer_until_it_is_checked(
    client: HttpClient, server: Server
) -> None:
    server.answers(web.Response(status=404, text="secret"))
    response = await client.get(f"{server.url}/a?token=secret")
    assert response.text() == "secret"
    with pytest.raises(UpstreamRefused, match=r"/a answered with the status 404") as caught:
        response.checked()
    assert "secret" not in str(caught.value) + repr(response)


async def test_json_that_is_none_is_an_error(client: HttpClient, server: Server) -> None:
    server.answers(web.Response(body=b"[" * 100_000))
    with pytest.raises(InvalidResponse, match="no valid JSON"):
        (await client.get(server.url)).json()


@pytest.mark.parametrize(
    ("media_type", "body", "text"),
    [
        ("text/plain; charset=iso-8859-1", b"\xe4", "ä"),
        ("text/plain", "ä".encode(), "ä"),
        ("text/plain; charset=nonsense", "ä".encode(), "ä"),
        ("text/plain; charset=base64", "ä".encode(), "ä"),
        ("text/plain; charset=idna", "ä".encode(), "ä"),
        ("text/plain", b"\xff", "�"),
    ],
)
async def test_text_is_decoded_by_its_charset(
    client: HttpClient, server: Server, media_type: str, body: bytes, text: str
) -> None:
    server.answers(web.Response(body=body, headers={"Content-Type": media_type}))
    assert (await client.get(server.url)).text() == text


@pytest.mark.parametrize("declared", [True, False], ids=["content-length", "chunked"])
async def test_an_answer_has_a_bound(
    open_client: ClientMaker, server: Server, declared: bool
) -> None:
    async def large(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if declared:
            response.content_length = 1001
        await response.prepare(request)
        await response.write(b"x" * 1001)
        return response

    server.handler = large
    async with open_client(max_response_bytes=1000) as client:
        with pytest.raises(ResponseTooLarge, match="more than 1000 bytes"):
            await client.get(server.url)
        assert len((await client.get(server.url, max_response_bytes=1001)).content) == 1001


async def count(response: StreamedResponse, sizes: list[int]) -> None:
    async for chunk in response.chunks():
        sizes.append(len(chunk))  # noqa: PERF401 - what came is wanted even if the end never does


async def test_what_counts_is_the_size_unpacked(client: HttpClient, server: Server) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    server.answers(web.Response(body=bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(ResponseTooLarge):
        await client.get(server.url)
    async with client.stream("GET", server.url) as response:
        sizes: list[int] = []
        with pytest.raises(ResponseTooLarge):
            await count(response, sizes)
    assert max(sizes) < 1_000_000
    assert sum(sizes) <= 10 * 1024**2


async def test_a_stream_yields_pieces_as_they_come(client: HttpClient, server: Server) -> None:
    seen = asyncio.Event()

    async def two_pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"one")
        await seen.wait()
        await response.write(b"two")
        return response

    server.handler = two_pieces
    async with client.stream("GET", server.url) as response:
        chunks = response.checked().chunks()
        assert await anext(chunks) == b"one"
        seen.set()
        assert [chunk async for chunk in chunks] == [b"two"]


async def test_a_silent_stream_is_given_up(client: HttpClient, server: Server) -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"one")
        await asyncio.Event().wait()
        return response

    server.handler = silent
    async with client.stream("GET", server.url, idle_timeout_s=0.05) as response:
        chunks = response.chunks()
        assert await anext(chunks) == b"one"
        with pytest.raises(UpstreamTooSlow, match=r"within 0\.05 s"):
            await anext(chunks)
