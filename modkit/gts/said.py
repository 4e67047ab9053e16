"""What is made of one schema: a type hint, the limits that ``Meta`` says, and what neither of them can say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from modkit.gts.python_source import Bracketed, Expression, call, literal

IMPORTS: Final[Mapping[str, str]] = {
    "Annotated": "typing",
    "Any": "typing",
    "Literal": "typing",
    "Mapping": "collections.abc",
    "GtsId": "modkit.gts",
    "Meta": "modkit",
    "UNSET": "modkit",
    "UUID": "uuid",
    "UnsetType": "modkit",
    "date": "datetime",
    "datetime": "datetime",
    "frozen": "attrs",
    "gts_type": "modkit.gts",
    "open_object": "modkit.gts",
}
"""Where each name that a generated module may use comes from."""


@frozen(kw_only=True)
class Hint:
    """One field of a class.

    Attributes:
        field: Its name.
        expression: Its type hint.
        default: Text after the hint, empty if it is required.
        about: What its description says.
        names: Names that must be imported.
    """

    field: str
    expression: Expression
    default: str
    about: str
    names: frozenset[str]


@frozen
class Said:
    """What has been made of a schema.

    Attributes:
        hint: The type hint, without constraints.
        names: What must be imported for it.
        meta: Arguments of ``Meta`` for the hint.
        extra: Keywords that neither hint nor ``Meta`` say.
        is_nullable: Whether null is allowed beside it.
        values: The Python types that a default may have.
        choices: The only values that a default may be, if there are any.
    """

    hint: Expression
    names: frozenset[str] = frozenset()
    meta: Mapping[str, Any] = {}
    extra: Mapping[str, Any] = {}
    is_nullable: bool = False
    values: tuple[type, ...] = ()
    choices: tuple[Any, ...] = ()

    def written(self) -> tuple[Expression, frozenset[str]]:
        """Return the whole hint with ``Meta`` and ``None``, and what must be imported for it."""
        names, expression = self.names, self.hint
        if self.meta or self.extra:
            arguments: list[tuple[str, Expression]] = [
                (word, literal(value)) for word, value in self.meta.items()
            ]
            if self.extra:
                arguments.append(("extra_json_schema", literal(dict(self.extra))))
            expression = Bracketed("Annotated[", (expression, call("Meta", arguments)), "]")
            names |= {"Annotated", "Meta"}
        if self.is_nullable:
            expression = with_suffix(expression, " | None")
        return expression, names

    def has_default(self, value: Any) -> bool:
        """Return whether *value* can stand as the default of a field."""
        if value is None:
            return self.is_nullable
        if self.choices:
            return any(type(value) is type(one) and value == one for one in self.choices)
        return type(value) in self.values


def any_value(extra: Mapping[str, Any]) -> Said:
    """Return what is made of a schema of which no hint says anything."""
    return Said("Any", frozenset({"Any"}), extra=extra)


def with_suffix(expression: Expression, suffix: str) -> Expression:
    """Return *expression* with *suffix* after it."""
    if isinstance(expression, str):
        return expression + suffix
    return Bracketed(expression.opening, expression.items, expression.closing + suffix)
