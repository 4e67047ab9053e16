"""Background work of one module: started, restarted with back-off, cancelled, and visible in health."""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final, Literal, TypeAlias

from attrs import define, field, frozen

from modkit.lifecycle.cancellation import is_cancelled
from modkit.lifecycle.hooks import Background, Periodic
from modkit.lifecycle.ready_signal import ReadySignal
from modkit.lifecycle.singleton import run_as_singleton
from modkit.ports.lease_store import LeaseStore
from modkit.startup_error import Phase, StartupError

WorkState: TypeAlias = Literal["running", "waiting", "finished", "stopped"]

_LOG: Final = logging.getLogger(__name__)
_MAX_BACKOFF_S: Final = 60.0
_STEADY_AFTER_S: Final = 60.0
_LEASE_TTL_S: Final = 30.0


@frozen(kw_only=True)
class WorkStatus:
    """One background method, as health shows it.

    Attributes:
        name: Name of the method.
        state: ``running``, ``waiting`` (to be restarted), ``finished`` or ``stopped``.
        failures: How often it failed since it was started.
        last_error: Class name of the last failure, or empty; the message is in the log only.
    """

    name: str
    state: WorkState
    failures: int = 0
    last_error: str = ""


@define
class _Work:
    name: str
    hook: Background | Periodic
    run: Callable[..., Awaitable[None]]
    ready: ReadySignal = field(factory=ReadySignal)
    task: asyncio.Task[None] | None = None
    state: WorkState = "stopped"
    failures: int = 0
    last_error: str = ""


class Supervisor:
    """Runs the background methods of one module.

    Args:
        module: Name of the module, for logs and task names.
        leases: Decides which host runs a singleton.
        holder: Identity of this host towards *leases*.
        clock: Seconds that only grow.
        jitter: Returns a random factor of 0..1 for back-off and jitter.
        sleep: Waits so many seconds, between runs and before a restart.
    """

    def __init__(
        self,
        module: str,
        *,
        leases: LeaseStore,
        holder: str,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._module = module
        self._leases = leases
        self._holder = holder
        self._clock = clock
        self._jitter = jitter
        self._sleep = sleep
        self._works: list[_Work] = []

    def start(
        self, name: str, hook: Background | Periodic, run: Callable[..., Awaitable[None]]
    ) -> None:
        """Start one background method in a task of its own."""
        work = _Work(name, hook, run)
        self._works.append(work)
        work.task = asyncio.create_task(self._supervise(work), name=f"{self._module}.{name}")

    async def wait_ready(self) -> None:
        """Wait until all work that readiness depends on is up.

        Raises:
            StartupError: Such work failed or ended before it was up: a module must not become ready on a failure.
        """
        for work in self._works:
            if isinstance(work.hook, Background) and work.hook.await_ready:
                await self._wait_one(work)

    def status(self) -> tuple[WorkStatus, ...]:
        """Return all background work in the order it was started."""
        return tuple(
            WorkStatus(
                name=work.name, state=work.state, failures=work.failures, last_error=work.last_error
            )
            for work in self._works
        )

    async def stop(self) -> tuple[str, ...]:
        """Cancel all work; return the names of what did not end within its time limit."""
        tasks = {work.task: work for work in self._works if work.task is not None}
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*(self._ended(task, work) for task, work in tasks.items()))
        late = [work for work, in_time in zip(tasks.values(), ended, strict=True) if not in_time]
        self._works = late
        return tuple(work.name for work in late)

    async def _ended(self, task: asyncio.Task[None], work: _Work) -> bool:
        done, _ = await asyncio.wait([task], timeout=work.hook.stop_timeout_s)
        if done:
            work.state = "stopped"
            if not task.cancelled():
                task.exception()  # seen: it was logged, or has failed the start
            return True
        _LOG.error(
            "%s.%s did not stop within %g s and is abandoned",
            self._module,
            work.name,
            work.hook.stop_timeout_s,
        )
        return False

    async def _wait_one(self, work: _Work) -> None:
        assert work.task is not None
        ready = asyncio.create_task(work.ready.wait())
        try:
            await asyncio.wait([ready, work.task], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if not work.ready.is_set:
            error = None if work.task.cancelled() else work.task.exception()
            what = f"raised {type(error).__name__}: {error}" if error else "ended"
            raise StartupError(
                Phase.READY,
                f"background method {work.name}() {what} before it set its ready signal",
                remedy="repair it, or leave out await_ready if the platform can be ready without it",
            ) from error

    async def _supervise(self, work: _Work) -> None:
        awaits_ready = isinstance(work.hook, Background) and work.hook.await_ready
        attempt = 0
        while True:
            work.state = "running"
            started = self._clock()
            try:
                if isinstance(work.hook, Periodic):
                    await self._repeat(work, work.hook)
                else:
                    await _awaitable(work.run(work.ready) if awaits_ready else work.run(), work)
            except (Exception, SystemExit, asyncio.CancelledError) as error:
                if is_cancelled():
                    self._log_unless_cancelled(work, error)
                    return
                if awaits_ready and not work.ready.is_set:
                    raise
                work.failures += 1
                work.last_error = type(error).__name__
                attempt = 0 if self._clock() - started > _STEADY_AFTER_S else attempt + 1
                delay_s = min(_MAX_BACKOFF_S, 2.0 ** min(attempt, 6)) * (0.5 + self._jitter() / 2)
                work.state = "waiting"
                _LOG.exception(
                    "%s.%s failed and is restarted in %.1f s", self._module, work.name, delay_s
                )
                await self._sleep(delay_s)
            else:
                work.state = "finished"
                return

    async def _repeat(self, work: _Work, hook: Periodic) -> None:
        while not is_cancelled():
            await self._sleep(hook.every_s + hook.jitter_s * self._jitter())
            if hook.singleton:
                await run_as_singleton(
                    work.run,
                    leases=self._leases,
                    name=f"{self._module}.{work.name}",
                    holder=self._holder,
                    ttl_s=_LEASE_TTL_S,
                )
            else:
                await _awaitable(work.run(), work)

    def _log_unless_cancelled(self, work: _Work, error: BaseException) -> None:
        if not isinstance(error, asyncio.CancelledError):
            _LOG.error("%s.%s failed while stopping", self._module, work.name, exc_info=error)


def _awaitable(found: Awaitable[None], work: _Work) -> Awaitable[None]:
    if not inspect.isawaitable(found):
        raise TypeError(f"{work.name} must be `async def`, since the host awaits it")
    return found
