"""Temporary databases: an empty one of each kind, made for one test and dropped after it."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal, TypeAlias
from uuid import uuid4

from attrs import field, frozen
from sqlalchemy import URL, MetaData, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from modkit_db.config import PoolConfig, SqliteConfig
from modkit_db.database import Database
from modkit_db.engines import make_engine
from modkit_db.provision import create_statement

DatabaseKind: TypeAlias = Literal["sqlite", "postgresql", "mariadb"]
DATABASE_KINDS: Final[tuple[DatabaseKind, ...]] = ("sqlite", "postgresql", "mariadb")
"""What a test that is to hold on every database runs on."""

_SERVERS: Final = {
    "postgresql": "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres",
    "mariadb": "mariadb+asyncmy://root@127.0.0.1:3306/mysql",
}
_VARIABLES: Final = {
    "postgresql": "MODKIT_TEST_POSTGRESQL",
    "mariadb": "MODKIT_TEST_MARIADB",
}


class ServerMissing(Exception):
    """No server of this kind answers; a test may be skipped for it."""


@frozen
class TemporaryDatabase:
    """An empty database.

    Attributes:
        url: Its address, with the asynchronous driver.
    """

    url: URL = field(repr=False)

    @property
    def overrides(self) -> tuple[str, ...]:
        """Configuration that makes it the database of all modules: ``ModuleHarness(..., overrides=...)``."""
        dsn = self.url.set(drivername=self.url.get_backend_name())
        return (f"database.servers.temporary.dsn={dsn.render_as_string(hide_password=False)}",)

    @asynccontextmanager
    async def engine(self) -> AsyncGenerator[AsyncEngine]:
        """Make an engine that is closed after the block."""
        made = make_engine(self.url, pool=PoolConfig(), sqlite=SqliteConfig(synchronous="NORMAL"))
        try:
            yield made
        finally:
            await made.dispose()

    @asynccontextmanager
    async def database(self, tables: MetaData) -> AsyncGenerator[Database]:
        """Make *tables* as they are declared, without migrations, and give the database to the block."""
        async with self.engine() as engine:
            async with engine.begin() as connection:
                await connection.run_sync(tables.create_all)
            yield Database(engine)


@asynccontextmanager
async def temporary_database(kind: DatabaseKind, folder: Path) -> AsyncGenerator[TemporaryDatabase]:
    """Make an empty database and drop it after the block.

    PostgreSQL is looked for at port 5432 of this machine with the user ``postgres``, MariaDB at 3306 with ``root``; the
    variables ``MODKIT_TEST_POSTGRESQL`` and ``MODKIT_TEST_MARIADB`` name other addresses, as
    ``postgresql+asyncpg://user:password@host/postgres`` and ``mariadb+asyncmy://user:password@host/mysql``.

    Args:
        kind: Kind of the database.
        folder: Where a SQLite file lies.

    Raises:
        ServerMissing: No server of this kind answers.
    """
    if kind == "sqlite":
        yield TemporaryDatabase(make_url(f"sqlite+aiosqlite:///{folder / 'temporary.db'}"))
        return
    server = make_url(os.environ.get(_VARIABLES[kind]) or _SERVERS[kind])
    name = f"modkit_{uuid4().hex}"
    admin = create_async_engine(server, isolation_level="AUTOCOMMIT")
    try:
        try:
            async with admin.connect() as connection:
                await connection.exec_driver_sql(create_statement(connection, name))
        except (OSError, OperationalError) as error:
            raise ServerMissing(f"no {kind} answers at {server}: {error}") from error
        try:
            yield TemporaryDatabase(server.set(database=name))
        finally:
            async with admin.connect() as connection:
                await connection.exec_driver_sql(f"DROP DATABASE {name}")
    finally:
        await admin.dispose()
