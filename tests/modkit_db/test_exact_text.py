"""Text is compared exactly on every database: MariaDB would take 'Map' for 'map' and 'map ' by default."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from modkit.security import AccessScope, Predicate
from modkit.startup_error import StartupError
from modkit_db import Database, secure_insert, secure_select
from modkit_db.addresses import DatabaseAddress
from modkit_db.config import ServerConfig
from modkit_db.provision import make_ready
from tests.modkit_db.shelf import ALICE, BookRow, book, of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("kind", ["Map", "map ", "MAP", "mäp"])
async def test_a_scope_names_exactly_one_text(database: Database, kind: str) -> None:
    await database.run(secure_insert(BookRow, of(ALICE), book(), tenant_id=ALICE, kind=kind))
    maps = AccessScope(((Predicate("kind", "eq", ("map",)),),))
    assert await database.all(secure_select(BookRow, maps)) == []
    assert await database.all(secure_select(BookRow, of(ALICE)).where(BookRow.kind == "map")) == []


async def test_a_database_that_compares_loosely_is_refused(empty: AsyncEngine) -> None:
    address = DatabaseAddress(server="main", url=empty.url, config=ServerConfig())
    await make_ready(empty, address)
    if empty.dialect.name == "mariadb":
        async with empty.begin() as connection:
            loosen = f"ALTER DATABASE {empty.url.database} COLLATE utf8mb4_general_ci"
            await connection.exec_driver_sql(loosen)
        await empty.dispose()
        with pytest.raises(StartupError, match="compares text by utf8mb4_general_ci"):
            await make_ready(empty, address)
