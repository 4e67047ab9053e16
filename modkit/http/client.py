"""The client for calls to other systems over HTTP."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from typing_extensions import Unpack

from modkit.http.config import HttpClientConfig
from modkit.http.options import CallOptions, Resolve
from modkit.http.response import Response, StreamedResponse
from modkit.http.retrying import Timing
from modkit.http.transport import HttpTransport


class HttpClient:
    """Calls other systems over HTTP, within the limits of its configuration.

    An answer is returned whatever its status; ``response.checked()`` raises if it is not a success. Options are those of
    ``CallOptions``.

    Args:
        transport: Carries out the calls; ``open`` makes one of connections.

    Example:
        >>> async def name_of(client: HttpClient, user: str) -> str:
        ...     response = await client.get(f"https://api.example.com/users/{user}")
        ...     return response.checked().json()["name"]
    """

    def __init__(self, transport: HttpTransport) -> None:
        self._transport = transport

    @staticmethod
    @asynccontextmanager
    async def open(
        config: HttpClientConfig | None = None,
        *,
        resolve: Resolve | None = None,
        timing: Timing | None = None,
    ) -> AsyncGenerator[HttpClient]:
        """Open a client; leaving the context closes all its connections.

        Args:
            config: Its limits; by default those of ``HttpClientConfig()``.
            resolve: Turns names into addresses; by default the machine does.
            timing: Clocks; for tests.

        Raises:
            ImportError: The extra ``http`` is not installed.
        """
        # Loaded here, so that a configuration section or a type hint costs nobody an HTTP stack.
        from modkit.http.pooled import PooledTransport  # noqa: PLC0415

        transport = PooledTransport(
            config or HttpClientConfig(), resolve=resolve, timing=timing or Timing()
        )
        try:
            yield HttpClient(transport)
        finally:
            await transport.close()

    async def request(self, method: str, url: str, /, **options: Unpack[CallOptions]) -> Response:
        """Call *url* and read the whole answer.

        Raises:
            InvalidUrl: *url* cannot be called.
            EgressRefused: The egress policy does not allow it.
            UpstreamUnreachable: No connection, or it broke.
            UpstreamTooSlow: Time was up.
            RedirectRefused: The answer leads to where we do not go.
            ResponseTooLarge: The answer has more bytes than allowed.
            InvalidResponse: The answer cannot be read.
            ValueError: *method* is no word, or more than one body is given.
        """
        return await self._transport.request(method, url, options)

    def stream(
        self, method: str, url: str, /, **options: Unpack[CallOptions]
    ) -> AbstractAsyncContextManager[StreamedResponse]:
        """Call *url* and read the answer piece by piece; its head is there on entering, after redirects and retries.

        Raises:
            PlatformError: As ``request``, on entering.

        Example:
            >>> async def size_of(client: HttpClient, url: str) -> int:
            ...     async with client.stream("GET", url, max_response_bytes=10**9) as response:
            ...         return sum([len(chunk) async for chunk in response.checked().chunks()])
        """
        return self._transport.stream(method, url, options)

    async def get(self, url: str, /, **options: Unpack[CallOptions]) -> Response:
        """Call *url* with GET, as ``request`` does."""
        return await self._transport.request("GET", url, options)

    async def post(self, url: str, /, **options: Unpack[CallOptions]) -> Response:
        """Call *url* with POST, as ``request`` does."""
        return await self._transport.request("POST", url, options)

    async def put(self, url: str, /, **options: Unpack[CallOptions]) -> Response:
        """Call *url* with PUT, as ``request`` does."""
        return await self._transport.request("PUT", url, options)

    async def patch(self, url: str, /, **options: Unpack[CallOptions]) -> Response:
        """Call *url* with PATCH, as ``request`` does."""
        return await self._transport.request("PATCH", url, options)

    async def delete(self, url: str, /, **options: Unpack[CallOptions]) -> Response:
        """Call *url* with DELETE, as ``request`` does."""
        return await self._transport.request("DELETE", url, options)
