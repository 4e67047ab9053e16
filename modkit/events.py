"""In-process typed publish and subscribe: bounded, with backpressure."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from modkit.lifecycle.cancellation import is_cancelled

_LOG: Final = logging.getLogger(__name__)
E = TypeVar("E")


class Overflow(Enum):
    """What happens to an event for which a subscriber has no room."""

    BLOCK = "block"
    """The publisher waits: nothing is lost, and the slowest subscriber sets the pace."""
    DROP_OLDEST = "drop_oldest"
    """The subscriber loses its oldest waiting event, which ``Subscription.dropped`` counts."""
    ERROR = "error"
    """The publisher gets ``SubscriberOverflow``, after all other subscribers have got the event."""


class SubscriberOverflow(RuntimeError):
    """A subscriber that must not miss an event had no room for it."""


class Subscription(AsyncIterator[E], Generic[E]):
    """The events of one subscriber, oldest first; made by ``EventBus.stream``.

    Iteration waits for the next event, and ends when the bus or the subscription is closed and what had been
    published before is consumed.

    Attributes:
        dropped: Events lost to ``DROP_OLDEST``.
    """

    def __init__(self, kind: type[E], *, buffer: int, overflow: Overflow) -> None:
        if buffer < 1:
            raise ValueError(f"the buffer of a subscription holds at least 1 event, not {buffer}")
        self.dropped = 0
        self._kind = kind
        self._size = buffer
        self._overflow = overflow
        self._waiting: deque[E] = deque()
        self._publishers: deque[asyncio.Future[None]] = deque()
        self._reader: asyncio.Future[None] | None = None
        self._closed = False

    def __repr__(self) -> str:
        return f"<subscription to {self._kind.__qualname__}, {len(self._waiting)}/{self._size} waiting>"

    async def __anext__(self) -> E:
        while not self._waiting:
            if self._closed:
                raise StopAsyncIteration
            if self._reader is not None:
                raise RuntimeError(f"{self!r} is read by two tasks; subscribe once for each")
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        event = self._waiting.popleft()
        self._wake_publisher()
        return event

    def offer(self, event: E) -> bool:
        """Take *event* if that needs no waiting; false if the publisher has to call ``accept``.

        Raises:
            SubscriberOverflow: There is no room, and the policy is ``ERROR``.
        """
        if self._closed:
            return True
        if len(self._waiting) >= self._size or self._publishers:
            if self._overflow is Overflow.BLOCK:
                return False
            if self._overflow is Overflow.ERROR:
                raise SubscriberOverflow(f"{self!r} has no room for {type(event).__qualname__}")
            self._waiting.popleft()
            self.dropped += 1
        self._take(event)
        return True

    async def accept(self, event: E) -> None:
        """Take *event* as soon as there is room; publishers are served in the order they came."""
        turn = asyncio.get_running_loop().create_future()
        self._publishers.append(turn)
        try:
            if len(self._waiting) < self._size and self._publishers[0] is turn:
                turn.set_result(None)
            await turn
            if not self._closed:
                self._take(event)
        finally:
            self._publishers.remove(turn)
            self._wake_publisher()

    def close(self) -> None:
        """Take no more events; the reader gets those that are waiting, and then the end."""
        self._closed = True
        self._wake_reader()
        self._wake_publisher()

    def _take(self, event: E) -> None:
        self._waiting.append(event)
        self._wake_reader()

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _wake_publisher(self) -> None:
        has_room = self._closed or len(self._waiting) < self._size
        if has_room and self._publishers and not self._publishers[0].done():
            self._publishers[0].set_result(None)


class EventBus:
    """Hands each published event to every subscriber of its class or of a base class of it.

    A bus belongs to one event loop. Events should be frozen: all subscribers get the same object.

    Example:
        >>> async def example() -> list[str]:
        ...     bus = EventBus()
        ...     async with bus.stream(str) as names:
        ...         await bus.publish("ada")
        ...         bus.close()
        ...         return [name async for name in names]
        >>> asyncio.run(example())
        ['ada']
    """

    def __init__(self) -> None:
        self._subscriptions: dict[type[Any], tuple[Subscription[Any], ...]] = {}
        self._closed = False

    @asynccontextmanager
    async def stream(
        self, kind: type[E], *, buffer: int = 64, overflow: Overflow = Overflow.BLOCK
    ) -> AsyncGenerator[Subscription[E]]:
        """Subscribe to events of *kind* inside ``async with``, and read them by ``async for``.

        Args:
            kind: Class of the events; instances of subclasses come too.
            buffer: Events that may wait, >= 1.
            overflow: What happens to one more.

        Raises:
            RuntimeError: The bus is closed.
        """
        self._check_open()
        subscription = Subscription(kind, buffer=buffer, overflow=overflow)
        self._subscriptions[kind] = (*self._subscriptions.get(kind, ()), subscription)
        try:
            yield subscription
        finally:
            subscription.close()
            self._remove(kind, subscription)

    @asynccontextmanager
    async def subscribe(
        self,
        kind: type[E],
        handler: Callable[[E], Awaitable[object]],
        *,
        buffer: int = 64,
        overflow: Overflow = Overflow.BLOCK,
    ) -> AsyncGenerator[Subscription[E]]:
        """Call *handler* with every event of *kind*, one after another, inside ``async with``.

        A handler that raises is logged, and gets the next event. Leaving the block cancels the handler and discards
        what was waiting; after ``EventBus.close`` it waits for the handler to finish what was waiting.

        Args:
            kind: Class of the events; instances of subclasses come too.
            handler: Called in a task of its own.
            buffer: Events that may wait, >= 1.
            overflow: What happens to one more.

        Raises:
            RuntimeError: The bus is closed.
        """
        async with self.stream(kind, buffer=buffer, overflow=overflow) as subscription:
            task = asyncio.create_task(_handle(subscription, handler))
            try:
                yield subscription
                if self._closed:
                    await asyncio.wait([task])
            finally:
                task.cancel()
                await asyncio.wait([task])

    async def publish(self, event: object) -> None:
        """Hand *event* to its subscribers; returns when each has it in its buffer, not when it has been handled.

        A publisher must not wait for itself: a handler that publishes what it also subscribes to, with ``BLOCK``,
        stops when its buffer is full.

        Raises:
            SubscriberOverflow: A subscriber with the policy ``ERROR`` had no room; all others got the event.
            RuntimeError: The bus is closed.
        """
        self._check_open()
        overflows: list[SubscriberOverflow] = []
        slow: list[Subscription[Any]] = []
        for kind in type(event).__mro__:
            for subscription in self._subscriptions.get(kind, ()):
                try:
                    if not subscription.offer(event):
                        slow.append(subscription)
                except SubscriberOverflow as error:
                    overflows.append(error)
        for subscription in slow:
            await subscription.accept(event)
        if overflows:
            raise overflows[0]

    def close(self) -> None:
        """End all streams after what is waiting in them; publishing and subscribing raise from now on."""
        self._closed = True
        for subscriptions in self._subscriptions.values():
            for subscription in subscriptions:
                subscription.close()

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the event bus is closed")

    def _remove(self, kind: type[Any], subscription: Subscription[Any]) -> None:
        others = tuple(one for one in self._subscriptions[kind] if one is not subscription)
        if others:
            self._subscriptions[kind] = others
        else:
            del self._subscriptions[kind]


async def _handle(subscription: Subscription[E], handler: Callable[[E], Awaitable[object]]) -> None:
    try:
        async for event in subscription:
            try:
                await handler(event)
            except asyncio.CancelledError:
                if is_cancelled():
                    raise
                _LOG.exception("a subscriber of %s was cancelled", type(event).__qualname__)
            except Exception:  # noqa: BLE001 - whatever one handler raises, the next event comes
                _LOG.exception("a subscriber of %s failed", type(event).__qualname__)
    finally:
        subscription.close()  # nobody reads any more, so no publisher must wait
