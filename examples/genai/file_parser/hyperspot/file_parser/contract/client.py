"""FileParserClient: what other modules may ask of file_parser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, AsyncIterator

from hyperspot.file_parser.contract.models import ParseResult, ParserInfo
from modkit.security import SecurityContext


class FileParserClient(ABC):
    """Turns files into structured text."""

    @abstractmethod
    async def info(self, ctx: SecurityContext) -> ParserInfo:
        """Return what this installation can parse."""

    @abstractmethod
    async def parse(
        self,
        ctx: SecurityContext,
        content: AsyncIterable[bytes],
        *,
        filename: str | None = None,
        media_type: str | None = None,
        render_markdown: bool = False,
    ) -> ParseResult:
        """Parse a file.

        Args:
            ctx: Who asks.
            content: The file in chunks of any size; read once, and no further than the size limit.
            filename: Name for messages, and a hint where the content does not say what it is.
            media_type: Declared media type, a weaker hint than the name; a charset parameter is honoured for text.
            render_markdown: Whether the result also has Markdown.

        Raises:
            EmptyFile: *content* has no bytes.
            FileTooLarge: *content* has more bytes than configured.
            UnsupportedFileType: *content* is neither text nor a known format.
            NoParserAvailable: The format is known, but no worker for it is installed.
            ParseFailed: The file is damaged.
            DocumentEncrypted: The file needs a password.
            ParseLimitExceeded: Parsing needs more time, memory or output than configured.
        """

    @abstractmethod
    async def parse_markdown(
        self,
        ctx: SecurityContext,
        content: AsyncIterable[bytes],
        *,
        filename: str | None = None,
        media_type: str | None = None,
    ) -> AsyncIterator[str]:
        """Parse a file as `parse` does, and return its Markdown in pieces, at most one per block.

        The file has been parsed when this returns: reading the pieces raises none of the errors.
        """
