"""BuiltinParser: the worker itself; it picks the reader of a format and runs it beside the event loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from hyperspot.file_parser_builtin.infra.docx import parse_docx
from hyperspot.file_parser_builtin.infra.html import parse_html
from hyperspot.file_parser_builtin.infra.markdown import parse_markdown
from hyperspot.file_parser_builtin.infra.pdf import parse_pdf
from hyperspot.file_parser_builtin.infra.text import parse_text
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
_READERS: Final[Mapping[str, Reader]] = dict(
    zip(
        (item.media_type for item in FORMATS),
        (parse_pdf, parse_docx, parse_html, parse_markdown, parse_text),
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
    reader = _READERS.get(request.media_type)
    if reader is None:
        raise ParseFailed(
            request.filename, request.media_type, "the worker does not parse this type"
        )
    return reader(path, request, budget)


def _parse_in_thread(path: Path, request: ParseRequest) -> ParsedContent:
    return parse_file(path, request, Budget(request, from_thread.check_cancelled))
