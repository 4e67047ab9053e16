"""DatabaseCapability: a module that keeps its rows in a database of its own."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Final

from attrs import frozen
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from modkit import ModuleContext, health_check
from modkit.capability import Capability, CapabilityHandler
from modkit.context import Resources
from modkit.startup_error import Phase, StartupError
from modkit_db.addresses import DatabaseAddress, address_of
from modkit_db.config import DatabaseConfig, ModuleDatabaseConfig
from modkit_db.database import Database
from modkit_db.migrations import Migrations
from modkit_db.provision import make_ready
from modkit_db.revisions import Revisions
from modkit_db.shared_engines import SharedEngines

_LOG: Final = logging.getLogger(__name__)


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
        """Make the database if that is configured, and run the migrations of *module*."""
        opened = self._opened[ctx.name]
        await make_ready(opened.engine, opened.address)
        migrations = self._migrations(module, ctx)
        for revision in await migrations.run() if migrations else ():
            _LOG.info("%s: migrated to revision %s", ctx.name, revision)

    async def migration_plan(
        self, module: DatabaseCapability, ctx: ModuleContext[Any]
    ) -> Sequence[str]:
        """Return the SQL of the revisions that have not been run."""
        migrations = self._migrations(module, ctx)
        return await migrations.plan() if migrations else ()

    def withdraw(self, name: str) -> None:
        """Forget the database of module *name*."""
        self._opened.pop(name, None)

    async def close(self) -> None:
        """Close all connections."""
        await self._engines.close()

    def _migrations(self, module: DatabaseCapability, ctx: ModuleContext[Any]) -> Migrations | None:
        if module.migrations is None:
            if module.tables is None or not module.tables.tables:
                return None
            raise StartupError(
                Phase.MIGRATE,
                "it has tables, and no migrations that make them",
                remedy="set `migrations` beside `tables` to the folder of its revisions",
                module=ctx.name,
            )
        opened = self._opened[ctx.name]
        revisions = Revisions.read(ctx.name, module.migrations)
        return Migrations(revisions, opened.engine, opened.address)


class DatabaseCapability(Capability):
    """A module with a database: ``ctx.resource(Database)``.

    Without configuration it is a SQLite file in the module's own folder; section ``database`` names servers, and
    ``modules.<name>.database`` which of them the module uses.

    Attributes:
        tables: The module's tables, ``metadata`` of the base class of its entities.
        migrations: The package or folder of the alembic revisions that make these tables; they are run before the
            module is initialised.
    """

    tables: ClassVar[MetaData | None] = None
    migrations: ClassVar[ModuleType | Path | None] = None
    handled_by: ClassVar[type[CapabilityHandler[Any]]] = DatabaseHandler
    _database: Database

    def use_database(self, database: Database) -> None:
        """Remember *database* for the health check; the handler calls this."""
        self._database = database

    @health_check
    async def database_answers(self) -> None:
        """Ask the database for an answer."""
        await self._database.ping()
