"""What all operations that parse have in common."""

from __future__ import annotations

from typing import Annotated, Any, Final

from attrs import frozen

from hyperspot.file_parser.api.rest.parse_events import ParseEventDto
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
    SpoolFull,
    TooManyDocuments,
    UnsupportedFileType,
)
from hyperspot.file_parser.contract.models import ParseResult
from modkit import Meta
from modkit.rest.events import Event
from modkit.rest.routes import CompleteRoute, CompleteStream, Route

MARKDOWN: Final = "text/markdown; charset=utf-8"
_ERRORS: Final = (
    EmptyFile,
    FileTooLarge,
    UnsupportedFileType,
    NoParserAvailable,
    ParseFailed,
    DocumentEncrypted,
    ParseLimitExceeded,
    ParserCrashed,
    SpoolFailed,
    SpoolFull,
    TooManyDocuments,
)

FileName = Annotated[str, Meta(min_length=1, max_length=1024)]


@frozen(kw_only=True)
class Surface:
    """How the operations of one kind of document are served.

    Attributes:
        parser: Does the work.
        timeout_s: Longest time that an operation may take.
    """

    parser: FileParserClient
    timeout_s: float

    def blocks(self, route: Route) -> CompleteRoute[ParseResult]:
        """Let *route* answer blocks."""
        return (
            route.requires("file-parser", "read")
            .returns(ParseResult)
            .large_answers()
            .raises(*_ERRORS)
            .timeout(self.timeout_s)
        )

    def markdown(self, route: Route) -> CompleteStream[bytes | str]:
        """Let *route* stream Markdown."""
        return (
            route.requires("file-parser", "read")
            .streams_bytes(MARKDOWN)
            .raises(*_ERRORS)
            .timeout(self.timeout_s)
        )

    def events(self, route: Route) -> CompleteStream[ParseEventDto | Event[ParseEventDto]]:
        """Let *route* stream the progress of a parse and its result."""
        return (
            route.requires("file-parser", "read")
            .streams(ParseEventDto)
            .raises(*_ERRORS)
            .timeout(self.timeout_s)
        )


def example(source: dict[str, Any]) -> dict[str, Any]:
    """Return an answer for the documentation, of a document that came from *source*."""
    return {
        "document": {
            "title": "Report",
            "meta": {
                "source": source,
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
