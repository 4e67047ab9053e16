"""HTTP/1.1 connections with bounds that the server's parser does not set itself."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from modkit_errors import Malformed, PlatformError, Problem
from modkit_errors.problem import MEDIA_TYPE
from modkit_errors.refusals import HeadersTooLarge, RequestTimeout

_SLACK_BYTES: Final = 8 * 1024
"""The request line, separators and the beginning of a body may come on top of the headers."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Refuses headers that are too large or too slow before they are held in memory.

    What is refused here never becomes a request, so it has no request id; it is still a problem document.

    Attributes:
        header_limit_bytes: Set by the server on its own subclass.
        header_timeout_s: Likewise; seconds from the connection, or from the last answer, to the end of the headers.
    """

    header_limit_bytes: int = 32 * 1024
    header_timeout_s: float = 15.0

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._header_bytes = 0
        self._in_headers = True
        self._header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn: transports here can write
        """Begin to count the time for the first request's headers."""
        super().connection_made(transport)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives while headers are awaited, then parse it."""
        if self._in_headers:
            if self._header_timer is None:
                self._arm()
            self._header_bytes += len(data)
        super().data_received(data)
        limit = self.header_limit_bytes + _SLACK_BYTES
        if self._in_headers and self._header_bytes > limit and not self.transport.is_closing():
            self._refuse(HeadersTooLarge(self.header_limit_bytes))

    def on_headers_complete(self) -> None:
        """Stop counting: the body has its own limits."""
        self._in_headers = False
        self._disarm()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Count anew for the next request on this connection."""
        self._in_headers = True
        self._header_bytes = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem document."""
        self._refuse(Malformed(detail=msg))

    def _arm(self) -> None:
        self._header_timer = self.loop.call_later(self.header_timeout_s, self._too_slow)

    def _disarm(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _too_slow(self) -> None:
        if self._header_bytes == 0:
            self.transport.close()  # nothing was asked, so nothing is answered
        else:
            self._refuse(
                RequestTimeout(detail=f"The headers took longer than {self.header_timeout_s:g} s.")
            )

    def _refuse(self, error: PlatformError) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.close()  # an answer is being written: another one cannot be mixed into it
            return
        body = Problem.of(error).to_json()
        status = HTTPStatus(error.status)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()
