"""The OpenAPI document and its page: whole, from bundled files, and true after a restart."""

from __future__ import annotations

import re

import pytest
from attrs import frozen

from examples.internal.api_ingress.tests.conftest import Serve
from modkit import ModuleContext, module
from modkit.rest import RestCapability, Routes

pytestmark = pytest.mark.anyio


@frozen(kw_only=True)
class ShopConfig:
    """What the shop sells."""

    ware: str = "apples"


@module(name="shop", config=ShopConfig)
class ShopModule(RestCapability):
    """Its one path depends on its configuration."""

    async def init(self, ctx: ModuleContext[ShopConfig]) -> None:
        self._ware = ctx.config.ware

    def routes(self, routes: Routes) -> None:
        (
            routes.get(f"/shop/v1/{self._ware}")
            .operation_id("shop.list_wares")
            .summary("Lists wares")
            .public()
            .returns_bytes("text/plain")
            .handler(self.wares)
        )

    async def wares(self) -> bytes:
        """Name the ware."""
        return self._ware.encode()


async def test_the_document_follows_a_module_that_restarts(serve: Serve) -> None:
    served = await serve(ShopModule, enable_docs=True)
    before = (await served.client.get("/openapi.json")).json()
    await served.restart("shop", ware="pears")
    after = (await served.client.get("/openapi.json")).json()
    assert "/shop/v1/apples" in before["paths"]
    assert "/shop/v1/pears" in after["paths"]
    assert "/shop/v1/apples" not in after["paths"]
    assert (await served.client.get("/shop/v1/pears")).text == "pears"
    assert (await served.client.get("/shop/v1/apples")).status_code == 404


async def test_the_document_follows_the_ingress_itself(serve: Serve) -> None:
    served = await serve(ShopModule, enable_docs=True)
    await served.restart(
        "api_ingress",
        bind_addr="127.0.0.1:0",
        auth_disabled=True,
        enable_docs=True,
        api={"title": "Another"},
    )
    document = (await served.client.get("/openapi.json")).json()
    assert document["info"]["title"] == "Another"
    assert "/shop/v1/apples" in document["paths"]


async def test_the_page_loads_nothing_from_elsewhere(serve: Serve) -> None:
    client = (await serve(enable_docs=True)).client
    page = await client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy or "default-src 'self'" in policy
    assert not re.search(r"(src|href)=\"?(https?:)?//", page.text)
    loaded = re.findall(r"(?:src|href)=\"(/docs/assets/[^\"]+)\"", page.text)
    assert loaded
    for path in loaded:
        asset = await client.get(path)
        assert (asset.status_code, bool(asset.content)) == (200, True)
        assert asset.headers["etag"].startswith('"')
        assert asset.headers["cache-control"] == "public, max-age=86400"
        assert asset.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/docs/assets/nothing.js",
        "/docs/assets/",
        "/docs/assets/../../module.py",
        "/docs/assets/%2e%2e/x",
    ],
)
async def test_an_unknown_asset_is_not_found(serve: Serve, path: str) -> None:
    answer = await (await serve(enable_docs=True)).client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
async def test_documentation_is_off_by_default(serve: Serve, path: str) -> None:
    assert (await (await serve()).client.get(path)).status_code == 404
