"""A WebSocket as a typed conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeVar

from modkit.rest.asgi import Message
from modkit.rest.exchange import ClientDisconnected, Exchange
from modkit.rest.problems import platform_error, problem_answer
from modkit_errors import PlatformError, Unavailable
from modkit_errors.refusals import RequestTooLarge

R_co = TypeVar("R_co", covariant=True)
S_contra = TypeVar("S_contra", contravariant=True)

_WAITING_MESSAGES: Final = 32
_NORMAL, _GOING_AWAY, _INVALID, _POLICY, _TOO_BIG, _FAILED = 1000, 1001, 1007, 1008, 1009, 1011


class Channel(Generic[R_co, S_contra]):
    """The first argument of a WebSocket handler: iterate over what the client sends, ``send`` what it gets.

    The iteration ends when the client closes. The connection closes when the handler returns; when it raises, with
    code 1008 (the client's fault) or 1011 and the error's ``code`` as reason. A message that is no valid JSON for
    the declared type ends the conversation with code 1007 and the problem's ``code``.

    Args:
        exchange: The handshake.
        decode: From a received message to its value.
        encode: From a value to a message.
        limit_bytes: Largest received message.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        decode: Callable[[bytes], R_co],
        encode: Callable[[S_contra], bytes],
        limit_bytes: int,
    ) -> None:
        self._exchange = exchange
        self._decode = decode
        self._encode = encode
        self._limit_bytes = limit_bytes
        # The client waits when so many messages are unread: the server then stops to read from its connection.
        self._received: asyncio.Queue[Message | None] = asyncio.Queue(_WAITING_MESSAGES)
        self._is_ended = False

    def __aiter__(self) -> Channel[R_co, S_contra]:
        return self

    async def __anext__(self) -> R_co:
        message = None if self._is_ended else await self._received.get()
        if message is None:
            self._is_ended = True
            raise StopAsyncIteration
        text: str | None = message.get("text")
        body: bytes = (
            text.encode("utf-8", "surrogatepass") if text is not None else message["bytes"]
        )
        if len(body) > self._limit_bytes:
            raise _BadMessage(_TOO_BIG, RequestTooLarge(self._limit_bytes))
        try:
            return self._decode(body)
        except PlatformError as error:
            raise _BadMessage(_INVALID, error) from error

    async def send(self, message: S_contra) -> None:
        """Send one message; waits while the client is slow.

        Raises:
            ClientDisconnected: The client is gone; a handler may let it pass.
        """
        if self._exchange.is_complete:
            raise ClientDisconnected
        body = self._encode(message)
        await self._exchange.transmit({"type": "websocket.send", "text": body.decode()})
        self._exchange.sent_bytes += len(body)

    async def pump(self, grace_s: float) -> None:
        """Move messages from the client to the iteration until it goes; then stop the handler after *grace_s*."""
        exchange = self._exchange
        while (message := await exchange.receive())["type"] == "websocket.receive":
            await self._received.put(message)
        exchange.is_complete = True
        await self._received.put(None)
        await asyncio.sleep(grace_s)
        exchange.interrupt(ClientDisconnected())


class _BadMessage(Exception):
    """A message that ends the conversation."""

    def __init__(self, close_code: int, error: PlatformError) -> None:
        super().__init__(close_code, error)
        self.close_code = close_code
        self.error = error


async def converse(
    exchange: Exchange,
    channel: Channel[Any, Any],
    run: Callable[[], Awaitable[object]],
    *,
    grace_s: float,
) -> None:
    """Accept the connection, run the handler, and close with the code that its end asks for.

    Args:
        exchange: The handshake, all checks passed.
        channel: What the handler was given.
        run: Calls the handler.
        grace_s: How long the handler may go on once the client is gone, in seconds.
    """
    await exchange.receive()  # websocket.connect
    await exchange.transmit({"type": "websocket.accept", "headers": list(exchange.headers_out)})
    exchange.status = 101
    pump = asyncio.get_running_loop().create_task(channel.pump(grace_s))
    code, reason = _NORMAL, ""
    try:
        await run()
    except asyncio.CancelledError:
        cause = exchange.interrupted()
        if cause is None:
            raise
        code, reason = _ending(exchange, cause)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises must close the connection properly
        code, reason = _ending(exchange, error)
    finally:
        pump.cancel()
    if not exchange.is_complete:
        exchange.is_complete = True
        await exchange.transmit({"type": "websocket.close", "code": code, "reason": reason})


async def refuse_socket(exchange: Exchange, error: PlatformError) -> None:
    """Refuse the handshake: with the problem document where the server can, else with 403."""
    sent, headers, body = problem_answer(exchange, error)
    await exchange.receive()  # websocket.connect
    exchange.status = sent.status
    exchange.is_complete = True
    if "websocket.http.response" not in (exchange.scope.get("extensions") or {}):
        await exchange.transmit({"type": "websocket.close", "code": _POLICY, "reason": sent.code})
        return
    headers += [(b"content-length", b"%d" % len(body)), *exchange.headers_out]
    start = {"type": "websocket.http.response.start", "status": sent.status, "headers": headers}
    await exchange.transmit(start)
    await exchange.transmit({"type": "websocket.http.response.body", "body": body})


def _ending(exchange: Exchange, error: Exception) -> tuple[int, str]:
    """Return the close code and reason for what ended the handler."""
    if isinstance(error, _BadMessage):
        return error.close_code, error.error.code
    if isinstance(error, ClientDisconnected):
        return _NORMAL, ""
    shown = platform_error(exchange, error)
    if error is exchange.interruption and isinstance(shown, Unavailable):
        return _GOING_AWAY, shown.code
    return (_POLICY if shown.status < 500 else _FAILED), shown.code[:120]
