"""How the platform is: alive, ready, and what each module says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from attrs import frozen

from modkit.lifecycle.cancellation import is_cancelled
from modkit.lifecycle.states import ModuleState
from modkit.lifecycle.supervisor import WorkStatus

_CHECK_TIMEOUT_S: Final = 5.0


@frozen(kw_only=True)
class ModuleHealth:
    """The health of one module.

    Attributes:
        name: Name of the module.
        state: Where it is in its life.
        healthy: Whether it runs, its checks pass and no background work waits to be restarted.
        failed_checks: Names of health checks that raised or took longer than 5 s.
        work: Its background methods.
    """

    name: str
    state: ModuleState
    healthy: bool
    failed_checks: tuple[str, ...] = ()
    work: tuple[WorkStatus, ...] = ()


class Health:
    """The health of a host, given to modules as a resource."""

    def __init__(self) -> None:
        self._ready = False
        self._reports: dict[str, Callable[[], Awaitable[ModuleHealth]]] = {}

    @property
    def is_ready(self) -> bool:
        """Whether the platform takes requests: started, and not draining."""
        return self._ready

    def set_ready(self, *, ready: bool) -> None:
        """Say whether the platform takes requests; the host calls this."""
        self._ready = ready

    def watch(self, name: str, report: Callable[[], Awaitable[ModuleHealth]]) -> None:
        """Ask *report* for the health of module *name* from now on."""
        self._reports[name] = report

    async def modules(self) -> tuple[ModuleHealth, ...]:
        """Return the health of every module, in start order, asked side by side."""
        return tuple(await asyncio.gather(*(report() for report in self._reports.values())))


async def run_checks(checks: Mapping[str, Callable[[], Awaitable[None]]]) -> tuple[str, ...]:
    """Run health checks side by side; return the names of those that raised or timed out."""

    async def passes(check: Callable[[], Awaitable[None]]) -> bool:
        try:
            async with asyncio.timeout(_CHECK_TIMEOUT_S):
                await check()
        except asyncio.CancelledError:
            if is_cancelled():
                raise  # who asks has gone
            return False
        except Exception:  # noqa: BLE001 - any failure of a check is the answer "unhealthy"
            return False
        return True

    results = await asyncio.gather(*map(passes, checks.values()))
    return tuple(name for name, passed in zip(checks, results, strict=True) if not passed)
