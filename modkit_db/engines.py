"""Engines: one per server, set up so that SQLite, PostgreSQL and MariaDB behave alike."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from modkit_db.config import PoolConfig, SqliteConfig

READ_ONLY: Final = "modkit_read_only"
"""Execution option of a connection: its transactions change nothing."""


def make_engine(url: URL, *, pool: PoolConfig, sqlite: SqliteConfig) -> AsyncEngine:
    """Return an engine for *url*; nothing is connected yet.

    Args:
        url: With the asynchronous driver.
        pool: How many connections it holds, and for how long.
        sqlite: What each connection to SQLite is set to.
    """
    options: dict[str, Any] = {"hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, **_sqlite_pool(url, pool), **options)
        _prepare_sqlite(engine, sqlite)
        return engine
    engine = create_async_engine(
        url,
        pool_size=pool.max_connections,
        max_overflow=0,
        pool_timeout=pool.acquire_timeout_s,
        pool_recycle=pool.max_lifetime_s,
        pool_pre_ping=pool.test_before_acquire,
        **options,
    )
    if engine.dialect.name in ("mysql", "mariadb"):
        event.listen(engine.sync_engine, "begin", _begin_mysql)
    return engine


def _sqlite_pool(url: URL, pool: PoolConfig) -> dict[str, Any]:
    if url.database in (None, "", ":memory:"):
        return {}  # one connection, kept: a database in memory lives as long as it
    return {
        "pool_size": pool.max_connections,
        "max_overflow": 0,
        "pool_timeout": pool.acquire_timeout_s,
    }


def _prepare_sqlite(engine: AsyncEngine, settings: SqliteConfig) -> None:
    statements = settings.pragmas()

    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()

    event.listen(engine.sync_engine, "connect", connect)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a reader that becomes a writer would fail instead of waiting for its turn."""
    is_read_only = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")


def _begin_mysql(connection: Connection) -> None:
    if connection.get_execution_options().get(READ_ONLY):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
