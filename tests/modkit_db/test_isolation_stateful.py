"""No history of statements, transactions and concurrent sessions returns or changes a row outside its scope."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from modkit.security import AccessScope
from modkit_db import (
    ConstraintViolated,
    Database,
    Transaction,
    UniqueViolated,
    secure_delete,
    secure_insert,
    secure_select,
    secure_update,
    secure_upsert,
)
from modkit_db.secure.insert import OutsideScope
from modkit_db.testing import DATABASE_KINDS, ServerMissing, temporary_database
from tests.modkit_db import shelf
from tests.modkit_db.shelf import BookRow, LoanRow, Rows, of
from tests.modkit_db.shelf_model import (
    BOOKS,
    CONDITIONS,
    GROUPS_BELOW,
    MEMBERS,
    SUBTREE,
    TENANTS,
    Row,
    allows,
    books,
    scopes,
)

EVERYTHING: Final = AccessScope.everything()
conditions = st.sampled_from(sorted(CONDITIONS))


class Undone(Exception):
    """Ends a transaction on purpose."""


class Shelf(RuleBasedStateMachine):
    """Does everything twice, to the database and to dictionaries, and compares."""

    def __init__(self, runner: asyncio.Runner, engine: AsyncEngine) -> None:
        super().__init__()
        self.runner = runner
        self.engine = engine
        self.database = Database(engine)
        self.books: dict[UUID, Row] = {}
        self.loans: dict[UUID, Row] = {}

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize()
    def clear(self) -> None:
        async def clear() -> None:
            async with self.engine.begin() as connection:
                await connection.execute(delete(LoanRow.__table__))
                await connection.execute(delete(BookRow.__table__))

        self.run(clear())

    def inside(self, scope: AccessScope, condition: str) -> list[Row]:
        holds = CONDITIONS[condition][1]
        return [row for row in self.books.values() if allows(scope, row) and holds(row)]

    @rule(row=books, scope=scopes)
    def insert(self, row: Row, scope: AccessScope) -> None:
        if not allows(scope, row, is_new=True):
            with pytest.raises(OutsideScope):
                secure_insert(BookRow, scope, row)
            return
        written = self.database.run(secure_insert(BookRow, scope, row))
        if row["id"] in self.books:
            with pytest.raises(UniqueViolated):
                self.run(written)
        else:
            assert self.run(written) == 1
            self.books[row["id"]] = dict(row)

    @rule(row=books, scope=scopes, names=st.sets(st.sampled_from(["title", "pages", "kind"])))
    def upsert(self, row: Row, scope: AccessScope, names: set[str]) -> None:
        if not allows(scope, row, is_new=True):
            with pytest.raises(OutsideScope):
                secure_upsert(BookRow, scope, row, update=names)
            return
        self.run(self.database.run(secure_upsert(BookRow, scope, row, update=sorted(names))))
        there = self.books.setdefault(row["id"], dict(row))
        if allows(scope, there):
            there.update({name: row[name] for name in names})

    @rule(scope=scopes, condition=conditions, title=st.sampled_from(("Emma", "Ulysses")))
    def update(self, scope: AccessScope, condition: str, title: str) -> None:
        change = secure_update(BookRow, scope, title=title, pages=BookRow.pages + 1)
        found = self.inside(scope, condition)
        assert self.run(self.database.run(change.where(*CONDITIONS[condition][0]))) == len(found)
        for row in found:
            row.update(title=title, pages=None if row["pages"] is None else row["pages"] + 1)

    @rule(scope=scopes, condition=conditions)
    def delete(self, scope: AccessScope, condition: str) -> None:
        removal = secure_delete(BookRow, scope).where(*CONDITIONS[condition][0])
        found = {row["id"] for row in self.inside(scope, condition)}
        if found & {loan["book_id"] for loan in self.loans.values()}:
            with pytest.raises(ConstraintViolated):
                self.run(self.database.run(removal))
        else:
            assert self.run(self.database.run(removal)) == len(found)
            for key in found:
                del self.books[key]

    @rule(number=st.integers(0, 3), tenant=st.sampled_from(TENANTS), book=st.sampled_from(BOOKS))
    def lend(self, number: int, tenant: UUID, book: UUID) -> None:
        loan = {"id": UUID(int=200 + number), "book_id": book, "reader": "Jane"}
        statement = secure_insert(LoanRow, of(tenant), loan, tenant_id=tenant)
        if loan["id"] in self.loans or book not in self.books:
            with pytest.raises((UniqueViolated, ConstraintViolated)):
                self.run(self.database.run(statement))
        else:
            self.run(self.database.run(statement))
            self.loans[loan["id"]] = {**loan, "tenant_id": tenant}

    @rule(scope=scopes, condition=conditions, lenders=st.frozensets(st.sampled_from(TENANTS)))
    def read(self, scope: AccessScope, condition: str, lenders: frozenset[UUID]) -> None:
        query = secure_select(BookRow, scope).where(*CONDITIONS[condition][0])
        lent = LoanRow.book_id == BookRow.id
        inside = self.inside(scope, condition)
        loans = [row["book_id"] for row in self.loans.values() if row["tenant_id"] in lenders]
        expected = sorted(row["id"] for row in inside)
        joined = sorted(row["id"] for row in inside for book in loans if row["id"] == book)
        assert self.ids(query) == expected
        assert self.run(self.database.count(query)) == len(expected)
        assert self.ids(query.join(LoanRow, of(*lenders), lent)) == joined
        assert self.ids(query.where_exists(LoanRow, of(*lenders), lent)) == sorted(set(joined))

    def ids(self, query: Any) -> list[UUID]:
        return sorted(item.id for item in self.run(self.database.all(query)))

    @rule(scope=scopes, row=books)
    def change_and_undo(self, scope: AccessScope, row: Row) -> None:
        async def work() -> None:
            async with self.database.transaction() as transaction:
                await transaction.run(secure_update(BookRow, scope, title="gone"))
                if allows(scope, row, is_new=True):
                    await transaction.run(secure_upsert(BookRow, scope, row, update=["pages"]))
                raise Undone

        with pytest.raises(Undone):
            self.run(work())

    @rule(tenants=st.lists(st.sampled_from(TENANTS), min_size=2, max_size=5), reads=scopes)
    def change_side_by_side(self, tenants: list[UUID], reads: AccessScope) -> None:
        """Each session changes the books of its tenant, while others read; additions come out the same in any order."""

        async def session(tenant: UUID) -> None:
            async def work(transaction: Transaction) -> None:
                await transaction.run(secure_update(BookRow, of(tenant), pages=BookRow.pages + 10))

            await self.database.transact(work, attempts=20)

        async def side_by_side() -> list[Any]:
            async with asyncio.TaskGroup() as group:
                found = group.create_task(self.database.all(secure_select(BookRow, reads)))
                for tenant in tenants:
                    group.create_task(session(tenant))
            return found.result()

        found = self.run(side_by_side())
        assert {item.id for item in found} == {row["id"] for row in self.inside(reads, "all")}
        for tenant in tenants:
            for row in self.books.values():
                if row["tenant_id"] == tenant and row["pages"] is not None:
                    row["pages"] += 10

    @invariant()
    def nothing_else_has_changed(self) -> None:
        async def look() -> tuple[list[Row], list[Row]]:
            async with self.engine.connect() as connection:
                there = await connection.execute(select(BookRow.__table__))
                lent = await connection.execute(select(LoanRow.__table__))
                return [dict(row._mapping) for row in there], [dict(row._mapping) for row in lent]

        there, lent = self.run(look())
        assert {row["id"]: row for row in there} == self.books
        assert {row["id"]: row for row in lent} == self.loans


@pytest.fixture(params=DATABASE_KINDS)
def shelf_engine(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[asyncio.Runner, AsyncEngine]]:
    with asyncio.Runner() as runner:
        closing = AsyncExitStack()
        try:
            made = runner.run(
                closing.enter_async_context(temporary_database(request.param, tmp_path))
            )
            engine = runner.run(closing.enter_async_context(made.engine()))
            runner.run(make_tables(engine))
            yield runner, engine
        except ServerMissing as missing:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(missing))
        finally:
            runner.run(closing.aclose())


async def make_tables(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Rows.metadata.create_all)
        await connection.execute(
            insert(shelf.TENANTS),
            [
                {
                    "ancestor_id": top,
                    "descendant_id": low,
                    "barrier": wall,
                    "descendant_status": "active",
                }
                for top, low, wall in SUBTREE
            ],
        )
        await connection.execute(
            insert(shelf.MEMBERS),
            [{"group_id": group, "resource_id": member} for group, member in MEMBERS],
        )
        await connection.execute(
            insert(shelf.GROUPS),
            [{"ancestor_id": top, "descendant_id": low} for top, low in GROUPS_BELOW],
        )


def test_no_history_reaches_beyond_its_scope(
    shelf_engine: tuple[asyncio.Runner, AsyncEngine],
) -> None:
    bounded = settings(max_examples=max(15, settings().max_examples // 4), stateful_step_count=20)
    run_state_machine_as_test(lambda: Shelf(*shelf_engine), settings=bounded)  # type: ignore[arg-type]  # any maker
