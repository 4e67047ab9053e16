"""BuiltinParser: the worker itself; it picks the reader of a format and runs it beside the event loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

from anyio import CapacityLimiter, from_thread, to_thread
from attrs import field, frozen

from hyperspot.file_parser.contract import (
    DocumentParser,
    FileFormat,
    ParsedContent,
    ParseFailed,
    ParseRequest,
    parser_plugin,
)
from hyperspot.file_parser_builtin.domain.budget import Budget
from modkit.security import SecurityContext

Reader = Callable[[Path, ParseRequest, Budget], ParsedContent]

FORMATS: Final = (
    FileFormat(media_type="application/pdf", extensions=("pdf",)),
    FileFormat(
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        extensions=("docx",),
    ),
    FileFormat(media_type="text/html", extensions=("html", "htm", "xhtml")),
    FileFormat(media_type="text/markdown", extensions=("md", "markdown")),
    FileFormat(media_type="text/plain", extensions=("txt", "text", "log")),
)
# By name: the libraries of all formats together are 150 ms and 12 MiB, which a platform pays per format at its first
# document instead of all at its start.
_READERS: Final[Mapping[str, str]] = dict(
    zip(
        (item.media_type for item in FORMATS),
        ("pdf", "docx", "html", "markdown", "text"),
        strict=True,
    )
)
PLUGIN: Final = parser_plugin(plugin_id="builtin", vendor="hyperspot", formats=FORMATS)


@frozen
class BuiltinParser(DocumentParser):
    """Parses common formats in threads of this process.

    Attributes:
        threads: How many documents are parsed at once; the others wait.
    """

    _threads: CapacityLimiter = field(factory=lambda: CapacityLimiter(2))

    async def parse(
        self,
        ctx: SecurityContext,  # noqa: ARG002 - parsing is the same for every caller
        path: Path,
        request: ParseRequest,
    ) -> ParsedContent:
        """See `DocumentParser.parse`.

        A cancelled or late parse stops at its next check (page, block, piece of text), not at once: the thread and the
        file stay until then, so that neither is used by two.
        """
        return await to_thread.run_sync(_parse_in_thread, path, request, limiter=self._threads)


def parse_file(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Parse a file in this thread; see `DocumentParser.parse` for the errors."""
    name = _READERS.get(request.media_type)
    if name is None:
        raise ParseFailed(
            request.filename, request.media_type, "the worker does not parse this type"
        )
    reader: Reader = getattr(import_module(f"{__package__}.{name}"), f"parse_{name}")
    return reader(path, request, budget)


def _parse_in_thread(path: Path, request: ParseRequest) -> ParsedContent:
    return parse_file(path, request, Budget(request, from_thread.check_cancelled))
