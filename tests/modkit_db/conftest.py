"""A database of each kind, made for one test and dropped after it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from sqlalchemy import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from modkit_db import Database
from modkit_db.config import PoolConfig, SqliteConfig
from modkit_db.engines import make_engine
from tests.modkit_db.shelf import Rows

SERVERS: Final = {
    "postgresql": "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres",
    "mariadb": "mariadb+asyncmy://root@127.0.0.1:3306/mysql",
}


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[URL]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield make_url(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
        return
    server = make_url(SERVERS[request.param])
    name = f"modkit_{uuid4().hex}"
    admin = create_async_engine(server, isolation_level="AUTOCOMMIT")
    try:
        try:
            async with admin.connect() as connection:
                await connection.exec_driver_sql(f"CREATE DATABASE {name}")
        except (OSError, OperationalError) as error:
            if "CI" in os.environ:
                raise
            pytest.skip(f"no {request.param} answers: {error}")
        yield server.set(database=name)
        async with admin.connect() as connection:
            await connection.exec_driver_sql(f"DROP DATABASE {name}")
    finally:
        await admin.dispose()


@pytest.fixture
async def engine(url: URL) -> AsyncIterator[AsyncEngine]:
    made = make_engine(url, pool=PoolConfig(), sqlite=SqliteConfig(synchronous="NORMAL"))
    async with made.begin() as connection:
        await connection.run_sync(Rows.metadata.create_all)
    yield made
    await made.dispose()


@pytest.fixture
def database(engine: AsyncEngine) -> Database:
    """The shelf's tables, empty."""
    return Database(engine)
