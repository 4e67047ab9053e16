"""A module that inherits DatabaseCapability is given its database by the host."""

from __future__ import annotations

import stat
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL

from modkit import ModuleContext, module
from modkit.host import RunMode
from modkit.startup_error import StartupError
from modkit.testing import ModuleHarness
from modkit_db import Database, DatabaseCapability, DatabaseUnavailable

pytestmark = pytest.mark.anyio
MISSING = "postgresql://app:s3cret@127.0.0.1:1/app"


@module(name="shelf")
class Shelf(DatabaseCapability):
    async def init(self, ctx: ModuleContext) -> None:
        self.database = ctx.resource(Database)
        self.home = ctx.home


@module(name="desk")
class Desk(Shelf):
    pass


async def test_a_laptop_needs_no_configuration() -> None:
    async with ModuleHarness(Shelf) as harness:
        await instance(harness, "shelf").database.ping()
        file = instance(harness, "shelf").home / "shelf.db"
        assert file.is_file()
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def instance(harness: ModuleHarness, name: str) -> Shelf:
    return harness.host._runs[name].instance  # the module itself, which no contract shows


def overrides(url: URL, **fields: str) -> list[str]:
    dsn = url.render_as_string(hide_password=False).replace(url.drivername, url.get_backend_name())
    return [
        f"database.servers.main.dsn={dsn}",
        *(f"database.servers.main.{name}={value}" for name, value in fields.items()),
    ]


async def test_modules_with_the_same_address_share_connections(url: URL) -> None:
    async with ModuleHarness(Shelf, modules=[Desk], overrides=overrides(url)) as harness:
        shelf, desk = (instance(harness, name).database for name in ("shelf", "desk"))
        assert shelf == desk
        health = await harness.host.health.modules()
        assert [item.healthy for item in health] == [True, True]


async def test_a_missing_database_is_made_where_that_is_configured(
    url: URL, tmp_path: Path
) -> None:
    missing = url.set(database=str(tmp_path / "new" / "a.db"))
    if url.get_backend_name() != "sqlite":
        missing = url.set(database=f'modkit "`{uuid4().hex}')
        with pytest.raises(StartupError, match=r"there is no database .*'main'"):
            async with ModuleHarness(Shelf, overrides=overrides(missing)):
                pass
    settings = overrides(missing, auto_provision="true")
    try:
        for _ in range(2):
            async with ModuleHarness(Shelf, overrides=settings) as harness:
                await instance(harness, "shelf").database.ping()
    finally:
        await drop(missing)


async def drop(url: URL) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine

    if url.get_backend_name() == "sqlite":
        return
    engine = create_async_engine(
        url.set(database="postgres" if "postgresql" in url.drivername else "mysql"),
        isolation_level="AUTOCOMMIT",
    )
    name = engine.dialect.identifier_preparer.quote_identifier(str(url.database))
    async with engine.connect() as connection:
        await connection.exec_driver_sql(f"DROP DATABASE {name}")
    await engine.dispose()


async def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    settings = [f"database.servers.main.dsn={MISSING}"]
    with pytest.raises(StartupError, match="'app' of server 'main'") as caught:
        async with ModuleHarness(Shelf, overrides=settings):
            pass
    assert caught.value.module == "shelf"
    assert "s3cret" not in str(caught.value)


async def test_checking_a_platform_connects_to_nothing() -> None:
    settings = [f"database.servers.main.dsn={MISSING}"]
    async with ModuleHarness(Shelf, overrides=settings, mode=RunMode.CHECK) as harness:
        database = instance(harness, "shelf").database
        with pytest.raises(DatabaseUnavailable):
            await database.ping()


async def test_a_module_that_restarts_stays_with_its_database(tmp_path: Path) -> None:
    async with ModuleHarness(Shelf) as harness:
        before = instance(harness, "shelf").database
        moved = harness.host.configuration.with_overrides(
            [f"database.servers.main.dsn=sqlite:///{tmp_path}/other.db"]
        )
        await harness.host.restart("shelf", moved)
        assert instance(harness, "shelf").database is before
    assert list(tmp_path.iterdir()) == []


async def test_a_broken_database_is_seen_in_the_health_report() -> None:
    async with ModuleHarness(Shelf) as harness:
        shelf = instance(harness, "shelf")
        await shelf.database._engine.dispose()
        (shelf.home / "shelf.db").write_text(
            "no database at all, but long enough to be looked at" * 99
        )
        (health,) = await harness.host.health.modules()
        assert (health.healthy, health.failed_checks) == (False, ("database_answers",))
