"""Make a database that is missing, and say in words why one cannot be reached."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from modkit.startup_error import Phase, StartupError
from modkit_db.addresses import DatabaseAddress
from modkit_db.dialects import error_code

_MISSING: Final = {"3D000", 1049}
_MADE_MEANWHILE: Final = {"42P04", "23505"}  # by another process


EXACT_COLLATIONS: Final = {
    True: "utf8mb4_nopad_bin",
    False: "utf8mb4_0900_bin",
}  # of MariaDB, of MySQL


async def make_ready(engine: AsyncEngine, address: DatabaseAddress) -> None:
    """Make sure that the database of *address* answers; make it if it is missing and the server is configured so.

    Raises:
        StartupError: It does not answer, or compares text loosely; the message names server and database, and no secret.
    """
    if address.is_sqlite:
        _make_folder(address)
    try:
        if not await exists(engine):
            await _create(address)
        await _check_collation(engine, address)
    except (SQLAlchemyError, OSError) as error:
        raise unreachable(address, error) from error


async def exists(engine: AsyncEngine) -> bool:
    """Connect; return whether the server has the database."""
    try:
        async with engine.connect():
            return True
    except DBAPIError as error:
        if error_code(error.orig) in _MISSING:
            return False
        raise


def create_statement(connection: AsyncConnection, name: str) -> str:
    """Return the statement that makes the database *name*, which is quoted, on the server of *connection*."""
    if connection.dialect.name == "postgresql":
        return f"CREATE DATABASE {name}"
    collation = EXACT_COLLATIONS[_is_mariadb(connection)]
    return f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb4 COLLATE {collation}"


def _is_mariadb(connection: AsyncConnection) -> bool:
    return bool(getattr(connection.dialect, "is_mariadb", False))


async def _check_collation(engine: AsyncEngine, address: DatabaseAddress) -> None:
    """Refuse a database that takes 'Map' for 'map': a scope that names one of them would let the other be seen."""
    if engine.dialect.name not in ("mysql", "mariadb"):
        return
    async with engine.connect() as connection:
        found = (await connection.exec_driver_sql("SELECT @@collation_database")).scalar_one()
        wanted = EXACT_COLLATIONS[_is_mariadb(connection)]
    if found not in EXACT_COLLATIONS.values():
        raise StartupError(
            Phase.MIGRATE,
            f"{address} compares text by {found}, which takes different texts for the same",
            remedy=f"ALTER DATABASE ... CHARACTER SET utf8mb4 COLLATE {wanted}, and convert tables that are there",
        )


def unreachable(address: DatabaseAddress, error: BaseException) -> StartupError:
    """Return what to tell a person about *error* of connecting to *address*."""
    return StartupError(
        Phase.MIGRATE,
        f"{address} does not answer: {reason(address, error)}",
        remedy=f"start it, or correct database.servers.{address.server}",
    )


def reason(address: DatabaseAddress, error: BaseException) -> str:
    """Return what the driver says in *error*, on one line and without secrets."""
    said = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return address.masked(" ".join(str(said).split()) or type(said).__name__)


def _make_folder(address: DatabaseAddress) -> None:
    if address.url.database in (None, ":memory:"):
        return
    folder = Path(str(address.url.database)).parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unreachable(address, error) from error


async def _create(address: DatabaseAddress) -> None:
    if not address.config.auto_provision:
        raise StartupError(
            Phase.MIGRATE,
            f"there is no {address}",
            remedy=f"create it, or set database.servers.{address.server}.auto_provision",
        )
    is_postgresql = address.url.get_backend_name() == "postgresql"
    server = address.url.set(database="postgres" if is_postgresql else "")
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT", hide_parameters=True)
    name = engine.dialect.identifier_preparer.quote_identifier(str(address.url.database))
    try:
        async with engine.connect() as connection:
            await connection.exec_driver_sql(create_statement(connection, name))
    except DBAPIError as error:
        if error_code(error.orig) not in _MADE_MEANWHILE:
            raise
    finally:
        await engine.dispose()
