"""Who parses what: by the type that is seen, as the configuration of the platform and of the tenant has it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import attrs
import pytest

from hyperspot.file_parser import FileParserModule
from hyperspot.file_parser.config import LimitOverrides
from hyperspot.file_parser.contract import (
    FileFormat,
    FileParserClient,
    FileTooLarge,
    NoParserAvailable,
    ParseLimits,
    UploadedFile,
    parser_plugin,
)
from hyperspot.file_parser.testing import SAMPLES, FakeParser, chunks_of
from modkit.config import ConfigurationInvalid
from modkit.testing import ModuleHarness, security_context

pytestmark = pytest.mark.anyio

ACME = security_context(tenant="acme")
GLOBEX = security_context(tenant="globex")
GLOBEX_ID = str(GLOBEX.subject_tenant_id)
FORMATS = {
    "text/plain": FileFormat(media_type="text/plain", extensions=("txt",)),
    "text/html": FileFormat(media_type="text/html", extensions=("html",)),
    "application/pdf": FileFormat(media_type="application/pdf", extensions=("pdf",)),
}


def worker(plugin_id: str, priority: int, *media_types: str) -> FakeParser:
    formats = [FORMATS[media_type] for media_type in media_types or FORMATS]
    plugin = parser_plugin(plugin_id=plugin_id, vendor="test", formats=formats, priority=priority)
    return FakeParser(plugin=plugin)


@asynccontextmanager
async def gateway(
    config: Mapping[str, Any], workers: list[FakeParser] | None = None
) -> AsyncIterator[ModuleHarness]:
    fakes = [worker("first", 10), worker("second", 20), worker("third", 30, "text/html")]
    async with ModuleHarness(
        FileParserModule, fakes=fakes if workers is None else workers, config=config
    ) as harness:
        yield harness


async def shown(harness: ModuleHarness, caller: Any) -> dict[str, tuple[str, ...]]:
    """Extensions by the worker that parses them for *caller*."""
    return (await harness.hub.get(FileParserClient).info(caller)).supported_extensions


@pytest.mark.parametrize(
    ("config", "acme", "globex"),
    [
        pytest.param(
            {},
            {"first": ("html", "pdf", "txt")},
            {"first": ("html", "pdf", "txt")},
            id="lowest-priority-number",
        ),
        pytest.param(
            {"workers": {"text/html": ["third", "first"], "*": ["second"]}},
            {"second": ("pdf", "txt"), "third": ("html",)},
            {"second": ("pdf", "txt"), "third": ("html",)},
            id="type-before-star",
        ),
        pytest.param(
            {
                "workers": {"text/*": ["second"]},
                "tenants": {GLOBEX_ID: {"workers": {"text/html": ["third"]}}},
            },
            {"first": ("pdf",), "second": ("html", "txt")},
            {"first": ("pdf",), "second": ("txt",), "third": ("html",)},
            id="tenant-before-platform",
        ),
        pytest.param(
            {
                "workers": {"text/html": ["third"]},
                "tenants": {GLOBEX_ID: {"workers": {"*": ["first"]}}},
            },
            {"first": ("pdf", "txt"), "third": ("html",)},
            {"first": ("html", "pdf", "txt")},
            id="star-of-the-tenant-before-a-type-of-the-platform",
        ),
        pytest.param(
            {"tenants": {GLOBEX_ID: {"workers": {"text/html": [], "text/plain": ["absent"]}}}},
            {"first": ("html", "pdf", "txt")},
            {"first": ("pdf",)},
            id="closed-types",
        ),
        pytest.param(
            {"workers": {"*": ["absent", "third", "second"]}},
            {"second": ("pdf", "txt"), "third": ("html",)},
            {"second": ("pdf", "txt"), "third": ("html",)},
            id="the-first-that-is-there",
        ),
    ],
)
async def test_info_and_parse_follow_the_rules_of_the_tenant(
    config: dict[str, Any], acme: dict[str, tuple[str, ...]], globex: dict[str, tuple[str, ...]]
) -> None:
    workers = [worker("first", 10), worker("second", 20), worker("third", 30, "text/html")]
    async with gateway(config, workers) as harness:
        client = harness.hub.get(FileParserClient)
        for caller, expected in ((ACME, acme), (GLOBEX, globex)):
            assert await shown(harness, caller) == expected
            for media_type, known in FORMATS.items():
                for each in workers:
                    each.requests.clear()
                document = UploadedFile(content=chunks_of(SAMPLES[media_type].data))
                able = [name for name, ends in expected.items() if known.extensions[0] in ends]
                if able:
                    await client.parse(caller, document)
                else:
                    with pytest.raises(NoParserAvailable):
                        await client.parse(caller, document)
                assert [each.plugin.id for each in workers if each.requests] == able


async def test_a_file_is_what_its_content_says_not_its_name() -> None:
    first, html = worker("first", 10), worker("html", 20, "text/html")
    async with gateway({"workers": {"text/html": ["html"]}}, [first, html]) as harness:
        document = UploadedFile(
            content=chunks_of(SAMPLES["text/html"].data),
            filename="report.pdf",
            media_type="application/pdf",
        )
        await harness.hub.get(FileParserClient).parse(ACME, document)
    assert (len(first.requests), len(html.requests)) == (0, 1)


async def test_limits_of_the_tenant_stand_above_those_of_the_platform() -> None:
    parser = worker("first", 10)
    config = {
        "max_file_size_mb": 1,
        "limits": {"max_pages": 7, "timeout_s": 50},
        "tenants": {GLOBEX_ID: {"limits": {"timeout_s": 90}, "max_file_size_mb": 2}},
    }
    async with gateway(config, [parser]) as harness:
        client = harness.hub.get(FileParserClient)
        for caller in (ACME, GLOBEX):
            await client.parse(caller, UploadedFile(content=chunks_of(b"x")))
        assert [request.limits for request in parser.requests] == [
            ParseLimits(max_pages=7, timeout_s=50),
            ParseLimits(max_pages=7, timeout_s=90),
        ]
        large = b"x" * (1024**2 + 1)
        answer = await harness.client(GLOBEX).post(
            "/file-parser/v1/upload", content=large, headers={"content-type": "text/plain"}
        )
        assert answer.status_code == 200
        with pytest.raises(FileTooLarge):
            await client.parse(ACME, UploadedFile(content=chunks_of(large)))
        assert (await client.info(GLOBEX)).max_file_size_bytes == 2 * 1024**2


async def test_a_tenant_may_have_every_limit_of_its_own() -> None:
    own = {item.name: item.type for item in attrs.fields(LimitOverrides)}
    assert own == {item.name: f"{item.type} | None" for item in attrs.fields(ParseLimits)}


async def test_absent_worker_is_logged_and_makes_the_module_unhealthy(
    caplog: pytest.LogCaptureFixture,
) -> None:
    config = {"tenants": {GLOBEX_ID: {"workers": {"*": ["tika", "first"]}}}}
    with caplog.at_level(logging.WARNING):
        async with gateway(config) as harness:
            health = await harness.host.health.modules()
            assert await shown(harness, GLOBEX) == {"first": ("html", "pdf", "txt")}
    assert "tika" in caplog.text
    assert [(item.name, item.failed_checks) for item in health if not item.healthy] == [
        ("file_parser", ("named_workers_are_there",))
    ]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        pytest.param({"workers": {"Text/HTML": ["x"]}}, "media types in lower case", id="type"),
        pytest.param({"workers": {"pdf": ["x"]}}, "media types", id="no-type"),
        pytest.param({"tenants": {"acme": {}}}, "ids of tenants", id="tenant"),
        pytest.param({"tenants": {GLOBEX_ID: {"worker": {}}}}, "worker", id="unknown-key"),
        pytest.param(
            {"tenants": {GLOBEX_ID: {"limits": {"pages": 1}}}}, "pages", id="unknown-limit"
        ),
        pytest.param(
            {"tenants": {GLOBEX_ID: {"limits": {"max_pages": 0}}}}, "max_pages", id="limit"
        ),
        pytest.param({"allowed_local_base_dir": "here"}, "absolute", id="relative-folder"),
    ],
)
async def test_wrong_configuration_is_refused_at_start(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=words):
        async with gateway(config):
            pass
