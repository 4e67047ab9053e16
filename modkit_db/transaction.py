"""Transaction: secured statements that take effect together or not at all."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias, TypeVar

from attrs import define
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from modkit_db.dialects import insert_statement, platform_error
from modkit_db.errors import TooManyRows, UnsafeStatement
from modkit_db.secure import SecureDelete, SecureInsert, SecureSelect, SecureUpdate

V = TypeVar("V")

SecureWrite: TypeAlias = SecureInsert | SecureUpdate | SecureDelete
AfterCommit: TypeAlias = Callable[[], Awaitable[None]]


@define
class Transaction:
    """One transaction under way; `Database.transaction` begins and ends it.

    Every method raises `DatabaseUnavailable`, `TransactionConflict`, `UniqueViolated` and `ConstraintViolated` for what
    the database answers, and `UnsafeStatement` for a statement that is not one of the secured ones.
    """

    _connection: AsyncConnection
    _on_commit: list[AfterCommit]

    async def all(self, statement: SecureSelect[V]) -> list[V]:
        """Return all values that *statement* finds."""
        _check(statement, SecureSelect)
        with translated():
            rows = (await self._connection.execute(statement.query)).all()
        value = statement.shape.value
        return [value(row) for row in rows]

    async def first(self, statement: SecureSelect[V]) -> V | None:
        """Return the first value that *statement* finds, None if there is none."""
        found = await self.all(_limited(statement, 1))
        return found[0] if found else None

    async def one_or_none(self, statement: SecureSelect[V]) -> V | None:
        """Return the only value that *statement* finds, None if there is none.

        Raises:
            TooManyRows: There are several.
        """
        _check(statement, SecureSelect)
        with translated():
            rows = (await self._connection.execute(statement.query)).fetchmany(2)
        if len(rows) > 1:
            raise TooManyRows(f"{statement.shape.table} has several rows where one was asked for")
        return statement.shape.value(rows[0]) if rows else None

    async def count(self, statement: SecureSelect[Any]) -> int:
        """Return how many rows *statement* finds."""
        _check(statement, SecureSelect)
        counted = select(func.count()).select_from(statement.query.order_by(None).subquery())
        with translated():
            return int((await self._connection.execute(counted)).scalar_one())

    async def exists(self, statement: SecureSelect[Any]) -> bool:
        """Return whether *statement* finds anything."""
        return bool(await self.all(_limited(statement, 1)))

    async def stream(self, statement: SecureSelect[V]) -> AsyncIterator[V]:
        """Yield the values that *statement* finds as they come, without holding them all in memory."""
        _check(statement, SecureSelect)
        value = statement.shape.value
        with translated():
            async with self._connection.stream(statement.query) as rows:
                async for row in rows:
                    yield value(row)

    async def run(self, statement: SecureWrite) -> int:
        """Run a change, and return how many rows it has written.

        Of an upsert, MariaDB and MySQL count each row that was there twice, and the untouched as written.
        """
        with translated():
            match statement:
                case SecureInsert():
                    written = insert_statement(self._connection.dialect, statement)
                    rows = [dict(row) for row in statement.rows]
                    result = await self._connection.execute(written, rows)
                    return len(rows) if statement.updated is None else max(result.rowcount, 0)
                case SecureUpdate() | SecureDelete():
                    return (await self._connection.execute(statement.change)).rowcount
                case _:
                    raise _unsafe(statement)

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """Run what is inside as a part that can fail alone: an error undoes it, and the transaction can go on."""
        with translated():
            async with self._connection.begin_nested():
                yield

    def after_commit(self, action: AfterCommit) -> None:
        """Call *action* once the transaction is committed, and never if it is not; in the order of these calls."""
        self._on_commit.append(action)


def _limited(statement: SecureSelect[V], rows: int) -> SecureSelect[V]:
    _check(statement, SecureSelect)
    return statement.limit(rows)


def _check(statement: object, kind: type[Any]) -> None:
    if not isinstance(statement, kind):
        raise _unsafe(statement)


def _unsafe(statement: object) -> UnsafeStatement:
    return UnsafeStatement(
        f"a {type(statement).__name__} has no access scope; write secure_select(Entity, scope), "
        "secure_insert, secure_upsert, secure_update or secure_delete"
    )


@contextmanager
def translated() -> Generator[None]:
    """Turn errors of the database into those of the platform; what shows a mistake of code stays as it is."""
    try:
        yield
    except SQLAlchemyError as error:
        found = platform_error(error)
        if found is None:
            raise
        raise found from error
