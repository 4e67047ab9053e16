"""DatabaseCapability: a module that keeps its rows in a database of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from attrs import frozen
from sqlalchemy.ext.asyncio import AsyncEngine

from modkit import ModuleContext, health_check
from modkit.capability import Capability, CapabilityHandler
from modkit.context import Resources
from modkit_db.addresses import DatabaseAddress, address_of
from modkit_db.config import DatabaseConfig, ModuleDatabaseConfig
from modkit_db.database import Database
from modkit_db.provision import make_ready
from modkit_db.shared_engines import SharedEngines


@frozen
class _Opened:
    address: DatabaseAddress
    engine: AsyncEngine
    database: Database


class DatabaseHandler(CapabilityHandler["DatabaseCapability"]):
    """Gives each module its `Database`, brought up to date before the module is initialised."""

    platform_sections: ClassVar[Mapping[str, type]] = {"database": DatabaseConfig}
    module_sections: ClassVar[Mapping[str, type]] = {"database": ModuleDatabaseConfig}

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._engines: Final = SharedEngines()
        self._opened: Final[dict[str, _Opened]] = {}

    async def provision(self, module: DatabaseCapability, ctx: ModuleContext[Any]) -> None:
        """Give *module* its database; nothing is connected yet."""
        opened = self._opened.get(ctx.name)  # a module that restarts stays with its database
        if opened is None:
            address = address_of(
                ctx.resource(DatabaseConfig),
                ctx.resource(ModuleDatabaseConfig),
                module=ctx.name,
                home=ctx.home,
            )
            engine = self._engines.engine(address)
            opened = self._opened[ctx.name] = _Opened(address, engine, Database(engine))
        ctx.resources.give(Database, opened.database)
        module.use_database(opened.database)

    async def migrate(self, module: DatabaseCapability, ctx: ModuleContext[Any]) -> None:
        """Make the database if it is missing."""
        del module
        opened = self._opened[ctx.name]
        await make_ready(opened.engine, opened.address)

    def withdraw(self, name: str) -> None:
        """Forget the database of module *name*."""
        self._opened.pop(name, None)

    async def close(self) -> None:
        """Close all connections."""
        await self._engines.close()


class DatabaseCapability(Capability):
    """A module with a database: ``ctx.resource(Database)``.

    Without configuration it is a SQLite file in the module's own folder; section ``database`` names servers, and
    ``modules.<name>.database`` which of them the module uses.
    """

    handled_by: ClassVar[type[CapabilityHandler[Any]]] = DatabaseHandler
    _database: Database

    def use_database(self, database: Database) -> None:
        """Remember *database* for the health check; the handler calls this."""
        self._database = database

    @health_check
    async def database_answers(self) -> None:
        """Ask the database for an answer."""
        await self._database.ping()
