"""secure_update and secure_delete: changes to rows inside an access scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen
from sqlalchemy import ClauseElement, ColumnElement, Delete, Update, delete, update

from modkit.security import AccessScope
from modkit_db.entity import Entity, RowShape, shape_of
from modkit_db.errors import ImmutableColumn, UnsafeStatement
from modkit_db.secure.condition import scope_condition, scoped_exists
from modkit_db.secure.guard import check_clause

Condition = ColumnElement[bool]


@frozen
class SecureUpdate:
    """New values for rows inside a scope; made by `secure_update`, immutable.

    Attributes:
        shape: The entity.
        scope: What may be changed.
        change: The statement, scoped.
    """

    shape: RowShape[Any]
    scope: AccessScope
    change: Update

    def where(self, *conditions: Condition) -> SecureUpdate:
        """Change only rows that fulfil all *conditions*; raises `UnsafeStatement` for one that reaches further."""
        for condition in conditions:
            check_clause(condition, (self.shape.table,))
        return evolve(self, change=self.change.where(*conditions))

    def where_exists(
        self, entity: type[Entity[Any]], scope: AccessScope, *conditions: Condition
    ) -> SecureUpdate:
        """Change only rows for which *entity* has a row inside *scope* that fulfils *conditions*."""
        found = scoped_exists(entity, scope, (self.shape.table,), conditions)
        return evolve(self, change=self.change.where(found))


@frozen
class SecureDelete:
    """The end of rows inside a scope; made by `secure_delete`, immutable.

    Attributes:
        shape: The entity.
        scope: What may be deleted.
        change: The statement, scoped.
    """

    shape: RowShape[Any]
    scope: AccessScope
    change: Delete

    def where(self, *conditions: Condition) -> SecureDelete:
        """Delete only rows that fulfil all *conditions*; raises `UnsafeStatement` for one that reaches further."""
        for condition in conditions:
            check_clause(condition, (self.shape.table,))
        return evolve(self, change=self.change.where(*conditions))

    def where_exists(
        self, entity: type[Entity[Any]], scope: AccessScope, *conditions: Condition
    ) -> SecureDelete:
        """Delete only rows for which *entity* has a row inside *scope* that fulfils *conditions*."""
        found = scoped_exists(entity, scope, (self.shape.table,), conditions)
        return evolve(self, change=self.change.where(found))


def secure_update(
    entity: type[Entity[Any]],
    scope: AccessScope,
    values: Mapping[str, Any] | None = None,
    **more: Any,
) -> SecureUpdate:
    """Begin an update of rows of *entity* inside *scope*: new *values* (and *more*) by column name.

    A value may be an expression of columns of the entity, such as ``Row.hits + 1``.

    Raises:
        ImmutableColumn: The tenant would change.
        UnsafeStatement: There is no such column, or an expression reaches further than the entity.
    """
    shape = shape_of(entity)
    changed = {**(values or {}), **more}
    check_changeable(shape, changed)
    for value in changed.values():
        if hasattr(value, "__clause_element__") or isinstance(value, ClauseElement):
            check_clause(value, (shape.table,))
    condition = scope_condition(shape, scope)
    statement = update(shape.table).values(changed)
    return SecureUpdate(
        shape, scope, statement if condition is None else statement.where(condition)
    )


def secure_delete(entity: type[Entity[Any]], scope: AccessScope) -> SecureDelete:
    """Begin a deletion of rows of *entity* inside *scope*: all of them, unless conditions follow."""
    shape = shape_of(entity)
    condition = scope_condition(shape, scope)
    statement = delete(shape.table)
    return SecureDelete(
        shape, scope, statement if condition is None else statement.where(condition)
    )


def check_changeable(shape: RowShape[Any], names: Iterable[str]) -> None:
    """Check that *names* are columns that may change.

    Raises:
        ImmutableColumn: One is the tenant.
        UnsafeStatement: One is no column.
    """
    for name in names:
        if name not in shape.table.columns:
            raise UnsafeStatement(f"{shape.table} has no column {name!r}")
        if shape.tenant is not None and name == shape.tenant.name:
            raise ImmutableColumn(
                f"{shape.table}.{name} is the tenant of a row, which never changes; insert a new row instead"
            )
