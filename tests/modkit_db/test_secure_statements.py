"""Statements find and change what their scope allows, and nothing else, on every database."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from modkit.security import AccessScope, Predicate
from modkit_db import (
    Database,
    ImmutableColumn,
    TooManyRows,
    UniqueViolated,
    UnsafeStatement,
    secure_delete,
    secure_insert,
    secure_select,
    secure_update,
    secure_upsert,
)
from modkit_db.secure.insert import OutsideScope
from tests.modkit_db.shelf import (
    ALICE,
    BOB,
    BOOK,
    CAROL,
    GROUPS,
    MEMBERS,
    TENANTS,
    BookRow,
    Language,
    LanguageRow,
    Loan,
    LoanRow,
    book,
    of,
)

pytestmark = pytest.mark.anyio
EVERYTHING = AccessScope.everything()


def scope(*predicates: Predicate) -> AccessScope:
    return AccessScope((predicates,))


async def test_values_come_back_as_they_were_written(database: Database) -> None:
    assert await database.run(secure_insert(BookRow, of(ALICE), BOOK, tenant_id=ALICE)) == 1
    assert await database.all(secure_select(BookRow, of(ALICE))) == [BOOK]


async def test_rows_of_other_tenants_are_not_there(database: Database) -> None:
    await database.run(secure_insert(BookRow, of(ALICE), BOOK, tenant_id=ALICE))
    others = of(BOB, CAROL)
    assert await database.all(secure_select(BookRow, others)) == []
    assert await database.one_or_none(secure_select(BookRow, others)) is None
    assert await database.count(secure_select(BookRow, others)) == 0
    assert not await database.exists(secure_select(BookRow, others))
    assert [found async for found in database.stream(secure_select(BookRow, others))] == []
    assert await database.run(secure_update(BookRow, others, title="Stolen")) == 0
    assert await database.run(secure_delete(BookRow, others)) == 0
    assert await database.all(secure_select(BookRow, of(ALICE))) == [BOOK]


@pytest.mark.parametrize(
    "nothing",
    [
        AccessScope.nothing(),
        AccessScope(((),)),
        scope(Predicate("colour", "eq", ("red",))),
        scope(Predicate("tenant_id", "in", ())),
        scope(Predicate("tenant_id", "eq", (ALICE, BOB))),
        scope(Predicate("tenant_id", "eq", (7,))),
        scope(Predicate("tenant_id", "eq", ("no id",))),
        scope(Predicate("tenant_id", "in", (ALICE, "no id"))),
        scope(Predicate("kind", "eq", (None,))),
        scope(Predicate("tenant_id", "eq", (ALICE,)), Predicate("colour", "eq", ("red",))),
        scope(Predicate("tenant_id", "in_tenant_subtree", ("no id",))),
        scope(Predicate("id", "in_group", ())),
    ],
)
async def test_what_cannot_be_understood_allows_nothing(
    database: Database, nothing: AccessScope
) -> None:
    await database.run(secure_insert(BookRow, EVERYTHING, BOOK, tenant_id=ALICE))
    assert await database.all(secure_select(BookRow, nothing)) == []
    with pytest.raises(OutsideScope):
        secure_insert(BookRow, nothing, book(), tenant_id=ALICE)


async def test_constraints_are_alternatives_of_conditions(database: Database) -> None:
    reader = uuid4()
    mine, hers, comic = book(), book(), book()
    await database.run(secure_insert(BookRow, EVERYTHING, mine, tenant_id=ALICE, owner_id=reader))
    await database.run(secure_insert(BookRow, EVERYTHING, hers, tenant_id=ALICE))
    await database.run(secure_insert(BookRow, EVERYTHING, comic, tenant_id=BOB, kind="comic"))
    either = AccessScope(
        (
            (
                Predicate("owner_tenant_id", "eq", (str(ALICE),)),
                Predicate("owner_id", "eq", (reader,)),
            ),
            (Predicate("tenant_id", "in", (BOB, CAROL)), Predicate("kind", "in", ("comic", "map"))),
        )
    )
    found = await database.all(secure_select(BookRow, either))
    assert {item.id for item in found} == {mine.id, comic.id}


async def test_a_subtree_ends_at_barriers(engine: AsyncEngine, database: Database) -> None:
    rows = [
        {"ancestor_id": top, "descendant_id": low, "barrier": wall, "descendant_status": "active"}
        for top, low, wall in ((ALICE, ALICE, False), (ALICE, BOB, False), (ALICE, CAROL, True))
    ]
    async with engine.begin() as connection:
        await connection.execute(insert(TENANTS), rows)
    for tenant in (ALICE, BOB, CAROL):
        await database.run(
            secure_insert(BookRow, EVERYTHING, book(title=str(tenant)), tenant_id=tenant)
        )
    below = scope(Predicate("tenant_id", "in_tenant_subtree", (ALICE,)))
    found = await database.all(secure_select(BookRow, below))
    assert {item.title for item in found} == {str(ALICE), str(BOB)}


@pytest.mark.parametrize(("operator", "count"), [("in_group", 1), ("in_group_subtree", 2)])
async def test_groups_hold_their_members_and_those_of_groups_below(
    engine: AsyncEngine, database: Database, operator: str, count: int
) -> None:
    top, low, direct, deep = uuid4(), uuid4(), book(), book()
    async with engine.begin() as connection:
        await connection.execute(
            insert(MEMBERS),
            [
                {"group_id": top, "resource_id": direct.id},
                {"group_id": low, "resource_id": deep.id},
            ],
        )
        await connection.execute(
            insert(GROUPS),
            [{"ancestor_id": top, "descendant_id": item} for item in (top, low)],
        )
    await database.run(secure_insert(BookRow, EVERYTHING, direct, deep, book(), tenant_id=ALICE))
    members = scope(Predicate("id", operator, (top,)))  # type: ignore[arg-type]  # one of the literals
    assert await database.count(secure_select(BookRow, members)) == count


async def test_joined_entities_are_scoped_too(database: Database) -> None:
    mine, hers = book(), book()
    await database.run(secure_insert(BookRow, EVERYTHING, mine, hers, tenant_id=ALICE))
    for number, (item, tenant) in enumerate(((mine, ALICE), (hers, BOB))):
        loan = Loan(id=UUID(int=number), book_id=item.id, reader="R")
        await database.run(secure_insert(LoanRow, EVERYTHING, loan, tenant_id=tenant))
    lent = secure_select(BookRow, of(ALICE)).join(LoanRow, of(ALICE), LoanRow.book_id == BookRow.id)
    assert await database.all(lent.where(LoanRow.reader == "R")) == [mine]
    existing = secure_select(BookRow, of(ALICE)).where_exists(
        LoanRow, of(BOB), LoanRow.book_id == BookRow.id
    )
    assert await database.all(existing) == [hers]
    gone = secure_delete(BookRow, of(BOB)).where_exists(
        LoanRow, of(BOB), LoanRow.book_id == BookRow.id
    )
    assert await database.run(gone) == 0


async def test_what_belongs_to_nobody_is_for_everyone_who_may_read_something(
    database: Database,
) -> None:
    english = Language(code="en", name="English")
    await database.run(secure_insert(LanguageRow, of(ALICE), english))
    assert await database.all(secure_select(LanguageRow, of(BOB))) == [english]
    assert await database.all(secure_select(LanguageRow, AccessScope.nothing())) == []


async def test_an_upsert_overwrites_only_what_is_inside_the_scope(database: Database) -> None:
    await database.run(secure_insert(BookRow, of(ALICE), BOOK, tenant_id=ALICE))
    stolen = book(id=BOOK.id, title="Stolen")
    await database.run(secure_upsert(BookRow, of(BOB), stolen, tenant_id=BOB, update=["title"]))
    assert await database.all(secure_select(BookRow, EVERYTHING)) == [BOOK]
    renamed = book(id=BOOK.id, title="Emma, a novel")
    await database.run(
        secure_upsert(BookRow, of(ALICE), renamed, tenant_id=ALICE, update=["title"])
    )
    assert await database.all(secure_select(BookRow, of(ALICE))) == [renamed]
    await database.run(secure_upsert(BookRow, of(ALICE), BOOK, tenant_id=ALICE))
    assert await database.all(secure_select(BookRow, of(ALICE))) == [renamed]


async def test_a_key_that_is_there_is_a_conflict(database: Database) -> None:
    again = secure_insert(BookRow, of(ALICE), BOOK, tenant_id=ALICE)
    await database.run(again)
    with pytest.raises(UniqueViolated):
        await database.run(again)


async def test_one_is_not_several(database: Database) -> None:
    await database.run(secure_insert(BookRow, of(ALICE), book(), book(), tenant_id=ALICE))
    with pytest.raises(TooManyRows, match="books has several rows"):
        await database.one_or_none(secure_select(BookRow, of(ALICE)))


def test_rows_stay_with_their_tenant() -> None:
    with pytest.raises(ImmutableColumn, match=r"books\.tenant_id is the tenant"):
        secure_update(BookRow, EVERYTHING, tenant_id=BOB)
    with pytest.raises(ImmutableColumn, match=r"books\.tenant_id is the tenant"):
        secure_upsert(BookRow, of(ALICE), BOOK, tenant_id=ALICE, update=["tenant_id"])


def test_rows_are_inserted_inside_the_scope() -> None:
    with pytest.raises(OutsideScope):
        secure_insert(BookRow, of(ALICE), BOOK, tenant_id=BOB)
    with pytest.raises(OutsideScope):
        secure_insert(BookRow, of(ALICE), BOOK)
    with pytest.raises(UnsafeStatement, match="no column 'shelf'"):
        secure_insert(BookRow, of(ALICE), BOOK, tenant_id=ALICE, shelf=3)
    with pytest.raises(UnsafeStatement, match=r"books\.pages is inserted as a value"):
        secure_insert(BookRow, of(ALICE), {"pages": BookRow.pages}, tenant_id=ALICE)
