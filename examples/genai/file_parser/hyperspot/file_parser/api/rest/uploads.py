"""Operations that parse a file sent in the request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from attrs import frozen

from hyperspot.file_parser.api.rest.parse_events import ParseEventDto, events_of
from hyperspot.file_parser.api.rest.surface import FileName, Surface, example
from hyperspot.file_parser.contract.document_input import UploadedFile
from hyperspot.file_parser.contract.models import ParseOptions, ParseResult
from modkit.rest.events import Event
from modkit.rest.routes import Routes
from modkit.rest.uploads import Upload
from modkit.security import SecurityContext

_FORM_OVERHEAD_BYTES: Final = 64 * 1024  # boundaries and fields around the file
# Clients label files as they like; what a file is, its content says.
_ACCEPTED: Final = ("application/octet-stream", "multipart/form-data", "*/*")


@frozen(kw_only=True)
class UploadRoutes:
    """HTTP face of parsing uploads.

    Attributes:
        surface: What all operations that parse have in common.
        max_file_size_bytes: Largest accepted file.
    """

    surface: Surface
    max_file_size_bytes: int

    def register(self, routes: Routes) -> None:
        """Declare the operations."""
        body_limit = self.max_file_size_bytes + _FORM_OVERHEAD_BYTES
        (
            self.surface.blocks(routes.post("/file-parser/v1/upload"))
            .operation_id("file_parser.upload")
            .summary("Parse an uploaded file into blocks")
            .accepts(*_ACCEPTED)
            .body_limit(body_limit)
            .response_example("report", example({"type": "uploaded"}))
            .handler(self.upload)
        )
        (
            self.surface.markdown(routes.post("/file-parser/v1/upload/markdown"))
            .operation_id("file_parser.upload_markdown")
            .summary("Parse an uploaded file into Markdown")
            .accepts(*_ACCEPTED)
            .body_limit(body_limit)
            .handler(self.upload_markdown)
        )
        (
            self.surface.events(routes.post("/file-parser/v1/upload/events"))
            .operation_id("file_parser.upload_events")
            .summary("Parse an uploaded file into blocks and follow the progress")
            .accepts(*_ACCEPTED)
            .body_limit(body_limit)
            .handler(self.upload_events)
        )

    async def upload(
        self,
        ctx: SecurityContext,
        file: Upload,
        filename: FileName | None = None,
        render_markdown: bool = False,
        drop_running_headers: bool = False,
    ) -> ParseResult:
        """Parse a file, sent as the body itself or as the field ``file`` of a form.

        What the file is, its content says; name and media type only help where it does not.

        Args:
            ctx: Who asks.
            file: The file.
            filename: Name of the file; the form's own where this is left out.
            render_markdown: Whether to add the document as Markdown.
            drop_running_headers: Whether to leave out headers, footers and page numbers that repeat from page to page.
        """
        return await self.surface.parser.parse(
            ctx,
            _uploaded(file, filename),
            options=ParseOptions(drop_running_headers=drop_running_headers),
            render_markdown=render_markdown,
        )

    async def upload_markdown(
        self,
        ctx: SecurityContext,
        file: Upload,
        filename: FileName | None = None,
        drop_running_headers: bool = False,
    ) -> AsyncIterator[bytes | str]:
        """Parse a file, sent as the body itself or as the field ``file`` of a form, and stream its Markdown.

        Args:
            ctx: Who asks.
            file: The file.
            filename: Name of the file; the form's own where this is left out.
            drop_running_headers: Whether to leave out headers, footers and page numbers that repeat from page to page.
        """
        pieces = await self.surface.parser.parse_markdown(
            ctx,
            _uploaded(file, filename),
            options=ParseOptions(drop_running_headers=drop_running_headers),
        )
        async for piece in pieces:
            yield piece

    async def upload_events(
        self,
        ctx: SecurityContext,
        file: Upload,
        filename: FileName | None = None,
        render_markdown: bool = False,
        drop_running_headers: bool = False,
    ) -> AsyncIterator[Event[ParseEventDto]]:
        """Parse a file, sent as the body itself or as the field ``file`` of a form, and follow the progress.

        The last event is the result. The parse ends when the client goes away.

        Args:
            ctx: Who asks.
            file: The file.
            filename: Name of the file; the form's own where this is left out.
            render_markdown: Whether to add the document as Markdown.
            drop_running_headers: Whether to leave out headers, footers and page numbers that repeat from page to page.
        """
        events = events_of(
            self.surface.parser,
            ctx,
            _uploaded(file, filename),
            options=ParseOptions(drop_running_headers=drop_running_headers),
            render_markdown=render_markdown,
        )
        async for event in events:
            yield event


def _uploaded(file: Upload, filename: str | None) -> UploadedFile:
    return UploadedFile(
        content=file, filename=filename or file.filename, media_type=file.media_type
    )
