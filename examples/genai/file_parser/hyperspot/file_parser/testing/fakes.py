"""Fakes for tests of file_parser and of its users."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from attrs import define, field

from hyperspot.file_parser.contract import (
    DocumentParser,
    FileFormat,
    Paragraph,
    ParsedContent,
    ParseRequest,
    Provenance,
    Report,
    Text,
    parser_plugin,
    unreported,
)
from modkit.plugins import Plugin
from modkit.security import SecurityContext


def _plain_text() -> Plugin:
    text = FileFormat(media_type="text/plain", extensions=("txt", "log"))
    return parser_plugin(plugin_id="fake", vendor="test", formats=[text])


@define
class FakeParser(DocumentParser):
    """A worker that returns the file as one paragraph, or raises what it is told to.

    Attributes:
        plugin: What it says about itself; parses plain text unless it is given.
        failure: Raised by every parse, if given.
        requests: What was asked, in order.
        paths: The files that were seen, in order.
    """

    plugin: Plugin = field(factory=_plain_text, kw_only=True)
    failure: Exception | None = None
    requests: list[ParseRequest] = field(factory=list[ParseRequest], init=False)
    paths: list[Path] = field(factory=list[Path], init=False)

    async def parse(
        self,
        ctx: SecurityContext,  # noqa: ARG002 - the same for every caller
        path: Path,
        request: ParseRequest,
        *,
        report: Report = unreported,  # noqa: ARG002 - a fake has nothing to report
    ) -> ParsedContent:
        """See `DocumentParser.parse`."""
        self.requests.append(request)
        self.paths.append(path)
        if self.failure:
            raise self.failure
        text = path.read_bytes().decode("utf-8", "replace")  # noqa: ASYNC240 - a few bytes in a test
        paragraph = Paragraph(inlines=(Text(text=text),), provenance=Provenance(index=0))
        return ParsedContent(blocks=(paragraph,), charset="utf-8")


async def chunks_of(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    """Yield *data* in pieces of *size* bytes."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
