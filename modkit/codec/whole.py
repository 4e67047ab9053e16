"""Integers that a client wrote as 379.0 or 1e3: JSON Schema takes them, msgspec does not."""

from __future__ import annotations

from typing import Any

from modkit.codec.check import is_whole, option_for
from modkit.codec.shapes import Choice, DictOf, Either, ListOf, Model, Scalar, Shape, TupleOf


def in_digits(value: Any, shape: Shape) -> Any:
    """Return the JSON *value* with such numbers as integers where *shape* wants integers; it has no errors.

    Example:
        >>> in_digits([1.0, 2], ListOf(item=Scalar(kind=int), make=list))
        [1, 2]
    """
    match shape:
        case Choice():
            return int(value) if is_whole(value) else value
        case Scalar(kind=kind):
            return int(value) if kind is int else value
        case ListOf(item=item):
            return [in_digits(part, item) for part in value]
        case TupleOf(items=items):
            return [in_digits(part, item) for part, item in zip(value, items, strict=True)]
        case DictOf(value=part_shape):
            return {name: in_digits(part, part_shape) for name, part in value.items()}
        case Either():
            chosen = _chosen(value, shape)
            return value if chosen is None else in_digits(value, chosen)
        case Model(fields=fields):
            shapes = {item.name: item.shape for item in fields}
            return {name: in_digits(part, shapes[name]) for name, part in value.items()}
        case _:
            return value


def _chosen(value: Any, shape: Either) -> Shape | None:
    """Return the option that *value* is; None for null."""
    if shape.tag_field and isinstance(value, dict):
        tag: Any = value[shape.tag_field]  # pyright: ignore[reportUnknownVariableType]  # any JSON object
        return next(model for model in shape.models if model.tag == tag)
    return None if value is None and shape.is_nullable else option_for(value, shape)
