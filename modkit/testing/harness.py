"""Running one module in memory, with fakes for what it needs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from modkit.client_hub import ClientHub
from modkit.config import Configuration
from modkit.context import Resources
from modkit.discovery import specs_of
from modkit.host import Host, RunMode
from modkit.module import ModuleSpec, spec_of
from modkit.ports import Authenticator, OwnTenantPolicy, PolicyDecisionPoint
from modkit.rest import RestApi, RestCapability, RestHostCapability
from modkit.security import SecurityContext
from modkit.testing.fakes import FakesByContract
from modkit.testing.http_client import HttpClient
from modkit.testing.minted_tokens import MintedTokens
from modkit.testing.rest_host import HarnessRestHost


class ModuleHarness:
    """Runs a module for the length of an ``async with`` block.

    Each fake stands in for every contract that it is an instance of and that the modules use; it lives where the
    provider would. The files of the platform are in a temporary folder. Where modules have REST operations and none
    of them hosts the API, the harness does.

    Args:
        module_class: The module under test.
        fakes: Instances of the contracts that the modules use but do not provide.
        config: Section ``config`` of the module under test, as nested values.
        overrides: Any other configuration, as ``path=value`` texts.
        modules: Other modules that run as well.
        resources: What modules find beside what their capabilities give.
        mode: How far the modules are taken.

    Attributes:
        host: The host; it runs inside the block.

    Raises:
        TypeError: A fake stands in for no contract that the modules use.
        ConfigurationInvalid: The configuration is wrong.
        StartupError: The modules cannot start.

    Example:
        >>> import asyncio
        >>> from abc import ABC, abstractmethod
        >>> from modkit import ModuleContext, module
        >>> class Clock(ABC):
        ...     @abstractmethod
        ...     async def hour(self) -> int: ...
        >>> class FakeClock(Clock):
        ...     async def hour(self) -> int:
        ...         return 9
        >>> class Greeter(ABC):
        ...     @abstractmethod
        ...     async def greet(self) -> str: ...
        >>> class GreeterService(Greeter):
        ...     def __init__(self, clock: Clock) -> None:
        ...         self._clock = clock
        ...     async def greet(self) -> str:
        ...         return "good morning" if await self._clock.hour() < 12 else "hello"
        >>> @module(name="greeter", requires=(Clock,), provides=(Greeter,))
        ... class GreeterModule:
        ...     async def init(self, ctx: ModuleContext) -> None:
        ...         ctx.hub.provide(Greeter, GreeterService(ctx.hub.get(Clock)))
        >>> async def main() -> str:
        ...     async with ModuleHarness(GreeterModule, fakes=[FakeClock()]) as harness:
        ...         return await harness.hub.get(Greeter).greet()
        >>> asyncio.run(main())
        'good morning'
    """

    host: Host

    def __init__(
        self,
        module_class: type,
        *,
        fakes: Iterable[object] = (),
        config: Mapping[str, Any] | None = None,
        overrides: Sequence[str] = (),
        modules: Iterable[type] = (),
        resources: Resources | None = None,
        mode: RunMode = RunMode.FULL,
    ) -> None:
        self._name = spec_of(module_class).name
        self._specs = _with_rest_host((module_class, *modules))
        self._fakes = FakesByContract(self._specs, tuple(fakes))
        self._tokens = MintedTokens()
        self._config = dict(config or {})
        self._overrides = overrides
        self._resources = resources
        self._mode = mode
        self._closing = AsyncExitStack()

    @property
    def hub(self) -> ClientHub:
        """Every client of the platform, whether or not a module declares that it uses it."""
        return self.host.hub

    def client(self, caller: SecurityContext | None = None) -> HttpClient:
        """Return a client of the REST API that calls as *caller*; without one it sends no token.

        Raises:
            LookupError: No module has REST operations.
        """
        api = self.host.resources.find(RestApi)
        if api is None:
            raise LookupError("no module under test has REST operations")
        if caller is None:
            return HttpClient(api)
        return HttpClient(api, {"authorization": f"Bearer {self._tokens.token_of(caller)}"})

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as closing:
            home = closing.enter_context(tempfile.TemporaryDirectory())
            configuration = Configuration.load(
                defaults={
                    "server": {"home_dir": home},
                    "modules": {self._name: {"config": self._config}},
                },
                overrides=self._overrides,
            )
            access = {Authenticator: self._tokens, PolicyDecisionPoint: OwnTenantPolicy()}
            self.host = Host(
                self._specs,
                configuration,
                clients={**access, **self._fakes.clients},
                resources=self._resources,
            )
            self._fakes.add_workers(self.host.hub)
            await closing.enter_async_context(self.host.started(self._mode))
            self._closing = closing.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._closing.__aexit__(kind, error, traceback)


def _with_rest_host(classes: Sequence[type]) -> tuple[ModuleSpec, ...]:
    has_rest = any(issubclass(item, RestCapability) for item in classes)
    has_host = any(issubclass(item, RestHostCapability) for item in classes)
    return specs_of((*classes, HarnessRestHost) if has_rest and not has_host else classes)
