"""One run of one module, from its instance to its end."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final

from attrs import define, field

from modkit.capability import CapabilityHandler, Commit
from modkit.client_handle import HubError
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
            raise self._failure(Phase.INIT, error, self.spec.module_class) from error
        self._owner = OwnerTask(f"module {self.spec.name}", lost=self._lost)

    async def provision(self) -> None:
        """Let the capabilities give the module its resources."""
        for handler in self.handlers:
            await self._step(Phase.INIT, handler.provision, self.instance, self.ctx)

    async def migrate(self) -> None:
        """Let the capabilities bring stored data up to date."""
        for handler in self.handlers:
            await self._step(Phase.MIGRATE, handler.migrate, self.instance, self.ctx)

    async def migration_plan(self) -> tuple[str, ...]:
        """Return what `migrate` would do now; it changes nothing."""
        plan: list[str] = []

        async def look(handler: CapabilityHandler[Any]) -> None:
            plan.extend(await handler.migration_plan(self.instance, self.ctx))

        for handler in self.handlers:
            await self._step(Phase.MIGRATE, look, handler)
        return tuple(plan)

    async def init(self) -> None:
        """Build the module; what it provides stays staged until `commit_clients`."""
        init = getattr(self.instance, "init", None)
        if init is not None:
            await self._step(Phase.INIT, init, self.ctx)
        self._advance(Phase.INIT, ModuleState.INITIALISED)

    def commit_clients(self) -> None:
        """Put what the module provides behind the public handles."""
        try:
            self.ctx.hub.commit()
        except HubError as error:
            raise self._failure(Phase.INIT, error) from error

    def compose(self) -> list[Commit]:
        """Check what the module declares to its capabilities; return what makes it effective."""
        return [self._commit_of(handler) for handler in self.handlers]

    async def start(self) -> None:
        """Run ``@on_start`` methods, then start background work."""
        self._advance(Phase.START, ModuleState.STARTING)
        self._has_started = True
        await self._run_hooks(OnStart, Phase.START)
        for method in hooked_methods(self.spec.module_class):
            if isinstance(method.hook, Background | Periodic):
                self.supervisor.start(method.name, method.hook, getattr(self.instance, method.name))

    async def become_ready(self) -> None:
        """Wait for the background work that readiness depends on, then run ``@on_ready`` methods."""
        await self._step(Phase.READY, self.supervisor.wait_ready)
        await self._run_hooks(OnReady, Phase.READY)
        self._advance(Phase.READY, ModuleState.RUNNING)

    async def stop(self) -> None:
        """End background work, run ``@on_stop`` methods and close resources; log what fails, and go on.

        Cancelling this gives up the step that it waits for, and goes on with the rest.
        """
        if self.state in (ModuleState.STOPPING, ModuleState.STOPPED):
            return
        self.state = move(self.state, ModuleState.STOPPING)
        async with AsyncExitStack() as steps:  # last pushed runs first, whatever the others raise
            steps.callback(self._set_stopped)
            steps.push_async_callback(self._owner.close)
            steps.push_async_callback(self._stop_step, "closing its resources", self.ctx.close)
            for method in hooked_methods(self.spec.module_class) if self._has_started else ():
                if isinstance(method.hook, OnStop):
                    hook = getattr(self.instance, method.name)
                    steps.push_async_callback(self._stop_step, f"{method.name}()", hook)
            await self.supervisor.stop()

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

    def _advance(self, phase: Phase, to: ModuleState) -> None:
        if self._owner.has_ended:
            raise StartupError(
                phase,
                "a task group or cancel scope that it entered was cancelled",
                remedy="see the log for what failed in it",
                module=self.spec.name,
            )
        self.state = move(self.state, to)

    def _set_stopped(self) -> None:
        self.state = move(self.state, ModuleState.STOPPED)

    async def _run_hooks(self, kind: type[OnStart | OnReady], phase: Phase) -> None:
        for method in hooked_methods(self.spec.module_class):
            if isinstance(method.hook, kind):
                await self._step(phase, getattr(self.instance, method.name))

    async def _step(self, phase: Phase, step: Callable[..., Awaitable[Any]], *args: Any) -> None:
        limit_s = self.runtime.start_timeout_s
        timeout = asyncio.timeout(limit_s)

        async def run() -> None:
            awaitable = step(*args)
            if not inspect.isawaitable(awaitable):
                raise _NotAsync("it must be `async def`: the host awaits it")
            await awaitable

        try:
            async with timeout:
                await self._owner.run(run)
        except (Exception, SystemExit) as error:
            self.state = ModuleState.FAILED
            if timeout.expired():
                raise StartupError(
                    phase,
                    f"{_name(step)} did not finish within {limit_s:g} s",
                    remedy=f"see what it waits for, or raise modules.{self.spec.name}.runtime.start_timeout_s",
                    module=self.spec.name,
                ) from error
            raise self._failure(phase, error, step) from error

    async def _stop_step(self, what: str, step: Callable[[], Awaitable[Any]]) -> None:
        if self._owner.has_ended:
            _LOG.warning("%s: %s was left out, since the module was lost", self.spec.name, what)
            return
        limit_s = self.runtime.stop_timeout_s
        timeout = asyncio.timeout(limit_s)
        try:
            async with timeout:
                await self._owner.run(step)
        except (Exception, SystemExit):  # noqa: BLE001 - stopping goes on whatever one module does
            if timeout.expired():
                _LOG.error("%s: %s did not finish within %g s", self.spec.name, what, limit_s)
            else:
                _LOG.exception("%s: %s failed while stopping", self.spec.name, what)

    async def _lost(self) -> None:
        """Give back what the module entered, since a task group that it entered has failed."""
        _LOG.error("%s: a task group or cancel scope that it entered was cancelled", self.spec.name)
        if self.state not in (ModuleState.STOPPING, ModuleState.STOPPED):
            self.state = ModuleState.FAILED
        try:
            await self.ctx.close()
        except (Exception, asyncio.CancelledError):  # noqa: BLE001 - it is lost already
            _LOG.exception("%s: closing its resources failed", self.spec.name)

    def _commit_of(self, handler: CapabilityHandler[Any]) -> Commit:
        try:
            commit = handler.compose(self.instance, self.ctx)
            if not callable(commit):
                raise TypeError(f"it returned {commit!r} in place of what makes it effective")
        except Exception as error:
            raise self._failure(Phase.COMPOSE, error, handler.compose) from error

        def checked() -> None:
            try:
                commit()
            except Exception as error:
                raise self._failure(Phase.COMPOSE, error, handler.compose) from error

        return checked

    def _failure(
        self, phase: Phase, error: BaseException, step: Callable[..., Any] | None = None
    ) -> StartupError:
        _LOG.debug("%s failed in phase %s", self.spec.name, phase.value, exc_info=error)
        if isinstance(error, StartupError):
            return error if error.module else _named(error, self.spec.name)
        if isinstance(error, HubError | UnknownResource):
            return StartupError(phase, str(error), module=self.spec.name)
        if isinstance(error, _NotAsync):
            return StartupError(
                phase,
                f"{_name(step)} is not a coroutine function",
                remedy="write `async def`, since the host awaits it",
                module=self.spec.name,
            )
        return StartupError(
            phase,
            f"{_name(step)} raised {type(error).__name__}: {error}",
            remedy="the traceback is in the log at level debug",
            module=self.spec.name,
        )


class _NotAsync(TypeError):
    """A step that must be awaited cannot be."""


def _name(step: Callable[..., Any] | None) -> str:
    return f"{getattr(step, '__qualname__', repr(step))}()"


def _named(error: StartupError, module: str) -> StartupError:
    return StartupError(error.phase, error.problem, remedy=error.remedy, module=module)
