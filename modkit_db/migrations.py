"""Migrations: bring the tables of one module to its newest revision, one process at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import Script
from attrs import frozen
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from modkit.startup_error import Phase, StartupError
from modkit_db.addresses import DatabaseAddress
from modkit_db.engines import READ_ONLY
from modkit_db.migration_lock import migration_lock
from modkit_db.provision import exists, reason, unreachable
from modkit_db.revisions import Revisions


@frozen
class Migrations:
    """The migrations of one module on its database, which exists.

    Attributes:
        revisions: The module's revision files.
        engine: How the database is reached.
        address: Where it is, for messages.
    """

    revisions: Revisions
    engine: AsyncEngine
    address: DatabaseAddress

    async def run(self) -> tuple[str, ...]:
        """Run what has not been run; processes that start at the same time wait for the first.

        Every revision is a transaction of its own on PostgreSQL, all together are one on SQLite. On MariaDB and MySQL,
        which cannot undo a change of tables, a revision that fails stays half done.

        Returns:
            The revisions that have been run.

        Raises:
            StartupError: A revision failed, or the tables are at one of which there is no file.
        """
        begun: list[Script] = []
        try:
            async with (
                self.engine.connect() as connection,
                migration_lock(connection, self.revisions.history_table),
            ):
                await connection.run_sync(self._upgrade, begun)
        except StartupError:
            raise
        except Exception as error:  # a revision is code: it can raise anything
            if begun:
                raise self._failed(begun[-1], error) from error
            if isinstance(error, SQLAlchemyError | OSError):
                raise unreachable(self.address, error) from error
            raise
        return tuple(script.revision for script in begun)

    async def plan(self) -> tuple[str, ...]:
        """Return the SQL of each revision that has not been run, oldest first; nothing is changed or made.

        Raises:
            StartupError: The database does not answer, or a revision looks at data, which is not possible here.
        """
        plan: list[str] = []
        current = await self._current()
        for script in self.revisions.after(current):
            try:
                plan.append(self._sql(script, current))
            except Exception as error:  # as above
                raise self._failed(script, error) from error
            current = script.revision
        return tuple(plan)

    async def _current(self) -> str | None:
        if self.address.is_missing_file():
            return None
        try:
            if self.address.config.auto_provision and not await exists(self.engine):
                return None
            async with self.engine.connect() as connection:
                await connection.execution_options(**{READ_ONLY: True})
                return await connection.run_sync(
                    lambda sync: self._context(connection=sync).get_current_revision()
                )
        except (SQLAlchemyError, OSError) as error:
            raise unreachable(self.address, error) from error

    def _upgrade(self, connection: Connection, begun: list[Script]) -> None:
        """Run on *connection* what has not been run, and tell each revision to *begun* before it is."""
        script = self.revisions.script

        def steps(heads: tuple[str, ...], _context: MigrationContext) -> Iterator[MigrationStep]:
            for revision in self.revisions.after(heads[0] if heads else None):
                begun.append(revision)
                yield MigrationStep.upgrade_from_script(script.revision_map, revision)

        context = self._context(connection=connection, fn=steps)
        with Operations.context(context):
            context.run_migrations()

    def _sql(self, revision: Script, before: str | None) -> str:
        written = io.StringIO()
        step = MigrationStep.upgrade_from_script(self.revisions.script.revision_map, revision)

        def steps(_heads: tuple[str, ...], _context: MigrationContext) -> list[MigrationStep]:
            return [step]

        context = self._context(
            as_sql=True,
            starting_rev=before,
            output_buffer=written,
            fn=steps,
        )
        with Operations.context(context):
            context.run_migrations()
        return written.getvalue().strip()

    def _context(self, *, connection: Connection | None = None, **options: Any) -> MigrationContext:
        return MigrationContext.configure(
            connection,
            dialect=self.engine.dialect,
            opts={
                "script": self.revisions.script,
                "version_table": self.revisions.history_table,
                # MariaDB cannot undo a change of tables, but must remember each revision once it is done.
                "transactional_ddl": True,
                "transaction_per_migration": True,
                **options,
            },
        )

    def _failed(self, script: Script, error: Exception) -> StartupError:
        return StartupError(
            Phase.MIGRATE,
            f"revision {script.revision!r} ({Path(script.path).name}) failed on {self.address}: "
            f"{reason(self.address, error)}",
            remedy="repair the revision or the data that it meets, and start again",
            module=self.revisions.module,
        )
