"""Real documents through the REST operations of file_parser."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from anyio.lowlevel import checkpoint

from hyperspot.file_parser import FileParserModule
from hyperspot.file_parser.config import FileParserConfig
from hyperspot.file_parser.testing import SAMPLES
from hyperspot.file_parser_builtin import FileParserBuiltinModule
from hyperspot.file_parser_builtin.config import FileParserBuiltinConfig
from modkit import ClientHub, ModuleContext, ModuleHub, Resources
from modkit.module import spec_of
from modkit.ports.policy import PolicyDecisionPoint
from modkit.rest.api import RestApi
from modkit.rest.compile import Hosting
from modkit.rest.pipeline import PipelineSettings
from modkit.rest.routes import Routes
from modkit.security import AccessScope, SecurityContext

pytestmark = pytest.mark.anyio

CALLER = SecurityContext(subject_id=UUID(int=1), subject_tenant_id=UUID(int=2))


class AllowAll(PolicyDecisionPoint):
    async def decide(self, ctx: SecurityContext, resource: str, action: str) -> AccessScope:
        assert (resource, action) == ("file-parser", "read")
        return AccessScope.tenants(frozenset({ctx.subject_tenant_id}))


@pytest.fixture(name="client")
async def client_fixture(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    hub = ClientHub()
    gateway, builtin = FileParserModule(), FileParserBuiltinModule()
    config = FileParserConfig(max_file_size_mb=1, spool_dir=str(tmp_path))
    contexts = [
        await started(gateway, hub, tmp_path, config),
        await started(builtin, hub, tmp_path, FileParserBuiltinConfig()),
    ]
    routes = Routes("file_parser")
    gateway.routes(routes)
    routes.check()
    settings = PipelineSettings(anonymous_subject=CALLER)
    api = RestApi(Hosting(settings=settings, policy=AllowAll()))
    api.mount("file_parser", routes.operations)
    transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    for context in contexts:
        await context.close()
    assert list(tmp_path.iterdir()) == []


async def started(
    module: FileParserModule | FileParserBuiltinModule, hub: ClientHub, home: Path, config: Any
) -> ModuleContext[Any]:
    spec = spec_of(type(module))
    own = ModuleHub(hub, spec, frozenset(spec.provides))
    context = ModuleContext[Any](
        name=spec.name, config=config, hub=own, home=home, resources=Resources()
    )
    await module.init(context)
    own.commit()
    return context


async def test_info_lists_the_formats(client: httpx.AsyncClient) -> None:
    answer = await client.get("/file-parser/v1/info")
    assert answer.status_code == 200
    assert "pdf" in answer.json()["supported_extensions"]["builtin"]


@pytest.mark.parametrize("media_type", sorted(SAMPLES))
@pytest.mark.parametrize("is_form", [False, True], ids=["raw", "form"])
async def test_upload_answers_blocks_and_markdown(
    client: httpx.AsyncClient, media_type: str, is_form: bool
) -> None:
    sample = SAMPLES[media_type]
    body: dict[str, Any] = (
        {"files": {"file": (sample.name, sample.data, "application/octet-stream")}}
        if is_form
        else {"content": sample.data, "headers": {"content-type": "application/octet-stream"}}
    )
    answer = await client.post(
        "/file-parser/v1/upload", params={"filename": sample.name, "render_markdown": True}, **body
    )
    assert answer.status_code == 200, answer.text
    document = answer.json()["document"]
    assert document["meta"]["source"] == {"type": "uploaded"}
    assert document["meta"]["content_type"].startswith(media_type)
    assert [block["provenance"]["index"] for block in document["blocks"]] == list(
        range(len(document["blocks"]))
    )
    assert "null" not in json.dumps(document)
    assert "Nothing else." in answer.json()["markdown"]


@pytest.mark.parametrize("media_type", sorted(SAMPLES))
async def test_upload_markdown_streams_markdown(client: httpx.AsyncClient, media_type: str) -> None:
    sample = SAMPLES[media_type]
    answer = await client.post(
        "/file-parser/v1/upload/markdown", files={"file": (sample.name, sample.data)}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "What was picked." in answer.text


@pytest.mark.parametrize("path", ["upload", "upload/markdown"])
@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        pytest.param(b"", 400, "EMPTY_FILE", id="empty"),
        pytest.param(b"\x00\x01", 400, "UNSUPPORTED_FILE_TYPE", id="unknown"),
        pytest.param(b"\x1f\x8b\x08", 415, "NO_PARSER_AVAILABLE", id="no-worker"),
        pytest.param(b"%PDF-1.7 junk", 422, "PARSE_FAILED", id="damaged"),
        pytest.param(b"x" * (1024**2 + 1), 413, "FILE_TOO_LARGE", id="large"),
    ],
)
async def test_failures_are_problems_that_name_the_file(
    client: httpx.AsyncClient, path: str, data: bytes, status: int, code: str
) -> None:
    answer = await client.post(f"/file-parser/v1/{path}", files={"file": ("my.txt", data)})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["filename"] == "my.txt"
    assert "my.txt" in problem["detail"]


@pytest.mark.parametrize("path", ["upload", "upload/markdown"])
async def test_a_file_in_many_pieces_arrives_whole(client: httpx.AsyncClient, path: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(200):
            await checkpoint()
            yield f"paragraph {number}\n\n".encode()

    answer = await client.post(
        f"/file-parser/v1/{path}", content=pieces(), headers={"content-type": "text/plain"}
    )
    assert answer.status_code == 200, answer.text
    assert [n for n in range(200) if f"paragraph {n}" not in answer.text] == []
