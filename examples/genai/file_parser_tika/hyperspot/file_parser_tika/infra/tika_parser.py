"""TikaParser: sends a file to the server, and turns its answer into blocks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from anyio import from_thread, open_file, to_thread
from attrs import field, frozen

from hyperspot.file_parser.contract import (
    DocumentEncrypted,
    DocumentParser,
    NoParserAvailable,
    ParsedContent,
    ParseFailed,
    ParseLimitExceeded,
    ParseProgress,
    ParseRequest,
    Report,
    unreported,
)
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_tika.infra.rmeta import InvalidAnswer, read_rmeta
from modkit import Secret
from modkit.http import HttpClient, Response, ResponseTooLarge
from modkit.security import SecurityContext

_SENT_BYTES: Final = 64 * 1024
_STAGE: Final = "reading the answer of Tika"


@frozen
class TikaParser(DocumentParser):
    """Has a Tika server parse, one ``PUT /rmeta/xml`` a document.

    ``/tika`` would stream, but it indents its XML, which tears words apart where their style changes.

    Args:
        client: Reaches the server.
        url: Base of the server.
        authorization: Value of the ``Authorization`` header, if it wants one.
    """

    _client: HttpClient
    _url: str
    _authorization: Secret[str] | None = field(default=None, repr=False)

    async def parse(
        self,
        ctx: SecurityContext,  # noqa: ARG002 - parsing is the same for every caller
        path: Path,
        request: ParseRequest,
        *,
        report: Report = unreported,
    ) -> ParsedContent:
        """See `DocumentParser.parse`.

        Raises:
            UpstreamUnreachable: The server does not answer.
            UpstreamTooSlow: It did not answer in time.
            UpstreamRefused: It answered with a failure that is not about the document.
            NoParserAvailable: It does not know the format.
        """
        limits = request.limits

        def report_from_thread(progress: ParseProgress) -> None:
            from_thread.run_sync(report, progress)

        budget = Budget(request, report_from_thread)
        try:
            response = await self._client.put(
                f"{self._url.rstrip('/')}/rmeta/xml",
                content=FileBody(path),
                headers=self._headers(request),
                max_response_bytes=limits.max_output_bytes,
            )
        except ResponseTooLarge:
            raise ParseLimitExceeded(
                request.filename, "max_output_bytes", limits.max_output_bytes, _STAGE
            ) from None
        _check(response, request)
        try:
            return await to_thread.run_sync(read_rmeta, response.content, request, budget)
        except InvalidAnswer as error:
            reason = f"the answer of Tika cannot be read: {error}"
            raise ParseFailed(request.filename, request.media_type, reason) from error

    def _headers(self, request: ParseRequest) -> dict[str, str]:
        charset = f"; charset={request.charset}" if request.charset else ""
        headers = {
            "accept": "application/json",
            "content-type": request.media_type + charset,
            "maxembeddedresources": str(request.limits.max_members),
            "writelimit": str(request.limits.max_text_chars),
        }
        if self._authorization is not None:
            headers["authorization"] = self._authorization.reveal()
        return headers


@frozen
class FileBody:
    """The bytes of a file, read anew each time they are sent."""

    path: Path

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async with await open_file(self.path, "rb") as file:
            while piece := await file.read(_SENT_BYTES):
                yield piece


def _check(response: Response, request: ParseRequest) -> None:
    """Raise for what the status says; the server explains itself in the body only if it is set up to."""
    if response.status == 415:
        raise NoParserAvailable(request.filename, request.media_type)
    if response.status == 422:
        if b"EncryptedDocumentException" in response.content:
            raise DocumentEncrypted(request.filename, request.media_type)
        reason = "Tika says that it is damaged, encrypted, or of another format"
        raise ParseFailed(request.filename, request.media_type, reason)
    response.checked()
