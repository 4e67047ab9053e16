"""The OpenAPI document and the page that shows it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from attrs import define, field

from modkit.rest import Operation, RestApi, Routes
from modkit.rest.openapi import ApiInfo, document, to_json
from modkit.rest.openapi.docs_ui import ASSET_NAMES, CONTENT_SECURITY_POLICY, asset, docs_page

_DAY = "public, max-age=86400"


@define
class DocumentationRoutes:
    """Serves the document of all modules; it is built when first asked for, and again when operations change."""

    _api: RestApi
    _info: ApiInfo
    _built_from: tuple[Operation, ...] = field(default=(), init=False)
    _built: bytes = field(default=b"", init=False)

    def register(self, routes: Routes) -> None:
        """Declare the operations; the page's files are read here, so that a missing one shows at the start."""
        (
            routes.get("/openapi.json")
            .operation_id("api_ingress.get_openapi")
            .summary("The OpenAPI 3.1 document of this platform")
            .tag("documentation")
            .public()
            .returns_bytes("application/json")
            .header("cache-control", "no-store")
            .handler(self.openapi)
        )
        (
            routes.get("/docs")
            .operation_id("api_ingress.get_docs_page")
            .summary("The API documentation as a page")
            .undocumented()
            .public()
            .returns_bytes("text/html; charset=utf-8")
            .header("content-security-policy", CONTENT_SECURITY_POLICY)
            .header("cache-control", "no-cache")
            .handler(self.page)
        )
        for name in ASSET_NAMES:
            media_type, content, etag = asset(name)
            (
                routes.get(f"/docs/assets/{name}")
                .operation_id(f"api_ingress.get_docs_{_identifier(name)}")
                .summary("A file of the documentation page")
                .undocumented()
                .public()
                .returns_bytes(media_type)
                .header("cache-control", _DAY)
                .header("etag", etag)
                .handler(_serving(content))
            )

    async def openapi(self) -> bytes:
        """Describe every operation that is served now."""
        operations = self._api.operations
        if operations != self._built_from:
            self._built = to_json(document(operations, self._info))
            self._built_from = operations
        return self._built

    async def page(self) -> bytes:
        """Show the OpenAPI document; nothing is loaded from elsewhere."""
        return docs_page(self._info.title, "/openapi.json")


def _serving(content: bytes) -> Callable[[], Coroutine[Any, Any, bytes]]:
    async def serve() -> bytes:
        """Serve the file as it was at the start."""
        return content

    return serve


def _identifier(name: str) -> str:
    return name.replace(".", "_").replace("-", "_")
