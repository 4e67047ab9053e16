"""One run of one module, from its instance to its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from attrs import define, field

from modkit.capability import CapabilityHandler, Commit
from modkit.client_hub import HubError
from modkit.context import ModuleContext, UnknownResource
from modkit.host_config import ModuleRuntimeConfig
from modkit.lifecycle.health import ModuleHealth, run_checks
from modkit.lifecycle.hooks import (
    Background,
    HealthCheck,
    OnReady,
    OnStart,
    OnStop,
    Periodic,
    hooked_methods,
)
from modkit.lifecycle.owner_task import OwnerTask
from modkit.lifecycle.states import ModuleState, move
from modkit.lifecycle.supervisor import Supervisor
from modkit.module import ModuleSpec
from modkit.startup_error import Phase, StartupError

_LOG: Final = logging.getLogger(__name__)


@define(kw_only=True)
class ModuleRun:
    """One instance of a module and everything that belongs to it.

    Its steps run in a task of its own (see `OwnerTask`); a failure of a start-up step is a `StartupError` that names
    module, phase and remedy, and leaves the run to be stopped.
    """

    spec: ModuleSpec
    ctx: ModuleContext[Any]
    runtime: ModuleRuntimeConfig
    handlers: Sequence[CapabilityHandler[Any]]
    supervisor: Supervisor
    state: ModuleState = ModuleState.CREATED
    instance: Any = field(init=False)
    _owner: OwnerTask = field(init=False)
    _has_started: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        try:
            self.instance = self.spec.module_class()
        except Exception as error:
            raise self._failure(Phase.INIT, error) from error
        self._owner = OwnerTask(f"module {self.spec.name}")

    async def provision(self) -> None:
        """Let the capabilities give the module its resources."""
        for handler in self.handlers:
            await self._step(Phase.INIT, lambda: handler.provision(self.instance, self.ctx))  # noqa: B023 - awaited at once

    async def migrate(self) -> None:
        """Let the capabilities bring stored data up to date."""
        for handler in self.handlers:
            await self._step(Phase.MIGRATE, lambda: handler.migrate(self.instance, self.ctx))  # noqa: B023 - awaited at once

    async def init(self) -> None:
        """Build the module; what it provides stays staged until `commit_clients`."""
        init = getattr(self.instance, "init", None)
        if init is not None:
            await self._step(Phase.INIT, lambda: init(self.ctx))
        self.state = move(self.state, ModuleState.INITIALISED)

    def commit_clients(self) -> None:
        """Put what the module provides behind the public handles."""
        try:
            self.ctx.hub.commit()
        except HubError as error:
            raise self._failure(Phase.INIT, error) from error

    def compose(self) -> list[Commit]:
        """Check what the module declares to its capabilities; return what makes it effective."""
        try:
            return [handler.compose(self.instance, self.ctx) for handler in self.handlers]
        except Exception as error:
            raise self._failure(Phase.COMPOSE, error) from error

    async def start(self) -> None:
        """Run ``@on_start`` methods, then start background work."""
        self.state = move(self.state, ModuleState.STARTING)
        self._has_started = True
        await self._run_hooks(OnStart, Phase.START)
        for method in hooked_methods(self.spec.module_class):
            if isinstance(method.hook, Background | Periodic):
                self.supervisor.start(method.name, method.hook, getattr(self.instance, method.name))

    async def become_ready(self) -> None:
        """Wait for the background work that readiness depends on, then run ``@on_ready`` methods."""
        await self._step(Phase.READY, self.supervisor.wait_ready)
        await self._run_hooks(OnReady, Phase.READY)
        self.state = move(self.state, ModuleState.RUNNING)

    async def stop(self) -> None:
        """End background work, run ``@on_stop`` methods and close resources; log what fails, and go on."""
        if self.state in (ModuleState.STOPPING, ModuleState.STOPPED):
            return
        self.state = move(self.state, ModuleState.STOPPING)
        await self.supervisor.stop()
        if self._has_started:
            for method in reversed(hooked_methods(self.spec.module_class)):
                if isinstance(method.hook, OnStop):
                    await self._stop_step(method.name, getattr(self.instance, method.name))
        await self._stop_step("closing its resources", self.ctx.close)
        await self._owner.close()
        self.state = move(self.state, ModuleState.STOPPED)

    async def health(self) -> ModuleHealth:
        """Ask the module's health checks and look at its background work."""
        failed = await run_checks(
            {
                method.name: getattr(self.instance, method.name)
                for method in hooked_methods(self.spec.module_class)
                if isinstance(method.hook, HealthCheck)
            }
        )
        work = self.supervisor.status()
        is_running = self.state is ModuleState.RUNNING
        return ModuleHealth(
            name=self.spec.name,
            state=self.state,
            healthy=is_running and not failed and all(item.state != "waiting" for item in work),
            failed_checks=failed,
            work=work,
        )

    async def _run_hooks(self, kind: type[OnStart | OnReady], phase: Phase) -> None:
        for method in hooked_methods(self.spec.module_class):
            if isinstance(method.hook, kind):
                await self._step(phase, getattr(self.instance, method.name))

    async def _step(self, phase: Phase, step: Callable[[], Awaitable[Any]]) -> None:
        limit_s = self.runtime.start_timeout_s
        timeout = asyncio.timeout(limit_s)
        try:
            async with timeout:
                await self._owner.run(step)
        except Exception as error:
            self.state = ModuleState.FAILED
            if timeout.expired():
                raise StartupError(
                    phase,
                    f"it did not finish within {limit_s:g} s",
                    remedy=f"see what it waits for, or raise modules.{self.spec.name}.runtime.start_timeout_s",
                    module=self.spec.name,
                ) from error
            raise self._failure(phase, error) from error

    async def _stop_step(self, what: str, step: Callable[[], Awaitable[Any]]) -> None:
        limit_s = self.runtime.stop_timeout_s
        timeout = asyncio.timeout(limit_s)
        try:
            async with timeout:
                await self._owner.run(step)
        except Exception:  # noqa: BLE001 - stopping goes on whatever one module does
            if timeout.expired():
                _LOG.error("%s: %s did not finish within %g s", self.spec.name, what, limit_s)
            else:
                _LOG.exception("%s: %s failed while stopping", self.spec.name, what)

    def _failure(self, phase: Phase, error: Exception) -> StartupError:
        if isinstance(error, StartupError):
            return error if error.module else _named(error, self.spec.name)
        if isinstance(error, HubError | UnknownResource):
            return StartupError(phase, str(error), module=self.spec.name)
        return StartupError(
            phase,
            f"{type(error).__name__}: {error}",
            remedy="the traceback is in the log at level debug",
            module=self.spec.name,
        )


def _named(error: StartupError, module: str) -> StartupError:
    return StartupError(error.phase, error.problem, remedy=error.remedy, module=module)
