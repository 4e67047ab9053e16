"""Composition root of types_registry."""

from __future__ import annotations

from hyperspot.types_registry.api.rest.entities import EntityRoutes
from hyperspot.types_registry.api.rest.export import ExportRoutes
from hyperspot.types_registry.api.rest.gts_checks import GtsCheckRoutes
from hyperspot.types_registry.api.rest.gts_entities import GtsEntityRoutes
from hyperspot.types_registry.api.rest.gts_ids import GtsIdRoutes
from hyperspot.types_registry.config import TypesRegistryConfig
from hyperspot.types_registry.contract import TypesRegistryClient
from hyperspot.types_registry.domain.port import RegistryPort
from hyperspot.types_registry.domain.service import TypesRegistryService
from hyperspot.types_registry.infra.entity_files import read_entity_files
from modkit import ModuleContext, Phase, StartupError, module, on_start
from modkit.events import EventBus
from modkit.gts import GtsStore
from modkit.gts.operations import GtsOperations
from modkit.ports import TypesRegistry
from modkit.rest.capability import RestCapability
from modkit.rest.routes import Routes


@module(
    name="types_registry",
    config=TypesRegistryConfig,
    provides=(TypesRegistryClient, TypesRegistry),
)
class TypesRegistryModule(RestCapability):
    """Keeps the types and instances that modules and vendors declare, and checks them."""

    async def init(self, ctx: ModuleContext[TypesRegistryConfig]) -> None:
        """Take in what is in files; modules that start later add theirs."""
        fields = ctx.config.id_fields()
        bus = EventBus()
        ctx.on_close(bus.close)
        store = GtsStore(fields=fields, max_entities=ctx.config.max_entities)
        self._operations = GtsOperations(store)
        self._is_unchecked = ctx.config.unchecked_gts_entities
        self._service = TypesRegistryService(store, bus)
        for document in read_entity_files(ctx.config.paths):
            await self._service.register([document.content], source=document.place)
        ctx.hub.provide(TypesRegistryClient, self._service)
        ctx.hub.provide(TypesRegistry, RegistryPort(self._service, fields))

    @on_start
    async def check_everything(self) -> None:
        """Check what all modules have registered while they were initialised."""
        if faults := await self._service.become_ready():
            lines = "".join(f"\n  {fault}" for fault in faults)
            raise StartupError(
                Phase.START,
                f"{len(faults)} of the types and instances that were registered are wrong:{lines}",
                remedy="mend each where it is registered, which stands in parentheses",
            )

    def routes(self, routes: Routes) -> None:
        """Declare the operations."""
        EntityRoutes(self._service).register(routes)
        ExportRoutes(self._service).register(routes)
        GtsIdRoutes(self._operations).register(routes)
        GtsCheckRoutes(registry=self._service, operations=self._operations).register(routes)
        GtsEntityRoutes(
            registry=self._service,
            operations=self._operations,
            is_unchecked=self._is_unchecked,
        ).register(routes)
