"""secure_insert and secure_upsert: new rows, which must lie inside an access scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define, evolve, fields, frozen, has
from sqlalchemy import ClauseElement

from modkit.security import AccessScope
from modkit_db.entity import Entity, RowShape, shape_of
from modkit_db.errors import UnsafeStatement
from modkit_db.secure.condition import allows_row
from modkit_errors import Denied


@define
class OutsideScope(Denied):
    """A row would lie outside what the caller may touch."""


@frozen
class SecureInsert:
    """New rows of one entity; made by `secure_insert` or `secure_upsert`.

    Attributes:
        shape: The entity.
        scope: Where the rows lie, as has been checked.
        rows: Values by column name, each row with the same columns.
        updated: Columns that are overwritten where a row with this primary key is there already; None: that is an error.
    """

    shape: RowShape[Any]
    scope: AccessScope
    rows: tuple[Mapping[str, Any], ...]
    updated: tuple[str, ...] | None = None


def secure_insert(
    entity: type[Entity[Any]], scope: AccessScope, *rows: object, **more: Any
) -> SecureInsert:
    """Insert *rows* into *entity*: values of attrs classes, or mappings of column names; *more* is set in each.

    Fields that are no column of the entity are an error, as are columns that differ from row to row.

    Raises:
        OutsideScope: A row lies outside *scope*.
        UnsafeStatement: A row has something that is no column, or no tenant.
    """
    shape = shape_of(entity)
    made = tuple(_row(shape, row, more) for row in rows or ({},))
    for row in made:
        if row.keys() != made[0].keys():
            raise UnsafeStatement("all rows of one insert must have the same columns")
        if not allows_row(shape, scope, row):
            raise OutsideScope
    return SecureInsert(shape, scope, made)


def secure_upsert(
    entity: type[Entity[Any]],
    scope: AccessScope,
    *rows: object,
    update: Iterable[str] = (),
    **more: Any,
) -> SecureInsert:
    """Insert *rows* as `secure_insert` does; where a row with this primary key is there, overwrite its columns *update*.

    A row that is there but belongs to another tenant stays as it is, and the statement counts it as not written.

    Raises:
        ImmutableColumn: *update* names the tenant.
    """
    from modkit_db.secure.change import check_changeable  # noqa: PLC0415

    inserted = secure_insert(entity, scope, *rows, **more)
    updated = tuple(update)
    check_changeable(inserted.shape, updated)
    return evolve(inserted, updated=updated)


def _row(shape: RowShape[Any], row: object, more: Mapping[str, Any]) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    if isinstance(row, Mapping):
        values.update(row)  # pyright: ignore[reportUnknownArgumentType]  # names are checked below
    elif has(type(row)):
        values.update((item.name, getattr(row, item.name)) for item in fields(type(row)))  # type: ignore[arg-type]  # has() said so
    else:
        raise UnsafeStatement(f"a row is an attrs value or a mapping, not {type(row).__name__}")
    values.update(more)
    unknown = sorted(name for name in values if name not in shape.table.columns)
    if unknown:
        raise UnsafeStatement(f"{shape.table} has no column {', '.join(map(repr, unknown))}")
    for name, value in values.items():
        if isinstance(value, ClauseElement) or hasattr(value, "__clause_element__"):
            raise UnsafeStatement(f"{shape.table}.{name} is inserted as a value, not as SQL")
    return values
