"""Files at addresses: fetched within the rules, named as the other side names them, and no secret of the address kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from anyio import fail_after
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from hyperspot.file_parser import FileParserModule
from hyperspot.file_parser.contract import (
    FileFormat,
    FileParserClient,
    RemoteFile,
    UrlSource,
    media_types,
)
from hyperspot.file_parser.domain.contradiction import contradicted_type
from hyperspot.file_parser.domain.remote_name import name_of_download
from hyperspot.file_parser.testing import FakeParser
from modkit.testing import ModuleHarness, Response, security_context

CALLER = security_context()
MIB = 1024**2
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def plain(_: web.Request) -> web.StreamResponse:
    return web.Response(text="hello", content_type="text/plain", charset="utf-8")


@define
class Server:
    """A server on loopback; tests replace its handler."""

    url: str = ""
    handler: Handler = plain
    gone: asyncio.Event = field(factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self.handler(request)
        finally:
            self.gone.set()


@pytest.fixture(name="server")
async def server_fixture() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@asynccontextmanager
async def gateway(folder: Path, parser: FakeParser, **more: Any) -> AsyncIterator[ModuleHarness]:
    config = {
        "spool_dir": str(folder),
        "max_file_size_mb": 1,
        "egress": {"allow_http": True, "allowed_networks": ["127.0.0.0/8"]},
        **more,
    }
    async with ModuleHarness(FileParserModule, fakes=[parser], config=config) as harness:
        yield harness


@pytest.fixture(name="parser")
def parser_fixture() -> FakeParser:
    return FakeParser()


@pytest.fixture(name="harness")
async def harness_fixture(tmp_path: Path, parser: FakeParser) -> AsyncIterator[ModuleHarness]:
    async with gateway(tmp_path, parser) as harness:
        yield harness
        assert not list(tmp_path.glob("*/*"))


async def asked(harness: ModuleHarness, url: str, surface: str = "") -> Response:
    with fail_after(10):
        return await harness.client(CALLER).post(
            f"/file-parser/v1/parse-url{surface}", json={"url": url}
        )


@pytest.mark.anyio
async def test_file_is_fetched_parsed_and_named(
    harness: ModuleHarness, parser: FakeParser, server: Server
) -> None:
    result = await harness.hub.get(FileParserClient).parse(
        CALLER,
        RemoteFile(url=f"{server.url}/a/annual%20report.txt?token=secret#page"),
        render_markdown=True,
    )
    assert result.markdown == "hello\n"
    assert result.document.meta.source == UrlSource(url=f"{server.url}/a/annual%20report.txt")
    assert result.document.meta.original_filename == "annual report.txt"
    assert parser.requests[0].charset == "utf-8"


@pytest.mark.anyio
async def test_surfaces_of_http(harness: ModuleHarness, server: Server) -> None:
    blocks = await asked(harness, f"{server.url}/a.txt")
    assert blocks.json()["document"]["meta"]["source"]["type"] == "url"
    assert (await asked(harness, f"{server.url}/a.txt", "/markdown")).text == "hello\n"
    assert "event: result\n" in (await asked(harness, f"{server.url}/a.txt", "/events")).text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        pytest.param("report.pdf", 400, "INVALID_URL", id="relative"),
        pytest.param("http://[", 400, "INVALID_URL", id="broken"),
        pytest.param("file:///etc/passwd", 400, "INVALID_URL", id="scheme"),
        pytest.param("https://me:pw@example.org/", 400, "INVALID_URL", id="credentials"),
        pytest.param("http://169.254.169.254/latest", 403, "EGRESS_REFUSED", id="metadata"),
        pytest.param("http://[::ffff:10.0.0.1]/", 403, "EGRESS_REFUSED", id="mapped"),
        pytest.param("http://127.0.0.1:1/", 502, "UPSTREAM_UNREACHABLE", id="nobody-there"),
    ],
)
async def test_addresses_that_cannot_be_fetched(
    harness: ModuleHarness, url: str, status: int, code: str
) -> None:
    answer = await asked(harness, url)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "pw" not in answer.text


@pytest.mark.anyio
async def test_without_configuration_this_machine_cannot_be_called(
    tmp_path: Path, server: Server, parser: FakeParser
) -> None:
    async with gateway(tmp_path, parser, egress={"allow_http": True}) as harness:
        assert (await asked(harness, f"{server.url}/a.txt")).status_code == 403
    assert not server.gone.is_set()


async def large(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"x" * (MIB + 1))


async def large_unannounced(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-disposition": 'attachment; filename="big.txt"'})
    await response.prepare(request)
    for _ in range(17):
        await response.write(b"x" * (MIB // 16))
    return response


async def missing(_: web.Request) -> web.StreamResponse:
    return web.Response(status=404, text="secret page")


async def nothing(_: web.Request) -> web.StreamResponse:
    return web.Response()


async def cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-length": "100"})
    await response.prepare(request)
    await response.write(b"x")
    assert request.transport is not None
    request.transport.abort()
    return response


async def elsewhere(_: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"location": "http://127.0.0.2:1/b.txt"})


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("handler", "status", "code"),
    [
        pytest.param(large, 413, "FILE_TOO_LARGE", id="large"),
        pytest.param(large_unannounced, 413, "FILE_TOO_LARGE", id="large-unannounced"),
        pytest.param(missing, 502, "UPSTREAM_REFUSED", id="refused"),
        pytest.param(nothing, 400, "EMPTY_FILE", id="empty"),
        pytest.param(cut, 502, "UPSTREAM_UNREACHABLE", id="cut"),
        pytest.param(elsewhere, 502, "REDIRECT_REFUSED", id="redirect-to-another-origin"),
    ],
)
async def test_answers_that_are_no_file(
    harness: ModuleHarness,
    parser: FakeParser,
    server: Server,
    handler: Handler,
    status: int,
    code: str,
) -> None:
    server.handler = handler
    answer = await asked(harness, f"{server.url}/a.txt")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "secret" not in answer.text
    assert parser.requests == []


async def login_page(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<h1>Log in</h1>", content_type="text/html")


@pytest.mark.anyio
@pytest.mark.parametrize("surface", ["", "/markdown", "/events"])
async def test_page_in_the_place_of_a_file_is_refused(
    harness: ModuleHarness, parser: FakeParser, server: Server, surface: str
) -> None:
    server.handler = login_page
    answer = await asked(harness, f"{server.url}/notes.txt", surface)
    assert (answer.status_code, answer.json()["code"]) == (400, "MEDIA_TYPE_MISMATCH")
    assert answer.json()["detail"].startswith(
        "'notes.txt' should be text/plain, but its server declares text/html"
    )
    assert parser.requests == []


@pytest.mark.anyio
async def test_label_of_an_upload_does_not_matter(harness: ModuleHarness) -> None:
    answer = await harness.client(CALLER).post(
        "/file-parser/v1/upload?filename=notes.txt",
        content=b"hello",
        headers={"content-type": "image/png"},
    )
    assert answer.status_code == 200


FORMATS = [
    FileFormat(media_type=media_type, extensions=tuple(extensions.split()))
    for media_type, extensions in (
        (media_types.PDF, "pdf"),
        (media_types.DOCX, "docx"),
        (media_types.XLS, "xls"),
        (media_types.XML, "xml svg"),
        (media_types.JSON_LINES, "jsonl"),
        (media_types.MARKDOWN, "md"),
        (media_types.PNG, "png"),
        ("application/x-notes", "notes"),
    )
]


@pytest.mark.parametrize(
    ("filename", "declared"),
    [
        pytest.param("a.pdf", "", id="nothing-declared"),
        pytest.param("a.pdf", "application/octet-stream", id="bytes"),
        pytest.param("a.pdf", "application/x-pdf", id="unknown"),
        pytest.param("A.PDF", "application/pdf", id="upper-case"),
        pytest.param("pdf", "text/html", id="no-extension"),
        pytest.param("a.php", "text/html", id="unknown-extension"),
        pytest.param("a.docx", "application/zip", id="container"),
        pytest.param("a.docx", "application/msword", id="old-name-of-the-family"),
        pytest.param("a.xls", "text/csv", id="table"),
        pytest.param("a.svg", "image/svg+xml", id="kind-of-xml"),
        pytest.param("a.md", "text/plain", id="text"),
        pytest.param("a.jsonl", "application/json", id="lines"),
        pytest.param("a.png", "image/x-png", id="unknown-image"),
        pytest.param("a.notes", "application/x-notes", id="third-party"),
    ],
)
def test_types_that_a_name_may_have(filename: str, declared: str) -> None:
    assert contradicted_type(filename, declared, FORMATS) is None


@pytest.mark.parametrize(
    ("filename", "declared", "expected"),
    [
        pytest.param("a.pdf", "text/html", media_types.PDF, id="page"),
        pytest.param("A.PDF", "text/plain", media_types.PDF, id="text"),
        pytest.param("a.pdf", "application/problem+json", media_types.PDF, id="problem"),
        pytest.param("a.pdf", "application/zip", media_types.PDF, id="container-of-others"),
        pytest.param("a.docx", "video/mp4", media_types.DOCX, id="video"),
        pytest.param("a.png", "image/jpeg", media_types.PNG, id="another-image"),
        pytest.param("a.md", "text/html", media_types.MARKDOWN, id="rendered"),
        pytest.param("a.notes", "text/html", "application/x-notes", id="third-party"),
    ],
)
def test_types_that_a_name_cannot_have(filename: str, declared: str, expected: str) -> None:
    assert contradicted_type(filename, declared, FORMATS) == expected


async def never(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"x")
    await asyncio.Event().wait()
    return response


@pytest.mark.anyio
async def test_download_has_its_time(tmp_path: Path, server: Server, parser: FakeParser) -> None:
    server.handler = never
    async with gateway(tmp_path, parser, download_timeout_s=0.2) as harness:
        answer = await asked(harness, f"{server.url}/a.txt")
    assert (answer.status_code, answer.json()["code"]) == (504, "UPSTREAM_TOO_SLOW")


@pytest.mark.anyio
async def test_cancelled_download_is_ended(harness: ModuleHarness, server: Server) -> None:
    begun = asyncio.Event()

    async def wait(request: web.Request) -> web.StreamResponse:
        begun.set()
        return await never(request)

    server.handler = wait
    client = harness.hub.get(FileParserClient)
    parsing = asyncio.create_task(client.parse(CALLER, RemoteFile(url=server.url)))
    with fail_after(10):
        await begun.wait()
        parsing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await parsing
        await server.gone.wait()


@pytest.mark.anyio
async def test_secrets_of_an_address_are_not_logged(
    harness: ModuleHarness, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.handler = missing
    with caplog.at_level(logging.DEBUG):
        answer = await asked(harness, f"{server.url}/a.txt?signature=hush-hush")
    assert answer.status_code == 502
    assert "hush-hush" not in answer.text
    assert "hush-hush" not in "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp")
    )


@pytest.mark.parametrize(
    ("url", "disposition", "name"),
    [
        ("https://e.org/a/b.pdf?x=/c.txt#/d", "", "b.pdf"),
        ("https://e.org/", "", None),
        ("https://e.org", "inline", None),
        ("https://e.org/get", "attachment; filename=a.pdf", "a.pdf"),
        ("https://e.org/get", 'attachment; filename="a b.pdf"; size=3', "a b.pdf"),
        ("https://e.org/get", "attachment; filename=a; filename*=UTF-8''%C3%A9.pdf", "é.pdf"),
        ("https://e.org/get", "attachment; filename*=UTF-8''%ff", "\ufffd"),
        ("https://e.org/get", "attachment; filename=a; filename*=nothing''%ff", "a"),
        ("https://e.org/get", "attachment; filename*=idna''%ff", "get"),
        ("https://e.org/get", "attachment; filename=", "get"),
    ],
)
def test_name_of_a_download(url: str, disposition: str, name: str | None) -> None:
    assert name_of_download(url, disposition) == name


@given(st.text(st.characters(codec="latin-1"), max_size=60), st.text(max_size=30))
def test_no_header_breaks_the_name_of_a_download(disposition: str, path: str) -> None:
    name = name_of_download(f"https://e.org/{path}", f"attachment; {disposition}")
    assert name is None or isinstance(name, str)
