"""Migration lock: of all processes that start at the same time, one changes the tables of a module, the others wait."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from hashlib import blake2s
from typing import Any, Final

from anyio import to_thread
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_WAIT_S: Final = 3600  # the start-up timeout of the module ends it earlier
_IN_PROCESS: Final = threading.Lock()


@asynccontextmanager
async def migration_lock(connection: AsyncConnection, name: str) -> AsyncGenerator[None]:
    """Hold the lock *name* of the database while the block runs; it ends with the process, whatever happens to it.

    On SQLite the block is one transaction, since the lock is the right to write; foreign keys are checked at its end
    only, as a table that is made anew would take the rows that refer to it along. Elsewhere the block begins and ends
    transactions of its own.

    Args:
        connection: Not in a transaction; the lock belongs to it.
        name: Of what is changed.
    """
    async with _alembic_to_itself():
        if connection.dialect.name == "sqlite":
            async with _sqlite_transaction(connection):
                yield
            return
        take, give = _statements(connection, name)
        await connection.execute(take)
        await connection.commit()
        try:
            yield
        except BaseException:
            await connection.invalidate()  # the lock ends with the session
            raise
        await connection.execute(give)
        await connection.commit()


@asynccontextmanager
async def _alembic_to_itself() -> AsyncGenerator[None]:
    """Wait for other hosts in this process: alembic keeps the migration that runs in a global variable."""
    if not _IN_PROCESS.acquire(blocking=False):
        await to_thread.run_sync(_IN_PROCESS.acquire)
    try:
        yield
    finally:
        _IN_PROCESS.release()


def _statements(connection: AsyncConnection, name: str) -> tuple[Any, Any]:
    """Return what takes the lock, and what gives it back."""
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(blake2s(name.encode(), digest_size=8).digest(), signed=True)
        return (
            text("SELECT pg_advisory_lock(:key)").bindparams(key=key),
            text("SELECT pg_advisory_unlock(:key)").bindparams(key=key),
        )
    # MariaDB: locks belong to the server, and their names have at most 64 characters.
    lock = "modkit_" + blake2s(f"{connection.engine.url.database} {name}".encode()).hexdigest()[:48]
    return (
        text("SELECT GET_LOCK(:lock, :wait)").bindparams(lock=lock, wait=_WAIT_S),
        text("SELECT RELEASE_LOCK(:lock)").bindparams(lock=lock),
    )


@asynccontextmanager
async def _sqlite_transaction(connection: AsyncConnection) -> AsyncGenerator[None]:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.execute(f"PRAGMA busy_timeout = {_WAIT_S * 1000}")
    await driver.execute("PRAGMA foreign_keys = OFF")  # has no effect inside a transaction
    try:
        async with connection.begin():
            yield
            broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).mappings()
            for row in broken:
                raise ValueError(
                    f"a row of {row['table']} refers to one of {row['parent']} that is gone"
                )
    finally:
        await connection.invalidate()  # its settings are those of migrations
