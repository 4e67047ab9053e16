"""secure_select: rows of an entity inside an access scope, as values."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from attrs import frozen
from sqlalchemy import ColumnElement, Select, Table

from modkit.security import AccessScope
from modkit_db.entity import Entity, RowShape, shape_of
from modkit_db.secure.condition import scope_condition, scoped_exists, scoped_query
from modkit_db.secure.guard import check_clause, with_table

V = TypeVar("V")
Condition = ColumnElement[bool]


@frozen
class SecureSelect(Generic[V]):
    """A query that finds only what its scope allows; made by `secure_select`, immutable.

    Attributes:
        shape: The entity that is read.
        scope: What may be read.
        query: The statement, scoped.
        tables: Tables that it touches, each of them scoped.
    """

    shape: RowShape[V]
    scope: AccessScope
    query: Select[Any]
    tables: tuple[Table, ...]

    def where(self, *conditions: Condition) -> SecureSelect[V]:
        """Find only rows that fulfil all *conditions* too: columns of the entities at hand, values, known functions.

        Raises:
            UnsafeStatement: A condition could reach beyond the scope.
        """
        for condition in conditions:
            check_clause(condition, self.tables)
        return self._with(self.query.where(*conditions))

    def where_exists(
        self, entity: type[Entity[Any]], scope: AccessScope, *conditions: Condition
    ) -> SecureSelect[V]:
        """Find only rows for which *entity* has a row inside *scope* that fulfils *conditions*."""
        return self._with(self.query.where(scoped_exists(entity, scope, self.tables, conditions)))

    def join(self, entity: type[Entity[Any]], scope: AccessScope, on: Condition) -> SecureSelect[V]:
        """Find a row once for each row of *entity* inside *scope* that *on* connects with it.

        Conditions and orders that follow may name columns of *entity*.

        Raises:
            UnsafeStatement: *entity* is part of the statement already, or *on* could reach beyond the scopes.
        """
        shape = shape_of(entity)
        tables = with_table(self.tables, shape)
        check_clause(on, tables)
        query = self.query.join(shape.table, on)
        condition = scope_condition(shape, scope)
        return SecureSelect(
            self.shape,
            self.scope,
            query if condition is None else query.where(condition),
            tables,
        )

    def order_by(self, *columns: ColumnElement[Any]) -> SecureSelect[V]:
        """Sort by *columns*, the first before the second."""
        for column in columns:
            check_clause(column, self.tables)
        return self._with(self.query.order_by(*columns))

    def limit(self, rows: int) -> SecureSelect[V]:
        """Find at most *rows* rows.

        Raises:
            ValueError: *rows* is negative.
        """
        if rows < 0:
            raise ValueError(f"a limit is at least 0, not {rows}")
        return self._with(self.query.limit(rows))

    def for_update(self, *, skip_locked: bool = False) -> SecureSelect[V]:
        """Lock the rows until the transaction ends; with *skip_locked*, leave out those that others have locked.

        SQLite locks the whole database instead when something is written.
        """
        return self._with(self.query.with_for_update(of=self.shape.table, skip_locked=skip_locked))

    def _with(self, query: Select[Any]) -> SecureSelect[V]:
        return SecureSelect(self.shape, self.scope, query, self.tables)


def secure_select(entity: type[Entity[V]], scope: AccessScope) -> SecureSelect[V]:
    """Begin a query for the rows of *entity* inside *scope*; an empty scope finds nothing.

    Raises:
        InvalidEntity: *entity* is no entity.
    """
    shape = shape_of(entity)
    return SecureSelect(shape, scope, scoped_query(shape, scope), (shape.table,))
