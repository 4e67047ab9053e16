"""How a module takes part in the REST API, and how one module hosts it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from modkit.capability import Capability, CapabilityHandler, Commit
from modkit.context import ModuleContext, Resources
from modkit.listeners import ListenerCapability
from modkit.rest.api import RestApi
from modkit.rest.compile import Hosting, Mount
from modkit.rest.operation import InvalidOperations
from modkit.rest.routes import Routes
from modkit.startup_error import Phase, StartupError


class RestHandler(CapabilityHandler["RestCapability"]):
    """Compiles the operations of all modules into one `RestApi`, which modules find as a resource."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._api = RestApi()
        self._replaced: dict[str, Mount] = {}
        resources.give(RestApi, self._api)

    def compose(self, module: RestCapability, ctx: ModuleContext[Any]) -> Commit:
        """Check and compile the operations of *module*; the commit serves them in place of those before.

        Raises:
            StartupError: Operations are half-wired, wrong, or collide with those of another module.
        """
        routes = Routes(ctx.name, prefixes=module.url_prefixes, root_paths=module.root_paths)
        module.routes(routes)
        hosting = module.rest_hosting() if isinstance(module, RestHostCapability) else None
        try:
            routes.check()
            serve = self._api.prepare(ctx.name, routes.operations, hosting=hosting)
        except InvalidOperations as error:
            raise StartupError(Phase.COMPOSE, str(error)) from error

        def commit() -> None:
            if (before := self._api.mounted(ctx.name)) is not None:
                self._replaced[ctx.name] = before
            serve()

        return commit

    async def settle(self, name: str) -> None:
        """Let the requests end that *name* began to serve before its restart; its streams are told to end."""
        if (before := self._replaced.pop(name, None)) is not None:
            await self._api.settle(before)

    async def drain(self) -> None:
        """Refuse new requests, and let streams end."""
        self._api.drain()

    def withdraw(self, name: str) -> None:
        """Serve the operations of *name* no longer."""
        self._api.unmount(name)


class RestCapability(Capability):
    """A module with operations in the REST API.

    Attributes:
        url_prefixes: First path segments that the module may use beside its own name.
        root_paths: Whether the module may use any path, for surfaces that a public protocol fixes.
    """

    handled_by: ClassVar[type[CapabilityHandler[Any]]] = RestHandler
    url_prefixes: ClassVar[Sequence[str]] = ()
    root_paths: ClassVar[bool] = False

    @abstractmethod
    def routes(self, routes: Routes) -> None:
        """Declare the operations; called once ``init`` has run."""


class RestHostCapability(RestCapability, ListenerCapability):
    """The one module that serves the REST API to the network; it sets how requests are treated.

    As one that listens it starts late, and is composed before the operations of the modules that it hosts.
    """

    @abstractmethod
    def rest_hosting(self) -> Hosting:
        """Return limits, authenticator and policy; called once ``init`` has run."""
