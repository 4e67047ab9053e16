"""Routes that turn an uploaded file into blocks or Markdown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from attrs import frozen

from hyperspot.file_parser.contract.client import FileParserClient
from hyperspot.file_parser.contract.errors import (
    DocumentEncrypted,
    EmptyFile,
    FileTooLarge,
    NoParserAvailable,
    ParseFailed,
    ParseLimitExceeded,
    ParserCrashed,
    SpoolFailed,
    UnsupportedFileType,
)
from hyperspot.file_parser.contract.models import ParseResult, ParserInfo
from modkit import Meta
from modkit.rest.routes import Routes
from modkit.rest.uploads import Upload
from modkit.security import SecurityContext

_MOST_UPLOADS = 64  # at once: each may hold a whole file in the spool
_FORM_OVERHEAD_BYTES = 64 * 1024  # boundaries and fields around the file
# Clients label files as they like; what a file is, its content says.
_ACCEPTED = ("application/octet-stream", "multipart/form-data", "*/*")
_ERRORS = (
    EmptyFile,
    FileTooLarge,
    UnsupportedFileType,
    NoParserAvailable,
    ParseFailed,
    DocumentEncrypted,
    ParseLimitExceeded,
    ParserCrashed,
    SpoolFailed,
)
_EXAMPLE: dict[str, Any] = {
    "document": {
        "title": "Report",
        "meta": {
            "source": {"type": "uploaded"},
            "original_filename": "report.pdf",
            "content_type": "application/pdf",
        },
        "blocks": [
            {
                "type": "heading",
                "level": 1,
                "inlines": [{"type": "text", "text": "Report", "style": {}}],
                "provenance": {"index": 0, "page": 1},
            }
        ],
    },
    "markdown": "# Report\n",
}

FileName = Annotated[str, Meta(min_length=1, max_length=1024)]


@frozen
class DocumentRoutes:
    """HTTP face of parsing.

    Attributes:
        parser: Does the work.
        max_file_size_bytes: Largest accepted file.
        timeout_s: Longest time that parsing may take.
    """

    parser: FileParserClient
    max_file_size_bytes: int
    timeout_s: float

    def register(self, routes: Routes) -> None:
        """Declare the operations."""
        body_limit = self.max_file_size_bytes + _FORM_OVERHEAD_BYTES
        (
            routes.get("/file-parser/v1/info")
            .operation_id("file_parser.get_parser_info")
            .summary("List what can be parsed")
            .requires("file-parser", "read")
            .returns(ParserInfo)
            .handler(self.info)
        )
        (
            routes.post("/file-parser/v1/upload")
            .operation_id("file_parser.upload")
            .summary("Parse an uploaded file into blocks")
            .requires("file-parser", "read")
            .returns(ParseResult)
            .large_answers()
            .raises(*_ERRORS)
            .accepts(*_ACCEPTED)
            .body_limit(body_limit)
            .in_flight(_MOST_UPLOADS)
            .timeout(self.timeout_s)
            .response_example("report", _EXAMPLE)
            .handler(self.upload)
        )
        (
            routes.post("/file-parser/v1/upload/markdown")
            .operation_id("file_parser.upload_markdown")
            .summary("Parse an uploaded file into Markdown")
            .requires("file-parser", "read")
            .streams_bytes("text/markdown; charset=utf-8")
            .raises(*_ERRORS)
            .accepts(*_ACCEPTED)
            .body_limit(body_limit)
            .in_flight(_MOST_UPLOADS)
            .timeout(self.timeout_s)
            .handler(self.upload_markdown)
        )

    async def info(self, ctx: SecurityContext) -> ParserInfo:
        """List the installed workers and the kinds of file that they parse."""
        return await self.parser.info(ctx)

    async def upload(
        self,
        ctx: SecurityContext,
        file: Upload,
        filename: FileName | None = None,
        render_markdown: bool = False,
    ) -> ParseResult:
        """Parse a file, sent as the body itself or as the field ``file`` of a form.

        What the file is, its content says; name and media type only help where it does not.

        Args:
            ctx: Who asks.
            file: The file.
            filename: Name of the file; the form's own where this is left out.
            render_markdown: Whether to add the document as Markdown.
        """
        return await self.parser.parse(
            ctx,
            file,
            filename=filename or file.filename,
            media_type=file.media_type,
            render_markdown=render_markdown,
        )

    async def upload_markdown(
        self, ctx: SecurityContext, file: Upload, filename: FileName | None = None
    ) -> AsyncIterator[bytes | str]:
        """Parse a file, sent as the body itself or as the field ``file`` of a form, and stream its Markdown.

        Args:
            ctx: Who asks.
            file: The file.
            filename: Name of the file; the form's own where this is left out.
        """
        pieces = await self.parser.parse_markdown(
            ctx, file, filename=filename or file.filename, media_type=file.media_type
        )
        async for piece in pieces:
            yield piece
