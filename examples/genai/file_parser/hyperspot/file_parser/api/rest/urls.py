"""Operations that parse a file at an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

from attrs import frozen

from hyperspot.file_parser.api.rest.parse_events import ParseEventDto, events_of
from hyperspot.file_parser.api.rest.surface import Surface, example
from hyperspot.file_parser.contract.document_input import RemoteFile
from hyperspot.file_parser.contract.errors import MediaTypeMismatch
from hyperspot.file_parser.contract.models import ParseOptions, ParseResult
from modkit import Meta
from modkit.http import (
    EgressRefused,
    InvalidResponse,
    InvalidUrl,
    RedirectRefused,
    UpstreamRefused,
    UpstreamTooSlow,
    UpstreamUnreachable,
)
from modkit.rest.events import Event
from modkit.rest.routes import Routes
from modkit.security import SecurityContext

_ERRORS: Final = (
    InvalidUrl,
    MediaTypeMismatch,
    EgressRefused,
    UpstreamUnreachable,
    UpstreamRefused,
    RedirectRefused,
    InvalidResponse,
    UpstreamTooSlow,
)


@frozen(kw_only=True)
class RemoteFileDto:
    """A file at an address.

    Attributes:
        url: Absolute ``https`` address, without user and password.
    """

    url: Annotated[str, Meta(min_length=1, max_length=8192)]


@frozen(kw_only=True)
class UrlRoutes:
    """HTTP face of parsing files at addresses.

    Attributes:
        surface: What all operations that parse have in common.
    """

    surface: Surface

    def register(self, routes: Routes) -> None:
        """Declare the operations."""
        (
            self.surface.blocks(routes.post("/file-parser/v1/parse-url"))
            .operation_id("file_parser.parse_url")
            .summary("Parse a file at an address into blocks")
            .raises(*_ERRORS)
            .request_example("report", {"url": "https://example.com/report.pdf"})
            .response_example(
                "report", example({"type": "url", "url": "https://example.com/report.pdf"})
            )
            .handler(self.parse_url)
        )
        (
            self.surface.markdown(routes.post("/file-parser/v1/parse-url/markdown"))
            .operation_id("file_parser.parse_url_markdown")
            .summary("Parse a file at an address into Markdown")
            .raises(*_ERRORS)
            .request_example("report", {"url": "https://example.com/report.pdf"})
            .handler(self.parse_url_markdown)
        )
        (
            self.surface.events(routes.post("/file-parser/v1/parse-url/events"))
            .operation_id("file_parser.parse_url_events")
            .summary("Parse a file at an address into blocks and follow the progress")
            .raises(*_ERRORS)
            .request_example("report", {"url": "https://example.com/report.pdf"})
            .handler(self.parse_url_events)
        )

    async def parse_url(
        self,
        ctx: SecurityContext,
        body: RemoteFileDto,
        render_markdown: bool = False,
        drop_running_headers: bool = False,
    ) -> ParseResult:
        """Fetch a file and parse it; which addresses may be called, the configuration says.

        Args:
            ctx: Who asks.
            body: Where it is.
            render_markdown: Whether to add the document as Markdown.
            drop_running_headers: Whether to leave out headers, footers and page numbers that repeat from page to page.
        """
        return await self.surface.parser.parse(
            ctx,
            RemoteFile(url=body.url),
            options=ParseOptions(drop_running_headers=drop_running_headers),
            render_markdown=render_markdown,
        )

    async def parse_url_markdown(
        self, ctx: SecurityContext, body: RemoteFileDto, drop_running_headers: bool = False
    ) -> AsyncIterator[bytes | str]:
        """Fetch a file, parse it, and stream its Markdown.

        Args:
            ctx: Who asks.
            body: Where it is.
            drop_running_headers: Whether to leave out headers, footers and page numbers that repeat from page to page.
        """
        pieces = await self.surface.parser.parse_markdown(
            ctx,
            RemoteFile(url=body.url),
            options=ParseOptions(drop_running_headers=drop_running_headers),
        )
        async for piece in pieces:
            yield piece

    async def parse_url_events(
        self,
        ctx: SecurityContext,
        body: RemoteFileDto,
        render_markdown: bool = False,
        drop_running_headers: bool = False,
    ) -> AsyncIterator[Event[ParseEventDto]]:
        """Fetch a file, parse it, and follow the progress.

        The last event is the result. The parse ends when the client goes away.

        Args:
            ctx: Who asks.
            body: Where it is.
            render_markdown: Whether to add the document as Markdown.
            drop_running_headers: Whether to leave out headers, footers and page numbers that repeat from page to page.
        """
        events = events_of(
            self.surface.parser,
            ctx,
            RemoteFile(url=body.url),
            options=ParseOptions(drop_running_headers=drop_running_headers),
            render_markdown=render_markdown,
        )
        async for event in events:
            yield event
