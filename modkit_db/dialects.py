"""What differs between SQLite, PostgreSQL and MariaDB or MySQL: how statements are written and what errors mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Dialect, Insert, case, insert
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import (
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from modkit_db.errors import (
    ConstraintViolated,
    DatabaseUnavailable,
    TransactionConflict,
    UniqueViolated,
)
from modkit_db.secure.condition import scope_condition
from modkit_db.secure.insert import SecureInsert
from modkit_errors import PlatformError

_UNIQUE: Final = {"23505", 1062, 2067, 1555}  # PostgreSQL, MySQL, SQLite: unique and primary key
_CONFLICT: Final = {"40001", "40P01", "55P03", 1213, 1205, 1020, 5, 6}
_LOST: Final = {2006, 2013, 2003, 2002, "57P01", "57P02", "57P03"}


def insert_statement(dialect: Dialect, statement: SecureInsert) -> Insert:
    """Write an insert or upsert; rows that are there but outside the scope stay as they are."""
    shape, updated = statement.shape, statement.updated
    if updated is None:
        return insert(shape.table)
    allowed = scope_condition(shape, statement.scope)
    if dialect.name in ("mysql", "mariadb"):
        mysql = mysql_insert(shape.table)
        keep = next(iter(shape.table.primary_key.columns)).name  # a column must be named
        changes: Mapping[str, Any] = {
            name: mysql.inserted[name]
            if allowed is None
            else case((allowed, mysql.inserted[name]), else_=shape.table.c[name])
            for name in updated
        } or {keep: shape.table.c[keep]}
        return mysql.on_duplicate_key_update(**changes)
    make = postgresql_insert if dialect.name == "postgresql" else sqlite_insert
    written = make(shape.table)
    if not updated:
        return written.on_conflict_do_nothing(index_elements=list(shape.table.primary_key.columns))
    return written.on_conflict_do_update(
        index_elements=list(shape.table.primary_key.columns),
        set_={name: written.excluded[name] for name in updated},
        where=allowed,
    )


def platform_error(error: SQLAlchemyError) -> PlatformError | None:
    """Return what *error* means to a caller; None where it shows a mistake of code, which must stay as it is."""
    if isinstance(error, PoolTimeout | DisconnectionError):
        return DatabaseUnavailable(retry_after_s=1)
    if not isinstance(error, DBAPIError):
        return None
    code = error_code(error.orig)
    if error.connection_invalidated or code in _LOST:
        return DatabaseUnavailable(retry_after_s=1)
    if code in _CONFLICT:
        return TransactionConflict(retry_after_s=1)
    if isinstance(error, IntegrityError):
        return UniqueViolated() if code in _UNIQUE else ConstraintViolated()
    if isinstance(error, InterfaceError | OperationalError) and code is None:
        return DatabaseUnavailable(retry_after_s=1)
    return None


def error_code(error: BaseException | None) -> str | int | None:
    """Return the code of a driver's error: the number of asyncmy, SQLSTATE of asyncpg, the extended code of SQLite."""
    arguments = getattr(error, "args", ())
    if arguments and isinstance(arguments[0], int):
        return arguments[0]
    sqlite_code = getattr(error, "sqlite_errorcode", None)
    if isinstance(sqlite_code, int):  # of busy and locked without their extensions
        return sqlite_code & 0xFF if sqlite_code & 0xFF in (5, 6) else sqlite_code
    sqlstate = getattr(error, "sqlstate", None)
    return sqlstate if isinstance(sqlstate, str) else None
