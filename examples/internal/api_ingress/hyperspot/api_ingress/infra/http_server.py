"""uvicorn, embedded: it serves on sockets of the host and stops when the host says so."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Generator, Sequence
from typing import Any, Final

import uvicorn

from hyperspot.api_ingress.config import LimitsConfig
from hyperspot.api_ingress.domain.local_callers import LocalCallers
from hyperspot.api_ingress.infra.http_protocol import BoundedHttpProtocol
from modkit.rest import PipelineSettings
from modkit_errors import Unavailable

_LOG: Final = logging.getLogger(__name__)
_UVICORN: Final = "uvicorn.error"
_POLL_S: Final = 0.02
_LARGEST_SOCKET_MESSAGE_BYTES: Final = PipelineSettings().socket_message_bytes


class HttpServer:
    """Serves one ASGI application on one socket.

    Args:
        app: The application.
        listener: A listening socket; closed when the server stops.
        limits: Bounds of connections.
        tls: Certificate and key, loaded; None for plain HTTP.
        trusted_proxies: Addresses whose ``X-Forwarded-*`` headers are believed.
        local_callers: Who may call where nobody needs credentials; None where everybody may.
        drain_timeout_s: Seconds that requests in flight get when the server stops.
    """

    def __init__(
        self,
        app: Any,
        listener: socket.socket,
        *,
        limits: LimitsConfig,
        tls: ssl.SSLContext | None,
        trusted_proxies: Sequence[str],
        local_callers: LocalCallers | None,
        drain_timeout_s: float,
    ) -> None:
        protocol = type(
            "ConfiguredHttpProtocol",
            (BoundedHttpProtocol,),
            {
                "header_limit_bytes": limits.header_limit_bytes + limits.uri_limit_bytes,
                "header_timeout_s": limits.header_timeout_s,
                "local_callers": local_callers,
            },
        )
        is_set = logging.getLogger(_UVICORN).level != logging.NOTSET
        config = uvicorn.Config(
            app,
            http=protocol,
            ws="websockets-sansio",
            ws_max_size=_LARGEST_SOCKET_MESSAGE_BYTES,
            loop="none",
            lifespan="off",
            log_config=None,
            # The host logs start and stop itself; whoever wants uvicorn's words sets the level of its logger.
            log_level=None if is_set else "warning",
            access_log=False,
            server_header=False,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            timeout_keep_alive=limits.keep_alive_s,
        )
        config.load()
        config.ssl = tls
        self._server = _EmbeddedServer(config, drain_timeout_s)
        self._listener = listener
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve from now on; returns once connections are accepted."""
        self._task = asyncio.create_task(
            self._server.serve(sockets=[self._listener]), name="http server"
        )
        accepting = asyncio.create_task(self._server.accepting.wait())
        await asyncio.wait([self._task, accepting], return_when=asyncio.FIRST_COMPLETED)
        accepting.cancel()
        if self._task.done():
            self._task.result()

    async def stop(self) -> None:
        """Accept no more, let requests in flight finish within the drain time, and close.

        Cancelling this cuts off at once what is still in flight.
        """
        self._server.should_exit = True
        try:
            if self._task is not None:
                await self._task
        finally:
            self._server.cut()
            self._listener.close()


class _EmbeddedServer(uvicorn.Server):
    """uvicorn without its own signal handlers, which would end the process with the wrong code."""

    def __init__(self, config: uvicorn.Config, drain_timeout_s: float) -> None:
        super().__init__(config)
        self.accepting = asyncio.Event()
        self._drain_timeout_s = drain_timeout_s

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.accepting.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Close what is idle, wait for the rest, and cut off what takes longer than the drain time."""
        self._stop_accepting()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._drain_timeout_s):
                await self._wait_closed()
            return
        _LOG.warning(
            "requests that did not end within %g s are cut off: %d",
            self._drain_timeout_s,
            len(self.server_state.tasks),
        )
        self.cut()
        await asyncio.sleep(0)

    def cut(self) -> None:
        """End every connection and cancel every request."""
        self._stop_accepting()
        stopping = Unavailable(detail="The server is stopping.", retry_after_s=1.0)
        for connection in list(self.server_state.connections):
            if isinstance(connection, BoundedHttpProtocol):
                connection.cut(stopping)
            else:
                connection.transport.abort()
        for task in self.server_state.tasks:
            task.cancel()

    def _stop_accepting(self) -> None:
        for server in self.servers if self.started else ():
            server.close()

    async def _wait_closed(self) -> None:
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - closed connections tell nobody
            await asyncio.sleep(_POLL_S)
