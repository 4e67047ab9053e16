"""uvicorn, embedded: it serves on sockets of the host and stops when the host says so."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence
from typing import Any

import uvicorn

from hyperspot.api_ingress.config import LimitsConfig, TlsConfig
from hyperspot.api_ingress.infra.http_protocol import BoundedHttpProtocol
from modkit import Phase, StartupError


class HttpServer:
    """Serves one ASGI application on one socket.

    Args:
        app: The application.
        listener: A listening socket; closed when the server stops.
        limits: Bounds of connections.
        tls: Certificate and key.
        trusted_proxies: Addresses whose ``X-Forwarded-*`` headers are believed.
        drain_timeout_s: Seconds that requests in flight get when the server stops.

    Raises:
        StartupError: The certificate or key cannot be loaded.
    """

    def __init__(
        self,
        app: Any,
        listener: socket.socket,
        *,
        limits: LimitsConfig,
        tls: TlsConfig,
        trusted_proxies: Sequence[str],
        drain_timeout_s: float,
    ) -> None:
        protocol = type(
            "ConfiguredHttpProtocol",
            (BoundedHttpProtocol,),
            {
                "header_limit_bytes": limits.header_limit_bytes + limits.uri_limit_bytes,
                "header_timeout_s": limits.header_timeout_s,
            },
        )
        config = uvicorn.Config(
            app,
            http=protocol,
            ws="websockets-sansio",
            loop="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            timeout_keep_alive=limits.keep_alive_s,
            timeout_graceful_shutdown=max(1, round(drain_timeout_s)),
            ssl_certfile=tls.certificate_file,
            ssl_keyfile=tls.key_file,
        )
        try:
            config.load()
        except OSError as error:
            raise StartupError(
                Phase.START,
                f"TLS certificate {tls.certificate_file} with key {tls.key_file} cannot be loaded: {error}",
                remedy="set modules.api_ingress.config.tls.certificate_file and key_file to PEM files that belong "
                "together",
            ) from error
        self._server = _EmbeddedServer(config)
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
        """Accept no more, let requests in flight finish within the drain time, and close."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._listener.close()


class _EmbeddedServer(uvicorn.Server):
    """uvicorn without its own signal handlers, which would end the process with the wrong code."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.accepting.set()
