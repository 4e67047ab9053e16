"""The generated isolation test passes for sound entities and fails for one whose scope is not kept."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from modkit import module
from modkit.security import AccessScope
from modkit.testing import ModuleHarness
from modkit_db import Database, DatabaseCapability, secure_insert, secure_select
from modkit_db.secure import change, select
from modkit_db.testing import TemporaryDatabase, assert_isolated, assert_no_drift
from tests.modkit_db.shelf import ALICE, BookRow, LanguageRow, LoanRow, Rows, book, of
from tests.modkit_db.test_migrations import FOLDER, Shelf

pytestmark = pytest.mark.anyio


def make_book(tenant: UUID) -> object:
    return book(title=str(tenant))


async def test_books_and_loans_are_isolated(database: Database) -> None:
    await assert_isolated(BookRow, database, make_book)
    read = book()
    await database.run(secure_insert(BookRow, of(ALICE), read, tenant_id=ALICE))
    await assert_isolated(
        LoanRow, database, lambda _: {"id": uuid4(), "book_id": read.id, "reader": "Jane"}
    )


async def test_reference_data_has_nothing_to_isolate(database: Database) -> None:
    with pytest.raises(AssertionError, match="LanguageRow is unrestricted"):
        await assert_isolated(LanguageRow, database, lambda _: {"code": "en", "name": "English"})


@pytest.mark.parametrize(
    ("place", "name", "value", "said"),
    [
        (select, "scoped_query", lambda shape, _scope: shape.query, "rows are the tenant's own"),
        (change, "scope_condition", lambda _shape, _scope: None, "an update reaches other rows"),
    ],
)
async def test_a_statement_without_its_scope_is_found(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    place: object,
    name: str,
    value: object,
    said: str,
) -> None:
    monkeypatch.setattr(place, name, value)
    with pytest.raises(AssertionError, match=said):
        await assert_isolated(BookRow, database, make_book)


async def test_migrations_make_the_tables(temporary_database: TemporaryDatabase) -> None:
    await assert_no_drift(Shelf, temporary_database)


@module(name="shelf")
class Bookless(DatabaseCapability):
    tables = Rows.metadata
    migrations = FOLDER.parent / "empty_migrations"


async def test_a_module_runs_on_a_temporary_database(temporary_database: TemporaryDatabase) -> None:
    async with ModuleHarness(Shelf, overrides=temporary_database.overrides) as harness:
        (health,) = await harness.host.health.modules()
        assert health.healthy
    async with temporary_database.engine() as engine:
        found = await Database(engine).all(secure_select(BookRow, AccessScope.everything()))
    assert found == []


async def test_missing_revisions_are_drift(
    temporary_database: TemporaryDatabase,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Bookless, "migrations", tmp_path_factory.mktemp("none"))
    with pytest.raises(AssertionError, match=r"op.create_table\('books'"):
        await assert_no_drift(Bookless, temporary_database)
