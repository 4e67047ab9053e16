"""Reading a request's body: bounded, timed, and stopped when the client goes away."""

from __future__ import annotations

import asyncio
from typing import Final

from modkit.rest.asgi import Message
from modkit.rest.exchange import ClientDisconnected, Exchange
from modkit_errors.refusals import RequestTimeout, RequestTooLarge

_DISCARDED_BYTES: Final = 1024**2
_DISCARDING_S: Final = 1.0


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
    exchange.has_body_left = message.get("more_body", False)
    if len(body) > limit_bytes:
        raise RequestTooLarge(limit_bytes)
    if not exchange.has_body_left:
        return body
    whole = bytearray(body)
    while exchange.has_body_left:
        message = await exchange.receive()
        if message["type"] != "http.request":
            raise ClientDisconnected
        exchange.has_body_left = message.get("more_body", False)
        whole += message.get("body", b"")
        if len(whole) > limit_bytes:
            raise RequestTooLarge(limit_bytes)
    return bytes(whole)


async def discard_body(exchange: Exchange) -> None:
    """Read what is left of a refused body, at most 1 MiB and one second of it.

    A connection closed with unread bytes is reset, and the client may then lose the answer that says why.
    """
    left_bytes = _DISCARDED_BYTES
    try:
        async with asyncio.timeout(_DISCARDING_S):
            while exchange.has_body_left and left_bytes > 0:
                message = await exchange.receive()
                exchange.has_body_left = message.get("more_body", False)
                left_bytes -= len(message.get("body", b""))
    except TimeoutError:
        return


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
        self._is_ended = False
        # What is received ahead of the handler: one piece here and one that waits for its place.
        exchange.pieces = self._pieces = asyncio.Queue[Message](1)

    async def chunk(self) -> bytes:
        """Return the next piece; empty at the end.

        Raises:
            RequestTooLarge: More than the limit arrived.
            RequestTimeout: Nothing arrived in time.
            ClientDisconnected: The client went away before the end; its task is cancelled as well.
        """
        self._exchange.listen()
        while not self._is_ended:
            try:
                async with asyncio.timeout(self._idle_timeout_s):
                    message = await self._pieces.get()
            except TimeoutError:
                raise RequestTimeout from None
            if message["type"] != "http.request":
                raise ClientDisconnected
            self._is_ended = not message.get("more_body")
            chunk: bytes = message.get("body", b"")
            self._read_bytes += len(chunk)
            if self._read_bytes > self._limit_bytes:
                raise RequestTooLarge(self._limit_bytes)
            if chunk:
                return chunk
        return b""
