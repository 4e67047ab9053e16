"""A database of each kind, made for one test and dropped after it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from modkit_db import Database
from modkit_db.testing import TemporaryDatabase
from modkit_db.testing.plugin import temporary_database_fixture
from tests.modkit_db.shelf import Rows

__all__ = ["temporary_database_fixture"]


@pytest.fixture
async def url(temporary_database: TemporaryDatabase) -> URL:
    """The address of an empty database."""
    return temporary_database.url


@pytest.fixture
async def empty(temporary_database: TemporaryDatabase) -> AsyncIterator[AsyncEngine]:
    """An engine of a database without tables."""
    async with temporary_database.engine() as engine:
        yield engine


@pytest.fixture
async def engine(empty: AsyncEngine) -> AsyncEngine:
    async with empty.begin() as connection:
        await connection.run_sync(Rows.metadata.create_all)
    return empty


@pytest.fixture
def database(engine: AsyncEngine) -> Database:
    """The shelf's tables, empty."""
    return Database(engine)
