"""Database: what a module reads and writes its rows with."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, Literal, TypeAlias, TypeVar

import anyio
from attrs import frozen
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from modkit_db.engines import READ_ONLY
from modkit_db.errors import DatabaseUnavailable, TransactionConflict
from modkit_db.secure import SecureSelect
from modkit_db.transaction import AfterCommit, SecureWrite, Transaction, translated

R = TypeVar("R")
V = TypeVar("V")

Isolation: TypeAlias = Literal["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]
_BACK_OFF_S: Final = 0.01
_PING: Final = select(1)


@frozen
class Database:
    """The tables of one module; it runs secured statements only.

    Each of the short methods is a transaction of its own; `transaction` spans several statements.
    """

    _engine: AsyncEngine

    async def all(self, statement: SecureSelect[V]) -> list[V]:
        """Return all values that *statement* finds."""
        async with self.transaction(read_only=True) as transaction:
            return await transaction.all(statement)

    async def first(self, statement: SecureSelect[V]) -> V | None:
        """Return the first value that *statement* finds, None if there is none."""
        async with self.transaction(read_only=True) as transaction:
            return await transaction.first(statement)

    async def one_or_none(self, statement: SecureSelect[V]) -> V | None:
        """Return the only value that *statement* finds, None if there is none; raises `TooManyRows` if there are more."""
        async with self.transaction(read_only=True) as transaction:
            return await transaction.one_or_none(statement)

    async def count(self, statement: SecureSelect[Any]) -> int:
        """Return how many rows *statement* finds."""
        async with self.transaction(read_only=True) as transaction:
            return await transaction.count(statement)

    async def exists(self, statement: SecureSelect[Any]) -> bool:
        """Return whether *statement* finds anything."""
        async with self.transaction(read_only=True) as transaction:
            return await transaction.exists(statement)

    async def stream(self, statement: SecureSelect[V]) -> AsyncIterator[V]:
        """Yield the values that *statement* finds as they come, without holding them all in memory."""
        async with self.transaction(read_only=True) as transaction:
            async for value in transaction.stream(statement):
                yield value

    async def run(self, statement: SecureWrite) -> int:
        """Run a change, and return how many rows it has written."""
        async with self.transaction() as transaction:
            return await transaction.run(statement)

    async def ping(self) -> None:
        """Ask the database for an answer; raises `DatabaseUnavailable` if there is none."""
        async with self._connect(None, read_only=True) as connection:
            await connection.execute(_PING)

    @asynccontextmanager
    async def transaction(
        self, *, isolation: Isolation | None = None, read_only: bool = False
    ) -> AsyncGenerator[Transaction]:
        """Begin a transaction; it is committed at the end of the block, and undone if an error leaves the block.

        Args:
            isolation: What it sees of others; the database's default otherwise. SQLite is always serializable.
            read_only: Whether it changes nothing; a change in it is then an error of the database.
        """
        async with self._connect(isolation, read_only=read_only) as connection:
            after: list[AfterCommit] = []
            with translated():
                async with connection.begin():
                    yield Transaction(connection, after)
        for action in after:
            await action()

    async def transact(
        self,
        work: Callable[[Transaction], Awaitable[R]],
        *,
        isolation: Isolation | None = None,
        attempts: int = 5,
    ) -> R:
        """Run *work* in a transaction, and again from its beginning if another transaction came in between.

        Args:
            work: What to do; must have no effect but through the transaction, since it may run several times.
            isolation: What it sees of others.
            attempts: How often it runs at most.

        Raises:
            TransactionConflict: Every attempt met another transaction.
        """
        for attempt in range(1, attempts + 1):
            try:
                async with self.transaction(isolation=isolation) as transaction:
                    return await work(transaction)
            except TransactionConflict:
                if attempt == attempts:
                    raise
            await anyio.sleep(_BACK_OFF_S * 2**attempt * random.random())  # noqa: S311 - spreads the attempts
        raise AssertionError("attempts is at least 1")

    @asynccontextmanager
    async def _connect(
        self, isolation: Isolation | None, *, read_only: bool
    ) -> AsyncGenerator[AsyncConnection]:
        options: dict[str, Any] = {READ_ONLY: read_only}
        if isolation is not None and self._engine.dialect.name != "sqlite":
            options["isolation_level"] = isolation
        if read_only and self._engine.dialect.name == "postgresql":
            options["postgresql_readonly"] = True
        with translated():
            async with AsyncExitStack() as closing:
                try:
                    connection = await closing.enter_async_context(self._engine.connect())
                except OSError as error:  # asyncpg lets those of its socket through
                    raise DatabaseUnavailable(retry_after_s=1) from error
                await connection.execution_options(**options)
                yield connection
