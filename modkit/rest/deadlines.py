"""One timer of the event loop for the time limits of all requests: nearly every request ends before its own."""

from __future__ import annotations

import asyncio
import math
from typing import Final, Protocol

_TIMER_RESOLUTION_S: Final = 0.001  # event loops may wake up as much too early


class Expiring(Protocol):
    """What can run out of time; compared by identity."""

    def expire(self) -> None:
        """Do what is due when the time is over."""


class Deadlines:
    """Who has to end when; costs a tenth of a timer for each."""

    __slots__ = ("_due", "_loop", "_timer", "_wakes_at")

    def __init__(self) -> None:
        self._due: dict[Expiring, float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._wakes_at = math.inf

    def set(self, expiring: Expiring, timeout_s: float, loop: asyncio.AbstractEventLoop) -> None:
        """Let *expiring* expire after *timeout_s* seconds, instead of any time set before; *loop* is the running one."""
        self._due[expiring] = due = loop.time() + timeout_s
        if due < self._wakes_at or loop is not self._loop:
            self._wake_at(due, loop)

    def drop(self, expiring: Expiring) -> None:
        """Let *expiring* live; it need not have a deadline."""
        self._due.pop(expiring, None)

    def _wake_at(self, due: float, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._loop, self._wakes_at = loop, due
        self._timer = loop.call_at(due, self._wake, loop)

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer, self._wakes_at = None, math.inf
        over = loop.time() + _TIMER_RESOLUTION_S
        for expiring in [each for each, due in self._due.items() if due <= over]:
            del self._due[expiring]
            expiring.expire()
        if self._due:
            self._wake_at(min(self._due.values()), loop)
