"""assert_isolated: no statement within the scope of one tenant reaches rows of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import attrs
from attrs import frozen

from modkit.security import AccessScope, Predicate
from modkit_db.database import Database
from modkit_db.entity import Entity, RowShape, shape_of
from modkit_db.errors import ImmutableColumn
from modkit_db.secure import (
    secure_delete,
    secure_insert,
    secure_select,
    secure_update,
    secure_upsert,
)
from modkit_db.secure.insert import OutsideScope

_EVERYTHING = AccessScope.everything()


async def assert_isolated(
    entity: type[Entity[Any]], database: Database, make_row: Callable[[UUID], object]
) -> None:
    """Write rows of two tenants, and try to read, change, add and delete those of one within the scope of the other.

    Args:
        entity: The entity under test, whose rows belong to tenants.
        database: Where its table is, empty.
        make_row: Returns a new row for a tenant, with a key of its own: a value or a mapping, with or without the
            column of the tenant. Rows that it refers to must be there.

    Raises:
        AssertionError: A statement reached further than its scope, or less far.

    Example:
        ``await assert_isolated(NoteRow, database, lambda tenant: {"id": uuid4(), "text": "milk"})``
    """
    shape = shape_of(entity)
    assert shape.tenant is not None, f"{entity.__name__} is unrestricted: its rows belong to nobody"
    trial = _Trial(entity, shape, shape.tenant.name, database, make_row)
    assert await trial.visible(_EVERYTHING) == [], f"{shape.table} is not empty"
    mine, theirs = uuid4(), uuid4()
    foreign = await trial.write(theirs)
    own = [row for row in await trial.write(mine) if row not in foreign]
    await trial.check_reads(mine, own)
    await trial.check_writes(mine, theirs)
    await trial.check_changes(mine, theirs)


@frozen
class _Trial:
    entity: type[Entity[Any]]
    shape: RowShape[Any]
    tenant: str
    database: Database
    make_row: Callable[[UUID], object]

    async def visible(self, scope: AccessScope) -> list[Any]:
        return await self.database.all(secure_select(self.entity, scope))

    def row(self, tenant: UUID) -> dict[str, Any]:
        made: Any = self.make_row(tenant)
        is_value = attrs.has(type(made))  # pyright: ignore[reportUnknownArgumentType]  # of any type
        values: dict[str, Any] = attrs.asdict(made, recurse=False) if is_value else dict(made)
        return {**values, self.tenant: tenant}

    async def write(self, tenant: UUID) -> list[Any]:
        """Write two rows of *tenant*; return all rows that are there."""
        rows = (self.row(tenant), self.row(tenant))
        await self.database.run(secure_insert(self.entity, _of(tenant), *rows))
        return await self.visible(_EVERYTHING)

    async def check_reads(self, mine: UUID, own: list[Any]) -> None:
        seen = await self.visible(_of(mine))
        assert len(seen) == len(own), f"{len(own)} rows are the tenant's own, {len(seen)} are seen"
        assert all(row in own for row in seen), "rows of another tenant are seen"
        assert await self.database.count(secure_select(self.entity, _of(mine))) == len(own)
        for nothing in (
            AccessScope.nothing(),
            _of(uuid4()),
            AccessScope(((),)),
            AccessScope(((Predicate("tenant_id", "in", ()),),)),
            AccessScope(((Predicate("no such property", "eq", (mine,)),),)),
            AccessScope(((Predicate("tenant_id", "in_tenant_subtree", (uuid4(),)),),)),
        ):
            assert await self.visible(nothing) == [], f"{nothing} lets rows be seen"

    async def check_writes(self, mine: UUID, theirs: UUID) -> None:
        for write in (secure_insert, secure_upsert):
            try:
                write(self.entity, _of(mine), self.row(theirs))
            except OutsideScope:
                continue
            raise AssertionError(f"{write.__name__} writes a row of another tenant")
        try:
            secure_update(self.entity, _of(mine), {self.tenant: theirs})
        except ImmutableColumn:
            pass
        else:
            raise AssertionError("a row can be moved to another tenant")
        taken = self.row(theirs)
        await self.database.run(secure_insert(self.entity, _of(theirs), taken))
        before = await self.visible(_of(theirs))
        columns = [name for name in taken if name != self.tenant and not self._is_key(name)]
        attack = {
            **self.row(mine),
            **{name: taken[name] for name in taken if self._is_key(name) and name != self.tenant},
        }
        await self.database.run(secure_upsert(self.entity, _of(mine), attack, update=columns))
        after = await self.visible(_of(theirs))
        assert _same(before, after), "an upsert overwrites the row of another tenant"

    async def check_changes(self, mine: UUID, theirs: UUID) -> None:
        foreign = await self.visible(_of(theirs))
        count = await self.database.count(secure_select(self.entity, _of(mine)))
        free = [
            column
            for column in self.shape.table.columns
            if column.name != self.tenant and not column.primary_key and column.computed is None
        ]
        for column in free[:1]:
            changed = secure_update(self.entity, _of(mine), {column.name: column})
            assert await self.database.run(changed) == count, "an update reaches other rows"
        assert await self.database.run(secure_delete(self.entity, _of(mine))) == count
        assert _same(await self.visible(_of(theirs)), foreign), "a deletion reaches other rows"
        assert await self.visible(_of(mine)) == [], "a deletion leaves rows of its own"

    def _is_key(self, name: str) -> bool:
        return bool(self.shape.table.columns[name].primary_key)


def _of(tenant: UUID) -> AccessScope:
    return AccessScope.tenants(frozenset((tenant,)))


def _same(first: list[Any], second: list[Any]) -> bool:
    return len(first) == len(second) and all(row in second for row in first)
