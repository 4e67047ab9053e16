"""The host: takes modules through the phases of start and stop."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from enum import Enum
from functools import partial
from typing import Any, Final
from uuid import uuid4

from modkit.capability import CapabilityHandler, Commit, handlers_of
from modkit.client_hub import ClientHub, ModuleHub
from modkit.config import Configuration
from modkit.context import ModuleContext, Resources
from modkit.dependency_order import choose_providers, start_order
from modkit.host_config import (
    ModuleSection,
    ServerConfig,
    give_module_sections,
    give_platform_sections,
    platform_sections,
)
from modkit.lifecycle.cancellation import is_cancelled
from modkit.lifecycle.health import Health
from modkit.lifecycle.module_run import ModuleRun
from modkit.lifecycle.supervisor import Supervisor
from modkit.listeners import ListenerCapability
from modkit.module import ModuleSpec
from modkit.plugins import is_plugin_contract
from modkit.ports.defaults import port_defaults
from modkit.ports.lease_store import LeaseStore
from modkit.startup_error import Phase, StartupError
from modkit_errors import Catalogue, InvalidCatalogue, PlatformError
from modkit_errors.catalogue import errors_in

_LOG: Final = logging.getLogger(__name__)


class RunMode(Enum):
    """How far the host goes."""

    FULL = "full"
    CHECK = "check"
    MIGRATE_ONLY = "migrate-only"


class Host:
    """All modules of one process.

    Args:
        specs: The installed modules; those that configuration disables are left out.
        configuration: All layers, loaded but not yet checked.
        clients: Clients that exist without a module, by contract: fakes in tests.
        resources: What modules find beside what their capabilities give.

    Raises:
        ConfigurationInvalid: A section is wrong; all problems of all sections at once.
        StartupError: A provider is missing or ambiguous, modules need each other in a circle, or two errors
            share a code.
    """

    def __init__(
        self,
        specs: Sequence[ModuleSpec],
        configuration: Configuration,
        *,
        clients: Mapping[Any, Any] | None = None,
        resources: Resources | None = None,
    ) -> None:
        self.configuration = configuration
        sections = configuration.check(platform_sections(specs))
        self.server: Final[ServerConfig] = sections["server"]
        self._installed: Final = {spec.name: spec for spec in specs}
        self._sections: dict[str, ModuleSection[Any]] = {
            spec.name: sections[f"modules.{spec.name}"] for spec in specs
        }
        enabled = [spec for spec in specs if self._sections[spec.name].enabled]
        defaults: dict[Any, Callable[[], Any]] = {
            **port_defaults(self.server.home_dir.expanduser()),
            **{contract: _always(client) for contract, client in (clients or {}).items()},
        }
        self._providers: Final = choose_providers(enabled, self.server.providers)
        self.specs: Final = start_order(
            enabled,
            self._providers,
            always_provided=defaults.keys(),
            late={spec.name for spec in enabled if _listens(spec)},
        )
        self.hub: Final = ClientHub(defaults)
        self.hub.declare(enabled)
        self.health: Final = Health()
        self.catalogue: Final = _catalogue(enabled)
        self.resources: Final = Resources(resources)
        self.resources.give(Health, self.health)
        self.resources.give(Catalogue, self.catalogue)
        self.resources.give(ServerConfig, self.server)
        give_platform_sections(specs, sections, self.resources)
        self._handlers: dict[type[CapabilityHandler[Any]], CapabilityHandler[Any]] = {}
        self._runs: dict[str, ModuleRun] = {}
        self._changing: Final = asyncio.Lock()

    async def start(self, mode: RunMode = RunMode.FULL) -> None:
        """Take all modules through the phases up to ready; in another *mode*, as far as that goes, and stop.

        Raises:
            StartupError: A module failed; whatever had started has been stopped again.
            RuntimeError: The host runs already.
        """
        async with self._changing:
            await self._begin(mode)
            if mode is not RunMode.FULL:
                await self._stop()

    async def stop(self) -> None:
        """Drain, then stop all modules in reverse order; never raises for a module's failure.

        Cancelling this gives up what it waits for, and goes on with the rest.
        """
        async with self._changing:
            await self._stop()

    @asynccontextmanager
    async def started(self, mode: RunMode = RunMode.FULL) -> AsyncGenerator[Host]:
        """Keep the host as far as *mode* goes while the block runs, then stop it.

        Raises:
            StartupError: As `start`.
        """
        async with self._changing:
            await self._begin(mode)
        try:
            yield self
        finally:
            await self.stop()

    async def migration_plan(self) -> dict[str, tuple[str, ...]]:
        """Return what migrating would do now, by module in start order; change nothing, and stop again.

        Raises:
            StartupError: A module's stored data cannot be looked at.
            RuntimeError: The host runs already.
        """
        async with self._changing:
            self._check_stopped()
            try:
                return {
                    run.spec.name: await run.migration_plan() for run in await self._provision()
                }
            finally:
                await self._stop()

    async def restart(self, name: str, configuration: Configuration) -> None:
        """Replace the running instance of one module by a new one, configured by *configuration*.

        The new instance is initialised, composed and started beside the old one until it is ready, then takes over
        clients and routes in one step; the old one stops afterwards. If anything fails before that, the old one
        goes on as it was.

        Raises:
            ConfigurationInvalid: The new configuration is wrong.
            StartupError: The module does not run, or the new instance failed in one of its phases.
        """
        async with self._changing:
            old = self._runs.get(name)
            if old is None:
                raise StartupError(
                    Phase.INIT,
                    f"there is no running module {name!r} to restart",
                    remedy=f"name one of: {', '.join(self._runs) or 'none'}",
                )
            sections = configuration.check(platform_sections(list(self._installed.values())))
            new = self._new_run(old.spec, sections[f"modules.{name}"])
            try:
                await self._take_over(old, new)
            except BaseException:
                await new.stop()
                raise
            self._sections[name] = sections[f"modules.{name}"]
            self.configuration = configuration
            for handler in old.handlers:
                await self._guarded(handler, partial(handler.settle, name))
            await old.stop()

    async def reload(self, configuration: Configuration) -> tuple[str, ...]:
        """Restart each running module whose section is another one in *configuration*.

        What belongs to the process as a whole (``server``, ``logging``, which modules are enabled) stays as it is
        until the next start.

        Returns:
            The names of the restarted modules, in start order.

        Raises:
            ConfigurationInvalid: The new configuration is wrong; nothing was changed.
            StartupError: A module cannot start with its new section; it goes on with the old one, and so do those
                after it.
        """
        sections = configuration.check(platform_sections(list(self._installed.values())))
        changed = [
            name
            for name in self.running
            if sections[f"modules.{name}"].config != self._sections[name].config
        ]
        for name in changed:
            await self.restart(name, configuration)
        return tuple(changed)

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the modules that run, in start order."""
        return tuple(self._runs)

    def handler(self, kind: type[CapabilityHandler[Any]]) -> CapabilityHandler[Any]:
        """Return the one handler of *kind*, made when first asked for."""
        if kind not in self._handlers:
            self._handlers[kind] = kind(self.resources)
        return self._handlers[kind]

    def _check_stopped(self) -> None:
        if self._runs:
            raise RuntimeError("the host runs already")

    async def _begin(self, mode: RunMode) -> None:
        self._check_stopped()
        try:
            await self._start(mode)
        except BaseException:
            await self._stop()
            raise

    async def _provision(self) -> tuple[ModuleRun, ...]:
        for spec in self.specs:
            self._add(self._new_run(spec, self._sections[spec.name]))
        runs = tuple(self._runs.values())
        for run in runs:
            await run.provision()
        return runs

    async def _start(self, mode: RunMode) -> None:
        began = time.perf_counter()
        runs = await self._provision()
        if mode is not RunMode.CHECK:
            for run in runs:
                await run.migrate()
        if mode is RunMode.MIGRATE_ONLY:
            return
        for run in runs:
            await run.init()
            run.commit_clients()
        # Whoever hosts what others compose starts late, and is composed first.
        for run in reversed(runs):
            for commit in run.compose():
                commit()
        if mode is RunMode.CHECK:
            return
        for run in runs:
            await run.start()
        for run in runs:
            await run.become_ready()
        self.health.set_ready(ready=True)
        _LOG.info("ready: %d modules in %.2f s", len(runs), time.perf_counter() - began)

    async def _take_over(self, old: ModuleRun, new: ModuleRun) -> None:
        """Make *new* effective in place of *old*; after a failure *old* is effective as before."""
        await new.provision()
        await new.init()
        commits = new.compose()
        await new.start()
        await new.become_ready()
        undo = old.compose()
        try:
            self._switch(old, new, commits)
        except BaseException:
            self._switch(new, old, undo)
            raise

    def _switch(self, before: ModuleRun, after: ModuleRun, commits: Sequence[Commit]) -> None:
        """Replace *before* by *after* in one step: nothing else runs meanwhile."""
        before.ctx.hub.retire()
        self.hub.withdraw(before.spec.name)
        after.commit_clients()
        for commit in commits:
            commit()
        self._add(after)

    async def _stop(self) -> None:
        was_ready = self.health.is_ready
        self.health.set_ready(ready=False)
        async with AsyncExitStack() as steps:  # last pushed runs first, whatever the others raise
            for handler in self._handlers.values():
                steps.push_async_callback(self._guarded, handler, handler.close)
            steps.callback(self._handlers.clear)
            for run in self._runs.values():
                steps.push_async_callback(self._end, run)
            if was_ready:
                # Load balancers notice first: refusing before they do would show as errors.
                for handler in reversed(self._handlers.values()):
                    steps.push_async_callback(self._guarded, handler, handler.drain)
                await asyncio.sleep(self.server.drain_delay_s)

    def _add(self, run: ModuleRun) -> None:
        self._runs[run.spec.name] = run
        self.health.watch(run.spec.name, run.health)

    def _new_run(self, spec: ModuleSpec, section: ModuleSection[Any]) -> ModuleRun:
        resources = Resources(self.resources)
        give_module_sections(spec, section, resources)
        ctx = ModuleContext(
            name=spec.name,
            config=section.config,
            hub=ModuleHub(self.hub, spec, self._chosen(spec)),
            home=self.server.home_dir.expanduser() / spec.name,
            resources=resources,
        )
        return ModuleRun(
            spec=spec,
            ctx=ctx,
            runtime=section.runtime,
            handlers=[self.handler(kind) for kind in handlers_of(spec.module_class)],
            supervisor=Supervisor(spec.name, leases=self.hub.get(LeaseStore), holder=str(uuid4())),
        )

    def _chosen(self, spec: ModuleSpec) -> frozenset[Any]:
        """Return the contracts of *spec* that take effect: plugins, and those it was chosen for."""
        return frozenset(
            contract
            for contract in spec.provides
            if is_plugin_contract(contract) or self._providers[contract] == spec.name
        )

    async def _end(self, run: ModuleRun) -> None:
        """Stop *run* for good."""
        name = run.spec.name
        for handler in self._handlers.values():
            try:
                handler.withdraw(name)
            except Exception:  # noqa: BLE001 - stopping goes on whatever one handler does
                _LOG.exception("%s cannot withdraw %s", type(handler).__qualname__, name)
        try:
            await run.stop()
        finally:
            del self._runs[name]
            run.ctx.hub.retire()
            self.hub.withdraw(name)

    async def _guarded(
        self, handler: CapabilityHandler[Any], step: Callable[[], Awaitable[None]]
    ) -> None:
        """Let *handler* do one step of the stop; stopping goes on whatever it does."""
        try:
            async with asyncio.timeout(self.server.drain_timeout_s):
                await step()
        except (Exception, asyncio.CancelledError, SystemExit):
            if is_cancelled():
                raise
            _LOG.exception("%s failed while stopping", type(handler).__qualname__)


def _always(client: Any) -> Callable[[], Any]:
    return lambda: client


def _listens(spec: ModuleSpec) -> bool:
    return issubclass(spec.module_class, ListenerCapability)


def _catalogue(specs: Sequence[ModuleSpec]) -> Catalogue:
    """Collect the errors that each module declares in its ``contract.errors``."""
    errors = [error for spec in specs for error in _declared_errors(spec)]
    try:
        return Catalogue(errors)
    except InvalidCatalogue as error:
        raise StartupError(Phase.COLLECT, str(error)) from error


def _declared_errors(spec: ModuleSpec) -> tuple[type[PlatformError], ...]:
    package = spec.module_class.__module__.rpartition(".")[0]
    if not package or importlib.util.find_spec(package) is None:
        return ()
    try:
        for name in ("contract", "contract.errors"):
            if importlib.util.find_spec(f"{package}.{name}") is None:
                return ()
        return errors_in(importlib.import_module(f"{package}.contract.errors"))
    except Exception as error:
        raise StartupError(
            Phase.COLLECT,
            f"{package}.contract.errors cannot be imported: {error!r}",
            remedy="repair the module's contract",
            module=spec.name,
        ) from error
