"""Running a host until it is told to stop: signals, and what each of them means."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from modkit.config import Configuration, ConfigurationInvalid
from modkit.host import Host, RunMode
from modkit.startup_error import StartupError

_LOG: Final = logging.getLogger(__name__)
_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_PATIENCE_S: Final = 0.25


async def run_until_stopped(
    host: Host,
    mode: RunMode = RunMode.FULL,
    *,
    announce: Callable[[], None] = lambda: None,
    reload: Callable[[], Configuration] | None = None,
) -> None:
    """Start *host*, wait for SIGTERM or SIGINT, drain and stop it; SIGHUP reloads its configuration meanwhile.

    A signal during the start ends the start and stops what had started. A second signal gives up draining: what is
    waited for from then on is given a quarter of a second each.

    Args:
        host: A host that has not been started.
        mode: How far to go; in any other mode than ``FULL`` this returns when that is done.
        announce: Called once the platform is ready.
        reload: Reads the configuration anew; None leaves SIGHUP alone.

    Raises:
        StartupError: The start failed.
    """
    stop = asyncio.Event()
    stopping: asyncio.Task[None] | None = None

    def on_signal() -> None:
        stop.set()
        if stopping is not None:
            _LOG.warning("stopping at once")
            _hurry(stopping)

    asked = asyncio.Event()
    remove = _handle(on_signal, None if reload is None else asked.set)
    try:
        if not await _start(host, mode, stop):
            _LOG.warning("stopped before the platform was ready")
            return
        try:
            if mode is RunMode.FULL:
                announce()
                with _reloading(asked, host, reload):
                    await stop.wait()
                _LOG.info("draining; a second signal stops at once")
        finally:
            stopping = asyncio.create_task(host.stop(), name="host stop")
            await asyncio.wait([stopping])
        if not stopping.cancelled():
            await stopping
        _LOG.info("stopped")
    finally:
        remove()


def _hurry(stopping: asyncio.Task[None]) -> None:
    """Give up what *stopping* waits for, and whatever it comes to wait for after that."""
    if not stopping.done():
        stopping.cancel()
        asyncio.get_running_loop().call_later(_PATIENCE_S, _hurry, stopping)


@contextmanager
def _reloading(
    asked: asyncio.Event, host: Host, read: Callable[[], Configuration] | None
) -> Generator[None]:
    """Reload the configuration whenever *asked* is set; one reload at a time."""
    if read is None:
        yield
        return
    work = asyncio.create_task(_reload_when(asked, host, read), name="reload")
    try:
        yield
    finally:
        work.cancel()


async def _reload_when(asked: asyncio.Event, host: Host, read: Callable[[], Configuration]) -> None:
    while True:
        await asked.wait()
        asked.clear()
        try:
            changed = await host.reload(read())
        except ConfigurationInvalid as error:
            _LOG.error(
                "the configuration stays as it was, since the new one is not valid:\n%s", error
            )
        except StartupError as error:
            _LOG.error("the new configuration is not in force everywhere: %s", error)
        else:
            _LOG.info("configuration reloaded; restarted: %s", ", ".join(changed) or "nothing")


async def _start(host: Host, mode: RunMode, stop: asyncio.Event) -> bool:
    """Start *host*; return false if *stop* was set before it was ready, and what had started is stopped."""
    starting = asyncio.create_task(host.start(mode), name="host start")
    try:
        if await _first(starting, stop):
            await starting
            return True
        return False
    finally:
        if not starting.done():
            starting.cancel()
            await asyncio.wait([starting])
            if not starting.cancelled() and (error := starting.exception()):
                _LOG.warning("the start had failed already: %s", error)


async def _first(task: asyncio.Task[None], event: asyncio.Event) -> bool:
    """Wait for *task* or *event*; return whether *task* came to its end."""
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    return task.done()


def _handle(
    on_stop: Callable[[], None], on_hang_up: Callable[[], None] | None
) -> Callable[[], None]:
    """Call these in the loop for the signals to stop and for SIGHUP; return what undoes it."""
    loop = asyncio.get_running_loop()
    handlers: dict[signal.Signals, Callable[[], None]] = {}
    handlers |= dict.fromkeys(_STOP_SIGNALS, on_stop)
    if on_hang_up is not None and hasattr(signal, "SIGHUP"):
        handlers[signal.SIGHUP] = on_hang_up
    try:
        for number, handler in handlers.items():
            loop.add_signal_handler(number, handler)
    except NotImplementedError:  # Windows: its event loops have no signal handlers

        def forward(number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(handlers[signal.Signals(number)])

        before = {number: signal.signal(number, forward) for number in handlers}

        def restore() -> None:
            for number, old in before.items():
                signal.signal(number, old)

        return restore

    def remove() -> None:
        for number in handlers:
            loop.remove_signal_handler(number)

    return remove
