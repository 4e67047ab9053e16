"""How background work tells the host that it is up."""

from __future__ import annotations


class ReadySignal:
    """Given to a background method that the platform's readiness waits for."""

    def __init__(self) -> None:
        from asyncio import Event  # noqa: PLC0415 - a module names this class; only a host, in a loop, makes one

        self._event = Event()

    def set(self) -> None:
        """Tell the host that the work is up."""
        self._event.set()

    @property
    def is_set(self) -> bool:
        """Whether the work said that it is up."""
        return self._event.is_set()

    async def wait(self) -> None:
        """Wait until the work is up."""
        await self._event.wait()
