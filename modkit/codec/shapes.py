"""What a type hint means on the wire: the shapes that decoders, encoders and schemas are made from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeAlias
from uuid import UUID

from attrs import NOTHING, define, field, frozen


class UnsupportedType(TypeError):
    """A type hint has no form on the wire; the message names the class, the field and what to use instead."""


@frozen(kw_only=True)
class Limits:
    """The constraints of one value, as in ``Meta``; None means no limit."""

    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None


NO_LIMITS: Final = Limits()
NUMBER_LIMITS: Final = frozenset({"gt", "ge", "lt", "le", "multiple_of"})
LENGTH_LIMITS: Final = frozenset({"min_length", "max_length"})
TEXT_LIMITS: Final = LENGTH_LIMITS | {"pattern"}

Scalars: TypeAlias = (
    type[str]
    | type[int]
    | type[float]
    | type[bool]
    | type[UUID]
    | type[datetime]
    | type[date]
    | type[Decimal]
)


@define(eq=False, kw_only=True)
class Shape:
    """One node of a type; compared by identity, because types can be recursive.

    Attributes:
        limits: Constraints of the value.
        description: For people, from ``Meta``.
        examples: JSON values that show it.
        extra_schema: Members to add to its JSON Schema.
    """

    limits: Limits = NO_LIMITS
    description: str = ""
    examples: tuple[Any, ...] = ()
    extra_schema: dict[str, Any] = field(factory=dict[str, Any])


@define(eq=False, kw_only=True)
class Anything(Shape):
    """Any JSON value."""


@define(eq=False, kw_only=True)
class Scalar(Shape):
    """A text, number, boolean, id or time."""

    kind: Scalars


@define(eq=False, kw_only=True)
class Choice(Shape):
    """One of some strings or integers, in the order of declaration.

    Attributes:
        values: What is written on the wire.
        enum: The enumeration they belong to; None for a ``Literal``.
    """

    values: tuple[str | int, ...]
    enum: type[Enum] | None = None


@define(eq=False, kw_only=True)
class ListOf(Shape):
    """A JSON array of like items; *make* is ``list``, ``tuple``, ``set`` or ``frozenset``."""

    item: Shape
    make: type[list[Any]] | type[tuple[Any, ...]] | type[set[Any]] | type[frozenset[Any]]

    @property
    def is_set(self) -> bool:
        """Whether items are unique and unordered."""
        return issubclass(self.make, set | frozenset)


@define(eq=False, kw_only=True)
class TupleOf(Shape):
    """A JSON array of fixed length, each position with its own shape."""

    items: tuple[Shape, ...]


@define(eq=False, kw_only=True)
class DictOf(Shape):
    """A JSON object with free keys; keys are texts, ids or choices of texts."""

    key: Scalar | Choice
    value: Shape


@define(eq=False, kw_only=True)
class Either(Shape):
    """One of several shapes that can be told apart, or null; or one shape with notes of its own.

    Attributes:
        options: At least one; two models differ by their tag, others by their JSON type.
        is_nullable: Whether null is accepted.
    """

    options: tuple[Shape, ...]
    is_nullable: bool

    @property
    def models(self) -> tuple[Model, ...]:
        """The options that are models."""
        return tuple(option for option in self.options if isinstance(option, Model))

    @property
    def tag_field(self) -> str:
        """The field that tells the models apart; empty where there is at most one model."""
        return self.models[0].tag_field if len(self.models) > 1 else ""


@frozen(eq=False, kw_only=True)
class Field:
    """One field of a model; *default* is ``attrs.NOTHING``, a value, ``UNSET`` or an ``attrs.Factory``."""

    name: str
    shape: Shape
    default: Any = NOTHING

    @property
    def is_required(self) -> bool:
        """Whether there is no default."""
        return self.default is NOTHING


@define(eq=False, kw_only=True)
class Model(Shape):
    """An attrs class; its fields are filled in after its creation, since they may refer back to it.

    Attributes:
        cls: The attrs class.
        arguments: Type arguments of a generic class.
        fields: In the order of declaration.
        tag_field: Name of the field that tags it in a union; empty when it is in none. That field is required.
        is_plain: Whether msgspec can construct it alone: no converter, no ``takes_self`` factory, no pre-init.
    """

    cls: type[Any]
    arguments: tuple[Any, ...] = ()
    fields: tuple[Field, ...] = ()
    tag_field: str = ""
    is_plain: bool = True

    @property
    def tag(self) -> str:
        """The value of the tag field; empty when it is in no union."""
        return self.tag_of(self.tag_field)

    def tag_of(self, name: str) -> str:
        """Return the only text that the field *name* can have, or an empty text when it is no tag."""
        for item in self.fields:
            if item.name == name and isinstance(item.shape, Choice) and item.shape.enum is None:
                only = item.shape.values[0]
                return only if len(item.shape.values) == 1 and isinstance(only, str) else ""
        return ""

    def requires(self, item: Field) -> bool:
        """Whether *item* must be in the JSON object: it has no default, or is the tag."""
        return item.is_required or item.name == self.tag_field


def children(shape: Shape) -> tuple[Shape, ...]:
    """Return the shapes directly inside *shape*."""
    match shape:
        case ListOf(item=item):
            return (item,)
        case TupleOf(items=items):
            return items
        case DictOf(key=key, value=value):
            return (key, value)
        case Either(options=options):
            return options
        case Model(fields=fields):
            return tuple(item.shape for item in fields)
        case _:
            return ()


def any_in(shape: Shape, is_wanted: Callable[[Shape], bool]) -> bool:
    """Whether *shape*, or any shape inside it, is wanted."""
    return any(is_wanted(found) for found in all_in(shape))


def all_in(shape: Shape) -> tuple[Shape, ...]:
    """Return *shape* and every shape inside it once, in the order of first sight."""
    seen: dict[Shape, None] = {}
    waiting = [shape]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen[current] = None
            waiting.extend(reversed(children(current)))
    return tuple(seen)


def is_recursive(shape: Shape) -> bool:
    """Whether a value of *shape* can contain another of the same model, to any depth."""
    return any(
        isinstance(model, Model) and any(model in all_in(child) for child in children(model))
        for model in all_in(shape)
    )
