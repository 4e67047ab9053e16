"""HTTP/1.1 connections with bounds that the server's parser does not set itself."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from hyperspot.api_ingress.domain.local_callers import LocalCallers
from modkit_errors import Denied, Internal, Malformed, PlatformError, Problem
from modkit_errors.problem import MEDIA_TYPE
from modkit_errors.refusals import HeadersTooLarge, RequestTimeout

_LOG: Final = logging.getLogger(__name__)
_SLACK_BYTES: Final = 8 * 1024
"""The request line, separators and the beginning of a body may come on top of the headers."""
_LINGER_S: Final = 2.0
"""How long a refused client may go on sending: closing at once would reset the connection before it reads why."""
_KEY: Final = re.compile(rb"[A-Za-z0-9+/]{21}[AQgw]==")  # 16 bytes in base64
_MOST_HANDSHAKE_HEADERS: Final = 100  # the WebSocket library breaks off without an answer at 128
_LONGEST_HANDSHAKE_LINE_BYTES: Final = 8000  # likewise at 8192
_UPGRADE_HEADERS: Final = frozenset({b"connection", b"upgrade", b"http2-settings"})


class BoundedHttpProtocol(HttpToolsProtocol):
    """Refuses headers that are too large or too slow before they are held in memory, and what is no HTTP.

    What is refused here never becomes a request, so it has no request id; it is still a problem document. Nothing
    that arrives after it is read as a request.

    Attributes:
        header_limit_bytes: Set by the server on its own subclass.
        header_timeout_s: Likewise; seconds from the connection, or from the first byte of a further request, to the
            end of the headers. What is left of a body after an early answer gets as long.
        local_callers: Likewise; who may call where nobody needs credentials. None where everybody may.
    """

    header_limit_bytes: int = 32 * 1024
    header_timeout_s: float = 15.0
    local_callers: LocalCallers | None = None

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
        self._is_refused = False
        self._refusal: PlatformError | None = None
        self._served: RequestResponseCycle | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn: transports here can write
        """Begin to count the time for the first request's headers."""
        super().connection_made(transport)
        self._arm(self.header_timeout_s, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer, and let the operation know; uvicorn tells the newest request only, which may still wait."""
        self._disarm()
        if self._served is not None:
            _disconnect(self._served)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what arrives while headers are awaited, then parse it."""
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        if self._in_headers:
            if self._timer is None:
                self._arm(self.header_timeout_s, self._too_slow)
            self._header_bytes += len(data)
        self._feed(data)
        limit = self.header_limit_bytes + _SLACK_BYTES
        if self._in_headers and self._header_bytes > limit and not self._is_refused:
            self._refuse(HeadersTooLarge(self.header_limit_bytes))

    def on_headers_complete(self) -> None:
        """Stop counting: the body has its own limits."""
        self._in_headers = False
        self._disarm()
        if self.parser.get_http_version() not in ("1.0", "1.1"):
            raise ValueError(
                "not a version that is spoken here"
            )  # the parser makes it an HttpParserError
        self._refusal = self._refused_caller()
        if self._refusal is not None:
            raise ValueError("refused")  # likewise
        if not self._ignores_upgrade():
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Count anew for the next request on this connection."""
        self._in_headers = True
        self._header_bytes = 0
        if self._ignores_upgrade():
            return
        super().on_message_complete()
        if self._timer is not None and self.cycle.response_complete:
            self._disarm()  # it was answered early, and has now been read to its end
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def on_response_complete(self) -> None:
        """Bound how long the rest of a body may take whose request was answered early."""
        super().on_response_complete()
        if not self._in_headers and self.cycle.response_complete and not self._is_refused:
            self._unset_keepalive_if_required()
            self._arm(self.header_timeout_s, self.transport.close)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem document."""
        self._refuse(Malformed(detail=msg))

    def shutdown(self) -> None:
        """Close now where nothing is being answered, else after the answer."""
        super().shutdown()
        if self._is_refused and self._unanswered() is None:
            self.transport.close()

    def cut(self, error: PlatformError) -> None:
        """End the connection now; a request that nothing was answered to gets *error*."""
        cycle = self._unanswered()
        if cycle is not None:
            if not cycle.response_started and not self.pipeline:
                self.transport.write(_answer(error))
            _disconnect(cycle)
        if self.transport.get_write_buffer_size():
            self.transport.abort()  # the client does not read
        else:
            self.transport.close()

    def _should_upgrade(self) -> bool:
        """Whether this is a WebSocket handshake; half of one is answered as the plain request that it also is."""
        headers = dict(self.headers)
        return (
            super()._should_upgrade()
            and self.parser.get_method() == b"GET"
            and headers.get(b"sec-websocket-version") == b"13"
            and _KEY.fullmatch(headers.get(b"sec-websocket-key", b"")) is not None
        )

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Serve the request, with three things mended that uvicorn does otherwise."""

        async def send(message: Any) -> None:
            # Without this, who sends and never waits for anything else would never learn that the client has gone.
            if cycle.disconnected or self.transport.is_closing():
                raise ConnectionResetError
            await cycle.send(message)

        async def serve(scope: Any, receive: Any, _send: Any) -> None:
            try:
                await app(scope, receive, send)
            except asyncio.CancelledError:
                if (
                    not cycle.disconnected
                ):  # else cut() has told the client, and nobody need be told again
                    raise
            except SystemExit:
                _LOG.exception("an operation tried to end the process")
                self.cut(Internal())

        self._served = cycle
        super()._start_asgi_task(cycle, serve)

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self._shake_hands()
            else:
                self._feed_again(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            not_http = Malformed(detail="This is not a valid HTTP/1.1 request.")
            self._refuse(self._refusal or not_http)

    def _refused_caller(self) -> PlatformError | None:
        """Return why the request is refused before it is one, by its headers."""
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            return Malformed(detail="A request has one Host header.")  # RFC 9112, section 3.2
        if self.local_callers is not None and (why := self.local_callers.refusal(self.headers)):
            return Denied(detail=why)
        return None

    def _shake_hands(self) -> None:
        longest = max(len(name) + len(value) for name, value in self.headers)
        if len(self.headers) > _MOST_HANDSHAKE_HEADERS or longest > _LONGEST_HANDSHAKE_LINE_BYTES:
            self._refuse(HeadersTooLarge(_LONGEST_HANDSHAKE_LINE_BYTES))
        else:
            self.handle_websocket_upgrade()

    def _ignores_upgrade(self) -> bool:
        """Whether the request asks for a protocol that is not spoken here; HTTP allows to ignore it."""
        return (
            self.parser.should_upgrade()
            and self.parser.get_method() != b"CONNECT"
            and not self._should_upgrade()
        )

    def _feed_again(self, rest: bytes) -> None:
        """Parse the request anew without its wish to upgrade: the parser would take its body for another protocol."""
        version = self.parser.get_http_version().encode("ascii")
        head = [self.parser.get_method(), b" ", self.url, b" HTTP/", version, b"\r\n"]
        for name, value in self.headers:
            if name not in _UPGRADE_HEADERS:
                head += [name, b": ", value, b"\r\n"]
        self.parser = httptools.HttpRequestParser(self)
        self._feed(b"".join([*head, b"\r\n", rest]))

    def _unanswered(self) -> RequestResponseCycle | None:
        """Return the newest request, unless it has its answer or nobody waits for one."""
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first one
        if cycle is None or cycle.response_complete or cycle.disconnected:
            return None
        return cycle

    def _arm(self, after_s: float, call: Callable[[], None]) -> None:
        self._disarm()
        self._timer = self.loop.call_later(after_s, call)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        if self._header_bytes == 0:
            self.transport.close()  # nothing was asked, so nothing is answered
        else:
            self._refuse(
                RequestTimeout(detail=f"The headers took longer than {self.header_timeout_s:g} s.")
            )

    def _refuse(self, error: PlatformError) -> None:
        """Answer *error* in the place of the request that is being read, and read no further one."""
        self._is_refused = True
        self._disarm()
        if self.transport.is_closing():
            return
        cycle = self._unanswered()
        if cycle is not None:
            if self._in_headers:
                cycle.keep_alive = False  # the requests before this one get their answers first
                return
            if cycle.response_started or self.pipeline:
                self.transport.close()  # another answer cannot be mixed into the one being written
                return
            _disconnect(cycle)
        self.transport.write(_answer(error))
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._arm(_LINGER_S, self.transport.close)


def _disconnect(cycle: RequestResponseCycle) -> None:
    """Let the operation know that its client is gone."""
    cycle.disconnected = True
    cycle.message_event.set()


def _answer(error: PlatformError) -> bytes:
    body = Problem.of(error).to_json()
    status = HTTPStatus(error.status)
    headers = {
        "content-type": MEDIA_TYPE,
        "cache-control": "no-store",
        "content-length": str(len(body)),
        "connection": "close",
        **error.headers(),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n".encode("ascii") + body
