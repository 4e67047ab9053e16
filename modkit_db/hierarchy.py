"""Trees of tenants and of groups as closure tables: a module that keeps them can be scoped by subtree and by group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    MetaData,
    String,
    Table,
    Uuid,
    select,
)

TENANT_CLOSURE: Final = "tenant_closure"
GROUP_CLOSURE: Final = "resource_group_closure"
GROUP_MEMBERSHIP: Final = "resource_group_membership"


def add_tenant_closure(tables: MetaData) -> Table:
    """Add the table of all pairs of a tenant and one below it, itself included, to *tables* of a module.

    ``barrier`` is true where a tenant that manages itself lies between the two, or is the lower one;
    ``descendant_status`` is the status of the lower one.
    """
    return Table(
        TENANT_CLOSURE,
        tables,
        Column("ancestor_id", Uuid(), primary_key=True),
        Column("descendant_id", Uuid(), primary_key=True, index=True),
        Column("barrier", Boolean(), nullable=False),
        Column("descendant_status", String(16), nullable=False),
    )


def add_groups(tables: MetaData) -> tuple[Table, Table]:
    """Add the tables of members of groups, and of groups below groups, to *tables* of a module."""
    members = Table(
        GROUP_MEMBERSHIP,
        tables,
        Column("group_id", Uuid(), primary_key=True),
        Column("resource_id", Uuid(), primary_key=True),
        Index(f"ix_{GROUP_MEMBERSHIP}_resource_id", "resource_id"),
    )
    closure = Table(
        GROUP_CLOSURE,
        tables,
        Column("ancestor_id", Uuid(), primary_key=True),
        Column("descendant_id", Uuid(), primary_key=True),
    )
    return members, closure


def subtree_condition(
    tables: MetaData, column: Column[Any], roots: tuple[Any, ...]
) -> ColumnElement[bool] | None:
    """Return that *column* is one of the tenants *roots* or below it, as far as no barrier is between.

    None if the module keeps no tenant closure: then nobody can tell, and nothing must match.
    """
    closure = tables.tables.get(TENANT_CLOSURE)
    ids = _ids(roots)
    if closure is None or not ids:
        return None
    below = select(closure.c.descendant_id).where(
        closure.c.ancestor_id.in_(ids), closure.c.barrier.is_(False)
    )
    return column.in_(below)


def group_condition(
    tables: MetaData, column: Column[Any], groups: tuple[Any, ...], *, is_deep: bool
) -> ColumnElement[bool] | None:
    """Return that *column* is a member of one of *groups*, or of one below it if *is_deep*; None if none are kept."""
    members = tables.tables.get(GROUP_MEMBERSHIP)
    closure = tables.tables.get(GROUP_CLOSURE)
    ids = _ids(groups)
    if members is None or closure is None or not ids:
        return None
    within = members.c.group_id.in_(ids)
    if is_deep:
        within = members.c.group_id.in_(
            select(closure.c.descendant_id).where(closure.c.ancestor_id.in_(ids))
        )
    return column.in_(select(members.c.resource_id).where(within))


def _ids(values: Iterable[Any]) -> list[UUID]:
    """Return the ids among *values*; none at all if one of them is no id."""
    found: list[UUID] = []
    for value in values:
        try:
            found.append(value if isinstance(value, UUID) else UUID(value))
        except (TypeError, ValueError, AttributeError):
            return []
    return found
