"""Reading a request's body: bounded, timed, and stopped when the client goes away."""

from __future__ import annotations

import asyncio

from modkit.rest.exchange import ClientDisconnected, Exchange
from modkit_errors.refusals import RequestTimeout, RequestTooLarge


def declared_length(exchange: Exchange, limit_bytes: int) -> int | None:
    """Return the declared length of the body; None for a chunked one.

    Raises:
        RequestTooLarge: It is above *limit_bytes*.
    """
    value = exchange.headers.get(b"content-length")
    if value is None:
        return None if b"transfer-encoding" in exchange.headers else 0
    if not value.isdigit():
        return None  # servers refuse such a request themselves; what arrives is counted anyway
    length = int(value) if len(value) < 19 else limit_bytes + 1
    if length > limit_bytes:
        raise RequestTooLarge(limit_bytes)
    return length


async def read_body(exchange: Exchange, limit_bytes: int) -> bytes:
    """Return the whole body.

    Raises:
        RequestTooLarge: More than *limit_bytes* arrived.
        ClientDisconnected: The client went away before the end.
    """
    message = await exchange.receive()
    if message["type"] != "http.request":
        raise ClientDisconnected
    body: bytes = message.get("body", b"")
    if len(body) > limit_bytes:
        raise RequestTooLarge(limit_bytes)
    if not message.get("more_body"):
        return body
    whole = bytearray(body)
    while message.get("more_body"):
        message = await exchange.receive()
        if message["type"] != "http.request":
            raise ClientDisconnected
        whole += message.get("body", b"")
        if len(whole) > limit_bytes:
            raise RequestTooLarge(limit_bytes)
    return bytes(whole)


class BodyStream:
    """The body in pieces as they arrive.

    Args:
        exchange: The request.
        limit_bytes: Largest body, in bytes.
        idle_timeout_s: Longest wait for one piece, in seconds.
    """

    def __init__(self, exchange: Exchange, *, limit_bytes: int, idle_timeout_s: float) -> None:
        self._exchange = exchange
        self._limit_bytes = limit_bytes
        self._idle_timeout_s = idle_timeout_s
        self._read_bytes = 0
        self._is_finished = False
        exchange.body_read = self._ended = asyncio.Event()

    async def chunk(self) -> bytes:
        """Return the next piece; empty at the end.

        Raises:
            RequestTooLarge: More than the limit arrived.
            RequestTimeout: Nothing arrived in time.
            ClientDisconnected: The client went away before the end.
        """
        while not self._is_finished:
            try:
                async with asyncio.timeout(self._idle_timeout_s):
                    message = await self._exchange.receive()
            except TimeoutError:
                raise RequestTimeout from None
            if message["type"] != "http.request":
                self._ended.set()
                raise ClientDisconnected
            if not message.get("more_body"):
                self._is_finished = True
                self._ended.set()
            chunk: bytes = message.get("body", b"")
            self._read_bytes += len(chunk)
            if self._read_bytes > self._limit_bytes:
                raise RequestTooLarge(self._limit_bytes)
            if chunk:
                return chunk
        return b""
