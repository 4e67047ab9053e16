"""NoServer: stands in for the worker where no server is configured."""

from __future__ import annotations

from pathlib import Path

from hyperspot.file_parser.contract import (
    DocumentParser,
    NoParserAvailable,
    ParsedContent,
    ParseRequest,
    Report,
    unreported,
)
from modkit.security import SecurityContext


class NoServer(DocumentParser):
    """Parses nothing; it offers no formats, so nobody asks."""

    async def parse(
        self,
        ctx: SecurityContext,  # noqa: ARG002 - the same for every caller
        path: Path,  # noqa: ARG002 - and for every file
        request: ParseRequest,
        *,
        report: Report = unreported,  # noqa: ARG002 - there is no progress
    ) -> ParsedContent:
        """Refuse every file.

        Raises:
            NoParserAvailable: Always.
        """
        raise NoParserAvailable(request.filename, request.media_type)
