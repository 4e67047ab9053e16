"""An access scope as a condition on an entity: what it does not allow, no row fulfils."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, Table, and_, exists, false, or_

from modkit.security import AccessScope, Predicate
from modkit_db.entity import Entity, RowShape, shape_of
from modkit_db.hierarchy import group_condition, subtree_condition
from modkit_db.secure.guard import check_clause, with_table

_SCOPES_KEPT: Final = 1024
NOTHING: Final = object()
"""Stands for a value that a column cannot hold."""


def scope_condition(shape: RowShape[Any], scope: AccessScope) -> ColumnElement[bool] | None:
    """Return the condition that keeps a statement on *shape* inside *scope*; None if there is nothing to keep out.

    A constraint without predicates, on a property that the entity lacks, or with a value that the column cannot hold
    matches nothing; the other constraints still count.
    """
    if scope.is_everything:
        return None
    if scope.is_empty:
        return false()
    if shape.tenant is None:
        return None
    allowed = [
        condition
        for constraint in scope.constraints
        if (condition := _constraint(shape, constraint)) is not None
    ]
    return or_(*allowed) if allowed else false()


@lru_cache(maxsize=_SCOPES_KEPT)
def scoped_query(shape: RowShape[Any], scope: AccessScope) -> Select[Any]:
    """Return the query of *shape* inside *scope*; kept, as a tenant asks for the same again and again."""
    condition = scope_condition(shape, scope)
    return shape.query if condition is None else shape.query.where(condition)


def scoped_exists(
    entity: type[Entity[Any]],
    scope: AccessScope,
    outer: tuple[Table, ...],
    conditions: Iterable[ColumnElement[bool]],
) -> ColumnElement[bool]:
    """Return that *entity* has a row inside *scope* that fulfils *conditions*, which may name columns of *outer* too.

    Raises:
        UnsafeStatement: A condition could reach beyond, or *entity* is one of *outer*.
    """
    shape = shape_of(entity)
    tables = with_table(outer, shape)
    wanted = list(conditions)
    for condition in wanted:
        check_clause(condition, tables)
    own = scope_condition(shape, scope)
    if own is not None:
        wanted.append(own)
    return exists().where(*wanted).select_from(shape.table).correlate(*outer)


def _constraint(
    shape: RowShape[Any], predicates: tuple[Predicate, ...]
) -> ColumnElement[bool] | None:
    found: list[ColumnElement[bool]] = []
    for predicate in predicates:
        condition = _predicate(shape, predicate)
        if condition is None:
            return None
        found.append(condition)
    if not found:
        return None
    return found[0] if len(found) == 1 else and_(*found)


def _predicate(shape: RowShape[Any], predicate: Predicate) -> ColumnElement[bool] | None:
    column = shape.columns.get(predicate.property)
    if column is None:
        return None
    if predicate.operator == "in_tenant_subtree":
        return subtree_condition(shape.table.metadata, column, predicate.values)
    if predicate.operator in ("in_group", "in_group_subtree"):
        return group_condition(
            shape.table.metadata,
            column,
            predicate.values,
            is_deep=predicate.operator == "in_group_subtree",
        )
    values = [storable(column, value) for value in predicate.values]
    if not values or any(value is NOTHING for value in values):
        return None
    condition: ColumnElement[bool] | None = None  # equal to several values is nothing
    if len(values) == 1:
        condition = column == values[0]
    elif predicate.operator == "in":
        condition = column.in_(values)
    return condition


def storable(column: Column[Any], value: Any) -> Any:
    """Return *value* as *column* compares it, `NOTHING` if it cannot; an id may come as text."""
    kind = column.type.python_type
    if kind is UUID and isinstance(value, str):
        try:
            return UUID(value)
        except ValueError:
            return NOTHING
    is_of_kind = isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)
    return value if is_of_kind else NOTHING


def allows_row(shape: RowShape[Any], scope: AccessScope, row: Mapping[str, Any]) -> bool:
    """Return whether *row*, values by column name, lies inside *scope* as far as its own values tell.

    Predicates over hierarchies are not decided by the row alone, so they allow nothing here.
    """
    if scope.is_everything:
        return True
    if shape.tenant is None:
        return not scope.is_empty
    return any(
        bool(constraint) and all(_holds(shape, predicate, row) for predicate in constraint)
        for constraint in scope.constraints
    )


def _holds(shape: RowShape[Any], predicate: Predicate, row: Mapping[str, Any]) -> bool:
    column = shape.columns.get(predicate.property)
    if column is None or predicate.operator not in ("eq", "in"):
        return False
    if predicate.operator == "eq" and len(predicate.values) != 1:
        return False
    value = storable(column, row.get(column.name))
    allowed = [storable(column, item) for item in predicate.values]
    return value is not NOTHING and NOTHING not in allowed and value in allowed
