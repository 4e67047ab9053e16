"""Background work: supervised, cancelled when the module stops, and visible in health."""

import asyncio

from modkit import (
    ModuleContext,
    NoConfig,
    ReadySignal,
    background,
    health_check,
    module,
    on_start,
    on_stop,
    periodic,
)
from modkit.testing import ModuleHarness


@module(name="mailer")
class MailerModule:
    """Sends what is queued."""

    async def init(self, ctx: ModuleContext[NoConfig]) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._sent: list[str] = []
        self._connected = False

    # region background
    @background(stop_timeout_s=10, await_ready=True)
    async def send(self, ready: ReadySignal) -> None:
        """Send until the module stops; a failure restarts it, after a wait that grows."""
        self._connected = True
        ready.set()  # the platform waits for this before it takes requests
        while True:
            self._sent.append(await self._queue.get())
            self._queue.task_done()

    # endregion
    # region periodic
    @periodic(every_s=60, jitter_s=5, singleton=True)
    async def clean_up(self) -> None:
        """Forget what was sent; on one process of the platform at a time."""
        self._sent.clear()

    # endregion
    # region hooks
    @on_start
    async def begin(self) -> None:
        """Run once, when every module is initialised; a failure stops the start."""
        await self._queue.put("we are open")

    @on_stop
    async def end(self) -> None:
        """Run once background work has ended, before resources are closed."""
        assert self._queue.empty()

    @health_check
    async def is_connected(self) -> None:
        """Raise if something is wrong; asked whenever somebody looks at /health/modules."""
        if not self._connected:
            raise ConnectionError("no mail server answers")

    # endregion


async def main() -> None:
    async with ModuleHarness(MailerModule) as harness:
        # region see
        (health,) = await harness.host.health.modules()
        assert health.healthy
        assert [(work.name, work.state) for work in health.work] == [
            ("send", "running"),
            ("clean_up", "running"),
        ]
        # endregion


asyncio.run(main())
