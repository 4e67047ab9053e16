"""assert_no_drift: the migrations of a module make the tables that its code declares."""

from __future__ import annotations

from modkit.module import spec_of
from modkit_db.addresses import DatabaseAddress
from modkit_db.capability import DatabaseCapability
from modkit_db.config import ServerConfig
from modkit_db.drift import drift
from modkit_db.migrations import Migrations
from modkit_db.revisions import Revisions
from modkit_db.testing.temporary import TemporaryDatabase


async def assert_no_drift(
    module_class: type[DatabaseCapability], temporary: TemporaryDatabase
) -> None:
    """Run the migrations of *module_class* on an empty database and compare the tables with those it declares.

    Raises:
        AssertionError: They differ; the message is the body of the revision that is missing.
        StartupError: A revision failed.
    """
    tables, place = module_class.tables, module_class.migrations
    assert tables is not None, f"{module_class.__name__} sets no `tables`"
    assert place is not None, f"{module_class.__name__} sets no `migrations`"
    address = DatabaseAddress(server="temporary", url=temporary.url, config=ServerConfig())
    async with temporary.engine() as engine:
        revisions = Revisions.read(spec_of(module_class).name, place)
        await Migrations(revisions, engine, address).run()
        missing = await drift(engine, tables)
    assert not missing, f"the revisions do not make the tables; this is missing:\n{missing}"
