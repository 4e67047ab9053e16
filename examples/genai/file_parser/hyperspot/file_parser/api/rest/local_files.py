"""Operations that parse a file of the server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

from attrs import frozen

from hyperspot.file_parser.api.rest.parse_events import ParseEventDto, events_of
from hyperspot.file_parser.api.rest.surface import Surface, example
from hyperspot.file_parser.contract.document_input import LocalFile
from hyperspot.file_parser.contract.errors import (
    LocalFileNotFound,
    LocalFilesClosed,
    LocalFileUnreadable,
    NotARegularFile,
    PathNotAllowed,
)
from hyperspot.file_parser.contract.models import ParseOptions, ParseResult
from modkit import Meta
from modkit.rest.events import Event
from modkit.rest.routes import Routes
from modkit.security import SecurityContext

_ERRORS: Final = (
    LocalFilesClosed,
    PathNotAllowed,
    LocalFileUnreadable,
    LocalFileNotFound,
    NotARegularFile,
)


@frozen(kw_only=True)
class LocalFileDto:
    """A file of the server.

    Attributes:
        file_path: Absolute path in the folder that is open to callers, or a path relative to it; never with ``..``.
    """

    file_path: Annotated[str, Meta(min_length=1, max_length=4096)]


@frozen(kw_only=True)
class LocalFileRoutes:
    """HTTP face of parsing files of the server.

    Attributes:
        surface: What all operations that parse have in common.
    """

    surface: Surface

    def register(self, routes: Routes) -> None:
        """Declare the operations."""
        (
            self.surface.blocks(routes.post("/file-parser/v1/parse-local"))
            .operation_id("file_parser.parse_local")
            .summary("Parse a file of the server into blocks")
            .raises(*_ERRORS)
            .request_example("report", {"file_path": "2026/report.pdf"})
            .response_example("report", example({"type": "local_path", "path": "2026/report.pdf"}))
            .handler(self.parse_local)
        )
        (
            self.surface.markdown(routes.post("/file-parser/v1/parse-local/markdown"))
            .operation_id("file_parser.parse_local_markdown")
            .summary("Parse a file of the server into Markdown")
            .raises(*_ERRORS)
            .request_example("report", {"file_path": "2026/report.pdf"})
            .handler(self.parse_local_markdown)
        )
        (
            self.surface.events(routes.post("/file-parser/v1/parse-local/events"))
            .operation_id("file_parser.parse_local_events")
            .summary("Parse a file of the server into blocks and follow the progress")
            .raises(*_ERRORS)
            .request_example("report", {"file_path": "2026/report.pdf"})
            .handler(self.parse_local_events)
        )

    async def parse_local(
        self,
        ctx: SecurityContext,
        body: LocalFileDto,
        render_markdown: bool = False,
        drop_running_headers: bool = False,
    ) -> ParseResult:
        """Parse a file of the folder that is open to callers; links on the way may not lead out of it.

        Args:
            ctx: Who asks.
            body: Which file.
            render_markdown: Whether to add the document as Markdown.
            drop_running_headers: Whether to leave out headers, footers and page numbers that repeat from page to page.
        """
        return await self.surface.parser.parse(
            ctx,
            LocalFile(path=body.file_path),
            options=ParseOptions(drop_running_headers=drop_running_headers),
            render_markdown=render_markdown,
        )

    async def parse_local_markdown(
        self, ctx: SecurityContext, body: LocalFileDto, drop_running_headers: bool = False
    ) -> AsyncIterator[bytes | str]:
        """Parse a file of the folder that is open to callers, and stream its Markdown.

        Args:
            ctx: Who asks.
            body: Which file.
            drop_running_headers: Whether to leave out headers, footers and page numbers that repeat from page to page.
        """
        pieces = await self.surface.parser.parse_markdown(
            ctx,
            LocalFile(path=body.file_path),
            options=ParseOptions(drop_running_headers=drop_running_headers),
        )
        async for piece in pieces:
            yield piece

    async def parse_local_events(
        self,
        ctx: SecurityContext,
        body: LocalFileDto,
        render_markdown: bool = False,
        drop_running_headers: bool = False,
    ) -> AsyncIterator[Event[ParseEventDto]]:
        """Parse a file of the folder that is open to callers, and follow the progress.

        The last event is the result. The parse ends when the client goes away.

        Args:
            ctx: Who asks.
            body: Which file.
            render_markdown: Whether to add the document as Markdown.
            drop_running_headers: Whether to leave out headers, footers and page numbers that repeat from page to page.
        """
        events = events_of(
            self.surface.parser,
            ctx,
            LocalFile(path=body.file_path),
            options=ParseOptions(drop_running_headers=drop_running_headers),
            render_markdown=render_markdown,
        )
        async for event in events:
            yield event
