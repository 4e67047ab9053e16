"""FileParserClient: what other modules may ask of file_parser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator

from hyperspot.file_parser.contract.document_input import DocumentInput
from hyperspot.file_parser.contract.models import ParseOptions, ParseResult, ParserInfo
from hyperspot.file_parser.contract.progress import Report, unreported
from modkit.security import SecurityContext

_AS_IT_IS = ParseOptions()


class FileParserClient(ABC):
    """Turns files into structured text."""

    @abstractmethod
    async def info(self, ctx: SecurityContext) -> ParserInfo:
        """Return what this installation parses for the caller."""

    @abstractmethod
    async def parse(
        self,
        ctx: SecurityContext,
        document: DocumentInput,
        *,
        options: ParseOptions = _AS_IT_IS,
        render_markdown: bool = False,
        report: Report = unreported,
    ) -> ParseResult:
        """Parse a document; one that is cancelled stops at once and leaves nothing behind.

        Args:
            ctx: Who asks.
            document: The bytes of a file, or where they are.
            options: How to parse it.
            render_markdown: Whether the result also has Markdown.
            report: Is told from time to time how far the parse is.

        Raises:
            EmptyFile: The file has no bytes.
            FileTooLarge: The file has more bytes than configured.
            UnsupportedFileType: The content is neither text nor a known format.
            NoParserAvailable: The format is known, but no worker for it is installed.
            ParseFailed: The file is damaged.
            DocumentEncrypted: The file needs a password.
            ParseLimitExceeded: Parsing needs more time, memory or output than configured.
            TooManyDocuments: As many documents are being parsed as may be.
            SpoolFull: There is no room for this one beside those.
            LocalFilesClosed, PathNotAllowed, LocalFileUnreadable, LocalFileNotFound, NotARegularFile: A local file
                cannot be had.
            InvalidUrl, EgressRefused, UpstreamFailed, UpstreamTooSlow: A remote file cannot be had.
            MediaTypeMismatch: The server of a remote file declares another type than its name has.
        """

    @abstractmethod
    async def parse_markdown(
        self,
        ctx: SecurityContext,
        document: DocumentInput,
        *,
        options: ParseOptions = _AS_IT_IS,
        report: Report = unreported,
    ) -> AsyncIterator[str]:
        """Parse a document as `parse` does, and return its Markdown in pieces, at most one per block.

        The file has been parsed when this returns: reading the pieces raises none of the errors.
        """
