"""Migrations run once, before the module is initialised, and say what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncEngine

from modkit import ModuleContext, module
from modkit.startup_error import Phase, StartupError
from modkit.testing import ModuleHarness
from modkit_db import Database, DatabaseCapability, secure_insert, secure_select
from modkit_db.addresses import DatabaseAddress
from modkit_db.config import ServerConfig
from modkit_db.drift import drift
from modkit_db.migrations import Migrations
from modkit_db.revisions import Revisions, history_table
from tests.modkit_db.shelf import ALICE, BOOK, BookRow, Rows, of

pytestmark = pytest.mark.anyio
FOLDER = Path(__file__).parent / "shelf_migrations"


def migrations(engine: AsyncEngine, folder: Path = FOLDER, name: str = "shelf") -> Migrations:
    address = DatabaseAddress(server="main", url=engine.url, config=ServerConfig())
    return Migrations(Revisions.read(name, folder), engine, address)


async def table_names(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


def write(folder: Path, number: int, body: str, down: int | None = None) -> None:
    before = number - 1 if down is None else down
    (folder / f"r{number}.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = 'r{number}'\ndown_revision = {f'r{before}' if before else None!r}\n"
        f"def upgrade():\n    {body}\n"
    )


async def test_what_was_run_is_not_run_again(empty: AsyncEngine) -> None:
    assert await migrations(empty).run() == ("r0001", "r0002")
    assert await migrations(empty).run() == ()
    database = Database(empty)
    await database.run(secure_insert(BookRow, of(ALICE), BOOK, tenant_id=ALICE))
    assert await database.all(secure_select(BookRow, of(ALICE))) == [BOOK]


async def test_modules_that_share_a_database_have_a_history_each(
    empty: AsyncEngine, tmp_path: Path
) -> None:
    write(tmp_path, 1, "op.create_table('desks', sa.Column('id', sa.Integer(), primary_key=True))")
    await migrations(empty).run()
    assert await migrations(empty, tmp_path, "desk").run() == ("r1",)
    assert {"modkit_migrations__shelf", "modkit_migrations__desk"} <= await table_names(empty)


async def test_the_plan_is_the_sql_of_what_would_run_and_changes_nothing(
    empty: AsyncEngine,
) -> None:
    first, second = await migrations(empty).plan()
    assert "CREATE TABLE books" in first
    assert "CREATE TABLE loans" in second
    assert await table_names(empty) == set()
    await migrations(empty).run()
    assert await migrations(empty).plan() == ()


async def test_the_newest_revision_is_what_the_code_declares(empty: AsyncEngine) -> None:
    await migrations(empty).run()
    assert await drift(empty, Rows.metadata) == ""


async def test_a_column_that_no_revision_makes_is_drift(empty: AsyncEngine, tmp_path: Path) -> None:
    write(
        tmp_path,
        1,
        "op.create_table('languages', sa.Column('code', sa.String(255), primary_key=True))",
    )
    await migrations(empty, tmp_path).run()
    found = await drift(empty, Rows.metadata)
    assert "op.add_column('languages', sa.Column('name'" in found
    assert "op.create_table('books'" in found


async def test_a_revision_that_fails_is_named_and_those_before_it_stay(
    empty: AsyncEngine, tmp_path: Path
) -> None:
    write(tmp_path, 1, "op.create_table('desks', sa.Column('id', sa.Integer(), primary_key=True))")
    write(tmp_path, 2, "op.execute('INSERT INTO nowhere VALUES (1)')")
    with pytest.raises(StartupError, match=r"'r2' \(r2.py\) failed on .*nowhere") as caught:
        await migrations(empty, tmp_path).run()
    assert (caught.value.phase, caught.value.module) == (Phase.MIGRATE, "shelf")
    write(tmp_path, 2, "op.add_column('desks', sa.Column('legs', sa.Integer()))")
    expected = ("r1", "r2") if empty.dialect.name == "sqlite" else ("r2",)
    assert await migrations(empty, tmp_path).run() == expected


async def test_tables_of_a_newer_version_are_left_alone(empty: AsyncEngine, tmp_path: Path) -> None:
    await migrations(empty).run()
    write(tmp_path, 1, "pass")
    with pytest.raises(StartupError, match="at revision 'r0002', of which there is no file"):
        await migrations(empty, tmp_path).run()


async def test_rows_survive_a_table_that_sqlite_makes_anew(
    empty: AsyncEngine, tmp_path: Path
) -> None:
    write(
        tmp_path,
        1,
        "op.create_table('desks', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('x', sa.Integer()));"
        "op.create_table('legs', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('desk', sa.Integer(),"
        " sa.ForeignKey('desks.id', ondelete='CASCADE')));"
        "op.execute('INSERT INTO desks VALUES (1, 1)'); op.execute('INSERT INTO legs VALUES (1, 1)')",
    )
    await migrations(empty, tmp_path).run()
    write(
        tmp_path,
        2,
        "\n    with op.batch_alter_table('desks') as batch:\n        batch.alter_column('x', existing_type=sa.Integer(), nullable=False)",
    )
    await migrations(empty, tmp_path).run()
    async with empty.connect() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM legs")).scalar_one() == 1


def test_revisions_that_fork_are_refused(tmp_path: Path) -> None:
    write(tmp_path, 1, "pass")
    write(tmp_path, 2, "pass")
    write(tmp_path, 3, "pass", down=1)
    with pytest.raises(StartupError, match="several lines, which end in r2, r3"):
        Revisions.read("shelf", tmp_path)


def test_files_that_are_no_revisions_are_named(tmp_path: Path) -> None:
    (tmp_path / "r1.py").write_text("revision = (")
    with pytest.raises(StartupError, match="cannot be read"):
        Revisions.read("shelf", tmp_path)
    with pytest.raises(StartupError, match="no folder of migrations"):
        Revisions.read("shelf", tmp_path / "missing")


def test_names_of_histories_fit_every_database() -> None:
    names = {history_table("m" * 60 + end) for end in "ab"}
    assert len(names) == 2
    assert {len(name) for name in names} == {63}


@module(name="shelf")
class Shelf(DatabaseCapability):
    tables = Rows.metadata
    migrations = FOLDER

    async def init(self, ctx: ModuleContext) -> None:
        self.books = await ctx.resource(Database).all(secure_select(BookRow, of(ALICE)))


@module(name="bare")
class Bare(DatabaseCapability):
    tables = Rows.metadata


async def test_tables_are_there_before_a_module_is_initialised() -> None:
    async with ModuleHarness(Shelf) as harness:
        assert harness.host._runs["shelf"].instance.books == []


async def test_tables_without_migrations_are_a_mistake() -> None:
    with pytest.raises(StartupError, match="no migrations that make them"):
        async with ModuleHarness(Bare):
            pass
