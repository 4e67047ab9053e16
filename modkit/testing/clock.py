"""A clock that moves only when a test says so."""

from __future__ import annotations

import asyncio
import heapq
import itertools


class FakeClock:
    """Stands in for ``time.monotonic`` and ``asyncio.sleep``, in seconds.

    Args:
        start: What it shows first.

    Example:
        >>> clock = FakeClock(100.0)
        >>> clock.advance(2.5)
        >>> clock()
        102.5
    """

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._changed = asyncio.Condition()

    def __call__(self) -> float:
        """Return the time."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass; who slept until then wakes up, earliest first.

        Raises:
            ValueError: *seconds* is negative.
        """
        if not seconds >= 0:
            raise ValueError(f"time does not go back: {seconds}")
        self._now += seconds
        while self._sleepers and self._sleepers[0][0] <= self._now:
            woken = heapq.heappop(self._sleepers)[2]
            if not woken.done():
                woken.set_result(None)

    async def sleep(self, seconds: float) -> None:
        """Wait until *seconds* have been advanced."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), woken))
        async with self._changed:
            self._changed.notify_all()
        await woken

    async def wait_for_sleepers(self, count: int = 1) -> None:
        """Wait until at least *count* tasks sleep, so that advancing the clock cannot come too early."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._sleeping() >= count)

    def _sleeping(self) -> int:
        return sum(not woken.done() for _, _, woken in self._sleepers)
