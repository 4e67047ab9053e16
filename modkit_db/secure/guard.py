"""What module code may write inside a secured statement: columns of its entities, values, and known functions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Case,
    Cast,
    ClauseElement,
    ColumnClause,
    Exists,
    Label,
    Table,
    TextClause,
    TypeCoerce,
)
from sqlalchemy.sql.elements import (
    BinaryExpression,
    ClauseList,
    ExpressionClauseList,
    False_,
    Grouping,
    Null,
    True_,
    UnaryExpression,
)
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.selectable import ReturnsRows, ScalarSelect

from modkit_db.entity import RowShape
from modkit_db.errors import UnsafeStatement

_FUNCTIONS: Final = frozenset(
    {
        "abs",
        "avg",
        "coalesce",
        "count",
        "length",
        "lower",
        "max",
        "min",
        "nullif",
        "round",
        "sum",
        "trim",
        "upper",
    }
)
_SHAPES: Final = (
    BinaryExpression,
    UnaryExpression,
    ClauseList,
    ExpressionClauseList,
    Grouping,
    BindParameter,
    Label,
    Cast,
    TypeCoerce,
    Case,
    Null,
    True_,
    False_,
)


def check_clause(clause: Any, tables: Collection[Table]) -> None:
    """Check that *clause* cannot reach beyond *tables*, each of which is scoped.

    Raises:
        UnsafeStatement: It has text, a statement of its own, a table that is not joined, or something unknown; the
            message says what to write instead.
    """
    waiting = [clause]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ColumnClause):
            _check_column(part, tables)  # pyright: ignore[reportUnknownArgumentType]  # of any type
        elif isinstance(part, FunctionElement):
            if part.name.lower() not in _FUNCTIONS:
                raise UnsafeStatement(
                    f"the SQL function {part.name!r} is not known to be harmless; known are: "
                    f"{', '.join(sorted(_FUNCTIONS))}"
                )
            waiting.extend(part.clause_expr.get_children())
        elif isinstance(part, _SHAPES):
            operator: Any = getattr(part, "operator", None)  # pyright: ignore[reportUnknownArgumentType]  # of any type
            if isinstance(operator, custom_op):
                raise UnsafeStatement(
                    f"the operator {operator.opstring!r} is text of your own; use SQLAlchemy's operators"
                )
            waiting.extend(part.get_children())
        elif not isinstance(part, ClauseElement) and hasattr(part, "__clause_element__"):
            waiting.append(part.__clause_element__())
        else:
            raise UnsafeStatement(_unknown(part))


def _check_column(column: ColumnClause[Any], tables: Collection[Table]) -> None:
    table = column.table
    if column.is_literal or table is None:
        raise UnsafeStatement(
            f"{column.name!r} is text of your own, not a column of an entity; write Entity.column"
        )
    if not any(table is known for known in tables):
        raise UnsafeStatement(
            f"{table} is not part of this statement: join its entity first, with its own scope"
        )


def _unknown(part: Any) -> str:
    if isinstance(part, TextClause):
        return "SQL as text cannot be scoped; write the condition with columns of an entity"
    if isinstance(part, Exists | ScalarSelect | ReturnsRows):
        return "a statement inside a statement would not be scoped; use .where_exists(entity, scope, condition)"
    return f"{type(part).__name__} is not known to be harmless inside a secured statement"


def with_table(tables: tuple[Table, ...], shape: RowShape[Any]) -> tuple[Table, ...]:
    """Return *tables* and the one of *shape*.

    Raises:
        UnsafeStatement: It is among *tables*: its rows could not be told apart.
    """
    if shape.table in tables:
        raise UnsafeStatement(f"{shape.table} is part of this statement already")
    return (*tables, shape.table)
