"""The one file that speaks aiohttp: sends a call, and gives back its answer or a platform error."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.http_exceptions import ContentEncodingError
from yarl import URL

from modkit.http.calls import Call
from modkit.http.config import HttpClientConfig
from modkit.http.egress import AddressRefused, EgressGuard, refusal_of
from modkit.http.headers import Headers
from modkit.http.options import Resolve
from modkit.http.origins import shown_url
from modkit_errors import PlatformError
from modkit_errors.outbound import (
    InvalidResponse,
    ResponseTooLarge,
    UpstreamTooSlow,
    UpstreamUnreachable,
)

_DRAINED_BYTES: Final = 64 * 1024
_DRAIN_S: Final = 1.0
_DNS_CACHE_S: Final = 10
_ENCODINGS: Final = "gzip, deflate"  # and no others, whatever happens to be installed


class Incoming:
    """An answer whose head has arrived; to be read, drained or closed.

    Args:
        response: Of aiohttp.
        url: Where it comes from.
    """

    def __init__(self, response: aiohttp.ClientResponse, url: URL) -> None:
        self._response = response
        self._url = url
        self.status = response.status
        self.headers = Headers(response.headers.items())

    def check_size(self, max_bytes: int) -> None:
        """Refuse an answer that says of itself that it is too large.

        Raises:
            ResponseTooLarge: It has more than *max_bytes*.
        """
        length = self._response.content_length
        if length is not None and length > max_bytes and self._response.method != "HEAD":
            raise ResponseTooLarge(shown_url(self._url), max_bytes)

    async def next_piece(self) -> bytes:
        """Return the next bytes of the body, unpacked and at most some 100 KiB; empty at its end."""
        with _translated(self._url):
            return await self._response.content.readany()

    async def read(self, max_bytes: int) -> bytes:
        """Return the whole body.

        Raises:
            ResponseTooLarge: It has more than *max_bytes*.
        """
        self.check_size(max_bytes)
        body = bytearray()
        while piece := await self.next_piece():
            if len(body) + len(piece) > max_bytes:
                raise ResponseTooLarge(shown_url(self._url), max_bytes)
            body += piece
        return bytes(body)

    async def drain(self) -> None:
        """Let go of the answer; a short one is read to its end, so that the connection can be used again."""
        taken = 0
        try:
            async with asyncio.timeout(_DRAIN_S):
                while taken < _DRAINED_BYTES and (piece := await self.next_piece()):
                    taken += len(piece)
        except (PlatformError, TimeoutError):
            pass  # nobody wants this body any more; closing drops the connection
        self.close()

    def close(self) -> None:
        """Drop the connection, unless the body has been read to its end and it went back to the pool."""
        self._response.close()


class Connections:
    """Connections under the limits and the egress policy of *config*; to be made inside the event loop.

    Args:
        config: The limits.
        guard: Judges every address at the moment of connecting.
        resolve: Turns names into addresses; by default the machine does.
    """

    def __init__(
        self, config: HttpClientConfig, guard: EgressGuard, resolve: Resolve | None
    ) -> None:
        def make_socket(address: tuple[Any, ...]) -> socket.socket:  # as getaddrinfo gives it
            family, kind, protocol, _, (host, *_) = address
            guard.check_address(str(host))
            return socket.socket(family, kind, protocol)

        self._connect_timeout_s = config.connect_timeout_s
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=config.pool_size,
                ttl_dns_cache=_DNS_CACHE_S,
                use_dns_cache=resolve is None,
                resolver=_Resolver(resolve) if resolve else None,
                socket_factory=make_socket,
                ssl=ssl.create_default_context(cafile=config.ca_file) if config.ca_file else True,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": config.user_agent, "Accept-Encoding": _ENCODINGS},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=config.connect_timeout_s),
            max_line_size=config.max_header_bytes,
            max_field_size=config.max_header_bytes,
            trust_env=False,
        )

    async def send(self, call: Call, headers: Mapping[str, str]) -> Incoming:
        """Send *call* with more *headers*, and return when the head of the answer is there.

        Raises:
            EgressRefused: No address of the host may be called.
            UpstreamUnreachable: No connection, or it broke.
            UpstreamTooSlow: No connection within the timeout.
            InvalidResponse: What came is not HTTP.
        """
        upload = _Upload(call.body) if isinstance(call.body, AsyncIterable) else None
        try:
            with _translated(call.url, self._connect_timeout_s):
                response = await self._session.request(
                    call.method,
                    call.url,
                    headers={**call.headers, **headers},
                    data=upload or call.body,
                    allow_redirects=False,
                )
        except PlatformError:
            if upload is not None and upload.failure is not None:
                raise upload.failure from None
            raise
        return Incoming(response, call.url)

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()


class _Upload(AsyncIterable[bytes]):
    """A body on its way out; remembers why it failed, which aiohttp reports as a broken connection."""

    def __init__(self, body: AsyncIterable[bytes]) -> None:
        self._body = body
        self.failure: Exception | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._body:
                yield piece
        except Exception as error:
            self.failure = error
            raise


class _Resolver(AbstractResolver):
    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - both are wanted
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._resolve(host, port)
        ]

    async def close(self) -> None:
        """Hold nothing."""


@contextmanager
def _translated(url: URL, connect_timeout_s: float = 0) -> Generator[None]:
    """Turn aiohttp's errors into ours, without them as a cause: some repeat the whole URL, query included."""
    try:
        yield
    except aiohttp.ServerTimeoutError:
        raise UpstreamTooSlow(shown_url(url), connect_timeout_s) from None
    except aiohttp.ClientConnectorDNSError:
        raise UpstreamUnreachable(shown_url(url), "its host has no address") from None
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError):
        raise UpstreamUnreachable(shown_url(url), "it is not trusted, or speaks no TLS") from None
    except aiohttp.ClientOSError as error:
        cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
        if isinstance(cause, AddressRefused):
            raise refusal_of(url, cause.kind) from None
        reason = os.strerror(cause.errno).lower() if cause.errno else "the connection failed"
        raise UpstreamUnreachable(shown_url(url), reason) from None
    except aiohttp.ClientResponseError:
        raise InvalidResponse(shown_url(url), "it is not valid HTTP") from None
    except aiohttp.ClientPayloadError as error:
        if isinstance(error.__cause__, ContentEncodingError):
            raise InvalidResponse(shown_url(url), "its body cannot be unpacked") from None
        raise UpstreamUnreachable(shown_url(url), "the answer broke off") from None
    except aiohttp.ClientError:
        raise UpstreamUnreachable(shown_url(url), "the connection broke") from None
