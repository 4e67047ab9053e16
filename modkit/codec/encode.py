"""Encoders: what a handler returns into JSON, fields in declared order, or a TypeError that says what it is not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET
from typing_extensions import TypeForm

from modkit.codec.formats import calendar_day, decimal_text, finite, is_typed_text, utc
from modkit.codec.reading import ShapeReader
from modkit.codec.shapes import (
    Anything,
    Choice,
    DictOf,
    Either,
    ListOf,
    Model,
    Scalar,
    Shape,
    TupleOf,
)

T = TypeVar("T")
Prepare: TypeAlias = Callable[[Any], Any]

_SCALARS: Final[dict[Any, Prepare]] = {
    datetime: utc,
    date: calendar_day,
    Decimal: decimal_text,
    float: finite,
}
_encode: Final = msgspec.json.Encoder().encode


def encoder(kind: TypeForm[T]) -> Callable[[T], bytes]:
    """Make the encoder of *kind*: at start, once per operation.

    Fields are written in the order of declaration, those that are ``UNSET`` left out, moments in UTC with ``Z``; of
    a subclass, only the fields of *kind*. Every object, moment, decimal and float is checked; texts, integers and
    booleans inside an attrs object are not, as its class vouches for them.

    Raises:
        UnsupportedType: A type in *kind* has no form on the wire; the message names class and field.

    The encoder raises ``TypeError`` for a value that is not of *kind* or that JSON cannot carry.

    Example:
        >>> encoder(list[float])([0.5])
        b'[0.5]'
    """
    shape = ShapeReader().read(kind)
    prepare = Preparers().of(shape)
    accepts = _accepted_types(shape)
    name = getattr(kind, "__name__", None) if isinstance(kind, type) else None

    def encode(value: T) -> bytes:
        if accepts and (
            not isinstance(value, accepts) or (isinstance(value, bool) and bool not in accepts)
        ):
            raise TypeError(f"expected {name or kind}, got {type(value).__name__}")
        try:
            return _encode(value if prepare is None else prepare(value))
        except (ValueError, OverflowError, RecursionError) as error:  # a lone surrogate, a cycle
            raise TypeError(f"a value of {name or kind} has no JSON form: {error}") from error

    return encode


class Preparers:
    """Makes the function that turns a shape's value into what msgspec writes as it should be."""

    def __init__(self) -> None:
        self._models: dict[Model, Prepare] = {}

    def of(self, shape: Shape) -> Prepare | None:
        """Return the function, or None where msgspec writes the value right as it is."""
        match shape:
            case Scalar(kind=kind):
                return _plain_text if is_typed_text(kind) else _SCALARS.get(kind)
            case ListOf():
                return self._list(shape)
            case TupleOf(items=items):
                return _tuple([self.of(item) for item in items])
            case DictOf(key=key, value=value):
                return _dict(self.of(key) if _is_typed_key(key) else None, self.of(value))
            case Either():
                return self._either(shape)
            case Model():
                return self._model(shape)
            case Anything():
                return json_value
            case _:
                return None

    def _list(self, shape: ListOf) -> Prepare:
        item, make = self.of(shape.item), shape.make
        accepted: tuple[type[Any], ...] = (set, frozenset) if shape.is_set else (list, tuple)
        # Like input gives like output, ETags included: the order of a set differs between processes.
        is_sorted = shape.is_set and isinstance(shape.item, Scalar | Choice)

        def prepare(values: Any) -> Any:
            if not isinstance(values, accepted):
                raise TypeError(f"expected a {make.__name__}, got {type(values).__name__}")
            entries: Any = values  # pyright: ignore[reportUnknownVariableType]  # checked one by one
            made: Any = entries if item is None else list(map(item, entries))
            return sorted(made, key=_sort_key) if is_sorted else made

        return prepare

    def _either(self, shape: Either) -> Prepare | None:
        made = [(_accepted_types(option), self.of(option)) for option in shape.options]
        made.sort(key=_depth_of_first, reverse=True)  # a subclass before its base, bool before int
        if all(prepare is None for _, prepare in made):
            return None

        def prepare(value: Any) -> Any:
            if value is None and shape.is_nullable:
                return None
            for accepted, each in made:
                if isinstance(value, accepted) or not accepted:
                    return value if each is None else each(value)
            raise TypeError(f"{type(value).__name__} is none of the types of the union")

        return prepare

    def _model(self, model: Model) -> Prepare:
        if model in self._models:
            return self._models[model]
        cls, names = model.cls, [item.name for item in model.fields]
        special: list[tuple[str, Prepare]] = []
        written = _stand_in(cls, names)

        def prepare(value: Any) -> Any:
            made = written(value)
            for name, each in special:
                part = getattr(made, name)
                if part is UNSET:
                    continue
                try:
                    setattr(made, name, each(part))
                except TypeError as error:
                    raise TypeError(f"{cls.__name__}.{name}: {error}") from error
            return made

        self._models[model] = prepare
        for item in model.fields:
            each = self.of(item.shape)
            if each is not None:
                special.append((item.name, each))
        if not special:
            self._models[model] = written
        return self._models[model]


def _stand_in(cls: type[Any], names: Sequence[str]) -> Prepare:
    """Make the function that copies an object of *cls*: msgspec writes the slots of an attrs class by name, not in order.

    It is generated, as attrs generates constructors: with a loop over the names an object costs twice as much.
    """
    struct = msgspec.defstruct(cls.__name__, [(name, Any) for name in names], gc=False)

    def refuse(value: Any) -> Any:
        raise TypeError(f"expected {cls.__name__}, got {type(value).__name__}")

    parts = ", ".join(f"value.{name}" for name in names)
    source = f"lambda value: struct({parts}) if isinstance(value, cls) else refuse(value)"
    made: Prepare = eval(source, {"struct": struct, "cls": cls, "refuse": refuse})  # noqa: S307 - of field names only
    return made


def json_value(value: Any) -> Any:
    """Return *value* if it is made of what JSON has; raises ``TypeError`` for NaN, objects and other keys than str."""
    match value:
        case str():
            return str(value) if is_typed_text(type(value)) else value
        case None | bool() | int():
            return value
        case float():
            if not math.isfinite(value):
                raise TypeError(f"JSON has no {value}")
            return value
        case list() | tuple():
            return [json_value(item) for item in value]  # pyright: ignore[reportUnknownVariableType]  # checked one by one
        case dict():
            return {_json_key(name): json_value(item) for name, item in value.items()}  # pyright: ignore[reportUnknownVariableType]  # checked one by one
        case _:
            raise TypeError(f"{type(value).__name__} is no JSON value")


def _json_key(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"the keys of a JSON object are texts, not {type(name).__name__}")
    return str(name) if is_typed_text(type(name)) else name


def _depth_of_first(option: tuple[tuple[type[Any], ...], Prepare | None]) -> int:
    kinds, _ = option
    return len(kinds[0].__mro__) if kinds else 0


def _sort_key(value: Any) -> Any:
    return value if isinstance(value, int | float) else str(getattr(value, "value", value))


def _tuple(prepares: list[Prepare | None]) -> Prepare:
    def prepare(values: Any) -> list[Any]:
        if not isinstance(values, tuple | list) or len(values) != len(prepares):  # pyright: ignore[reportUnknownArgumentType]  # checked one by one
            raise TypeError(f"expected a tuple of {len(prepares)}, got {type(values).__name__}")  # pyright: ignore[reportUnknownArgumentType]  # only its name
        return [
            value if each is None else each(value)
            for each, value in zip(prepares, values, strict=True)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # checked one by one
        ]

    return prepare


def _plain_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, got {type(value).__name__}")
    return str(value)


def _is_typed_key(key: Shape) -> bool:
    return isinstance(key, Scalar) and is_typed_text(key.kind)


def _dict(name_of: Prepare | None, each: Prepare | None) -> Prepare:
    def prepare(values: Any) -> dict[Any, Any]:
        if not isinstance(values, dict):
            raise TypeError(f"expected a dict, got {type(values).__name__}")
        entries: dict[Any, Any] = values  # pyright: ignore[reportUnknownVariableType]  # checked one by one
        if name_of is not None:
            entries = {name_of(name): value for name, value in entries.items()}
        if each is None:
            return entries
        return {name: each(value) for name, value in entries.items()}

    return prepare


def _accepted_types(shape: Shape) -> tuple[type[Any], ...]:
    """Return the Python types of a shape's values; empty means any."""
    match shape:
        case Scalar(kind=kind):
            return (int, float) if kind is float else (kind,)
        case Choice(enum=enum, values=values):
            return (enum,) if enum else tuple({type(value) for value in values})
        case ListOf(is_set=is_set):
            return (set, frozenset) if is_set else (list, tuple)
        case TupleOf():
            return (tuple, list)
        case DictOf():
            return (dict,)
        case Model(cls=cls):
            return (cls,)
        case Either(options=options, is_nullable=is_nullable):
            found = [_accepted_types(option) for option in options]
            if () in found:
                return ()
            nothing = (type(None),) if is_nullable else ()
            return tuple(kind for kinds in found for kind in kinds) + nothing
        case _:
            return ()
