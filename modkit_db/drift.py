"""Drift: how the tables of a database differ from what the code declares."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from modkit_db.engines import READ_ONLY
from modkit_db.revisions import HISTORY_PREFIX


async def drift(engine: AsyncEngine, tables: MetaData) -> str:
    """Return the body of a revision that would bring the database to *tables*; empty if it is there already.

    Columns, types, NULL, keys, indexes and unique constraints are compared; checks and server defaults are not.
    """
    async with engine.connect() as connection:
        await connection.execution_options(**{READ_ONLY: True})
        return await connection.run_sync(_drift, tables)


def _drift(connection: Connection, tables: MetaData) -> str:
    context = MigrationContext.configure(
        connection,
        opts={
            "target_metadata": tables,
            "compare_type": True,
            "include_name": _is_compared,
        },
    )
    found = produce_migrations(context, tables).upgrade_ops
    return "" if found is None or found.is_empty() else render_python_code(found)


def _is_compared(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or not (name or "").startswith(HISTORY_PREFIX)
