"""Answers in pieces: typed server-sent events and byte streams, stopped when the client goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, TypeGuard

from modkit.rest.asgi import HeaderList
from modkit.rest.events import Event
from modkit.rest.exchange import ClientDisconnected, Exchange
from modkit.rest.problems import platform_error, problem_body

_HEARTBEAT: Final = b": keep-alive\n\n"
_TURN_S: Final = 0.01
"""How long a handler that never waits may keep all other requests from running."""


def event_encoder(encode: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Make the encoder of one kind of event from the *encode* of its data, which must write no line break."""

    def encode_event(item: Any) -> bytes:
        if not _is_event(item):
            return b"data: %b\n\n" % encode(item)
        lines: list[bytes] = []
        if item.name:
            lines.append(b"event: %b\n" % item.name.encode())
        if item.id:
            lines.append(b"id: %b\n" % item.id.encode())
        if item.retry_ms is not None:
            lines.append(b"retry: %d\n" % item.retry_ms)
        return b"%bdata: %b\n\n" % (b"".join(lines), encode(item.data))

    return encode_event


def _is_event(item: object) -> TypeGuard[Event[Any]]:
    return isinstance(item, Event)


def encode_bytes(item: object) -> bytes:
    """Return a piece of a byte stream; text becomes UTF-8.

    Raises:
        TypeError: It is neither bytes nor text.
    """
    if isinstance(item, bytes):
        return item
    if isinstance(item, str):
        return item.encode()
    raise TypeError(f"the handler yielded a {type(item).__name__}, not bytes or str")


class StreamedAnswer:
    """Sends the items of one handler as they come.

    The answer starts with the first item, so that a handler that fails before it is a problem with its own status;
    an event stream starts after a while even without one. A later failure ends an event stream with the event
    ``error``, whose data is the problem; a byte stream is cut off, so that the client sees that it is not whole.

    Args:
        exchange: The request; interrupted when its client goes away.
        headers: Headers of the answer.
        encode: From an item to bytes.
        is_events: Whether these are server-sent events.
        heartbeat_s: Longest silence of an event stream, in seconds.
        open_s: Longest wait of an event stream for its first item before its headers are sent, in seconds.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        headers: HeaderList,
        encode: Callable[[Any], bytes],
        is_events: bool,
        heartbeat_s: float,
        open_s: float,
    ) -> None:
        self._exchange = exchange
        self._headers = headers
        self._encode = encode
        self._is_events = is_events
        self._heartbeat_s = heartbeat_s
        self._open_s = open_s
        self._sent_at = 0.0
        self._sending = asyncio.Lock()

    async def send(self, items: AsyncIterator[Any]) -> None:
        """Send every item, then end; the handler is closed in any case, its ``finally`` blocks run.

        Raises:
            Exception: What the handler raised before anything was sent.
            asyncio.CancelledError: Somebody else than this exchange stopped the task.
        """
        exchange = self._exchange
        loop = asyncio.get_running_loop()
        keeper = loop.create_task(self._keep_alive(loop)) if self._is_events else None
        failure: Exception | None = None
        turn_ends_at = loop.time() + _TURN_S
        try:
            async for item in items:
                chunk = self._encode(item)
                async with self._sending:
                    await self._open()
                    await exchange.write(chunk)
                self._sent_at = loop.time()
                if exchange.interruption is not None:  # the handler swallowed its cancellation
                    break
                if self._sent_at >= turn_ends_at:
                    await asyncio.sleep(0)
                    turn_ends_at = loop.time() + _TURN_S
        except asyncio.CancelledError:
            reason = exchange.interrupted()
            if reason is None:
                raise
            failure = reason
        except Exception as error:  # noqa: BLE001 - whatever a handler raises must end the stream properly
            failure = error
        else:
            failure = exchange.interruption
        finally:
            if keeper is not None:
                keeper.cancel()
            if (close := getattr(items, "aclose", None)) is not None:
                await close()
        await self._end(failure)

    async def _open(self) -> None:
        if not self._exchange.status:
            await self._exchange.start(200, self._headers)

    async def _end(self, failure: Exception | None) -> None:
        exchange = self._exchange
        if isinstance(failure, ClientDisconnected):
            raise failure
        if failure is None:
            await self._open()
            await exchange.finish()
        elif not exchange.status:
            raise failure
        else:
            _, body = problem_body(exchange, platform_error(exchange, failure))
            if self._is_events:
                await exchange.write(b"event: error\ndata: %b\n\n" % body)
                await exchange.finish()

    async def _keep_alive(self, loop: asyncio.AbstractEventLoop) -> None:
        await asyncio.sleep(self._open_s)
        try:
            while True:
                silent_s = loop.time() - self._sent_at
                if not self._exchange.status or silent_s >= self._heartbeat_s:
                    async with self._sending:
                        await self._open()
                        await self._exchange.write(_HEARTBEAT)
                    self._sent_at = loop.time()
                    silent_s = 0.0
                await asyncio.sleep(self._heartbeat_s - silent_s)
        except ClientDisconnected as gone:
            self._exchange.interrupt(gone)
