"""What the caller is told when Tika cannot, may not, or does not answer."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from fake_tika import LOCAL, FakeTika, Parse
from tika_exchanges import document

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    DocumentParser,
    NoParserAvailable,
    ParseFailed,
    ParseLimitExceeded,
    ParseLimits,
    ParseRequest,
    formats_of,
)
from hyperspot.file_parser_tika import FileParserTikaModule
from hyperspot.file_parser_tika.config import FileParserTikaConfig
from hyperspot.file_parser_tika.infra.tika_parser import TikaParser
from hyperspot.file_parser_tika.module import client_config
from modkit import Secret
from modkit.config import Configuration, ConfigurationInvalid
from modkit.http import (
    EgressRefused,
    HttpClient,
    UpstreamRefused,
    UpstreamTooSlow,
    UpstreamUnreachable,
)
from modkit.security import SecurityContext
from modkit.testing import ModuleHarness

pytestmark = pytest.mark.anyio
DOC = "application/msword"
ENCRYPTED = "org.apache.tika.exception.EncryptedDocumentException: Unable to process\\n\\tat a.B"
FINE = '[{"X-TIKA:content": "<html><body><p>fine</p></body></html>"}]'


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, f'[{{"X-TIKA:EXCEPTION:container_exception": "{ENCRYPTED}"}}]', DocumentEncrypted),
        (422, ENCRYPTED, DocumentEncrypted),
        (422, "", ParseFailed),
        (415, "", NoParserAvailable),
        (200, "", ParseFailed),
        (200, "[]", ParseFailed),
        (200, "{}", ParseFailed),
        (200, '[{"X-TIKA:content": "<html><body>"}]', ParseFailed),
        (200, '[{"X-TIKA:content": "<!DOCTYPE html><html/>"}]', ParseFailed),
        (200, f'[{{"X-TIKA:content": "{"<p>" * 2000}"}}]', ParseFailed),
        (500, "java.lang.OutOfMemoryError", UpstreamRefused),
        (503, "", UpstreamRefused),
        (404, "", UpstreamRefused),
    ],
)
async def test_a_failure_of_tika_is_an_error_of_ours(
    parse: Parse, tika: FakeTika, status: int, body: str, error: type[Exception]
) -> None:
    tika.answers = [(status, body)]
    with pytest.raises(error) as caught:
        await parse(b"x", DOC, "plan.doc")
    assert ("plan.doc" in str(caught.value)) == (error is not UpstreamRefused)
    assert "\tat" not in str(caught.value)


async def test_a_damaged_document_is_said_to_be_so(parse: Parse) -> None:
    data = document("harvest.odt")[:6000]
    with pytest.raises(ParseFailed, match="Tika gives up with TikaException"):
        await parse(data, "application/vnd.oasis.opendocument.text")


async def test_a_busy_server_is_asked_once_more(parse: Parse, tika: FakeTika) -> None:
    tika.answers = [(503, ""), (200, FINE)]
    assert len((await parse(b"x", DOC)).blocks) == 1
    assert len(tika.requests) == 2


@pytest.mark.parametrize(
    ("limits", "answer", "limit"),
    [
        (ParseLimits(max_text_chars=3), FINE, "max_text_chars"),
        (ParseLimits(max_output_bytes=40), FINE, "max_output_bytes"),
        (ParseLimits(max_members=1), "[{}, {}, {}]", "max_members"),
        (
            ParseLimits(),
            '[{"X-TIKA:EXCEPTION:write_limit_reached": "true"}]',
            "max_text_chars",
        ),
        (
            ParseLimits(),
            '[{"X-TIKA:EXCEPTION:embedded_resource_limit_reached": "true"}]',
            "max_members",
        ),
        (
            ParseLimits(max_pages=1),
            "[{\"X-TIKA:content\": \"<body><div class='page'/><div class='page'/></body>\"}]",
            "max_pages",
        ),
    ],
)
async def test_limits_are_kept(
    parse: Parse, tika: FakeTika, limits: ParseLimits, answer: str, limit: str
) -> None:
    tika.answers = [(200, answer)]
    with pytest.raises(ParseLimitExceeded) as caught:
        await parse(b"x", DOC, "plan.doc", limits)
    assert (caught.value.filename, caught.value.limit) == ("plan.doc", limit)


async def test_limits_and_credentials_are_sent_along(parse: Parse, tika: FakeTika) -> None:
    tika.answers = [(200, FINE)]
    limits = ParseLimits(max_text_chars=77, max_members=5)
    await parse(b"x", DOC, limits=limits, authorization=Secret("Basic s3cret"))
    (sent,) = tika.requests
    found = {name.lower(): value for name, value in sent.items()}
    assert (found["writelimit"], found["maxembeddedresources"]) == ("77", "5")
    assert (found["authorization"], found["content-type"]) == ("Basic s3cret", DOC)


async def ask(url: str, config: FileParserTikaConfig, folder: Path) -> None:
    path = folder / "plan.doc"
    path.write_bytes(b"x")
    async with HttpClient.open(client_config(config)) as client:
        parser = TikaParser(client, url, Secret("Basic s3cret"))
        request = ParseRequest(filename="plan.doc", media_type=DOC)
        await parser.parse(SecurityContext.ANONYMOUS, path, request)


async def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UpstreamUnreachable, match=f"{url}/rmeta/xml did not answer") as caught:
            await ask(url, FileParserTikaConfig(egress=LOCAL, timeout_s=5), tmp_path)
    assert "s3cret" not in repr(caught.value)


async def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await closing.wait()
        writer.close()

    closing = asyncio.Event()
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(UpstreamTooSlow, match=r"within 0\.2 s"):
        await ask(url, FileParserTikaConfig(egress=LOCAL, timeout_s=0.2), tmp_path)
    closing.set()
    server.close()


async def test_a_server_where_we_may_not_go_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(EgressRefused):
        await ask("https://127.0.0.1:9998", FileParserTikaConfig(), tmp_path)


async def test_without_a_server_nothing_is_offered(tmp_path: Path) -> None:
    async with ModuleHarness(FileParserTikaModule) as harness:
        (entry,) = harness.hub.plugins(DocumentParser).all()
        assert formats_of(entry.plugin) == ()
        request = ParseRequest(filename="plan.doc", media_type=DOC)
        with pytest.raises(NoParserAvailable):
            await entry.client.parse(SecurityContext.ANONYMOUS, tmp_path, request)


async def test_the_module_offers_what_is_configured() -> None:
    config = {
        "url": "http://127.0.0.1:9998",
        "formats": [{"media_type": "image/x-dwg", "extensions": ["dwg"]}],
        "egress": {"allow_http": True, "allowed_networks": ["127.0.0.0/8"]},
    }
    async with ModuleHarness(FileParserTikaModule, config=config) as harness:
        (entry,) = harness.hub.plugins(DocumentParser).all()
    assert [item.media_type for item in formats_of(entry.plugin)] == ["image/x-dwg"]
    assert entry.plugin.priority == 200


@pytest.mark.parametrize("url", ["tika:9998", "http://", "http://tika/?a=b"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    configuration = Configuration.load(defaults={"tika": {"url": url}})
    with pytest.raises(ConfigurationInvalid, match="url"):
        configuration.section("tika", FileParserTikaConfig)
